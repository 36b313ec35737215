"""Turn the bytes of a picture from anywhere into an upright RGB image, or say in one of four words why not.

This is the border to Pillow. Whatever Pillow raises over a stranger's file is mapped here to a
`bot.errors.PictureError`.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PIL import ExifTags, ImageCms
from PIL import Image as Pillow
from PIL.Image import Resampling, Transpose
from PIL.JpegImagePlugin import JpegImageFile

from bot.errors import (
    BrokenPicture,
    DecodingFailed,
    PictureError,
    SideTooLong,
    TooManyFrames,
    TooManyPixels,
    UnsupportedFormat,
)
from bot.recognition import formats
from bot.recognition.decoding import gif, heif, jpeg, large
from bot.recognition.decoding.png import find_exif, read_strips, rows_of
from bot.recognition.results import Box, Image

# Pillow's own limit is one for the whole process and warns on standard error. Ours is an argument, and is checked on
# every picture before it is decoded.
Pillow.MAX_IMAGE_PIXELS = None

LONGEST_SIDE = 2048
"""Pixels. Larger pictures are reduced while they are decoded: no face worth naming is lost, and memory is saved."""
LONGEST_ORIGINAL = 65_535
"""Pixels. No JPEG, WebP or GIF can have a longer side. A PNG can, and would be read in strips as large as all of it."""
BACKDROP = (224, 224, 224)
"""What shows through transparency: light as paper so that dark outlines show, yet not white, as hair may be."""

_PARSER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
    ImageCms.PyCMSError,
)
"""What Pillow's parsers may raise over damaged files."""

_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""How to turn a picture upright, by its EXIF orientation."""
_ON_ITS_SIDE = (Transpose.TRANSPOSE, Transpose.ROTATE_270, Transpose.TRANSVERSE, Transpose.ROTATE_90)

_STRIP = 8
"""Rows of the reduced picture that are made at a time."""
_STRIP_PIXELS = 1 << 21
"""Pixels of the original that are in a strip at most, unless one row of the reduced picture needs more."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture ready to be analysed.

    `image` is RGB uint8, upright, at most `LONGEST_SIDE` on its longer side. `width` and `height` are those of the
    upright original, which may be larger.
    """

    image: Image
    width: int
    height: int

    def to_original(self, box: Box) -> Box:
        """Map a box from pixels of `image` to pixels of the upright original."""
        across, down = self.width / self.image.shape[1], self.height / self.image.shape[0]
        return Box(box.x * across, box.y * down, box.width * across, box.height * down)


def decode(data: bytes, *, max_pixels: int, max_frames: int) -> Decoded:
    """Decode the first frame of a picture in one of the formats of `bot.recognition.formats`, whatever its name says.

    EXIF orientation is applied, transparency composited on `BACKDROP`, and colours are converted to sRGB.

    Args:
        data: The file.
        max_pixels: Largest width x height, held against the header before anything is decoded.
        max_frames: Most frames of an animation, counted without decoding them.

    Raises:
        UnsupportedFormat: the bytes are no picture in one of these formats.
        BrokenPicture: the file is empty, truncated or damaged, its header lies, or a JPEG goes over its pixels more
            often than any encoder would make it.
        DecodingFailed: it takes more memory than this process may have.
        TooManyPixels: the header asks for more than `max_pixels`.
        SideTooLong: it asks for more than `LONGEST_ORIGINAL` on a side.
        TooManyFrames: there are more than `max_frames`.
    """
    with _opened(data) as picture:
        _check_limits(picture, data, max_pixels, max_frames)
        return _read(picture, data)


def count_frames(data: bytes, *, max_pixels: int, max_frames: int) -> int:
    """Count a picture file's frames without decoding them; what it takes and raises is as with `decode`."""
    with _opened(data) as picture:
        return _check_limits(picture, data, max_pixels, max_frames)


@contextmanager
def _opened(data: bytes) -> Iterator[Pillow.Image]:
    """Open a file, and map what the parsers raise over it then and while it is read."""
    try:
        with _open(data) as picture:
            yield picture
    except PictureError:
        raise
    except MemoryError as error:
        raise DecodingFailed from error
    except _PARSER_ERRORS as error:
        if not data or _is_picture(formats.sniff(data)):
            raise BrokenPicture from error
        raise UnsupportedFormat from error


def _open(data: bytes) -> Pillow.Image:
    """Read a file's header."""
    found = formats.sniff(data)
    if found is not None and found.decoder == "heif":
        return heif.open_header(data)
    webp = large.open_webp(data, LONGEST_SIDE**2) if found is not None and found.name == "WebP" else None
    return webp or Pillow.open(io.BytesIO(data), formats=formats.PILLOW)


