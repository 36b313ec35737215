"""A WebP that is read in strips is the one that Pillow reads."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags
from PIL import Image as Pillow

from bot.errors import BrokenPicture
from bot.recognition.decoding.decode import LONGEST_SIDE, decode
from bot.recognition.decoding.webp import read_strips

WIDE = 2 * LONGEST_SIDE


def large(channels: int = 3, height: int = 90) -> Pillow.Image:
    noise = np.random.default_rng(1).integers(0, 256, (height // 10, WIDE // 16, channels), np.uint8)
    return Pillow.fromarray(noise).resize((WIDE, height))


def save(picture: Pillow.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", method=0, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("lossless", [False, True])
def test_the_strips_are_what_pillow_reads(channels: int, lossless: bool) -> None:
    data = save(large(channels), lossless=lossless)
    strips = [np.asarray(strip) for strip in read_strips(data, (WIDE, 90), 40)]
    assert [len(strip) for strip in strips] == [40, 40, 10]
    with Pillow.open(io.BytesIO(data)) as picture:
        assert np.array_equal(np.concatenate(strips), np.asarray(picture))


def test_a_large_webp_is_turned_once() -> None:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = 6
    decoded = decode(save(large(), exif=exif), max_pixels=10**6, max_frames=9)
    assert (decoded.width, decoded.height) == (90, WIDE)
    assert decoded.image.shape == (LONGEST_SIDE, 45, 3)


@pytest.mark.parametrize("share", [0.3, 0.99])
def test_a_large_webp_that_is_cut_is_broken(share: float, capfd: pytest.CaptureFixture[str]) -> None:
    data = save(large())
    with pytest.raises(BrokenPicture):
        decode(data[: int(len(data) * share)], max_pixels=10**6, max_frames=9)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("lossless", [False, True])
def test_damage_behind_the_header_is_told(lossless: bool, capfd: pytest.CaptureFixture[str]) -> None:
    data = save(large(), lossless=lossless)
    with pytest.raises(OSError, match="damaged"):
        list(read_strips(data[: len(data) // 2], (WIDE, 90), 40))
    with pytest.raises(OSError, match="damaged"):
        list(read_strips(data, (WIDE, 91), 40))
    assert capfd.readouterr() == ("", "")
