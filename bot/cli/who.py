"""``whobot who``: name the faces in picture files."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import FAILED, ConfigOption, endings, read_configuration
from bot.cli.options import StoreOption
from bot.errors import ConfigError

STDIN = "-"


def who(
    pictures: Annotated[
        list[str],
        typer.Argument(metavar="PICTURE", help='Picture files. "-" reads paths from standard input, one a line.'),
    ],
    config: ConfigOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON line a picture; write pictures only with --output.")
    ] = False,
    face: Annotated[bool, typer.Option("--face", help="Take each picture as one face crop.")] = False,
    store: StoreOption = None,
    only_taught: Annotated[
        bool, typer.Option("--only-taught", help="Name only characters that were taught, none of the bundle's own.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Where annotated pictures go; without it, this folder."),
    ] = None,
    no_picture: Annotated[bool, typer.Option("--no-picture", help="Write no annotated pictures.")] = False,
) -> None:
    """Say who is in each picture, and write it annotated as NAME.whobot.jpg.

    It uses all cores, and the answers keep the order. It overwrites no file: a name that is taken gets a number.
    It also knows the characters that were taught with whobot teach.

    Exit codes:

    - 0: every picture was analysed, with or without faces
    - 1: some could not be, each with its reason; or the reader of the output has gone
    - 2: wrong arguments or settings, or a model that cannot be loaded
    - 130: interrupted
    """
    with endings():
        settings = read_configuration(config).settings
        folder = None if no_picture or (as_json and output is None) else output or Path()
        if folder is not None:
            _make(folder)
        # Only now: networks and drawing take their time to import.
        from bot.cli.analysing import PictureAnalyser  # noqa: PLC0415

        total = None if STDIN in pictures else len(pictures)
        with PictureAnalyser(settings, face=face, annotate=folder is not None, pictures=total) as analyser:
            from bot.cli.report import report  # noqa: PLC0415
            from bot.cli.taught import gallery_for  # noqa: PLC0415

            gallery = gallery_for(analyser, settings, store, only_taught=only_taught)
            with closing(analyser.analyse(_paths(pictures), gallery, only_taught=only_taught)) as answers:
                all_well = report(answers, total, folder=folder, as_json=as_json)
        if not all_well:
            raise typer.Exit(FAILED)


def _paths(pictures: Sequence[str]) -> Iterator[str]:
    from bot.cli.batch import lines  # noqa: PLC0415

    for picture in pictures:
        if picture == STDIN:
            if sys.stdin is None:
                raise ConfigError("standard input is closed: pipe a list of paths into whobot, or name the pictures")
            yield from lines(sys.stdin.fileno())
        else:
            yield picture


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot make the folder {folder}: {error.strerror}") from error
