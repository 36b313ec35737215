"""Make and take over character packs, with the store and the bundle of the settings."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.taught import address_of, names
from bot.config import Settings
from bot.errors import PackError
from bot.recognition.bundle import Bundle, Teaching, read_bundle
from bot.recognition.characters import Description
from bot.recognition.gallery import Embedding
from bot.recognition.model_files import available
from bot.recognition.pack import LARGEST_PACK, Foreseen, Pack, PackedCharacter, foresee, read_pack, write_pack
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, Action, Draft, Example, Origin, Scope, State


async def export_pack(
    settings: Settings, file: Path, store: str | None, scope: Scope | None, only: Sequence[str], *, crops: bool
) -> int:
    """Write a pack of what was taught in just one scope, everywhere by default; return how many characters it has.

    Raises:
        PackError: the file cannot be written, or there are too many faces.
        StoreError: the database cannot be used.
    """
    bundle, (_, characters) = _running(settings), names(settings)
    scope = scope or EVERYWHERE
    async with Store(address_of(settings, store)) as opened:
        taught = await opened.examples(scope)
        described = await opened.descriptions(scope)
    characters = characters.including_taught({one.character for one in taught}, described)
    shown: dict[str, list[Example]] = {}
    for one in taught:
        usable = one.embedding is not None and one.bundle_id == bundle.id and (one.image or not crops)
        if one.scope == scope and not one.denied and usable:
            shown.setdefault(characters.current(one.character), []).append(one)
    wanted = {characters.find(name) or name for name in only}
    packed = tuple(
        PackedCharacter(
            characters.name(id_),
            characters.series(id_),
            characters.aliases(id_),
            tuple(one.embedding for one in examples if one.embedding is not None),
            tuple(one.image for one in examples) if crops else (),
        )
        for id_, examples in shown.items()
        if not wanted or id_ in wanted
    )
    if packed:
        _write(file, write_pack(Pack(bundle.id, packed)))
    return len(packed)


async def foresee_pack(settings: Settings, file: Path, store: str | None, scope: Scope | None) -> list[Foreseen]:
    """Say what a pack would add.

    Raises:
        PackError: it cannot be used.
        StoreError: the database cannot be used.
    """
    bundle, pack = _running(settings), _open(file)
    _check(pack, bundle)
    async with Store(address_of(settings, store)) as opened:
        return await _foresee(settings, opened, pack, bundle, scope or EVERYWHERE)


async def import_pack(
    settings: Settings, file: Path, store: str | None, scope: Scope | None, only: Sequence[str], *, anyway: bool
) -> tuple[list[Foreseen], list[Foreseen]]:
    """Take over a pack; return what was added, and what was left out because it looks like somebody else.

    Raises:
        PackError: it cannot be used.
        StoreError: the database cannot be used.
    """
    bundle, pack, where = _running(settings), _open(file), scope or EVERYWHERE
    _check(pack, bundle)
    added: list[Foreseen] = []
    left_out: list[Foreseen] = []
    async with Store(address_of(settings, store)) as opened:
        described = await opened.descriptions(where)
        for one in await _foresee(settings, opened, pack, bundle, where):
            if not one.new or (only and one.character.name not in only):
                continue
            if one.strange and not anyway:
                left_out.append(one)
                continue
            await opened.learn(_drafts(one, pack, where), Action.IMPORTED)
            if one.id not in described and not one.known and (one.character.series or one.character.aliases):
                await opened.describe(where, one.id, Description(one.character.series, one.character.aliases), None)
            added.append(one)
    return added, left_out


async def _foresee(settings: Settings, store: Store, pack: Pack, bundle: Bundle, scope: Scope) -> list[Foreseen]:
    _, characters = names(settings)
    taught = await store.taught(scope, provisional=True)
    characters = characters.including_taught(taught, await store.descriptions(scope))
    gallery = (await store.gallery(scope, pack.bundle_id)).renamed(characters.current)
    known: dict[str, list[Embedding]] = {characters.current(id_): [] for id_ in taught}
    for owner, embedding in zip(gallery.owners, gallery.embeddings, strict=True):
        known.setdefault(gallery.characters[owner], []).append(embedding)
    if bundle.recognition is not None and bundle.id == pack.bundle_id:
        for place, prototype in zip(bundle.recognition.owners, bundle.recognition.prototypes, strict=True):
            known.setdefault(bundle.labels[place], []).append(prototype)
    kinship = (Teaching() if bundle.recognition is None else bundle.recognition.teaching).kinship
    return foresee(pack, known, characters, kinship=kinship)


def _drafts(one: Foreseen, pack: Pack, scope: Scope) -> list[Draft]:
    now, crops = datetime.now(UTC), one.character.crops
    return [
        Draft(
            scope,
            one.id,
            crops[place] if crops else b"",
            one.character.embeddings[place],
            pack.bundle_id,
            None,
            now,
            State.CONFIRMED,
            Origin.TAUGHT,
        )
        for place in one.new
    ]


def _running(settings: Settings) -> Bundle:
    return read_bundle(available(settings.models.directory / settings.models.classifier))


def _open(file: Path) -> Pack:
    try:
        with file.open("rb") as opened:
            return read_pack(opened.read(LARGEST_PACK + 1))
    except OSError as error:
        raise PackError(f"cannot read {file}: {error.strerror}") from error
    except PackError as error:
        raise PackError(f"{file} cannot be taken over: {error}") from error


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise PackError(f"cannot write {file}: {error.strerror}") from error


def _check(pack: Pack, bundle: Bundle) -> None:
    """Refuse embeddings that the running bundle can make nothing of.

    Raises:
        PackError: they are another bundle's, and there are no pictures to read anew; or they only claim to be its own.
    """
    dimensions = len(pack.characters[0].embeddings[0])
    recognition = bundle.recognition
    if pack.bundle_id == bundle.id and recognition is not None and recognition.prototypes.shape[1] != dimensions:
        raise PackError(f"the pack's embeddings have {dimensions} numbers each, which this bundle's never have")
    if pack.bundle_id != bundle.id and not pack.has_crops:
        raise PackError(
            f"the pack was made with another bundle ({pack.bundle_id}, and {bundle.id} runs) and holds no pictures:"
            " have it exported with --crops"
        )
