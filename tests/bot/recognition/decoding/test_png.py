"""Large PNGs, read strip by strip: the same picture as Pillow reads whole."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Pillow

from bot.recognition.decoding.png import find_exif, read_strips, rows_of

MODES = ("L", "LA", "P", "RGB", "RGBA")


def drawing(mode: str) -> Pillow.Image:
    """Smooth colours under a little noise: an encoder picks all kinds of filters for the rows of such a picture."""
    rng = np.random.default_rng(3)
    slope = np.linspace(0, 200, 90)[:, None, None] * np.linspace(1, 0.2, 70)[None, :, None]
    pixels = (slope + rng.integers(0, 40, (90, 70, 4)) * (slope > 80)).astype(np.uint8)
    picture = Pillow.fromarray(pixels)
    return picture.convert("RGB").quantize(64) if mode == "P" else picture.convert(mode)


def save(picture: Pillow.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", **options)
    return buffer.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def filtered(pixels: npt.NDArray[np.uint8], kinds: tuple[int, ...]) -> bytes:
    """Encode RGB pixels with these filters in turn, by the letter of the specification."""
    height, width, _ = pixels.shape
    rows = np.zeros((height + 1, 3 + width * 3), int)
    rows[1:, 3:] = pixels.reshape(height, -1)
    body = b""
    for y in range(height):
        kind = kinds[y % len(kinds)]
        x, a, b, c = rows[y + 1, 3:], rows[y + 1, :-3], rows[y, 3:], rows[y, :-3]
        estimate = a + b - c
        far = np.abs(np.stack([estimate - a, estimate - b, estimate - c]))
        paeth = np.choose(far.argmin(axis=0), [a, b, c])
        guess = (np.zeros_like(x), a, b, (a + b) // 2, paeth)[kind]
        body += bytes([kind]) + ((x - guess) % 256).astype(np.uint8).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def in_strips(data: bytes, at_a_time: int) -> Pillow.Image:
    rows = rows_of(data)
    assert rows is not None
    strips = list(read_strips(data, rows, at_a_time))
    assert all(strip.height == at_a_time for strip in strips[:-1])
    whole = strips[0].resize((rows.width, rows.height))
    for index, strip in enumerate(strips):
        whole.paste(strip, (0, index * at_a_time))
    return whole


@pytest.mark.parametrize("at_a_time", [1, 7, 30, 90, 500])
@pytest.mark.parametrize("mode", MODES)
def test_strips_make_the_picture_that_pillow_reads(mode: str, at_a_time: int) -> None:
    picture = drawing(mode)
    strips = in_strips(save(picture), at_a_time)
    assert strips.mode == mode
    assert strips.convert("RGBA").tobytes() == picture.convert("RGBA").tobytes()


@pytest.mark.parametrize("kinds", [(0,), (1,), (2,), (3,), (4,), (4, 2, 3, 1, 0)])
def test_every_filter_reaches_over_the_cut(kinds: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (20, 11, 3), np.uint8)
    np.testing.assert_array_equal(np.asarray(in_strips(filtered(pixels, kinds), 3)), pixels)


def test_a_transparent_colour_of_the_palette_stays_transparent() -> None:
    data = save(drawing("P"), transparency=bytes(range(64)))
    with Pillow.open(io.BytesIO(data)) as whole:
        assert in_strips(data, 7).convert("RGBA").tobytes() == whole.convert("RGBA").tobytes()


def test_what_cannot_be_cut_is_not() -> None:
    assert rows_of(save(Pillow.new("1", (9, 9)))) is None
    assert rows_of(save(Pillow.fromarray(np.zeros((9, 9), np.uint16)))) is None
    interlaced = bytearray(save(drawing("RGB")))
    interlaced[28] = 1
    assert rows_of(bytes(interlaced)) is None
    assert rows_of(b"GIF89a" + b"\0" * 50) is None


def test_data_that_ends_too_early() -> None:
    data = save(drawing("RGB"))
    rows = rows_of(data)
    assert rows is not None
    with pytest.raises(EOFError):
        list(read_strips(data[: len(data) // 2], rows, 7))


def test_exif_is_found_in_front_and_behind() -> None:
    plain = save(drawing("RGB"))
    assert find_exif(plain) is None
    assert find_exif(plain[:-12] + chunk(b"eXIf", b"MM\0*") + plain[-12:]) == b"MM\0*"
    exif = Pillow.Exif()
    exif[0x0112] = 6
    assert find_exif(save(drawing("RGB"), exif=exif)) is not None
