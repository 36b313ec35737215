"""Decoding: what comes out of good files, and which of four errors out of all others."""

import io
import random
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, ImageCms
from PIL import Image as Pillow

from bot.errors import BrokenPicture, PictureError, TooManyFrames, TooManyPixels, UnsupportedFormat
from bot.recognition.decoding.decode import BACKDROP, LONGEST_SIDE, Decoded
from bot.recognition.decoding.decode import decode as decode_with
from bot.recognition.results import Box, Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
ANIMATED = ("PNG", "WEBP", "GIF", "AVIF")
RED, BLUE = (220, 30, 30), (30, 30, 220)


def decode(data: bytes, *, max_pixels: int = 1_000_000, max_frames: int = 10) -> Decoded:
    return decode_with(data, max_pixels=max_pixels, max_frames=max_frames)


def save(picture: Pillow.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def halves(width: int = 48, height: int = 32) -> Pillow.Image:
    """Red on the left, blue on the right."""
    pixels = np.full((height, width, 3), BLUE, np.uint8)
    pixels[:, : width // 2] = RED
    return Pillow.fromarray(pixels)


def noise(width: int = 50, height: int = 40, channels: int = 3) -> Pillow.Image:
    return Pillow.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, channels), np.uint8))


def assert_colour(image: Image, x: int, y: int, colour: tuple[int, int, int], tolerance: int = 12) -> None:
    assert np.abs(image[y, x].astype(int) - colour).max() <= tolerance, f"{image[y, x]} at ({x}, {y})"


# --- good files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_is_decoded_to_rgb(kind: str) -> None:
    decoded = decode(save(halves(), kind))
    assert decoded.image.shape == (32, 48, 3)
    assert decoded.image.dtype == np.uint8
    assert (decoded.width, decoded.height) == (48, 32)
    assert_colour(decoded.image, 8, 16, RED)
    assert_colour(decoded.image, 40, 16, BLUE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_the_picture_upright(kind: str, orientation: int) -> None:
    upright = halves()
    upright.putpixel((0, 0), (0, 0, 0))
    stored = {
        1: upright,
        2: upright.transpose(Pillow.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Pillow.Transpose.ROTATE_180),
        4: upright.transpose(Pillow.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Pillow.Transpose.TRANSPOSE),
        6: upright.transpose(Pillow.Transpose.ROTATE_90),
        7: upright.transpose(Pillow.Transpose.TRANSVERSE),
        8: upright.transpose(Pillow.Transpose.ROTATE_270),
    }[orientation]
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    decoded = decode(save(stored, kind, exif=exif))
    assert (decoded.width, decoded.height) == (48, 32)
    assert_colour(decoded.image, 12, 16, RED)
    assert_colour(decoded.image, 36, 16, BLUE)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_does_not_prevent_decoding() -> None:
    decoded = decode(save(halves(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40))
    assert_colour(decoded.image, 8, 16, RED)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "AVIF"])
def test_transparency_shows_the_backdrop(kind: str) -> None:
    picture = halves().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 24, 32))
    image = decode(save(picture, kind)).image
    assert_colour(image, 8, 16, BACKDROP)
    assert_colour(image, 40, 16, BLUE)


def test_a_half_transparent_pixel_is_blended() -> None:
    image = decode(save(Pillow.new("RGBA", (8, 8), (0, 0, 0, 128)), "PNG")).image
    assert_colour(image, 4, 4, (112, 112, 112), tolerance=2)


