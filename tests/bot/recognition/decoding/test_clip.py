"""Clips: what is read of good ones, and how hostile ones end."""

import gzip
import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from bot.errors import BrokenPicture, TooLong, TooManyPixels, UnsupportedFormat
from bot.recognition import formats
from bot.recognition.decoding.clip import CANDIDATES, LONGEST_SIDE, Kind, read_clip
from bot.recognition.decoding.decode import BACKDROP
from bot.recognition.results import Image
from tests.support import clips

RED = (220, 30, 30)
SIZE = (96, 128)


def square(at: int, *, clear: bool = False, size: tuple[int, int] = SIZE) -> Image:
    """A red square so many pixels from the left, on black or on nothing."""
    frame = np.zeros((*size, 4 if clear else 3), np.uint8)
    frame[20:60, at : at + 40] = (*RED, 255)[: frame.shape[2]]
    return frame


def moving(count: int, *, clear: bool = False) -> list[Image]:
    return [square(n * 80 // count, clear=clear) for n in range(count)]


def kind_of(data: bytes) -> Kind | None:
    found = formats.sniff(data)
    return found.clip if found is not None else None


def read(data: bytes, kind: Kind | None = None, *, max_pixels: int = 10**6, max_seconds: float = 60.0) -> list[Image]:
    found = kind or kind_of(data)
    assert found is not None
    return read_clip(data, found, max_pixels=max_pixels, max_seconds=max_seconds)


def left_edge(frame: Image) -> int:
    return int(np.argmax(np.abs(frame[40].astype(int) - RED).max(axis=1) < 60))


# --- good clips ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("webm", [False, True])
def test_frames_are_spread_over_a_video(webm: bool) -> None:
    frames = read(clips.video(moving(40), webm=webm))
    assert 6 <= len(frames) <= CANDIDATES
    assert frames[0].shape == (*SIZE, 3)
    edges = [left_edge(frame) for frame in frames]
    assert edges == sorted(edges)
    assert edges[0] < 6
    assert edges[-1] > 60


def test_the_backdrop_shows_through_a_video_sticker() -> None:
    frame = read(clips.video(moving(6, clear=True), webm=True))[0]
    assert np.abs(frame[40, 20].astype(int) - RED).max() < 20
    assert np.abs(frame[90, 120].astype(int) - BACKDROP).max() < 5


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_frames_are_spread_over_an_animated_picture(kind: str) -> None:
    frames = read(clips.animation(moving(40), kind), "pictures")
    edges = [left_edge(frame) for frame in frames]
    assert 6 <= len(frames) <= CANDIDATES
    assert edges == sorted(edges)
    assert edges[-1] > 60


@pytest.mark.parametrize("packed", [False, True])
def test_an_animated_sticker_is_drawn(packed: bool) -> None:
    drawing = clips.lottie(size=200)
    frames = read(clips.tgs(drawing) if packed else drawing)
    assert len(frames) == CANDIDATES
    assert frames[0].shape == (200, 200, 3)
    centres = [np.nonzero((frame[100] == (255, 0, 0)).all(axis=1))[0].mean() for frame in frames]
    assert centres == sorted(centres)
    assert centres[0] == pytest.approx(40, abs=3)
    assert centres[-1] > 140
    assert tuple(frames[0][3, 3]) == BACKDROP


def test_large_frames_are_reduced() -> None:
    frame = square(3, size=(200, 2 * LONGEST_SIDE))
    assert read(clips.video([frame] * 2))[0].shape == (100, LONGEST_SIDE, 3)


def test_of_a_long_video_the_key_frames_are_taken() -> None:
    key_every = 20
    frames = read(clips.video(moving(160), key_every=key_every))
    assert [left_edge(frame) for frame in frames] == pytest.approx(list(range(0, 80, key_every // 2)), abs=2)


def test_a_long_video_with_a_single_key_frame_is_seen_to_its_end() -> None:
    frames = read(clips.video(moving(160), key_every=1000))
    assert left_edge(frames[-1]) > 60


# --- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data", [clips.video(moving(30)), clips.video(moving(30), webm=True), clips.lottie(frames=180)]
)
def test_a_clip_that_is_too_long_is_refused(data: bytes) -> None:
    assert read(data, max_seconds=3.2)
    with pytest.raises(TooLong) as caught:
        read(data, max_seconds=2.5)
    assert caught.value.seconds == 2.5


@pytest.mark.parametrize("data", [clips.video(moving(3)), clips.video(moving(3), webm=True), clips.lottie(size=200)])
def test_too_many_pixels_are_refused(data: bytes) -> None:
    with pytest.raises(TooManyPixels) as caught:
        read(data, max_pixels=9999)
    assert caught.value.limit == 9999
    assert caught.value.pixels in (96 * 128, 200 * 200)


def test_a_sticker_that_declares_a_huge_size_is_refused() -> None:
    with pytest.raises(TooManyPixels):
        read(clips.lottie(size=1_000_000))


def test_a_packed_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b'{"layers": [' + b" " * 300_000_000)
    with pytest.raises(BrokenPicture):
        read(bomb)


def test_thousands_of_frames_are_thinned_out() -> None:
    frames = read(clips.animation([square(n % 2 * 20) for n in range(1500)], "GIF"), "pictures")
    assert len(frames) <= CANDIDATES


# --- hostile clips ---------------------------------------------------------------------------------------------------


def test_a_cut_video_is_seen_as_far_as_it_goes() -> None:
    data = clips.video(moving(60), webm=True)
    assert read(data[: len(data) * 3 // 4])


@pytest.mark.parametrize(
    "data",
    [
        clips.video(moving(9))[:200],
        clips.video(moving(9), webm=True)[:120],
        b"\0\0\0\x18ftypisom" + b"\0" * 500,
        b"\x1a\x45\xdf\xa3" + os.urandom(500),
        gzip.compress(clips.lottie())[:80],
        clips.lottie()[:-1] + b', "layers": 3}',
        clips.lottie(assets=7),
        b"[" * 100_000,
    ],
    ids=["mp4", "webm", "no-mp4", "no-webm", "tgs", "no-layers", "no-assets", "deep"],
)
def test_a_damaged_clip_is_refused(data: bytes) -> None:
    with pytest.raises((BrokenPicture, UnsupportedFormat)):
        read(data, kind_of(data) or "lottie")


@pytest.mark.parametrize(
    "data", [b'{"hello": 1}', gzip.compress(b"just some text"), b"{" * 9], ids=["json", "gz", "braces"]
)
def test_what_is_packed_or_json_but_no_animation_is_unsupported(data: bytes) -> None:
    with pytest.raises(UnsupportedFormat):
        read(data)


def test_sound_without_pictures_is_unsupported() -> None:
    import av  # noqa: PLC0415

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 2048), np.float32), format="fltp", layout="stereo")
        frame.rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with pytest.raises(UnsupportedFormat):
        read(buffer.getvalue())


def test_a_playlist_opens_nothing(tmp_path: Path) -> None:
    """The demuxer is chosen here, not by FFmpeg, so a list of other files is no video."""
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(clips.video(moving(9)))
    lists = (
        f"#EXTM3U\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n".encode(),
        f"ffconcat version 1.0\nfile {secret}\n".encode(),
    )
    for text in lists:
        for kind in ("mp4", "webm"):
            with pytest.raises(BrokenPicture):
                read(text, kind)
        disguised = struct.pack(">I", 24) + b"ftypisom\0\0\2\0isommp41" + text
        with pytest.raises(BrokenPicture):
            read(disguised)


def test_a_sticker_shows_no_file_of_the_machine(tmp_path: Path) -> None:
    from PIL import Image as Pillow  # noqa: PLC0415

    path = tmp_path / "secret.png"
    Pillow.new("RGB", (200, 200), (0, 0, 255)).save(path)
    asset = {"id": "a", "w": 200, "h": 200, "u": f"{tmp_path}/", "p": "secret.png", "e": 0}
    layer = {"ty": 2, "refId": "a", "ks": {}, "ip": 0, "op": 60, "st": 0}
    frames = read(clips.lottie(size=200, assets=[asset], layers=[layer]))
    assert not (frames[0][..., 2] > frames[0][..., 0]).any()
