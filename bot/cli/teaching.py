"""Teach a character on the command line, and say what came of it."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from bot.cli.analysing import PictureAnalyser
from bot.cli.lesson import Refused, Taken, drafts, examples_of, take, warnings
from bot.cli.taught import StoreEmbedder, address_of
from bot.config import Settings
from bot.errors import ActiveName, BadName, ConfigError, UnclearName
from bot.recognition.bundle import Teaching
from bot.recognition.formats import SUFFIXES
from bot.recognition.teaching import character_of, tidied, unlike
from bot.storage.reembedding import reembed
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, Action


def teach_pictures(
    settings: Settings, name: str, pictures: Sequence[str], *, store: str | None, face: bool, anyway: bool
) -> bool:
    """Teach a character; return whether every picture was of use.

    Pictures that look nothing like the character are added only with consent: when asked, or by `anyway`.

    Raises:
        ConfigError: no character can be called so, or the bundle cannot be taught.
        BundleError: a bundle is missing, damaged or cannot run.
        StoreError: the database cannot be used.
    """
    with PictureAnalyser(settings, face=face, annotate=False, portraits=True, pictures=len(pictures)) as analyser:
        embedder = StoreEmbedder(analyser)
        with _names_in_words():
            tidied(name)  # before there is a store
        address = address_of(settings, store)
        return asyncio.run(_teach(analyser, embedder, name, pictures, address, anyway=anyway))


def teach_folders(settings: Settings, folder: Path, *, store: str | None, face: bool, anyway: bool) -> bool:
    """Teach every character that a folder has a folder of; return whether every picture was of use.

    A folder whose name is unclear is told of and passed over.

    Raises:
        ConfigError: it cannot be read, there is no picture in it, or the bundle cannot be taught.
        BundleError: a bundle is missing, damaged or cannot run.
        StoreError: the database cannot be used.
    """
    try:
        lessons = {one: _pictures_in(one) for one in sorted(folder.iterdir()) if one.is_dir()}
    except OSError as error:
        raise ConfigError(f"cannot read {folder}: {error.strerror}") from error
    lessons = {one: pictures for one, pictures in lessons.items() if pictures}
    if not lessons:
        raise ConfigError(f"{folder} has no folder with pictures in it: make one for each character, with their name")
    most = max(map(len, lessons.values()))
    well = True
    with PictureAnalyser(settings, face=face, annotate=False, portraits=True, pictures=most) as analyser:
        embedder, address = StoreEmbedder(analyser), address_of(settings, store)
        for one, pictures in lessons.items():
            try:
                name = one.name.replace("_", " ")
                well &= asyncio.run(_teach(analyser, embedder, name, pictures, address, anyway=anyway))
            except ConfigError as error:
                typer.echo(f"{one}: {error}", err=True)
                well = False
    return well


def _pictures_in(folder: Path) -> list[str]:
    """Return the pictures of a folder, by their names' endings, in order."""
    found = (path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and not path.name.startswith("."))
    return sorted(str(path) for path in found if path.is_file())


async def _teach(
    analyser: PictureAnalyser,
    embedder: StoreEmbedder,
    name: str,
    pictures: Sequence[str],
    address: str,
    *,
    anyway: bool,
) -> bool:
    console = Console(highlight=False, soft_wrap=True)
    characters, bundle = analyser.models.characters, analyser.models.classifier
    kinship = (Teaching() if bundle.recognition is None else bundle.recognition.teaching).kinship
    async with Store(address) as store:
        with _names_in_words():
            character = character_of(name, characters.including_taught(await store.taught(EVERYWHERE)))
        await reembed(store, embedder)
        # A later bundle may know a character by itself that the operator has taught, under the same name.
        gallery = (await store.gallery(EVERYWHERE, embedder.bundle_id)).renamed(characters.current)
        earlier = examples_of(gallery, character)
        results = take(analyser.analyse(pictures, gallery), earlier)
        for result in results:
            console.print(_line(result))
        taken = [result for result in results if isinstance(result, Taken)]
        strange = unlike(
            [one.portrait.embedding for one in taken], [*earlier, *bundle.prototypes_of(character)], kinship=kinship
        )
        if strange and not anyway and not _confirmed(characters.name(character)):
            return False
        if taken:
            await store.learn(drafts(character, taken), Action.TAUGHT)
            for warning in warnings(character, taken, earlier, kinship, characters):
                console.print(Text.assemble(("warning: ", "yellow"), warning))
    count = len(earlier) + len(taken)
    known = f"{count} picture{'' if count == 1 else 's'}" if count else "no picture"
    console.print(f"{characters.name(character)} is taught by {known} now")
    return not any(isinstance(result, Refused) and result.amiss for result in results)


def _confirmed(name: str) -> bool:
    """Ask whether pictures that look like another character are meant; without a terminal, say how to confirm that."""
    doubt = f"these look like somebody else, not like {name}"
    if sys.stdin.isatty():
        return typer.confirm(f"{doubt}: add them anyway?")
    typer.echo(f"{doubt}: none was added; --anyway adds them", err=True)
    return False


@contextmanager
def _names_in_words() -> Iterator[None]:
    """Tell the operator what is wrong with a name."""
    try:
        yield
    except BadName as error:
        raise ConfigError(
            f"no character can be called that: a name has 1 to {error.limit} characters, and no control characters"
        ) from error
    except ActiveName as error:
        raise ConfigError(
            "no character can be called that: chats would show a link, a command or a mention in it"
        ) from error
    except UnclearName as error:
        names = ", ".join(error.candidates)
        question = f"did you mean {names}?" if error.misspelt else f"which one is it: {names}?"
        raise ConfigError(
            f"{error.name}: {question} Write the whole name, or '\"{error.name}\"' for a new character"
        ) from error


def _line(result: Taken | Refused) -> Text:
    if isinstance(result, Taken):
        return Text.assemble((result.path, "bold"), "  ", ("taken", "green"))
    return Text.assemble((result.path, "bold"), "  ", (result.reason, "red" if result.amiss else "dim"))