def test_palette_grey_and_black_and_white() -> None:
    assert_colour(decode(save(halves().convert("P"), "PNG")).image, 8, 16, RED, tolerance=30)
    assert_colour(decode(save(Pillow.new("L", (9, 9), 77), "PNG")).image, 4, 4, (77, 77, 77), tolerance=0)
    assert_colour(decode(save(Pillow.new("1", (9, 9), 1), "BMP")).image, 4, 4, (255, 255, 255), tolerance=0)
    assert_colour(decode(save(Pillow.new("LA", (9, 9), (77, 255)), "PNG")).image, 4, 4, (77, 77, 77), tolerance=0)


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    ramp = Pillow.fromarray(np.linspace(0, 65535, 64, dtype=np.uint16).reshape(1, 64).repeat(4, axis=0))
    row = decode(save(ramp, "PNG")).image[2, :, 0].astype(int)
    assert np.abs(row - np.linspace(0, 255, 64)).max() <= 1.5


def test_cmyk_is_converted() -> None:
    assert_colour(decode(save(halves().convert("CMYK"), "JPEG")).image, 8, 16, RED, tolerance=20)


def test_inverted_cmyk_of_adobe_is_converted() -> None:
    data = save(halves().convert("CMYK"), "JPEG")
    assert b"Adobe" in data, "Pillow writes CMYK as Adobe does: inverted"
    assert_colour(decode(data).image, 40, 16, BLUE, tolerance=20)


def test_a_colour_profile_is_applied() -> None:
    # A profile in which red and green are exchanged: so it can be seen at work.
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    position = swapped.index(b"rXYZ"), swapped.index(b"gXYZ")
    entries = [bytes(swapped[start + 4 : start + 12]) for start in position]
    for start, entry in zip(position, reversed(entries), strict=True):
        swapped[start + 4 : start + 12] = entry
    name = "sRGB".encode("utf-16-be")
    profile = bytes(swapped).replace(name, "swap".encode("utf-16-be")).replace(b"sRGB", b"swap")
    pure = Pillow.new("RGB", (8, 8), (255, 0, 0))
    assert_colour(decode(save(pure, "PNG", icc_profile=profile)).image, 4, 4, (0, 255, 0), tolerance=4)


@pytest.mark.parametrize("profile", [b"no profile at all", b"\0" * 300])
def test_a_damaged_colour_profile_is_ignored(profile: bytes) -> None:
    assert_colour(decode(save(halves(), "PNG", icc_profile=profile)).image, 8, 16, RED)


