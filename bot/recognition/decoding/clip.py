"""Read clips: videos, animated pictures and animated stickers, as frames evenly over their length.

The decoders are large pieces of C. Whoever hands them files of strangers does so in a process that may come to harm:
see `bot.recognition.decoding.decoders`.
"""

import functools
import gzip
import importlib
import io
import json
import math
import pkgutil
import time
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageSequence

from bot.errors import BrokenPicture, DecodingFailed, PictureError, TooLong, TooManyPixels, UnsupportedFormat
from bot.recognition import formats
from bot.recognition.decoding.decode import BACKDROP
from bot.recognition.results import Image

Frame = npt.NDArray[np.uint8]
"""RGB or RGBA, shape ``(height, width, 3 or 4)``; the alpha channel is straight."""
Kind = Literal["mp4", "webm", "lottie", "pictures"]

CANDIDATES = 12
"""Frames that are decoded, evenly over the clip, for the clearest of them to be analysed."""
LONGEST_SIDE = 1280
"""Pixels of the frames that are handed on; larger ones are reduced. Several are in memory at a time."""
LARGEST_VIDEO = 4096 * 2304
"""Pixels of a video's frame: a decoder holds a score of them."""
TIMEOUT = 8.0
"""Seconds after the first frame when those decoded so far have to do."""
VIDEO_CODECS = ("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4")
THREADS = 2
"""Threads of a video's decoder, each of which takes memory. The other cores have clips and pictures of their own."""
LONG_CLIP = 12.0
"""Seconds. Of longer videos only the key frames are decoded: they are the sharpest, and all would take too long."""
FEW_KEY_FRAMES = 4
"""With fewer than these a long video is decoded from its beginning after all."""
UNPACKED_LOTTIE = 8_000_000
"""Bytes. Telegram's stickers have 64 kB packed, which is a megabyte or two."""


