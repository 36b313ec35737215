"""Count the scans of a JPEG, and what they take, without decoding any.

Each scan of a progressive JPEG goes over all pixels again, an empty one of ten bytes too: a small file can ask for
minutes of the decoder, which nothing can interrupt.

Source: https://www.w3.org/Graphics/JPEG/itu-t81.pdf (annex B: the markers)
"""

import re

from PIL.JpegImagePlugin import JpegImageFile

MOST_SCANS = 50
"""Encoders write about ten, optimisers up to twenty. So many take seconds where the picture has 50 megapixels."""

MOST_MARKERS = 10_000
"""Metadata of many parts has hundreds. Each one costs a turn of the loop, and two bytes are enough for one."""

_SCAN, _END = 0xDA, 0xD9
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
"""What is no data of a scan: there a 0 follows each 255, or a restart marker stands.

A marker may have any number of bytes 255 before it. They are not part of the pattern: a run of them that no marker ends
would be gone over again from each of its bytes.
"""
_WITH_LENGTH = frozenset((*range(0xC0, 0xC8), *range(0xC9, 0xD0), *range(0xDA, 0xF0), 0xFE))
"""Markers with a segment behind them. After any other one a decoder searches for the next marker, or gives up."""


def count_scans(data: bytes, most: int) -> int:
    """Count the scans in a JPEG file, giving up at `most`; a damaged file counts as far as it goes.

    A file with more than `MOST_MARKERS` counts as one of `most` scans: no encoder writes it.

    Bytes that look like a scan in a segment of their own, such as the preview in EXIF data, are none.
    """
    scans, position = 0, 0
    for _ in range(MOST_MARKERS):
        marker = _MARKER.search(data, position)
        if marker is None or scans == most:
            return scans
        kind, position = marker[1][0], marker.end()
        if kind == _END:
            return scans
        scans += kind == _SCAN
        if kind in _WITH_LENGTH:
            position += int.from_bytes(data[position : position + 2])
    return most


def coefficient_bytes(picture: JpegImageFile) -> float:
    """Return the bytes for each pixel that a decoder holds of a JPEG with several scans: all of its coefficients.

    Args:
        picture: The file as Pillow has opened it.
    """
    samples = [(across, down) for _, across, down, _ in picture.layer]
    most = max(across for across, _ in samples) * max(down for _, down in samples)
    return 2 * sum(across * down for across, down in samples) / most