@pytest.mark.parametrize("kind", ANIMATED)
def test_only_the_first_frame_is_decoded(kind: str) -> None:
    frames = [Pillow.new("RGB", (32, 32), colour) for colour in (RED, BLUE, BLUE)]
    data = save(frames[0], kind, save_all=True, append_images=frames[1:])
    assert_colour(decode(data, max_frames=3).image, 16, 16, RED, tolerance=20)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_large_picture_is_reduced_and_boxes_find_back(kind: str) -> None:
    decoded = decode(save(halves(3 * LONGEST_SIDE + 1, 90), kind))
    assert decoded.image.shape == (30, LONGEST_SIDE, 3)
    assert (decoded.width, decoded.height) == (3 * LONGEST_SIDE + 1, 90)
    assert_colour(decoded.image, LONGEST_SIDE // 4, 15, RED)
    assert_colour(decoded.image, LONGEST_SIDE * 3 // 4, 15, BLUE)
    box = decoded.to_original(Box(0, 10, LONGEST_SIDE, 10))
    assert (box.x, box.y, box.width, box.height) == pytest.approx((0, 30, 3 * LONGEST_SIDE + 1, 30))


def test_a_jpeg_that_holds_several_pictures_is_a_jpeg() -> None:
    """Cameras and consoles write such files: MPO."""
    data = save(halves(), "MPO", save_all=True, append_images=[halves()])
    assert_colour(decode(data).image, 8, 16, RED)


def test_reducing_in_strips_leaves_no_seams() -> None:
    ramp = np.linspace(0, 255, 5000).astype(np.uint8).reshape(-1, 1).repeat(60, axis=1)
    column = decode(save(Pillow.fromarray(ramp), "PNG")).image[:, 12, 0].astype(int)
    assert np.abs(column - np.linspace(0, 255, column.size)).max() <= 2


def test_a_large_turned_picture_tells_its_upright_size() -> None:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = 6
    decoded = decode(save(halves(4200, 100), "JPEG", exif=exif))
    assert (decoded.width, decoded.height) == (100, 4200)
    assert decoded.image.shape == (LONGEST_SIDE, 49, 3)


@pytest.mark.parametrize("where", ["in front of the pixels", "behind them"])
def test_a_large_png_is_turned_wherever_its_orientation_stands(where: str) -> None:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = 6
    data = save(halves(4200, 100), "PNG", exif=exif)
    if where == "behind them":
        at = data.index(b"eXIf") - 4
        length = 12 + struct.unpack_from(">I", data, at)[0]
        data = data[:at] + data[at + length : -12] + data[at : at + length] + data[-12:]
    decoded = decode(data)
    assert (decoded.width, decoded.height) == (100, 4200)
    assert_colour(decoded.image, 24, LONGEST_SIDE // 4, RED)
    assert_colour(decoded.image, 24, LONGEST_SIDE * 3 // 4, BLUE)


@pytest.mark.parametrize("cut", [100, 0.5, 0.99])
def test_a_large_png_that_is_cut_is_broken(cut: float) -> None:
    data = save(noise(4200, 30), "PNG")
    with pytest.raises(BrokenPicture):
        decode(data[: round(cut if cut > 1 else cut * len(data))])


# --- files that are refused ------------------------------------------------------------------------------------------


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG whose header promises more than its data may hold."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"\0" * 5000,
        b"just some text in a file called picture.png",
        b"BMW and other words that begin like a bitmap",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        b"PK\x03\x04" + b"\0" * 100,
        b"MZ\x90\0" + b"\0" * 100,
        save(noise(), "TIFF"),
        save(noise(), "ICO"),
        save(noise(), "PPM"),
    ],
    ids=["zeros", "text", "words", "svg", "pdf", "zip", "exe", "tiff", "ico", "ppm"],
)
def test_what_is_no_picture_of_ours_is_unsupported(data: bytes) -> None:
    with pytest.raises(UnsupportedFormat):
        decode(data)


def test_an_empty_file_is_broken() -> None:
    with pytest.raises(BrokenPicture):
        decode(b"")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_truncated_file_is_broken(kind: str) -> None:
    data = save(noise(), kind)
    with pytest.raises(BrokenPicture):
        decode(data[: len(data) // 2])


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_that_ends_in_its_header_is_broken(kind: str) -> None:
    with pytest.raises(BrokenPicture):
        decode(save(noise(), kind)[:24])


@pytest.mark.parametrize("kind", FORMATS)
def test_too_many_pixels_are_refused_by_the_header(kind: str) -> None:
    with pytest.raises(TooManyPixels) as caught:
        decode(save(noise(), kind), max_pixels=1999)
    assert (caught.value.pixels, caught.value.limit) == (2000, 1999)
    assert decode(save(noise(), kind), max_pixels=2000)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = png(30_000, 30_000, b"\0" * 1_000_000)
    assert len(bomb) < 2000
    with pytest.raises(TooManyPixels) as caught:
        decode(bomb, max_pixels=50_000_000)
    assert caught.value.pixels == 900_000_000


def test_a_header_that_promises_more_than_the_file_holds_is_broken() -> None:
    with pytest.raises(BrokenPicture):
        decode(png(900, 900, b"\0" * 2000))


def test_a_bitmap_with_a_lying_header() -> None:
    data = bytearray(save(noise(), "BMP"))
    data[18:26] = struct.pack("<ii", 900, 900)
    with pytest.raises(BrokenPicture):
        decode(bytes(data))
    data[18:26] = struct.pack("<ii", 90_000, 90_000)
    with pytest.raises(TooManyPixels):
        decode(bytes(data))


def test_a_picture_without_extent_is_broken() -> None:
    with pytest.raises(BrokenPicture):
        decode(png(0, 10))


@pytest.mark.parametrize("kind", ANIMATED)
def test_too_many_frames_are_refused(kind: str) -> None:
    frames = [noise().rotate(turn) for turn in range(0, 70, 10)]
    data = save(frames[0], kind, save_all=True, append_images=frames[1:])
    assert decode(data, max_frames=7)
    with pytest.raises(TooManyFrames) as caught:
        decode(data, max_frames=6)
    assert caught.value.limit == 6


def test_a_polyglot_is_what_its_first_bytes_say() -> None:
    archive = b"PK\x03\x04" + b"\0" * 60 + b"<script>alert(1)</script>"
    assert_colour(decode(save(halves(), "PNG") + archive).image, 8, 16, RED)
    with pytest.raises(UnsupportedFormat):
        decode(archive + save(halves(), "PNG"))


# --- files that somebody has tampered with ---------------------------------------------------------------------------


def seeds() -> dict[str, bytes]:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clear = noise(channels=4)
    turned = [clear.rotate(90), clear.rotate(180)]
    return {
        "jpeg": save(noise(), "JPEG", exif=exif, icc_profile=profile),
        "jpeg-progressive": save(noise(), "JPEG", progressive=True),
        "jpeg-cmyk": save(noise().convert("CMYK"), "JPEG"),
        "jpeg-mpo": save(noise(), "MPO", save_all=True, append_images=[noise()]),
        "png": save(clear, "PNG", exif=exif, icc_profile=profile),
        "png-palette": save(noise().convert("P"), "PNG", transparency=3),
        "png-16": save(Pillow.fromarray(np.arange(2000, dtype=np.uint16).reshape(40, 50)), "PNG"),
        "png-animated": save(clear, "PNG", save_all=True, append_images=turned),
        "webp": save(clear, "WEBP", exif=exif, icc_profile=profile),
        "webp-lossless": save(noise(), "WEBP", lossless=True),
        "webp-large": save(noise().resize((2 * LONGEST_SIDE, 60)), "WEBP", method=0),
        "webp-animated": save(clear, "WEBP", save_all=True, append_images=turned),
        "gif": save(noise(), "GIF"),
        "gif-animated": save(noise(), "GIF", save_all=True, append_images=[noise().rotate(90)]),
        "bmp": save(noise(), "BMP"),
        "bmp-palette": save(noise().convert("P"), "BMP"),
        "avif": save(clear, "AVIF", exif=exif, icc_profile=profile),
        "avif-animated": save(clear, "AVIF", save_all=True, append_images=turned),
    }


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Cut, flip, overwrite, insert, remove or repeat bytes, mostly near the start, where headers are."""
    mutated = bytearray(data)
    if chance.random() < 0.2:
        return data[: chance.randrange(len(data))]
    reach = min(len(data), 200) if chance.random() < 0.6 else len(data)
    for _ in range(chance.choice((1, 1, 2, 4, 10))):
        at, other = chance.randrange(reach), chance.randrange(len(data))
        cut, put = chance.choice(
            (
                (1, bytes([chance.choice((0, 1, 127, 128, 255))])),
                (1, chance.randbytes(1)),
                (chance.randrange(1, 20), b""),
                (0, chance.randbytes(chance.randrange(1, 9))),
                (8, data[other : other + 8]),
            )
        )
        mutated[at : at + cut] = put
    return bytes(mutated)


@pytest.mark.filterwarnings("ignore")  # Pillow warns of much that is wrong with these files
@pytest.mark.parametrize(("kind", "data"), seeds().items(), ids=seeds().keys())
def test_tampered_files_decode_or_raise_a_picture_error(kind: str, data: bytes) -> None:
    chance = random.Random(kind)  # the same mutations in every run
    refused = 0
    for _ in range(150):
        try:
            image = decode(mutate(data, chance)).image
            assert image.ndim == 3
            assert image.shape[2] == 3
        except PictureError:
            refused += 1
    assert refused > 10, "the mutations have done no harm: they test nothing"
