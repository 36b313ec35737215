"""The way of a picture off the event loop: workers, a limited queue, deadlines, and models that can change.

A worker is a thread, and beside it a process that decodes for it.

One `LocalBackend` serves the whole process. It is an async context manager: entering loads and tries out the models,
leaving takes nothing new and finishes what was taken.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import cv2
import structlog

from bot.errors import AnalysisTimeout, OperatorError, Stopping
from bot.fair import Share
from bot.recognition.backend import BackendHealth
from bot.recognition.bundle import Teaching
from bot.recognition.capacity import fitting_workers
from bot.recognition.characters import Characters
from bot.recognition.decoding.decoders import Decoders
from bot.recognition.drawing.fonts import FontBook
from bot.recognition.engine import Engine, Models
from bot.recognition.gallery import Embedding
from bot.recognition.model_files import ModelFiles
from bot.recognition.options import DEFAULT_OPTIONS, LOCALLY, AnalysisOptions, LocalOptions
from bot.recognition.results import Analysis
from bot.recognition.workers import Workers

DRAIN_SECONDS = 8.0
"""How long leaving waits for what is in hand; the whole bot is to stop within ten seconds."""

T = TypeVar("T")

_log = structlog.get_logger()


class LocalBackend:
    """Analyses pictures in worker threads, each with an engine of its own. Satisfies `bot.recognition.backend.Backend`.

    Args:
        files: The models. Changed files take over without a restart; broken ones are logged and the old models go on.
        how: What a picture may cost, and how many threads share the work.
    """

    def __init__(self, files: ModelFiles, how: LocalOptions = LOCALLY) -> None:
        self._files = files
        self._how = how
        self._decoders = Decoders(how.analysis_seconds)
        self._workers: Workers[Engine] | None = None
        self._models: Models | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Load the models, try them out, and start the workers.

        Raises:
            BundleError: a bundle is missing, damaged or cannot run.
            ConfigError: a font or the cascade cannot be read.
            OperatorError: the decoders do not start.
        """
        threads = self._how.threads or fitting_workers()
        # They get ready while the models are loaded.
        self._decoders.start(threads)
        try:
            await self._start(threads)
        except BaseException:
            self._decoders.close()
            raise
        return self

    async def _start(self, threads: int) -> None:
        how = self._how
        book = await asyncio.to_thread(FontBook, how.fonts)
        self._make_engine = partial(
            Engine,
            open_frames=self._decoders.open_frames,
            max_pixels=how.pixels,
            max_frames=how.frames,
            max_faces=how.faces,
            max_seconds=how.video_seconds,
            clip_frames=how.looks,
            fonts=book,
        )
        stamp = self._files.stamp()
        self._models = await asyncio.to_thread(self._files.load, self._make_engine)
        await asyncio.to_thread(self._decoders.wait)
        # The pictures are spread over the cores already: threads of OpenCV's own would only get in each other's way.
        cv2.setNumThreads(1)
        self._workers = Workers(partial(self._make_engine, self._models), threads, how.queue)
        self._watcher = asyncio.create_task(self._watch(stamp))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Take nothing new, finish what is in hand, end the workers. Safe to call again."""
        if self._watcher is not None:
            self._watcher.cancel()
            with suppress(asyncio.CancelledError):
                await self._watcher
        if self._workers is not None:
            await asyncio.to_thread(self._workers.stop, DRAIN_SECONDS)
        await asyncio.to_thread(self._decoders.close)

    async def health(self) -> BackendHealth:
        """Say whether the workers answer: at least one is running and not stuck in a picture past its deadline."""
        working = self._workers is not None and self._workers.alive
        return BackendHealth(working, self.waiting, self.replaced)

    @property
    def waiting(self) -> int:
        """How many pictures wait for a worker."""
        return 0 if self._workers is None else self._workers.waiting

    @property
    def replaced(self) -> int:
        """How many decoders came to an end over a picture, and were replaced."""
        return self._decoders.replaced

    def refuses(self, share: Share) -> bool:
        """Whether a picture of this share would be met with `Busy` now."""
        return self._workers is not None and self._workers.refuses(share)

    @property
    def roster(self) -> tuple[str, ...]:
        """The characters that the running classifier knows."""
        return () if self._models is None else self._models.classifier.labels

    @property
    def bundle_id(self) -> str:
        """The id of the running classifier."""
        return "" if self._models is None else self._models.classifier.id

    @property
    def bundle_name(self) -> str:
        """What people call the running classifier."""
        return "" if self._models is None else self._models.classifier.info.name

    @property
    def detector_name(self) -> str:
        """What people call what finds the faces."""
        if self._models is None:
            return ""
        detector = self._models.detector
        return detector.stem if isinstance(detector, Path) else detector.info.name

    @property
    def characters(self) -> Characters:
        """How the names of the roster are written."""
        return Characters() if self._models is None else self._models.characters

    @property
    def embeds(self) -> bool:
        """Whether the running classifier gives embeddings, so that it can be taught."""
        return self._models is not None and self._models.embeds

    @property
    def kinship(self) -> float:
        """The cosine that the running classifier's embeddings of two faces of one character have on average."""
        recognition = None if self._models is None else self._models.classifier.recognition
        return (Teaching() if recognition is None else recognition.teaching).kinship

    def prototypes(self, character: str) -> Sequence[Embedding]:
        """Return the embeddings that stand for a character in the running classifier."""
        return () if self._models is None else self._models.classifier.prototypes_of(character)

    async def analyse(self, data: bytes, options: AnalysisOptions = DEFAULT_OPTIONS) -> Analysis:
        """Find and name the faces in a picture file, as `bot.recognition.engine.Engine.analyse` does.

        Raises:
            PictureError: the picture cannot be used.
            Busy: as many pictures wait already as may; nothing was started.
            AnalysisTimeout: the answer was not there in time, waiting included.
            Stopping: the pipeline is not running, or no longer.
        """
        return await self._submit(partial(Engine.analyse, data=data, options=options), options.share)

    async def embed(self, crops: Sequence[bytes]) -> list[Embedding]:
        """Embed encoded face crops, as `Portrait.image` holds them, one after the other.

        Raises:
            PictureError: a picture cannot be used.
            BundleError: the running classifier gives no embeddings.
            Busy, AnalysisTimeout, Stopping: as of `analyse`.
        """
        return [await self._submit(partial(Engine.embed, crop=crop)) for crop in crops]

    async def _submit(self, work: Callable[[Engine], T], share: Share = ()) -> T:
        if self._workers is None:
            raise Stopping
        seconds = self._how.analysis_seconds
        future = self._workers.submit(work, time.monotonic() + seconds, share)
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise AnalysisTimeout(seconds) from error
        finally:
            # It holds the failure, whose traceback leads to this frame: together they would outlive their picture.
            del future

    async def _watch(self, stamp: object) -> None:
        """Let changed model files take over. Each state of the files is tried once."""
        while True:
            await asyncio.sleep(self._how.reload_seconds)
            now = await asyncio.to_thread(self._files.stamp)
            if now != stamp:
                stamp = now
                await self._reload()

    async def _reload(self) -> None:
        try:
            models = await asyncio.to_thread(self._files.load, self._make_engine)
        except OperatorError as error:
            _log.warning("models_not_reloaded", reason=str(error), running=self.bundle_id)
            return
        except Exception:  # noqa: BLE001 - a bug must not end the watching
            _log.exception("models_not_reloaded", running=self.bundle_id)
            return
        self._models = models
        if self._workers is not None:
            self._workers.retool(partial(self._make_engine, models))
        _log.info("models_reloaded", bundle=self.bundle_id, name=models.classifier.info.name)