def _check_limits(picture: Pillow.Image, data: bytes, max_pixels: int, max_frames: int) -> int:
    """Return the number of frames."""
    pixels = picture.width * picture.height
    if pixels > max_pixels:
        raise TooManyPixels(pixels, max_pixels)
    if max(picture.size) > LONGEST_ORIGINAL:
        raise SideTooLong(LONGEST_ORIGINAL)
    if isinstance(picture, JpegImageFile):
        scans = jpeg.count_scans(data, jpeg.MOST_SCANS + 1)
        if scans > jpeg.MOST_SCANS:
            raise BrokenPicture
        if scans > 1:
            large.check_held(pixels, jpeg.coefficient_bytes(picture))
    if picture.format not in formats.ANIMATED:
        return 1
    # Pillow counts a GIF's frames by walking through all of them; the other formats tell their number in a header.
    frames = gif.count_frames(data, max_frames + 1) if picture.format == "GIF" else getattr(picture, "n_frames", 1)
    if frames > max_frames:
        raise TooManyFrames(max_frames)
    return frames


def _read(picture: Pillow.Image, data: bytes) -> Decoded:
    size = picture.size
    if min(size) < 1:
        raise BrokenPicture
    if picture.format in ("JPEG", "MPO"):
        # A JPEG can be decoded straight to a half, a quarter or an eighth: the full picture never is in memory.
        picture.draft(None, _reduced(size))
    upright = _UPRIGHT.get(_orientation(picture, data))
    image = _to_srgb(_shrink(picture, data, _reduced(size)), picture.info.get("icc_profile"))
    if upright is not None:
        image = image.transpose(upright)
        if upright in _ON_ITS_SIDE:
            size = (size[1], size[0])
    return Decoded(np.asarray(image), *size)


def _reduced(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size at which a picture is handed on."""
    share = min(1.0, LONGEST_SIDE / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _orientation(picture: Pillow.Image, data: bytes) -> int:
    try:
        if picture.format == "PNG":
            # Asked by itself, Pillow would decode the whole picture to look behind it.
            picture.info.setdefault("exif", find_exif(data))
        return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except _PARSER_ERRORS:  # the picture can be analysed without its EXIF data
        return 1


def _shrink(picture: Pillow.Image, data: bytes, size: tuple[int, int]) -> Pillow.Image:
    """Flatten a picture and reduce it to `size`, strip by strip: a second full-size copy is never made."""
    if picture.width * picture.height > LONGEST_SIDE**2 and getattr(picture, "n_frames", 1) == 1:
        reduced = large.read_reduced(data, picture.format, picture.size, size)
        if reduced is not None:
            return _flatten(reduced)
    factor = max(picture.size) // LONGEST_SIDE
    rows = max(1, min(_STRIP, _STRIP_PIXELS // (picture.width * max(1, factor))))
    small: Pillow.Image | None = None
    for index, strip in enumerate(_strips(picture, data, rows * factor) if factor > 1 else ()):
        part = _flatten(strip).reduce(factor)
        small = small or Pillow.new(part.mode, (part.width, -(-picture.height // factor)))
        small.paste(part, (0, index * rows))
    small = small or _flatten(picture)
    return small if small.size == size else small.resize(size, Resampling.BICUBIC)


def _strips(picture: Pillow.Image, data: bytes, height: int) -> Iterator[Pillow.Image]:
    """Yield a picture from top to bottom, so many rows at a time; a PNG without ever holding all of it."""
    rows = rows_of(data)
    if rows is not None:
        yield from read_strips(data, rows, height)
        return
    if picture.format == "HEIF":
        yield from heif.read_strips(data, height)
        return
    picture.load()
    for top in range(0, picture.height, height):
        yield picture.crop((0, top, picture.width, min(top + height, picture.height)))


def _flatten(picture: Pillow.Image) -> Pillow.Image:
    """Bring a picture to 8 bits a channel, without palette and transparency."""
    picture.load()
    if picture.mode.startswith("I"):
        # Pillow would clip 16-bit greys instead of scaling them.
        return Pillow.fromarray((np.asarray(picture) >> 8).clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        layer = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        flat = Pillow.new("RGB", picture.size, BACKDROP)
        flat.paste(layer, mask=layer.getchannel("A"))
        return flat
    return picture.convert("RGB") if picture.mode in ("1", "P", "PA") else picture


def _to_srgb(picture: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    """Convert to RGB, by the embedded colour profile where there is a usable one."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(source):
                converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
                return converted or picture.convert("RGB")
        except _PARSER_ERRORS:  # a profile that is damaged, or of another colour space than the picture
            return picture.convert("RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _is_picture(found: formats.Format | None) -> bool:
    """Tell a damaged picture from a file that never was one."""
    return found is not None and found.group == "image"
