"""Analyse picture files on all cores, for commands without a running bot."""

import contextlib
import math
from collections.abc import Generator, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import structlog

from bot.chat.words import Sentences, translations_for
from bot.cli.batch import in_order
from bot.config import Settings
from bot.errors import TooManyBytes, UserError
from bot.recognition.capacity import fitting_workers
from bot.recognition.decoding.decoders import Decoders
from bot.recognition.gallery import EMPTY, Gallery
from bot.recognition.options import AnalysisOptions
from bot.recognition.results import Analysis
from bot.recognition.workers import Workers

if TYPE_CHECKING:
    from bot.recognition.engine import Engine

log = structlog.get_logger(__name__)

WAITING_PER_THREAD = 4
"""Pictures that wait for each thread: enough that none is ever idle, few enough to fit into the memory."""
LAST_SECONDS = 5.0
"""How long an interrupted run waits for the pictures in hand."""


@dataclass(frozen=True, slots=True)
class AnalysedPicture:
    """What came of one picture: an analysis, or the reason why there is none."""

    path: str
    outcome: Analysis | str


class PictureAnalyser:
    """Worker threads, each with its own networks and decoder. A context manager: leaving ends them.

    Args:
        settings: The models and limits.
        face: Whether each picture is one face crop.
        annotate: Whether to draw the answers.
        portraits: Whether each sighting holds its `Portrait`.
        pictures: How many there will be at most, where that is known: no more threads are started, which saves their
            networks' time and memory.

    Raises:
        BundleError: a bundle is missing, damaged or cannot run.
        ConfigError: a font or the cascade cannot be read.
    """

    def __init__(
        self, settings: Settings, *, face: bool, annotate: bool, portraits: bool = False, pictures: int | None = None
    ) -> None:
        threads = settings.workers.threads or fitting_workers()
        if pictures is not None:
            threads = max(1, min(threads, pictures))
        self._decoders = Decoders()
        self._decoders.start(threads)
        try:
            # They get ready while the networks' libraries are imported, and the networks loaded.
            from bot.cli.engines import load_models  # noqa: PLC0415

            self.models, self.make_engine = load_models(settings, self._decoders.open_frames)
        except BaseException:
            self._decoders.close()
            raise
        self._window = threads * (1 + WAITING_PER_THREAD)
        self._workers = Workers(self.make_engine, threads, queue_size=self._window)
        self._max_bytes = settings.limits.bytes
        self._how = AnalysisOptions(
            threshold=settings.answers.threshold, annotate=annotate, face=face, portraits=portraits
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A thread that is inside native code when Python ends would crash the process: wait for what is running.
        self._workers.stop(LAST_SECONDS)
        self._decoders.close()

    def analyse(
        self, paths: Iterable[str], gallery: Gallery = EMPTY, *, only_taught: bool = False
    ) -> Generator[AnalysedPicture, None, None]:
        """Analyse the files as their paths come, and yield each result in the same order."""
        options = replace(self._how, gallery=gallery, only_taught=only_taught)

        def start(path: str) -> Future[Analysis]:
            return self._workers.submit(
                partial(_analyse, path=path, max_bytes=self._max_bytes, options=options), math.inf
            )

        with contextlib.closing(in_order(paths, start, self._window)) as answers:
            for path, future in answers:
                error = future.exception()
                yield AnalysedPicture(path, future.result() if error is None else _reason(path, error))


def _analyse(engine: "Engine", *, path: str, max_bytes: int, options: AnalysisOptions) -> Analysis:
    with Path(path).open("rb") as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise TooManyBytes(max_bytes)
    return engine.analyse(data, options)


def _reason(path: str, error: BaseException) -> str:
    if isinstance(error, UserError):
        return Sentences(translations_for("en")).failure(error)
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    log.error("picture_failed", path=path, exc_info=error)
    return f"unexpected {type(error).__name__}; the log has more"
