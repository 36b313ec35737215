"""What was taught, for commands: which store holds it, and the network that sees it."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from bot.cli.analysing import PictureAnalyser
from bot.config import Settings
from bot.errors import ConfigError
from bot.recognition.bundle import read_bundle
from bot.recognition.characters import Characters, Match
from bot.recognition.engine import TEACHABLE, Engine
from bot.recognition.gallery import EMPTY, Embedding, Gallery
from bot.recognition.model_files import ModelFiles
from bot.storage.values import EVERYWHERE


def address_of(settings: Settings, store: str | None) -> str:
    """Return the address of the database that an option names, or that of the settings."""
    if store is None:
        return settings.store.url
    return store if "://" in store else f"sqlite+aiosqlite:///{store}"


def is_there(address: str) -> bool:
    """Return whether a database may hold something: opening an SQLite file that does not exist would make one."""
    kind, _, place = address.partition("://")
    file = place.partition("/")[2].partition("?")[0]
    return not kind.startswith("sqlite") or not file or Path(file).exists()


def names(settings: Settings) -> tuple[tuple[str, ...], Characters]:
    """Return the ids that the bundle of the settings knows, and how names are written, without loading a network.

    Raises:
        BundleError: the bundle is missing or damaged.
        ConfigError: the characters' table has a mistake.
    """
    chosen = settings.models
    files = ModelFiles.choose(chosen.directory, chosen.classifier, chosen.detector)
    roster = read_bundle(files.classifier).labels
    return roster, Characters.read(files.characters).including(roster)


def called(name: str, taught: Iterable[str], characters: Characters) -> str | None:
    """Return the id of the taught character of this name, or of the only one with it as a part, in any spelling."""
    match = _match(name, taught, characters)
    return match.ids[0] if match.certain else None


def candidates(name: str, taught: Iterable[str], characters: Characters) -> str:
    """Return the names of the taught characters that may be meant; "" where none is called like that."""
    return ", ".join(map(characters.name, _match(name, taught, characters).ids))


def _match(name: str, taught: Iterable[str], characters: Characters) -> Match:
    among = tuple(dict.fromkeys(taught))
    return characters.including_taught(among).match(name, among)


class StoreEmbedder:
    """The network of a `PictureAnalyser`, as what embeds taught faces. It is loaded when there is something to embed.

    Raises:
        ConfigError: it gives no embeddings.
    """

    embeds = True

    def __init__(self, analyser: PictureAnalyser) -> None:
        classifier = analyser.models.classifier
        if not analyser.models.embeds:
            raise ConfigError(f"{classifier.info.name} cannot learn from pictures, it gives no embeddings: {TEACHABLE}")
        self.bundle_id = classifier.id
        self._make_engine = analyser.make_engine

    @cached_property
    def _engine(self) -> Engine:
        return self._make_engine()

    async def embed(self, crops: Sequence[bytes]) -> list[Embedding]:
        """Embed encoded face crops."""
        return [self._engine.embed(crop) for crop in crops]


def gallery_for(analyser: PictureAnalyser, settings: Settings, store: str | None, *, only_taught: bool) -> Gallery:
    """Return what was taught for everywhere, seen by the network of `analyser`.

    It is embedded anew where another network saw it last.

    Raises:
        ConfigError: a store was named, or only those who were taught are wanted, and there is no such store, nobody
            in it, or a bundle that cannot be taught.
        StoreError: the database cannot be used.
    """
    address = address_of(settings, store)
    if store is None and not only_taught and not (analyser.models.embeds and is_there(address)):
        return EMPTY
    embedder = StoreEmbedder(analyser)
    there = is_there(address)
    if store is not None and not there:
        raise ConfigError(f"there is no store at {store}: whobot teach NAME PICTURE... --store {store} makes one")
    # A later bundle may know a character that the operator has taught, under the same name.
    gallery = asyncio.run(_load(address, embedder)).renamed(analyser.models.characters.current) if there else EMPTY
    if only_taught and not gallery.characters:
        raise ConfigError("no character was taught yet: begin with whobot teach NAME PICTURE...")
    return gallery


async def _load(address: str, embedder: StoreEmbedder) -> Gallery:
    # Only now: where nothing was taught, the database's library would take memory for nothing.
    from bot.storage.reembedding import reembed  # noqa: PLC0415
    from bot.storage.store import Store  # noqa: PLC0415

    async with Store(address) as store:
        await reembed(store, embedder)
        return await store.gallery(EVERYWHERE, embedder.bundle_id)
