"""``whobot teach``: show a character's faces, so that it is known from now on."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import FAILED, ConfigOption, endings, read_configuration
from bot.cli.options import StoreOption


def teach(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help='The character: "Rin", or one that the bundle knows.', show_default=False),
    ] = None,
    pictures: Annotated[
        list[str] | None,
        typer.Argument(metavar="PICTURE", help="Pictures of that character alone.", show_default=False),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            metavar="DIR",
            help="Teach many at once: each folder in DIR is called after the character whom its pictures show.",
        ),
    ] = None,
    config: ConfigOption = None,
    store: StoreOption = None,
    face: Annotated[bool, typer.Option("--face", help="Take each picture as one face crop.")] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Add pictures that look nothing like this character, without asking.")
    ] = False,
) -> None:
    """Teach a character from pictures, within seconds: one is enough, five are better, twenty are good.

    What is taught is known at once, here and to a running bot, in every chat. The face crops are kept in the store.
    A folder that was interrupted is given once more: pictures that were taught before count once.

    Exit codes:

    - 0: a face was taken out of every picture
    - 1: some pictures were of no use, each with its reason, and the others count; or all look like somebody else, and
    none counts
    - 2: wrong arguments or settings, or a bundle that cannot be taught
    - 130: interrupted
    """
    with endings():
        settings = read_configuration(config).settings
        # Only now: networks and the database's library take their time to import.
        from bot.cli.teaching import teach_folders, teach_pictures  # noqa: PLC0415

        if folder is not None:
            if name or pictures:
                raise typer.BadParameter("with --folder, its folders say who it is: leave out NAME and PICTURE")
            if not teach_folders(settings, folder, store=store, face=face, anyway=anyway):
                raise typer.Exit(FAILED)
            return
        if name is None or not pictures:
            raise typer.BadParameter("name a character and at least one picture, or a --folder of folders")
        if not teach_pictures(settings, name, pictures, store=store, face=face, anyway=anyway):
            raise typer.Exit(FAILED)
