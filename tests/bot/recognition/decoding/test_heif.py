"""HEIC: iPhones' photos are read as every other picture is, within the same limits."""

import io
import random
import struct
import subprocess
import sys
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags
from PIL import Image as Pillow

from bot.errors import BrokenPicture, PictureError, TooManyPixels
from bot.recognition import formats
from bot.recognition.decoding.decode import BACKDROP, LONGEST_SIDE, Decoded
from bot.recognition.decoding.decode import decode as decode_with
from bot.recognition.decoding.frames import open_frames

RED, BLUE = (220, 30, 30), (30, 30, 220)


def heic(picture: Pillow.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(picture).save(buffer, quality=90, **options)
    return buffer.getvalue()


def halves(width: int = 48, height: int = 32) -> Pillow.Image:
    """Red on the left, blue on the right."""
    pixels = np.full((height, width, 3), BLUE, np.uint8)
    pixels[:, : width // 2] = RED
    return Pillow.fromarray(pixels)


def noise() -> Pillow.Image:
    return Pillow.fromarray(np.random.default_rng(1).integers(0, 256, (40, 50, 3), np.uint8))


def decode(data: bytes, *, max_pixels: int = 1_000_000) -> Decoded:
    return decode_with(data, max_pixels=max_pixels, max_frames=10)


def colour(decoded: Decoded, x: int, y: int) -> Any:
    return pytest.approx(decoded.image[y, x].astype(int), abs=14)


def test_it_is_known_by_its_first_bytes() -> None:
    found = formats.sniff(heic(halves()))
    assert found
    assert (found.name, found.decoder, found.clip) == ("HEIC", "heif", None)


def test_it_is_decoded_to_rgb() -> None:
    (decoded,) = open_frames(heic(halves()), most=5, max_pixels=10_000, max_frames=10, max_seconds=60)
    assert decoded.image.shape == (32, 48, 3)
    assert decoded.image.dtype == np.uint8
    assert colour(decoded, 8, 16) == RED
    assert colour(decoded, 40, 16) == BLUE


def test_it_is_turned_upright_once() -> None:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = 6
    decoded = decode(heic(halves().transpose(Pillow.Transpose.ROTATE_90), exif=exif.tobytes()))
    assert (decoded.width, decoded.height) == (48, 32)
    assert colour(decoded, 8, 16) == RED
    assert colour(decoded, 40, 16) == BLUE


def test_the_backdrop_shows_through_transparency_and_grey_stays_grey() -> None:
    assert colour(decode(heic(Pillow.new("RGBA", (32, 32), (0, 0, 0, 0)))), 8, 8) == BACKDROP
    assert colour(decode(heic(Pillow.new("L", (32, 32), 77))), 8, 8) == (77, 77, 77)


def test_of_several_pictures_the_main_one_counts() -> None:
    several = pillow_heif.from_pillow(Pillow.new("RGB", (32, 32), BLUE))
    several.add_from_pillow(Pillow.new("RGB", (32, 32), RED))
    buffer = io.BytesIO()
    several.save(buffer, primary_index=1)
    assert colour(decode(buffer.getvalue()), 8, 8) == RED


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_a_large_one_is_reduced_in_strips(mode: str) -> None:
    decoded = decode(heic(halves(3 * LONGEST_SIDE + 1, 90).convert(mode)))
    assert decoded.image.shape == (30, LONGEST_SIDE, 3)
    assert (decoded.width, decoded.height) == (3 * LONGEST_SIDE + 1, 90)
    if mode != "L":
        assert colour(decoded, LONGEST_SIDE // 4, 15) == RED
        assert colour(decoded, LONGEST_SIDE * 3 // 4, 15) == BLUE


def test_too_many_pixels_are_refused_by_the_header() -> None:
    data = heic(noise())
    with pytest.raises(TooManyPixels) as caught:
        decode(data[: data.index(b"mdat") + 4], max_pixels=1999)
    assert (caught.value.pixels, caught.value.limit) == (2000, 1999)
    assert decode(data, max_pixels=2000)


def test_a_header_that_promises_fewer_pixels_than_there_are_is_broken() -> None:
    data = bytearray(heic(halves(3000, 2000)))
    at = data.index(b"ispe")
    struct.pack_into(">II", data, at + 8, 60, 40)
    with pytest.raises(BrokenPicture):
        decode(bytes(data), max_pixels=2400)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_truncated_one_is_broken(share: float) -> None:
    data = heic(noise())
    with pytest.raises(BrokenPicture):
        decode(data[: max(24, int(share * len(data)))])


@pytest.mark.filterwarnings("ignore")
def test_tampered_files_decode_or_raise_a_picture_error() -> None:
    data, chance, refused = heic(noise()), random.Random(1), 0
    for _ in range(300):
        mutated = bytearray(data)
        for _ in range(chance.choice((1, 2, 4))):
            mutated[chance.randrange(len(data))] = chance.randrange(256)
        try:
            assert decode(bytes(mutated)).image.ndim == 3
        except PictureError:
            refused += 1
    assert refused > 10, "the mutations have done no harm: they test nothing"


def test_importing_the_decoders_loads_and_registers_nothing() -> None:
    code = (
        "import sys, bot.recognition.engine\nfrom PIL import Image\n"
        "assert 'pi_heif' not in sys.modules\nassert 'HEIF' not in Image.OPEN\nprint('fine')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "fine\n"
    decode(heic(halves()))
    assert "HEIF" not in Pillow.OPEN
