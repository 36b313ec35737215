"""Keep what was taught in step with the network: another bundle sees every face anew, from the crops that were kept."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

import structlog

from bot.background import beside
from bot.errors import PictureError, WhobotError
from bot.recognition.gallery import Embedding
from bot.storage.store import Store

POLL_SECONDS = 5.0
"""How often to check whether another bundle has taken over."""
ANYWAY_SECONDS = 60.0
"""How often to search for faces that this bundle has not embedded: another program may have taught them."""

log = structlog.get_logger(__name__)


class Embedder(Protocol):
    """What is needed of `bot.recognition.backend.Backend`."""

    @property
    def bundle_id(self) -> str:
        """The id of the running classifier."""
        ...

    @property
    def embeds(self) -> bool:
        """Whether it gives embeddings."""
        ...

    async def embed(self, crops: Sequence[bytes]) -> list[Embedding]:
        """Embed encoded face crops; raises `UserError`."""
        ...


async def reembed(store: Store, embedder: Embedder) -> int:
    """Embed every taught face that the running bundle has not seen yet; return how many there were.

    A crop that cannot be read is logged and left as it is. Nothing is done where the bundle gives no embeddings.

    Raises:
        StoreError: the database cannot be used.
        UserError: the pipeline is busy or stopping; what is left can be done later.
    """
    if not embedder.embeds:
        return 0
    done, last, bundle_id = 0, 0, embedder.bundle_id
    while portion := await store.stale_examples(bundle_id, after=last):
        for example in portion:
            last = example.id
            try:
                (embedding,) = await embedder.embed([example.image])
            except PictureError as error:
                log.warning("example_unreadable", example=example.id, reason=error.kind)
                continue
            if embedder.bundle_id != bundle_id:
                # Another bundle has taken over meanwhile: it is not known which one this answer is from.
                return done + await reembed(store, embedder)
            await store.set_embedding(example.id, embedding, bundle_id)
            done += 1
    done += await _reembed_strangers(store, embedder, bundle_id)
    if done:
        log.info("examples_embedded", count=done, bundle=bundle_id)
    return done


async def _reembed_strangers(store: Store, embedder: Embedder, bundle_id: str) -> int:
    """Embed the faces that wait for a name; one that cannot be read any more stays as it is."""
    done, last = 0, 0
    while portion := await store.stale_strangers(bundle_id, after=last):
        for stranger in portion:
            last = stranger.id
            try:
                (embedding,) = await embedder.embed([stranger.image])
            except PictureError as error:
                log.warning("face_unreadable", face=stranger.id, reason=error.kind)
                continue
            if embedder.bundle_id != bundle_id:
                return done
            await store.set_stranger_embedding(stranger, embedding, bundle_id)
            done += 1
    return done


@asynccontextmanager
async def keeping_in_step(store: Store, embedder: Embedder) -> AsyncIterator[None]:
    """Re-embed at once, and within the block whenever another bundle takes over.

    Raises:
        StoreError: the database cannot be used at the start.
    """
    await reembed(store, embedder)
    async with beside(_keep(store, embedder)):
        yield


async def _keep(store: Store, embedder: Embedder) -> None:
    loop = asyncio.get_running_loop()
    seen, due, told = embedder.bundle_id, loop.time() + ANYWAY_SECONDS, ""
    while True:
        await asyncio.sleep(POLL_SECONDS)
        if embedder.bundle_id == seen and loop.time() < due:
            continue
        seen, due = embedder.bundle_id, loop.time() + ANYWAY_SECONDS
        try:
            await reembed(store, embedder)
        except WhobotError as error:
            seen, reason = "", str(error) or type(error).__name__  # try again soon
            if reason != told:
                log.warning("examples_not_embedded", reason=reason)
            told = reason
        else:
            told = ""
