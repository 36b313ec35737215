"""``whobot roster``: the characters that whobot knows."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from bot.cli.common import FAILED, ConfigOption, JsonOption, endings, read_configuration
from bot.cli.options import StoreOption
from bot.config import Settings

if TYPE_CHECKING:
    from bot.recognition.characters import Characters


def roster(
    search: Annotated[
        str, typer.Argument(metavar="SEARCH", help="A part of a name, an alias or a series; without it, everyone.")
    ] = "",
    config: ConfigOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the characters that can be named: those of the bundle, and those that were taught.

    Exit codes:

    - 0: a character was found
    - 1: none was
    - 2: wrong arguments or settings, or a database that cannot be used
    """
    with endings():
        settings = read_configuration(config).settings
        # Only now: the database's library takes its time to import.
        from bot.cli.taught import names  # noqa: PLC0415

        known, characters = names(settings)
        taught = asyncio.run(_taught(settings, store))
        everyone = sorted({*known, *taught}, key=lambda id_: characters.name(id_).casefold())
        found = characters.search(search, everyone)
        if as_json:
            typer.echo(_as_json(found, characters, set(known), taught))
        elif found:
            Console(highlight=False).print(_as_table(found, characters, taught))
        else:
            typer.echo(f"no character has a name, an alias or a series like {search!r}", err=True)
        if not found:
            raise typer.Exit(FAILED)


async def _taught(settings: Settings, store: str | None) -> dict[str, int]:
    from bot.cli.taught import address_of, is_there  # noqa: PLC0415
    from bot.storage.store import Store  # noqa: PLC0415
    from bot.storage.values import EVERYWHERE  # noqa: PLC0415

    address = address_of(settings, store)
    if not is_there(address):
        return {}
    async with Store(address) as opened:
        return await opened.taught(EVERYWHERE)


def _as_json(found: Sequence[str], characters: "Characters", known: set[str], taught: Mapping[str, int]) -> str:
    entries = [
        {
            "id": id_,
            "name": characters.name(id_),
            "series": characters.series(id_),
            "aliases": characters.aliases(id_),
            "bundle": id_ in known,
            "taught": taught.get(id_, 0),
        }
        for id_ in found
    ]
    return json.dumps({"characters": entries}, indent=2, ensure_ascii=False)


def _as_table(found: Sequence[str], characters: "Characters", taught: Mapping[str, int]) -> Table:
    count = "1 character" if len(found) == 1 else f"{len(found)} characters"
    table = Table(count, "series", Column("taught by", justify="right"), box=None, padding=(0, 2), pad_edge=False)
    for id_ in found:
        pictures = taught.get(id_, 0)
        by = "" if not pictures else "1 picture" if pictures == 1 else f"{pictures} pictures"
        table.add_row(Text(characters.name(id_)), Text(characters.series(id_) or "", style="dim"), by)
    return table
