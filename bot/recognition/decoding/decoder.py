"""The program of a decoder process: decodes files that its parent hands it, one after the other.

`bot.recognition.decoding.decoders` starts it and watches over it. The decoders are large pieces of C; whatever a
stranger's file does to them ends with this process. It knows no secret, and before the first file it gives up all that
decoding does not need: see `bot.recognition.decoding.confinement`.
"""

import dataclasses
import os
import sys
from typing import Any

import cv2
from PIL import AvifImagePlugin
from PIL import Image as Pillow

from bot.errors import DecodingFailed, PictureError
from bot.recognition.decoding import confinement
from bot.recognition.decoding.clip import load_readers
from bot.recognition.decoding.frames import open_frames
from bot.recognition.decoding.handover import Channel, HandoverError

LARGEST_FILE = 1 << 40
"""Bytes: how large a file may be is the parent's to say."""
LATER = 5.0
"""Seconds by which the system's clock ends this process later than its parent does, which then knows that it hung."""


def main(shared: int | None) -> None:
    """Decode until the parent has no more, or is no more."""
    channel = Channel(sys.stdin.buffer, os.fdopen(os.dup(1), "wb"), shared)
    # What libraries print is no message.
    os.dup2(2, 1)
    load()
    channel.send({"missing": confinement.confine()})
    serve(channel)


def load() -> None:
    """Load all that decoding may load later: a confined process can open no file."""
    import pi_heif  # noqa: F401, PLC0415

    Pillow.init()
    load_readers()
    # Each of its threads would hold frames of its own.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    cv2.setNumThreads(1)


def serve(channel: Channel) -> None:
    """Answer until there is nobody to be answered."""
    try:
        while True:
            # In a function of its own, so that nothing of a file is kept while there is no other.
            _serve_one(channel)
    except HandoverError:
        return


def _serve_one(channel: Channel) -> None:
    job, data = channel.receive(LARGEST_FILE)
    del job["size"]
    confinement.limit_time(job.pop("seconds") + LATER)
    answer(channel, data, job)
    confinement.limit_time(0)


def answer(channel: Channel, data: bytes, job: dict[str, Any]) -> None:
    """Decode a file as `open_frames` does, and send the frames, or the error's name and its numbers.

    Raises:
        HandoverError: nobody is there to take them.
    """
    try:
        frames = open_frames(data, **job)
    except PictureError as error:
        facts = dataclasses.astuple(error) if dataclasses.is_dataclass(error) else ()
        channel.send({"error": type(error).__name__, "facts": facts})
    except MemoryError:
        channel.send({"error": DecodingFailed.__name__, "facts": ()})
    else:
        shapes = [[*frame.image.shape[:2], frame.width, frame.height] for frame in frames]
        channel.send({"frames": shapes}, *(frame.image for frame in frames))
