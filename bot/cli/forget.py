"""``whobot forget``: unlearn a character that was taught."""

import asyncio
from typing import Annotated

import typer

from bot.cli.common import FAILED, ConfigOption, endings, read_configuration
from bot.cli.options import StoreOption
from bot.config import Settings


def forget(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A character that was taught.")],
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Forget all pictures by which a character was taught on the command line.

    A bundle still knows its own characters.

    Exit codes:

    - 0: forgotten
    - 1: no character was taught by that name
    - 2: wrong arguments or settings, or a database that cannot be used
    """
    with endings():
        settings = read_configuration(config).settings
        if not asyncio.run(_forget(settings, name, store)):
            raise typer.Exit(FAILED)


async def _forget(settings: Settings, name: str, store: str | None) -> bool:
    # Only now: the database's library takes its time to import.
    from bot.cli.taught import address_of, called, candidates, is_there, names  # noqa: PLC0415
    from bot.storage.store import Store  # noqa: PLC0415
    from bot.storage.values import EVERYWHERE  # noqa: PLC0415

    _, characters = names(settings)
    address = address_of(settings, store)
    taught: dict[str, int] = {}
    if is_there(address):
        async with Store(address) as opened:
            taught = await opened.taught(EVERYWHERE)
            character = called(name, taught, characters)
            change = None if character is None else await opened.forget(EVERYWHERE, character, None)
        if change is not None:
            pictures = "1 picture" if change.removed == 1 else f"{change.removed} pictures"
            typer.echo(f"{characters.name(change.character)} is forgotten, {pictures}")
            return True
    if meant := candidates(name, taught, characters):
        typer.echo(f"no character was taught as just {name}; did you mean {meant}?", err=True)
        return False
    known = characters.find(name)
    reason = "no character was taught by that name" if known is None else f"{characters.name(known)} was not taught"
    typer.echo(f"{reason}; whobot roster lists those that were", err=True)
    return False
