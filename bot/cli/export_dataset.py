"""``whobot export-dataset``: write what people have taught as a set to train on."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import FAILED, ConfigOption, endings, read_configuration
from bot.cli.options import StoreOption
from bot.cli.scopes import FromOption, parse_scope
from bot.config import Settings


def export_dataset(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    config: ConfigOption = None,
    store: StoreOption = None,
    only: FromOption = None,
) -> None:
    """Write the faces that people have taught, confirmed and corrected, to add them to the bundle that runs.

    DIR/faces has a folder for each character; DIR/faces.jsonl says where each face comes from: the character's
    name, how it was learnt, the chat, the time, the person (as a number), and the bundle that saw it.

    Look through the folders first: people make mistakes. Then add them to the bundle that runs, which takes the trainer
    (pip install "whobot[trainer]"). All characters that it knows stay known. Let the new bundle take over if it is not
    worse:

        whobot-train all DIR/train.toml

        whobot adopt DIR/bundles/community-int8.tflite

    Exit codes:

    - 0: written
    - 1: there is nothing to write
    - 2: wrong arguments or settings, or a database that cannot be used
    """
    with endings():
        settings = read_configuration(config).settings
        if not asyncio.run(_export(settings, folder, store, only)):
            raise typer.Exit(FAILED)


async def _export(settings: Settings, folder: Path, store: str | None, only: str | None) -> bool:
    # Only now: the database's library takes its time to import.
    from bot.cli import dataset as sets  # noqa: PLC0415
    from bot.cli.progress import progress  # noqa: PLC0415
    from bot.cli.taught import address_of, is_there  # noqa: PLC0415
    from bot.recognition.bundle import read_bundle  # noqa: PLC0415
    from bot.recognition.model_files import available  # noqa: PLC0415
    from bot.storage.store import Store  # noqa: PLC0415

    scope = None if only is None else parse_scope(only)
    running = available(settings.models.directory / settings.models.classifier)
    bundle = read_bundle(running)
    written = sets.prepare(folder)
    address = address_of(settings, store)
    if is_there(address):
        async with Store(address) as opened:
            with progress("writing faces", None) as advance:
                async for example in sets.lessons(opened, scope):
                    written.add(example)
                    advance()
                for face in await sets.confirmed(opened, scope):
                    written.add(face)
                    advance()
    if not written.counts:
        typer.echo("nothing was taught yet: there is nothing to write", err=True)
        return False
    count, enough = written.counts.total(), written.enough()
    typer.echo(f"{_count(count, 'face')} of {_count(len(written.counts), 'character')} in {folder / sets.FACES}")
    few = sorted(written.counts.keys() - set(enough))
    if few:
        typer.echo(f"fewer than {sets.FEWEST} faces, too few to train on: {', '.join(few)}")
    experiment = sets.write_experiment(written, running, bundle)
    least = 1 if bundle.can_grow else 2
    if len(enough) < least:
        characters = "a character" if least == 1 else "two characters"
        typer.echo(f"training takes {characters} with {sets.FEWEST} faces: add some to {folder / sets.FACES}")
    typer.echo(f"to train on them: whobot-train all {experiment}")
    return True


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
