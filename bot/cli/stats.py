"""``whobot stats``: what the store holds, and how often people found the bot right."""

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import ConfigOption, JsonOption, endings, read_configuration
from bot.config import Settings

if TYPE_CHECKING:
    from bot.storage.values import Score, Totals

LABELS = {
    "chats": "chats that have set something",
    "watched": "of these, watched",
    "opted_out": "people who have opted out",
    "characters": "characters that were taught",
    "examples": "face crops that were taught",
    "provisional": "of these, waiting for a second opinion",
    "verdicts": "answers that people have judged",
}


def stats(
    config: ConfigOption = None,
    as_json: JsonOption = False,
    characters: Annotated[int, typer.Option("--characters", min=0, help="List so many characters.")] = 20,
) -> None:
    """Show what the database holds, and for each character how often people found the answer right.

    Exit codes:

    - 0: shown
    - 2: wrong arguments or settings, or a database that is not there or cannot be used
    """
    with endings():
        totals, scores = asyncio.run(_read(read_configuration(config).settings))
        if as_json:
            judged = [asdict(score) | {"precision": round(score.precision, 4)} for score in scores[:characters]]
            typer.echo(json.dumps({**asdict(totals), "judged": judged}, indent=2, ensure_ascii=False))
        else:
            _print(totals, scores[:characters])


async def _read(settings: Settings) -> tuple["Totals", list["Score"]]:
    # Only now: whobot --help does not wait for the database's library.
    from bot.storage.engine import check_exists  # noqa: PLC0415
    from bot.storage.store import Store  # noqa: PLC0415

    check_exists(settings.store.url)
    async with Store(settings.store.url) as store:
        return await store.totals(), await store.scores()


def _print(totals: "Totals", scores: list["Score"]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Column, Table  # noqa: PLC0415

    console = Console(highlight=False)
    table = Table(box=None, show_header=False, padding=(0, 1))
    for name, count in asdict(totals).items():
        table.add_row(f"{count}", LABELS[name])
    console.print(table)
    if not scores:
        return
    judged = Table(
        Column("character"),
        Column("right", justify="right"),
        Column("wrong", justify="right"),
        Column("precision", justify="right"),
        box=None,
        padding=(0, 1),
    )
    for score in scores:
        judged.add_row(score.character, f"{score.confirmed}", f"{score.corrected}", f"{score.precision:.0%}")
    console.print("", judged)
