"""Videos and animations, made on the spot."""

import gzip
import io
import json
from collections.abc import Sequence
from typing import Any

import av
import numpy as np
from PIL import Image as Pillow

from bot.recognition.results import Image


def video(frames: Sequence[Image], *, webm: bool = False, rate: int = 10, key_every: int = 0) -> bytes:
    """Encode RGB or RGBA frames of one size, of an even width and height, as MP4 (H.264) or WebM (VP9)."""
    clear = frames[0].shape[2] == 4
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="webm" if webm else "mp4") as container:
        options = {"g": str(key_every)} if key_every else {}
        stream = container.add_stream("libvpx-vp9" if webm else "libx264", rate=rate, options=options)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuva420p" if clear else "yuv420p"
        for frame in frames:
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgba" if clear else "rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return buffer.getvalue()


def animation(frames: Sequence[Image], kind: str) -> bytes:
    """Encode frames as an animated GIF, PNG, WEBP or AVIF."""
    pictures = [Pillow.fromarray(frame) for frame in frames]
    buffer = io.BytesIO()
    pictures[0].save(buffer, kind, save_all=True, append_images=pictures[1:], duration=100)
    return buffer.getvalue()


def lottie(*, size: int = 512, frames: int = 60, rate: int = 60, **more: Any) -> bytes:
    """Draw a red disc that moves from left to right, as Lottie JSON."""
    still = {"o": {"a": 0, "k": 100}, "r": {"a": 0, "k": 0}, "s": {"a": 0, "k": [100, 100]}, "a": {"a": 0, "k": [0, 0]}}
    ease = {"i": {"x": 0.5, "y": 0.5}, "o": {"x": 0.5, "y": 0.5}}
    way = [{"t": 0, "s": [0.2 * size, size / 2], "e": [0.8 * size, size / 2], **ease}, {"t": frames}]
    disc = {
        "ty": "gr",
        "it": [
            {"ty": "el", "p": {"a": 0, "k": [0, 0]}, "s": {"a": 0, "k": [size / 4, size / 4]}},
            {"ty": "fl", "c": {"a": 0, "k": [1, 0, 0, 1]}, "o": {"a": 0, "k": 100}},
            {"ty": "tr", "p": {"a": 0, "k": [0, 0]}, **still},
        ],
    }
    layer = {
        "ty": 4,
        "ind": 1,
        "ks": {**still, "p": {"a": 1, "k": way}},
        "shapes": [disc],
        "ip": 0,
        "op": frames,
        "st": 0,
    }
    drawing = {"v": "5.5.2", "fr": rate, "ip": 0, "op": frames, "w": size, "h": size, "assets": [], "layers": [layer]}
    return json.dumps(drawing | more).encode()


def tgs(drawing: bytes) -> bytes:
    """Pack Lottie JSON as Telegram does."""
    return gzip.compress(drawing)
