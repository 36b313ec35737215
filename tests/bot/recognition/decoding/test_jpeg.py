"""Scans of a JPEG: counted as the decoder would meet them, and refused before it does."""

import io
import re

import numpy as np
import pytest
from PIL import Image as Pillow

from bot.errors import BrokenPicture
from bot.recognition.decoding.decode import decode
from bot.recognition.decoding.frames import open_frames
from bot.recognition.decoding.jpeg import MOST_MARKERS, MOST_SCANS, count_scans

EMPTY_SCAN = bytes.fromhex("ffda0008010101013f10")
MANY = 20_000


def jpeg(**options: object) -> bytes:
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (40, 50, 3), np.uint8)
    Pillow.fromarray(noise).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def with_scans(count: int) -> bytes:
    """A progressive JPEG of so many scans, nearly all of them empty."""
    data = jpeg(progressive=True)
    return data[:-2] + EMPTY_SCAN * (count - count_scans(data, MANY)) + b"\xff\xd9"


@pytest.mark.parametrize(("options", "scans"), [({}, 1), ({"progressive": True}, 10), ({"restart_marker_rows": 1}, 1)])
def test_scans_are_counted(options: dict[str, object], scans: int) -> None:
    assert count_scans(jpeg(**options), MANY) == scans


def test_a_preview_in_a_segment_is_no_scan() -> None:
    segment = with_scans(200)[:60_000]
    data = jpeg()
    assert count_scans(data[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2) + segment + data[2:], MANY) == 1


def test_what_follows_the_end_is_not_counted() -> None:
    assert count_scans(jpeg() + with_scans(200), MANY) == 1


def test_counting_stops_at_the_limit_and_takes_damaged_files() -> None:
    data = with_scans(MANY)
    assert count_scans(data, 7) == 7
    assert count_scans(with_scans(200), MANY) == 200
    assert count_scans(b"", 7) == count_scans(b"\xff\xd8\xff", 7) == 0


def test_fill_bytes_and_stray_markers_hide_no_scan() -> None:
    data = re.sub(re.escape(EMPTY_SCAN), b"\xff\xff\xff\xd3\xff" + EMPTY_SCAN, with_scans(200))
    assert count_scans(data, MANY) == 200


def test_more_markers_than_any_encoder_writes_count_as_too_many_scans() -> None:
    segment = b"\xff\xe0\x00\x02"
    assert count_scans(b"\xff\xd8" + segment * (MOST_MARKERS - 2), 50) == 0
    assert count_scans(b"\xff\xd8" + segment * MOST_MARKERS, 50) == 50


def test_a_long_run_of_fill_bytes_is_gone_over_once() -> None:
    # Where each byte of the run begins a new search to its end, this takes hours.
    fill = b"\xff" * 2_000_000
    assert count_scans(b"\xff\xd8" + fill + b"\x00" + fill + b"\xda\x00\x02" + fill, 50) == 1


def test_more_scans_than_any_encoder_writes_are_refused_before_they_are_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert decode(with_scans(MOST_SCANS), max_pixels=2000, max_frames=1).image.shape == (40, 50, 3)

    def load(picture: Pillow.Image) -> None:
        raise AssertionError("it is decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    for count in (MOST_SCANS + 1, MANY):
        with pytest.raises(BrokenPicture):
            decode(with_scans(count), max_pixels=2000, max_frames=1)
        with pytest.raises(BrokenPicture):
            open_frames(with_scans(count), most=1, max_pixels=2000, max_frames=1, max_seconds=1)
