"""A large WebP or AVIF that FFmpeg reads is the one that Pillow reads."""

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, ImageCms
from PIL import Image as Pillow

from bot.errors import BrokenPicture, TooManyPixels
from bot.recognition.decoding.decode import BACKDROP, Decoded, count_frames
from bot.recognition.decoding.decode import decode as decode_with
from bot.recognition.decoding.large import check_held, open_webp, read_reduced
from tests.support import clips

LONGEST_SIDE = 256
WIDE, HIGH = 2 * LONGEST_SIDE, LONGEST_SIDE // 2 + 6
SMALL = (LONGEST_SIDE, HIGH // 2)
FORMATS = ["WEBP", "AVIF"]


@pytest.fixture(autouse=True)
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.recognition.decoding.decode.LONGEST_SIDE", LONGEST_SIDE)


def large(channels: int = 3) -> Pillow.Image:
    noise = np.random.default_rng(1).integers(0, 256, (HIGH // 16, WIDE // 16, channels), np.uint8)
    return Pillow.fromarray(noise).resize((WIDE, HIGH))


def save(picture: Pillow.Image, kind: str = "WEBP", **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **{"method": 0} if kind == "WEBP" else {"speed": 10}, **options)
    return buffer.getvalue()


def decode(data: bytes) -> Decoded:
    return decode_with(data, max_pixels=10**7, max_frames=9)


def as_pillow_reads(data: bytes) -> Any:
    """The picture reduced, on the backdrop, as integers."""
    with Pillow.open(io.BytesIO(data)) as picture:
        layer = picture.convert("RGBA")
    flat = Pillow.new("RGB", layer.size, BACKDROP)
    flat.paste(layer, mask=layer.getchannel("A"))
    return np.asarray(flat.resize(SMALL, Pillow.Resampling.BOX)).astype(int)


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("channels", [3, 4])
def test_a_webp_is_what_pillow_reads(channels: int, lossless: bool) -> None:
    picture = large(channels)
    if channels == 4:
        picture.putalpha(Pillow.linear_gradient("L").resize(picture.size))
    data = save(picture, lossless=lossless)
    difference = np.abs(decode(data).image.astype(int) - as_pillow_reads(data))
    assert difference.mean() < 1.5
    assert difference.max() < 50


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
def test_an_avif_is_what_pillow_reads(subsampling: str) -> None:
    data = save(large(), "AVIF", subsampling=subsampling)
    assert read_reduced(data, "AVIF", (WIDE, HIGH), SMALL) is not None
    assert np.abs(decode(data).image.astype(int) - as_pillow_reads(data)).mean() < 1.5


def test_an_avif_with_transparency_is_left_to_pillow() -> None:
    picture = large(4)
    picture.putalpha(Pillow.linear_gradient("L").resize(picture.size))
    data = save(picture, "AVIF")
    assert read_reduced(data, "AVIF", (WIDE, HIGH), SMALL) is None
    assert np.abs(decode(data).image.astype(int) - as_pillow_reads(data)).mean() < 1.5


def test_other_formats_are_left_to_their_decoders() -> None:
    assert read_reduced(b"", "JPEG", (WIDE, HIGH), SMALL) is None


@pytest.mark.parametrize("kind", FORMATS)
def test_a_large_picture_is_turned_once(kind: str) -> None:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = 6
    decoded = decode(save(large(), kind, exif=exif.tobytes()))
    assert (decoded.width, decoded.height) == (HIGH, WIDE)
    assert decoded.image.shape == (LONGEST_SIDE, HIGH // 2, 3)


def test_the_profile_of_a_large_webp_is_heeded() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    opened = open_webp(save(large(), icc_profile=profile), 10)
    assert opened is not None
    assert opened.info["icc_profile"] == profile


@pytest.mark.parametrize("share", [0.3, 0.99])
@pytest.mark.parametrize("kind", FORMATS)
def test_a_large_picture_that_is_cut_is_broken(kind: str, share: float, capfd: pytest.CaptureFixture[str]) -> None:
    data = save(large(), kind)
    with pytest.raises(BrokenPicture):
        decode(data[: int(len(data) * share)])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("lossless", [False, True])
def test_damage_behind_the_header_is_reported(lossless: bool, capfd: pytest.CaptureFixture[str]) -> None:
    """The header says that all is there."""
    data = save(large(), lossless=lossless)
    half = len(data) // 2
    with pytest.raises(BrokenPicture):
        decode(data[:4] + struct.pack("<I", half - 8) + data[8:16] + struct.pack("<I", half - 20) + data[20:half])
    assert capfd.readouterr() == ("", "")


def test_a_header_that_lies_is_told() -> None:
    data = bytearray(save(large(), exif=Pillow.Exif().tobytes()))
    place = data.index(b"VP8X") + 8
    data[place + 4 : place + 7] = (WIDE + 1).to_bytes(3, "little")
    with pytest.raises(BrokenPicture):
        decode(bytes(data))


def test_an_animated_webp_is_held_to_what_pillow_makes_room_for() -> None:
    data = bytearray(clips.animation([np.zeros((40, 50, 3), np.uint8), np.full((40, 50, 3), 255, np.uint8)], "WEBP"))
    assert open_webp(bytes(data), 1) is None
    place = data.index(b"VP8X") + 8
    data[place + 4 : place + 10] = (4999).to_bytes(3, "little") * 2
    with pytest.raises(TooManyPixels) as caught:
        count_frames(bytes(data), max_pixels=10**8, max_frames=9)
    assert caught.value.pixels == 25_000_000
    assert caught.value.limit < 25_000_000


def test_what_must_be_held_whole_has_fewer_pixels() -> None:
    check_held(50_000_000, 4)
    with pytest.raises(TooManyPixels) as caught:
        check_held(50_000_000, 8)
    assert caught.value.limit == 25_000_000


@pytest.mark.parametrize(("subsampling", "most"), [(0, 33_333_333), (2, 66_666_666)])
def test_a_jpeg_of_many_scans_is_held_to_its_coefficients(
    subsampling: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[int] = []
    monkeypatch.setattr("bot.recognition.decoding.large.check_held", lambda _, size: limits.append(int(2e8 / size)))
    for progressive in (False, True):
        buffer = io.BytesIO()
        large().save(buffer, "JPEG", progressive=progressive, subsampling=subsampling)
        decode(buffer.getvalue())
    assert limits == [most]
