"""``whobot token``: let programs use the API, and no longer."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import FAILED, ConfigOption, JsonOption, endings, read_configuration
from bot.config import Settings

if TYPE_CHECKING:
    from bot.storage.values import Grant, Token

token = typer.Typer(no_args_is_help=True, help="Let programs use the API, and no longer.")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What you call the program.")]


@token.command()
def make(
    name: NameArgument,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", "-s", metavar="ask|teach|admin", help="What it may do; ask alone, unless given."),
    ] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, max=36_500, help="Expire after so many days.")] = None,
    chat: Annotated[
        str | None,
        typer.Option("--chat", metavar="ID", help="Go on in the chat of another token, with what was taught there."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Make a token and print it. It is shown this once: the database keeps only a digest.

    Exit codes:

    - 0: made
    - 1: another token has that name
    - 2: wrong arguments or settings, or a database that cannot be used
    """
    with endings():
        settings = read_configuration(config).settings
        expires = None if days is None else datetime.now(UTC) + timedelta(days=days)
        secret = asyncio.run(_make(settings, name, _grants(scope or ["ask"]), expires, chat))
        if secret is None:
            typer.echo(f"there is a token called {name} already: withdraw it first, or choose another name", err=True)
            raise typer.Exit(FAILED)
        typer.echo("keep this token safe, it is not shown again:", err=True)
        typer.echo(secret)


@token.command("list")
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the tokens: what each may do, until when, and when it was last used.

    Exit codes:

    - 0: listed
    - 2: wrong arguments or settings, or a database that cannot be used
    """
    with endings():
        tokens = asyncio.run(_list(read_configuration(config).settings))
        if as_json:
            typer.echo(json.dumps({"tokens": [_as_json(one) for one in tokens]}, indent=2, ensure_ascii=False))
        elif tokens:
            _print(tokens)
        else:
            typer.echo("there is no token; whobot token make NAME makes one", err=True)


@token.command()
def withdraw(name: NameArgument, config: ConfigOption = None) -> None:
    """Withdraw a token: from now on it opens nothing. What was taught with it stays.

    Exit codes:

    - 0: withdrawn
    - 1: no token has that name
    - 2: wrong arguments or settings, or a database that cannot be used
    """
    with endings():
        if not asyncio.run(_withdraw(read_configuration(config).settings, name)):
            typer.echo(f"there is no token called {name}; whobot token list shows them", err=True)
            raise typer.Exit(FAILED)
        typer.echo(f"{name} is withdrawn")


def _grants(scopes: Sequence[str]) -> list["Grant"]:
    """Read what a token may do.

    Raises:
        BadParameter: there is no such scope.
    """
    # Only now: whobot --help does not wait for what pictures are made of.
    from bot.storage.values import Grant  # noqa: PLC0415

    known = tuple(map(str, Grant))
    for one in scopes:
        if one not in known:
            raise typer.BadParameter(f"{one!r} is none of {', '.join(known)}", param_hint="--scope")
    return [Grant(one) for one in scopes]


async def _make(
    settings: Settings, name: str, grants: Sequence["Grant"], expires: datetime | None, chat: str | None
) -> str | None:
    # Only now, here and below: the database's library takes its time to import.
    from bot.storage.store import Store  # noqa: PLC0415

    async with Store(settings.store.url) as store:
        made = await store.make_token(name, grants, expires=expires, chat=chat)
    return None if made is None else made[1]


async def _list(settings: Settings) -> list["Token"]:
    from bot.storage.store import Store  # noqa: PLC0415

    async with Store(settings.store.url) as store:
        return await store.tokens()


async def _withdraw(settings: Settings, name: str) -> bool:
    from bot.storage.store import Store  # noqa: PLC0415

    async with Store(settings.store.url) as store:
        found = [one.id for one in await store.tokens() if one.name == name]
        return bool(found) and await store.withdraw_token(found[0])


def _as_json(one: "Token") -> dict[str, object]:
    moments = {"made": one.made, "expires": one.expires, "used": one.used}
    return {
        "name": one.name,
        "id": one.id,
        "scopes": sorted(one.grants),
        "chat": one.chat,
        **{name: moment and moment.isoformat(timespec="seconds") for name, moment in moments.items()},
    }


def _print(tokens: Sequence["Token"]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table("name", "scopes", "chat", "made", "expires", "last used", box=None, padding=(0, 2), pad_edge=False)
    for one in tokens:
        moments = (_moment(one.made, ""), _moment(one.expires, "never"), _moment(one.used, "never"))
        table.add_row(Text(one.name), ", ".join(sorted(one.grants)), Text(one.chat), *moments)
    Console(highlight=False).print(table)


def _moment(moment: datetime | None, otherwise: str) -> str:
    return otherwise if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M}"
