"""How a chat or server is named on the command line."""

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from bot.errors import ConfigError

if TYPE_CHECKING:
    from bot.storage.values import Scope

FromOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="PLATFORM:ID",
        help="Only what this chat or server has taught, such as discord:123456789012345678.",
    ),
]


def parse_scope(text: str) -> "Scope":
    """Read the scope that an option names.

    Raises:
        ConfigError: it names none.
    """
    # Only now: whobot --help does not wait for what pictures are made of.
    from bot.storage.values import Scope  # noqa: PLC0415

    platform, colon, home = text.partition(":")
    if not (platform and colon and home):
        raise ConfigError(f"{text!r} names no chat: write its platform and id, such as discord:123456789012345678")
    return Scope(platform, home)
