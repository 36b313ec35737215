"""``whobot promote``: let a character that one chat has taught be known in all of them."""

import asyncio
from typing import Annotated

import typer

from bot.cli.common import FAILED, ConfigOption, endings, read_configuration
from bot.cli.options import StoreOption
from bot.cli.scopes import parse_scope
from bot.config import Settings


def promote(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A character that was taught in a chat.")],
    source: Annotated[
        str,
        typer.Option("--from", metavar="PLATFORM:ID", help="The chat or server, such as discord:123456789012345678."),
    ],
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Make a character that one chat or server has taught known in all chats.

    From then on it is yours: that chat can no longer forget it, but whobot forget can. Examples that wait to be
    confirmed stay where they are.

    Exit codes:

    - 0: done
    - 1: that chat has taught no character by that name
    - 2: wrong arguments or settings, or a database that cannot be used
    """
    with endings():
        settings = read_configuration(config).settings
        if not asyncio.run(_promote(settings, name, source, store)):
            raise typer.Exit(FAILED)


async def _promote(settings: Settings, name: str, source: str, store: str | None) -> bool:
    # Only now: the database's library takes its time to import.
    from bot.cli.taught import address_of, called, candidates, is_there, names  # noqa: PLC0415
    from bot.storage.store import Store  # noqa: PLC0415

    scope = parse_scope(source)
    _, characters = names(settings)
    address = address_of(settings, store)
    taught: dict[str, int] = {}
    if is_there(address):
        async with Store(address) as opened:
            taught = await opened.taught_here(scope)
            character = called(name, taught, characters)
            change = None if character is None else await opened.promote(scope, character)
        if change is not None:
            count = len(change.added)
            pictures = "1 picture" if count == 1 else f"{count} pictures"
            typer.echo(f"{characters.name(change.character)} is known in all chats now, from {pictures}")
            return True
    if meant := candidates(name, taught, characters):
        typer.echo(f"{source} has taught no character as just {name}; did you mean {meant}?", err=True)
        return False
    known = ", ".join(map(characters.name, taught)) or "none"
    typer.echo(f"{source} has taught no character called {name} that counts; it has taught {known}", err=True)
    return False
