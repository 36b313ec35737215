"""``whobot pack``: hand what was taught to another community, and take over what one hands on."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import FAILED, ConfigOption, endings, read_configuration
from bot.cli.options import StoreOption
from bot.cli.scopes import FromOption, parse_scope

if TYPE_CHECKING:
    from bot.recognition.pack import Foreseen

app = typer.Typer(no_args_is_help=True, help="Hand characters that were taught to others, and take theirs over.")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The pack.")]
IntoOption = Annotated[
    str | None,
    typer.Option("--into", metavar="PLATFORM:ID", help="Only for this chat or server; without it, for all of them."),
]
OnlyOption = Annotated[
    list[str] | None, typer.Option("--only", metavar="NAME", help="Only this character; may be given several times.")
]


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the pack.")],
    config: ConfigOption = None,
    store: StoreOption = None,
    source: FromOption = None,
    only: OnlyOption = None,
    crops: Annotated[
        bool, typer.Option("--crops", help="Put the cut-out faces in, so that another bundle can read them anew.")
    ] = False,
) -> None:
    """Write characters that were taught into a pack: names, series, aliases and embeddings; no people, no chats.

    Without --crops there is no picture in it, and only a whobot with the same bundle can take it over.

    Exit codes:

    - 0: written
    - 1: nobody to write was taught
    - 2: wrong arguments or settings, or a database or file that cannot be used
    """
    with endings():
        settings = read_configuration(config).settings
        # Only now: the database's library takes its time to import.
        from bot.cli.packing import export_pack  # noqa: PLC0415

        scope = None if source is None else parse_scope(source)
        written = asyncio.run(export_pack(settings, file, store, scope, only or (), crops=crops))
        if not written:
            typer.echo("nobody of that name was taught there", err=True)
            raise typer.Exit(FAILED)
        typer.echo(f"{written} characters in {file}" if written > 1 else f"1 character in {file}")


@app.command("preview")
def preview(
    file: FileArgument, config: ConfigOption = None, store: StoreOption = None, into: IntoOption = None
) -> None:
    """Say what a pack would add, and add nothing.

    Exit codes:

    - 0: it can be taken over
    - 2: it cannot, or wrong arguments or settings, or a database that cannot be used
    """
    with endings():
        settings = read_configuration(config).settings
        from bot.cli.packing import foresee_pack  # noqa: PLC0415

        scope = None if into is None else parse_scope(into)
        for one in asyncio.run(foresee_pack(settings, file, store, scope)):
            typer.echo(_line(one))


@app.command("import")
def take_over(
    file: FileArgument,
    config: ConfigOption = None,
    store: StoreOption = None,
    into: IntoOption = None,
    only: OnlyOption = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Add faces, too, that look nothing like who is called so here.")
    ] = False,
) -> None:
    """Take over the characters of a pack. Look at its preview first.

    Faces that are known already count once. Each character is an entry of the history, which can be taken back.

    Exit codes:

    - 0: taken over
    - 1: nothing was new, or some look like somebody else and were left out
    - 2: it cannot be used, or wrong arguments or settings, or a database that cannot be used
    """
    with endings():
        settings = read_configuration(config).settings
        from bot.cli.packing import import_pack  # noqa: PLC0415

        scope = None if into is None else parse_scope(into)
        added, left_out = asyncio.run(import_pack(settings, file, store, scope, only or (), anyway=anyway))
        for one in added:
            typer.echo(_line(one))
        for one in left_out:
            typer.echo(f"{_line(one)}: left out, --anyway adds it", err=True)
        if left_out or not added:
            raise typer.Exit(FAILED)


def _line(one: "Foreseen") -> str:
    faces = f"{len(one.new)} new of {len(one.character.embeddings)} faces"
    who = "adds to who is known" if one.known else "new"
    doubt = ", looks like somebody else of that name" if one.strange else ""
    return f"{one.character.name}: {who}, {faces}{doubt}"
