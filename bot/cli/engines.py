"""The networks, loaded for a command that analyses pictures without a running bot."""

from collections.abc import Callable
from functools import partial

import cv2

from bot.config import Settings
from bot.recognition.decoding.frames import FrameOpener
from bot.recognition.drawing.fonts import FontBook
from bot.recognition.engine import Engine, Models
from bot.recognition.model_files import ModelFiles


def load_models(settings: Settings, open_frames: FrameOpener) -> tuple[Models, Callable[[], Engine]]:
    """Load and try out the networks; return them and what makes an engine of them, for each thread its own.

    The engines decode with `open_frames`.

    The first engine is the one that they were tried out with: its time and memory are spent already.

    Raises:
        BundleError: a bundle is missing, damaged or cannot run.
        ConfigError: a font or the cascade cannot be read.
    """
    # The pictures are spread over the cores already: threads of OpenCV's own would only get in each other's way.
    cv2.setNumThreads(1)
    limits = settings.limits
    make_engine = partial(
        Engine,
        open_frames=open_frames,
        max_pixels=limits.pixels,
        max_frames=limits.frames,
        max_faces=limits.faces,
        max_seconds=limits.video_seconds,
        clip_frames=limits.looks,
        fonts=FontBook(settings.answers.fonts),
    )
    chosen = settings.models
    tried: list[Engine] = []

    def try_out(models: Models) -> Engine:
        tried.append(make_engine(models))
        return tried[-1]

    models = ModelFiles.choose(chosen.directory, chosen.classifier, chosen.detector).load(try_out)

    def hand_out() -> Engine:
        # Threads ask at the same time: popping decides between them, a check beforehand would not.
        try:
            return tried.pop()
        except IndexError:
            return make_engine(models)

    return models, hand_out
