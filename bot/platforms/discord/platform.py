"""Discord as a platform: what can be set, what it can carry, how its adapter is made."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, SecretStr

from bot.chat.model import Capabilities
from bot.config import Section
from bot.finding import Finding
from bot.platforms.base import Ability, Adapter, CommandNames, Host, Platform
from bot.platforms.shared.tokens import check_token

if TYPE_CHECKING:
    import aiohttp

NAME = "discord"
CAPABILITIES = Capabilities(
    text_limit=2000,
    caption_limit=2000,
    images_limit=10,
    image_bytes_limit=10 * 1024 * 1024,
    alt_text=True,
    buttons=True,
    private_replies=True,
    context_menus=True,
    age_restricted_chats=True,
    chat_link="https://discord.com/channels/{home}/{id}",  # shown as the channel's name
)
"""What Discord can do at its best. A message cannot be answered in private, and permissions can take more away."""
COMMAND_NAMES = CommandNames(
    command="command name on Discord", option="option name on Discord", pattern=re.compile(r"[-_'\w]{1,32}")
)
TOKEN = re.compile(r"[\w-]{18,}\.[\w-]{6,}\.[\w-]{25,}")
TOKEN_SOURCE = "https://discord.com/developers/applications, under Bot"  # noqa: S105 - says where one is made


class Discord(Section):
    """The Discord bot. It starts where there is a token."""

    token: SecretStr | None = None
    """The bot's token. Only from WHOBOT_DISCORD__TOKEN or from token_file."""
    token_file: Path | None = Field(default=None, examples=["/run/secrets/discord_token"])
    """A file that holds the token and nothing else."""


def _check(settings: Discord) -> Finding:
    return check_token(NAME, settings.token, TOKEN, TOKEN_SOURCE)


async def _check_online(settings: Discord, session: "aiohttp.ClientSession") -> Finding:
    from bot.platforms.discord.online_check import check_online  # noqa: PLC0415 - only where it is asked for

    return await check_online(settings, session)


def _make(settings: Discord, host: Host) -> Adapter:
    from bot.platforms.discord.adapter import DiscordAdapter  # noqa: PLC0415 - its library, only where it runs

    assert settings.token is not None  # noqa: S101 - it is on
    return DiscordAdapter(
        settings.token,
        host.handler,
        host.registry,
        host.words,
        host.languages,
        links=host.links,
        inbox=host.inbox,
        watched=host.watched,
    )


PLATFORM = Platform(
    name=NAME,
    title="Discord",
    section=Discord,
    capabilities=CAPABILITIES,
    abilities=frozenset(Ability),
    command_names=COMMAND_NAMES,
    is_on=lambda settings: settings.token is not None,
    how_to_start="set WHOBOT_DISCORD__TOKEN, or token_file in [discord]",
    check=_check,
    check_online=_check_online,
    make=_make,
)
