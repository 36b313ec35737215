"""Decode frames of a stranger's clip: a program of its own, run and watched over by `bot.recognition.decoding.clip`.

    python -I clip_reader.py JOB < CLIP > FRAMES

JOB is a `Job` as JSON. The first line of the output is JSON: ``{"frames": [count, height, width]}``, with the frames'
RGB bytes behind it, or ``{"error": [word, number]}``. The decoders here are large pieces of C; whatever a file does to
them ends with this process. It imports nothing of whobot, knows no secret, and once it begins to parse it can open no
file and no connection.
"""

import gzip
import importlib
import io
import json
import math
import pkgutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[np.uint8]
"""RGB or RGBA, shape ``(height, width, 3 or 4)``; the alpha channel is straight."""
Kind = Literal["mp4", "webm", "lottie", "pictures"]

VIDEO_CODECS = ("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4")
LONG_CLIP = 12.0
"""Seconds. Of longer videos only the key frames are decoded: they are the sharpest, and all would take too long."""
FEW_KEY_FRAMES = 4
"""With fewer than these a long video is decoded from its beginning after all."""
UNPACKED_LOTTIE = 8_000_000
"""Bytes. Telegram's stickers have 64 kB packed, which is a megabyte or two."""
MEMORY = 1_000_000_000
"""Bytes that the process may allocate."""
PROCESSOR_SECONDS = 60
"""All cores together: the end of a process that nobody watches any more."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to read, and how much of it.

    `kind` says which decoder reads it. At most `most` frames are handed on, `side` pixels on their longer side, those
    with transparency on `backdrop`. A frame may have `pixels` of them, a clip may last `seconds`; `timeout`
    seconds after the first frame those decoded so far have to do. `pictures` are the animated pictures that may
    be read, by Pillow's names.
    """

    kind: Kind
    most: int
    side: int
    pixels: int
    seconds: float
    timeout: float
    backdrop: tuple[int, int, int]
    pictures: tuple[str, ...]


class RefusedError(Exception):
    """The clip cannot be used: a word for the reason, and a number that belongs to it."""

    def __init__(self, word: Literal["broken", "unsupported", "too long", "too many pixels"], number: int = 0) -> None:
        super().__init__(word, number)