def read_clip(data: bytes, kind: Kind, *, max_pixels: int, max_seconds: float) -> list[Image]:
    """Decode up to `CANDIDATES` frames, evenly over a clip.

    Args:
        data: The file.
        kind: What it is.
        max_pixels: Largest width x height of a frame, checked before it is decoded.
        max_seconds: The longest that a video or a Lottie animation may last.

    Returns:
        At least one RGB uint8 ``(height, width, 3)``, all of one size; `BACKDROP` shows through transparency.

    Raises:
        UnsupportedFormat: the clip is of a kind that is not read.
        BrokenPicture: it is damaged.
        DecodingFailed: it takes more memory than this process may have.
        TooManyPixels: a frame is larger than `max_pixels`.
        TooLong: it lasts longer than `max_seconds`.
    """
    sampler = Sampler(max_pixels if kind == "pictures" else min(max_pixels, LARGEST_VIDEO), max_seconds)
    try:
        READERS[kind](data, sampler)
    except PictureError:
        raise
    except ImportError as error:
        raise UnsupportedFormat from error
    except Exception as error:
        # A clip that is damaged further on has good frames in front.
        if not sampler.frames:
            raise (DecodingFailed if isinstance(error, MemoryError) else BrokenPicture) from error
    if not sampler.frames:
        raise BrokenPicture
    frames = [frame for frame in sampler.frames if frame.shape == sampler.frames[0].shape]
    return frames[:: -(-len(frames) // CANDIDATES)]


def load_readers() -> None:
    """Load all that reading a clip may load later, for a process that will not be able to open a file any more."""
    for load in (_load_av, _thorvg):
        try:
            load()
        except ImportError:  # there are no wheels of it for this machine: such clips are unsupported
            continue


class Sampler:
    """Keeps frames evenly over a clip whose end is not known.

    Every second one is dropped whenever there are twice as many as are wanted, and only every second is taken from
    then on.
    """

    def __init__(self, max_pixels: int, max_seconds: float) -> None:
        self._max_pixels, self._max_seconds = max_pixels, max_seconds
        self._end = math.inf
        self.begin()

    def begin(self) -> None:
        """Begin anew: the clip is read from its start."""
        self._stride, self._seen = 1, 0
        self.frames: list[Frame] = []

    def wants(self) -> bool:
        """Whether the next frame is one to keep."""
        self._seen += 1
        return (self._seen - 1) % self._stride == 0

    def keep(self, frame: Frame) -> None:
        """Add a frame that was wanted."""
        self._end = min(self._end, time.monotonic() + TIMEOUT)
        self.frames.append(_flatten(frame))
        if len(self.frames) >= 2 * CANDIDATES:
            self.frames = self.frames[::2]
            self._stride *= 2

    def shrunk(self, width: int, height: int) -> tuple[int, int]:
        """Return the width and height at which a frame is handed on.

        Raises:
            TooManyPixels: the frame is too large.
        """
        if width * height > self._max_pixels:
            raise TooManyPixels(width * height, self._max_pixels)
        if min(width, height) < 1:
            raise BrokenPicture
        share = min(1.0, LONGEST_SIDE / max(width, height))
        return max(1, round(width * share)), max(1, round(height * share))

    def check_length(self, seconds: float) -> None:
        """Hold a moment of the clip against the longest that is allowed."""
        if seconds > self._max_seconds:
            raise TooLong(self._max_seconds)

    @property
    def late(self) -> bool:
        """Whether it is time to stop: there is a frame, and it is there for long enough."""
        return time.monotonic() > self._end


def _read_video(data: bytes, sampler: Sampler, demuxer: str) -> None:
    """Sample a video; sound is not looked at."""
    import av  # noqa: PLC0415 - each decoder only where it is needed

    for skip in ("NONKEY", "DEFAULT"):
        sampler.begin()
        # No protocol is allowed, so that nothing in the file can make the demuxer open another.
        with av.open(io.BytesIO(data), "r", format=demuxer, options={"protocol_whitelist": "none"}) as container:
            stream = container.streams.best("video")
            if stream is None or stream.codec_context.name not in VIDEO_CODECS:
                raise UnsupportedFormat
            seconds = (container.duration or 0) / av.time_base
            sampler.check_length(seconds)
            decoder: Any = stream.codec_context
            sampler.shrunk(decoder.width, decoder.height)
            if stream.metadata.get("alpha_mode") == "1":
                # FFmpeg's own decoders pass transparency by; those of libvpx know it.
                decoder = av.CodecContext.create("libvpx-vp9" if decoder.name == "vp9" else "libvpx", "r")
            decoder.thread_count = THREADS
            long = seconds > LONG_CLIP
            decoder.skip_frame = skip if long else "DEFAULT"
            for packet in container.demux(stream):
                for frame in decoder.decode(packet):
                    size = sampler.shrunk(frame.width, frame.height)
                    sampler.check_length(frame.time or 0)
                    if sampler.wants():
                        mode = "rgba" if "yuva" in frame.format.name else "rgb24"
                        image = frame.reformat(*size, format=mode).to_ndarray()
                        sampler.keep(np.rot90(image, frame.rotation // 90))
                if sampler.late:
                    return
        if not long or len(sampler.frames) >= FEW_KEY_FRAMES:
            return


def _read_pictures(data: bytes, sampler: Sampler) -> None:
    """Sample an animated picture."""
    with Pillow.open(io.BytesIO(data), formats=formats.ANIMATED) as picture:
        size = sampler.shrunk(*picture.size)
        for frame in ImageSequence.Iterator(picture):
            if sampler.wants():
                sampler.keep(np.asarray(frame.convert("RGBA").resize(size, reducing_gap=2.0)))
            if sampler.late:
                return


def _read_lottie(data: bytes, sampler: Sampler) -> None:
    """Sample a Lottie animation, packed as Telegram does or plain."""
    from thorvg_python.animation.lottie import LottieAnimation  # noqa: PLC0415
    from thorvg_python.base import Colorspace  # noqa: PLC0415
    from thorvg_python.canvas.sw import SwCanvas  # noqa: PLC0415

    engine = _thorvg()
    animation = LottieAnimation(engine)
    picture = animation.get_picture()
    _must(picture.load_data(_own_drawing(data), "lottie", None, True))
    _, across, down = picture.get_size()
    width, height = sampler.shrunk(round(across), round(down))
    sampler.check_length(animation.get_duration()[1])
    canvas = SwCanvas(engine)
    canvas.set_target(width, height, cs=Colorspace.ABGR8888S)
    _must(picture.set_size(width, height))
    _must(canvas.add(picture))
    last = animation.get_total_frame()[1] - 1
    for number in sorted({round(part * last / CANDIDATES) for part in range(CANDIDATES)}):
        animation.set_frame(number)  # says that nothing is to do where it is that frame already
        _must(canvas.update())
        _must(canvas.draw(True))
        _must(canvas.sync())
        pixels = np.frombuffer(bytes(canvas.buffer_arr or b""), np.uint8)
        sampler.keep(pixels.reshape(height, width, 4))
        if sampler.late:
            return


READERS: dict[Kind, Callable[[bytes, Sampler], None]] = {
    "mp4": functools.partial(_read_video, demuxer="mov"),
    "webm": functools.partial(_read_video, demuxer="matroska"),
    "pictures": _read_pictures,
    "lottie": _read_lottie,
}


def _load_av() -> None:
    """Import all parts of PyAV, some of which it imports only when it meets what they are for."""
    import av  # noqa: PLC0415

    for part in pkgutil.walk_packages(av.__path__, "av."):
        if part.name != "av.__main__":
            importlib.import_module(part.name)  # noqa: TID251 - parts of a library, which only it can name


@functools.cache
def _thorvg() -> Any:
    """Load ThorVG, once: a process that is confined could not do it again."""
    from thorvg_python.animation.lottie import LottieAnimation  # noqa: F401, PLC0415
    from thorvg_python.canvas.sw import SwCanvas  # noqa: F401, PLC0415
    from thorvg_python.engine import Engine  # noqa: PLC0415

    return Engine()


def _own_drawing(data: bytes) -> bytes:
    """Unpack a Lottie animation, without what would make the renderer read other files: pictures and fonts."""
    if data.startswith(b"\x1f\x8b"):
        with gzip.open(io.BytesIO(data)) as file:
            data = file.read(UNPACKED_LOTTIE + 1)
    if len(data) > UNPACKED_LOTTIE:
        raise BrokenPicture
    try:
        drawing = json.loads(data)
    except ValueError as error:
        raise UnsupportedFormat from error
    if not isinstance(drawing, dict) or not isinstance(drawing.get("layers"), list):
        raise UnsupportedFormat
    drawing["assets"] = [asset for asset in drawing.get("assets", ()) if "layers" in asset]
    drawing.pop("fonts", None)
    return json.dumps(drawing).encode()


def _must(result: object) -> None:
    if result != 0:
        raise BrokenPicture


def _flatten(frame: Frame) -> Image:
    if frame.shape[2] == 3:
        return frame.copy()
    alpha = frame[..., 3:].astype(np.uint16)
    mixed = frame[..., :3] * alpha + np.array(BACKDROP, np.uint16) * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)
