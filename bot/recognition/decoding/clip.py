"""Read clips: videos, animated pictures and animated stickers, in a process that may come to harm.

The decoders are handed files of strangers, and are many times larger than what reads still pictures. So they run in a
process of their own, `bot.recognition.decoding.clip_reader`, which is given limits and ended when it exceeds them. A
crash there is a damaged picture here.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np

from bot.errors import AnalysisTimeout, BrokenPicture, TooLong, TooManyPixels, UnsupportedFormat
from bot.recognition import formats
from bot.recognition.decoding import clip_reader
from bot.recognition.decoding.clip_reader import Job, Kind
from bot.recognition.results import Image

CANDIDATES = 12
"""Frames that are decoded, evenly over the clip, for the clearest of them to be looked at."""
LONGEST_SIDE = 1280
"""Pixels of the frames that are handed on; larger ones are reduced. Several are in memory at a time."""
LARGEST_VIDEO = 4096 * 2304
"""Pixels of a video's frame: a decoder holds a score of them."""
TIMEOUT = 8.0
"""Seconds after the first frame when those decoded so far have to do."""
LAST_SECONDS = 20.0
"""After so many seconds the process is ended."""

_NEEDED = ("SYSTEMROOT", "LD_LIBRARY_PATH")
"""What the process gets of the environment, which holds secrets: what a Python may need to start at all."""


def read_clip(
    data: bytes, kind: Kind, *, max_pixels: int, max_seconds: float, backdrop: tuple[int, int, int]
) -> list[Image]:
    """Decode up to `CANDIDATES` frames, evenly over a clip.

    Args:
        data: The file.
        kind: What it is.
        max_pixels: Largest width x height of a frame, checked before it is decoded.
        max_seconds: The longest that a video or a Lottie animation may last.
        backdrop: What shows through transparency.

    Returns:
        At least one RGB uint8 ``(height, width, 3)``, all of one size, read-only.

    Raises:
        UnsupportedFormat: the clip is of a kind that is not read.
        BrokenPicture: it is damaged, or brings the decoder down.
        TooManyPixels: a frame is larger than `max_pixels`.
        TooLong: it lasts longer than `max_seconds`.
        AnalysisTimeout: the decoder did not come to an end.
    """
    pixels = max_pixels if kind == "pictures" else min(max_pixels, LARGEST_VIDEO)
    job = Job(kind, CANDIDATES, LONGEST_SIDE, pixels, max_seconds, TIMEOUT, backdrop, formats.ANIMATED)
    command = [sys.executable, "-I", str(Path(clip_reader.__file__)), json.dumps(asdict(job))]
    environment = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command,
            input=data,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=LAST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AnalysisTimeout(LAST_SECONDS) from error
    return _frames(done.stdout, job)


def _frames(output: bytes, job: Job) -> list[Image]:
    head, _, body = output.partition(b"\n")
    try:
        told = json.loads(head)
    except ValueError as error:  # it did not come to say anything
        raise BrokenPicture from error
    match told:
        case {"frames": [int(), int(), int()] as shape} if np.prod(shape) * 3 == len(body):
            return list(np.frombuffer(body, np.uint8).reshape(*shape, 3))
        case {"error": ["unsupported", _]}:
            raise UnsupportedFormat
        case {"error": ["too long", _]}:
            raise TooLong(job.seconds)
        case {"error": ["too many pixels", int(count)]}:
            raise TooManyPixels(count, job.pixels)
    raise BrokenPicture