class Sampler:
    """Keeps frames evenly over a clip whose end is not known.

    Every second one is dropped whenever there are twice as many as are wanted, and only every second is taken from
    then on.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
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
        self._end = min(self._end, time.monotonic() + self.job.timeout)
        self.frames.append(_flatten(frame, self.job.backdrop))
        if len(self.frames) >= 2 * self.job.most:
            self.frames = self.frames[::2]
            self._stride *= 2

    def shrunk(self, width: int, height: int) -> tuple[int, int]:
        """Return the width and height at which a frame is handed on.

        Raises:
            RefusedError: the frame is too large.
        """
        if width * height > self.job.pixels:
            raise RefusedError("too many pixels", width * height)
        if min(width, height) < 1:
            raise RefusedError("broken")
        share = min(1.0, self.job.side / max(width, height))
        return max(1, round(width * share)), max(1, round(height * share))

    def check_length(self, seconds: float) -> None:
        """Hold a moment of the clip against the longest that is allowed."""
        if seconds > self.job.seconds:
            raise RefusedError("too long")

    @property
    def late(self) -> bool:
        """Whether it is time to stop: there is a frame, and it is there for long enough."""
        return time.monotonic() > self._end


def read_video(data: bytes, sampler: Sampler) -> None:
    """Sample an MP4 or WebM file; sound is not looked at."""
    import av  # noqa: PLC0415 - each decoder only where it is needed

    # PyAV imports some of its parts when it meets what they are for, and then could not.
    for part in pkgutil.walk_packages(av.__path__, "av."):
        if part.name != "av.__main__":
            importlib.import_module(part.name)  # noqa: TID251 - parts of a library, which only it can name
    confine()
    demuxer = "matroska" if sampler.job.kind == "webm" else "mov"
    for skip in ("NONKEY", "DEFAULT"):
        sampler.begin()
        # No protocol is allowed, so that nothing in the file can make the demuxer open another.
        with av.open(io.BytesIO(data), "r", format=demuxer, options={"protocol_whitelist": "none"}) as container:
            stream = container.streams.best("video")
            if stream is None or stream.codec_context.name not in VIDEO_CODECS:
                raise RefusedError("unsupported")
            seconds = (container.duration or 0) / av.time_base
            sampler.check_length(seconds)
            decoder: Any = stream.codec_context
            sampler.shrunk(decoder.width, decoder.height)
            if stream.metadata.get("alpha_mode") == "1":
                # FFmpeg's own decoders pass transparency by; those of libvpx know it.
                decoder = av.CodecContext.create("libvpx-vp9" if decoder.name == "vp9" else "libvpx", "r")
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


def read_pictures(data: bytes, sampler: Sampler) -> None:
    """Sample an animated picture."""
    from PIL import Image as Pillow  # noqa: PLC0415
    from PIL import ImageSequence  # noqa: PLC0415

    Pillow.init()
    Pillow.MAX_IMAGE_PIXELS = None
    confine()
    with Pillow.open(io.BytesIO(data), formats=sampler.job.pictures) as picture:
        size = sampler.shrunk(*picture.size)
        for frame in ImageSequence.Iterator(picture):
            if sampler.wants():
                sampler.keep(np.asarray(frame.convert("RGBA").resize(size, reducing_gap=2.0)))
            if sampler.late:
                return


def read_lottie(data: bytes, sampler: Sampler) -> None:
    """Sample a Lottie animation, packed as Telegram does or plain."""
    from thorvg_python.animation.lottie import LottieAnimation  # noqa: PLC0415
    from thorvg_python.base import Colorspace  # noqa: PLC0415
    from thorvg_python.canvas.sw import SwCanvas  # noqa: PLC0415
    from thorvg_python.engine import Engine  # noqa: PLC0415

    engine = Engine()
    confine()
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
    last, most = animation.get_total_frame()[1] - 1, sampler.job.most
    for number in sorted({round(part * last / most) for part in range(most)}):
        animation.set_frame(number)  # says that nothing is to do where it is that frame already
        _must(canvas.update())
        _must(canvas.draw(True))
        _must(canvas.sync())
        pixels = np.frombuffer(bytes(canvas.buffer_arr or b""), np.uint8)
        sampler.keep(pixels.reshape(height, width, 4))
        if sampler.late:
            return


READERS: dict[Kind, Callable[[bytes, Sampler], None]] = {
    "mp4": read_video,
    "webm": read_video,
    "pictures": read_pictures,
    "lottie": read_lottie,
}


def read(data: bytes, job: Job) -> Iterator[bytes]:
    """Yield what goes to the output."""
    try:
        frames = sample(data, job)
    except RefusedError as refusal:
        yield json.dumps({"error": refusal.args}).encode() + b"\n"
        return
    yield json.dumps({"frames": [len(frames), *frames[0].shape[:2]]}).encode() + b"\n"
    for frame in frames:
        yield np.ascontiguousarray(frame).tobytes()


def sample(data: bytes, job: Job) -> list[Frame]:
    """Decode at least one frame, RGB and all of one size.

    Raises:
        RefusedError: there is none, or the clip is beyond a limit.
    """
    sampler = Sampler(job)
    try:
        READERS[job.kind](data, sampler)
    except RefusedError:
        raise
    except ImportError as error:
        raise RefusedError("unsupported") from error
    except Exception as error:
        # A clip that is damaged further on has good frames in front.
        if not sampler.frames:
            raise RefusedError("broken") from error
    if not sampler.frames:
        raise RefusedError("broken")
    frames = [frame for frame in sampler.frames if frame.shape == sampler.frames[0].shape]
    return frames[:: -(-len(frames) // job.most)]


def confine() -> None:
    """Give up opening files and connections, and most of the memory: before the first byte of the clip is parsed."""
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))


def _own_drawing(data: bytes) -> bytes:
    """Unpack a Lottie animation, without what would make the renderer read other files: pictures and fonts."""
    if data.startswith(b"\x1f\x8b"):
        with gzip.open(io.BytesIO(data)) as file:
            data = file.read(UNPACKED_LOTTIE + 1)
    if len(data) > UNPACKED_LOTTIE:
        raise RefusedError("broken")
    try:
        drawing = json.loads(data)
    except ValueError as error:
        raise RefusedError("unsupported") from error
    if not isinstance(drawing, dict) or not isinstance(drawing.get("layers"), list):
        raise RefusedError("unsupported")
    drawing["assets"] = [asset for asset in drawing.get("assets", ()) if "layers" in asset]
    drawing.pop("fonts", None)
    return json.dumps(drawing).encode()


def _must(result: object) -> None:
    if result != 0:
        raise RefusedError("broken")


def _flatten(frame: Frame, backdrop: tuple[int, int, int]) -> Frame:
    if frame.shape[2] == 3:
        return frame.copy()
    alpha = frame[..., 3:].astype(np.uint16)
    mixed = frame[..., :3] * alpha + np.array(backdrop, np.uint16) * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)


if __name__ == "__main__":
    settings = json.loads(sys.argv[1])
    for piece in read(sys.stdin.buffer.read(), Job(**settings)):
        sys.stdout.buffer.write(piece)
