"""From the pictures of a request to what is seen in them: checked before a byte is fetched, then side by side."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.chat.context import Context
from bot.chat.failures import FailureLog
from bot.chat.galleries import Galleries
from bot.chat.model import Picture, Stage, User
from bot.chat.rates import Rates
from bot.chat.words import Finding, Result
from bot.config import Limits
from bot.errors import AdultsOnly, Busy, DownloadTimeout, NoPicture, OptedOut, TooManyBytes, TooManyPictures
from bot.fair import FairGate
from bot.metrics import Metrics
from bot.recognition.backend import Backend
from bot.recognition.gallery import Gallery
from bot.recognition.options import AnalysisOptions
from bot.recognition.results import Analysis
from bot.storage.store import Store
from bot.storage.values import Scope

DOWNLOADS = 8
"""Transfers at a time, over all chats; of one chat half as many."""
SLOW_DOWNLOADS = 24
"""Further places for transfers that have already taken long, so that they do not hold up the others."""
PATIENCE = 1.0
"""Seconds after which a transfer counts as slow."""
PROGRESS_SECONDS = 5.0
"""How long a platform may take to show progress before it is left behind."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Admitted:
    """The pictures of a request that has passed every check, and the people whose pictures are left out."""

    context: Context
    pictures: Sequence[Picture]
    left_alone: frozenset[User]
    gallery: Gallery
    quietly: bool
    """Nobody waits for the answer."""
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    """Where the faces are, as `bot.recognition.options.AnalysisOptions` has it."""
    drawn: bool = True
    """The answer shall show the picture with its faces marked."""

    async def report(self, stage: Stage, number: int = 1) -> None:
        """Show progress, unless nobody waits. An answer does not fail because its progress could not be shown."""
        if self.quietly:
            return
        try:
            async with asyncio.timeout(PROGRESS_SECONDS):
                await self.context.report(stage, number, len(self.pictures))
        except Exception as error:  # noqa: BLE001
            log.debug("progress not shown", stage=stage, error=type(error).__name__)


class PictureAnalysis:
    """Analyses the pictures of requests.

    Args:
        threshold: The probability from which a face is named in chats that have set none; None for the bundle's own.
    """

    def __init__(
        self,
        backend: Backend,
        store: Store,
        metrics: Metrics,
        failures: FailureLog,
        rates: Rates,
        limits: Limits,
        threshold: float | None,
    ) -> None:
        self._backend = backend
        self._store = store
        self._metrics = metrics
        self._galleries = Galleries(backend, store)
        self._failures = failures
        self._rates = rates
        self._limits = limits
        self._threshold = threshold
        self._downloads = FairGate(DOWNLOADS, each=DOWNLOADS // 2, aside=SLOW_DOWNLOADS)

    async def analyse(
        self,
        context: Context,
        pictures: Sequence[Picture],
        *,
        quietly: bool = False,
        drawn: bool = True,
        boxes: tuple[tuple[float, float, float, float], ...] = (),
    ) -> list[Finding]:
        """Return what came of each picture, in their order; a failure with one does not spoil the others.

        Args:
            quietly: Nobody asked, so no progress is shown.
            drawn: The pictures shall be there with their faces marked.
            boxes: Where the faces are, where somebody has said so.

        Raises:
            AdultsOnly: the chat wants no answers here.
            UserError: none of them may or can be analysed.
        """
        left_alone = await self._admit(context, pictures, quietly)
        gallery = await self._galleries.of(Scope.of(context.chat))
        admitted = Admitted(context, pictures, left_alone, gallery, quietly, boxes, drawn)
        await admitted.report(Stage.ACCEPTED)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._try(admitted, number, picture)) for number, picture in enumerate(pictures, 1)
            ]
        return [task.result() for task in tasks]

    async def _admit(self, context: Context, pictures: Sequence[Picture], quietly: bool) -> frozenset[User]:
        """Check, before a byte is downloaded, all that can be checked; return whose pictures to leave alone."""
        if (
            context.settings.adults_only
            and context.capabilities.age_restricted_chats
            and not context.chat.age_restricted
        ):
            raise AdultsOnly
        if not pictures:
            raise NoPicture
        posters = frozenset(poster for picture in pictures for poster in _posters(picture, context.user))
        left_alone = frozenset([poster for poster in posters if await self._store.is_opted_out(poster)])
        if all(_posters(picture, context.user) & left_alone for picture in pictures):
            raise OptedOut
        if quietly:
            await self._rates.admit(context.user, context.chat, quietly=True)
        if len(pictures) > self._limits.pictures:
            raise TooManyPictures(self._limits.pictures)
        if all(picture.size is not None and picture.size > self._limits.bytes for picture in pictures):
            raise TooManyBytes(self._limits.bytes)
        if self._backend.refuses(context.share):
            raise Busy
        return left_alone

    async def _try(self, admitted: Admitted, number: int, picture: Picture) -> Finding:
        """Analyse one of the pictures. A failure takes the place of its result and does not affect the others."""
        if _posters(picture, admitted.context.user) & admitted.left_alone:
            return Finding(number, OptedOut(), picture.spoiler, picture.author)
        try:
            result: Result = await self._analyse(admitted, number, picture)
        except Exception as error:  # noqa: BLE001
            result = self._failures.record(admitted.context.chat.platform, error)
        return Finding(number, result, picture.spoiler, picture.author)

    async def _analyse(self, admitted: Admitted, number: int, picture: Picture) -> Analysis:
        platform = admitted.context.chat.platform
        share = admitted.context.share
        async with self._downloads.place(share) as place:
            await admitted.report(Stage.DOWNLOADING, number)
            slow = asyncio.get_running_loop().call_later(PATIENCE, place.leave)
            try:
                with self._metrics.timed(platform, "download"):
                    data = await fetch(picture, max_bytes=self._limits.bytes, seconds=self._limits.download_seconds)
            finally:
                slow.cancel()
        await admitted.report(Stage.ANALYSING, number)
        settings = admitted.context.settings
        threshold = self._threshold if settings.threshold is None else settings.threshold
        word = admitted.context.sentences.unknown()
        how = AnalysisOptions(
            threshold=threshold,
            gallery=admitted.gallery,
            portraits=True,
            least_guess=settings.least_guess,
            unknown=word,
            share=share,
            annotate=admitted.drawn,
            boxes=admitted.boxes,
        )
        with self._metrics.timed(platform, "analysis"):
            analysis = await self._backend.analyse(data, how)
        self._metrics.analysed(platform, analysis)
        return analysis


async def fetch(picture: Picture, *, max_bytes: int, seconds: float) -> bytes:
    """Receive a picture's file. What the sender declares can only have it refused early, never let more through.

    Raises:
        TooManyBytes: more than `max_bytes` were declared or received.
        DownloadTimeout: it took longer than `seconds` altogether.
        DownloadFailed: the platform did not deliver.
    """
    if picture.size is not None and picture.size > max_bytes:
        raise TooManyBytes(max_bytes)
    received = bytearray()
    try:
        async with asyncio.timeout(seconds), picture.open() as chunks:
            async for chunk in chunks:
                if len(received) + len(chunk) > max_bytes:
                    raise TooManyBytes(max_bytes)
                received += chunk
    except TimeoutError:
        raise DownloadTimeout(seconds) from None
    return bytes(received)


def _posters(picture: Picture, asker: User) -> frozenset[User]:
    """Return whose picture it is: whoever has posted it, and whoever had posted it before it was forwarded."""
    return frozenset(filter(None, (picture.author or asker, picture.origin)))
