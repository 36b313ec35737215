"""Telegram as a platform: what can be set, what it can carry, how its adapter is made."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import Field, SecretStr, model_validator

from bot.chat.model import Capabilities
from bot.config import Section
from bot.finding import Finding
from bot.platforms.base import Ability, Adapter, CommandNames, Host, Platform
from bot.platforms.shared.tokens import check_token

if TYPE_CHECKING:
    import aiohttp

NAME = "telegram"
CAPABILITIES = Capabilities(
    text_limit=4096,
    caption_limit=1024,
    images_limit=10,
    image_bytes_limit=50_000_000,
    buttons=True,
)
ABILITIES = frozenset(
    {
        Ability.SPOILERS,
        Ability.EDITS,
        # Not SEES_DELETIONS: bots are told of deletions in business chats only.
        Ability.SEES_EDITS,
        # Not COMPLETION: a bot's commands are completed, their arguments are not.
        Ability.SHARED_CHATS,
        # Not PREVIEWS: a bot gets the link alone.
        Ability.REACTIONS,  # where it is an administrator
    }
)
COMMAND_NAMES = CommandNames(command="command name on Telegram", pattern=re.compile(r"[a-z0-9_]{1,32}"))
TOKEN = re.compile(r"\d{6,}:[\w-]{30,}")
TOKEN_SOURCE = "@BotFather on Telegram"  # noqa: S105 - says where one is made


class Telegram(Section):
    """The Telegram bot. It starts where there is a token."""

    token: SecretStr | None = None
    """The bot's token. Only from WHOBOT_TELEGRAM__TOKEN or from token_file."""
    token_file: Path | None = Field(default=None, examples=["/run/secrets/telegram_token"])
    """A file that holds the token and nothing else."""
    api: str = "https://api.telegram.org"
    """Where the Bot API answers: another address for a Bot API server of your own."""
    webhook_url: str | None = Field(default=None, examples=["https://whobot.example.org/telegram"])
    """The public https address that Telegram calls. Without it the bot polls, which needs no open port."""
    webhook_secret: SecretStr | None = None
    """What Telegram must send along. Only from WHOBOT_TELEGRAM__WEBHOOK_SECRET or from webhook_secret_file."""
    webhook_secret_file: Path | None = Field(default=None, examples=["/run/secrets/telegram_webhook_secret"])
    """A file that holds the webhook's secret and nothing else."""
    webhook_host: str = "127.0.0.1"
    """The address that the webhook listens on, behind your reverse proxy."""
    webhook_port: int = Field(default=8081, ge=0, le=65535)
    """The port that the webhook listens on."""

    @model_validator(mode="after")
    def _webhook_is_safe(self) -> Self:
        if self.webhook_url is None:
            return self
        if not self.webhook_url.startswith("https://"):
            raise ValueError("webhook_url must begin with https://, Telegram calls nothing else")
        if self.webhook_secret is None:
            raise ValueError(
                "webhook_url needs a webhook_secret, or any program could pretend to be Telegram: set"
                " WHOBOT_TELEGRAM__WEBHOOK_SECRET or webhook_secret_file"
            )
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", self.webhook_secret.get_secret_value()):
            raise ValueError("webhook_secret may hold A-Z, a-z, 0-9, _ and - only, at most 256 of them")
        return self


def _check(settings: Telegram) -> Finding:
    return check_token(NAME, settings.token, TOKEN, TOKEN_SOURCE)


async def _check_online(settings: Telegram, session: "aiohttp.ClientSession") -> Finding:
    from bot.platforms.telegram.online_check import check_online  # noqa: PLC0415 - only where it is asked for

    return await check_online(settings, session)


def _make(settings: Telegram, host: Host) -> Adapter:
    from bot.platforms.telegram.adapter import TelegramAdapter  # noqa: PLC0415 - its library, only where it runs

    return TelegramAdapter(
        settings,
        host.handler,
        host.registry,
        words=host.words,
        languages=host.translated,
        links=host.links,
        inbox=host.inbox,
        prompts=host.prompts,
        names=host.typed_names,
    )


PLATFORM = Platform(
    name=NAME,
    title="Telegram",
    section=Telegram,
    capabilities=CAPABILITIES,
    abilities=ABILITIES,
    command_names=COMMAND_NAMES,
    is_on=lambda settings: settings.token is not None,
    how_to_start="set WHOBOT_TELEGRAM__TOKEN, or token_file in [telegram]",
    check=_check,
    check_online=_check_online,
    make=_make,
)
