"""The life of the Discord bot: log in, serve, finish what is in hand, leave."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

import aiohttp
import discord
from pydantic import SecretStr

from bot.chat.commands import Words, english_only
from bot.chat.inbox import Inbox, LocalInbox
from bot.chat.links import Links, NoLinks
from bot.chat.model import Chat, Handler
from bot.chat.registry import Registry
from bot.errors import AdapterError, LoginRefused
from bot.platforms.discord.client import WhobotClient
from bot.platforms.discord.platform import NAME


async def _none(_platform: str) -> Sequence[Chat]:
    return ()


class DiscordAdapter:
    """Serves one bot account. Satisfies `bot.platforms.base.Adapter`.

    Args:
        token: The bot's.
        handler: Answers what people ask.
        registry: All that they can ask for.
        words: Names and describes the commands in other languages than English.
        languages: What can be chosen for a chat, each by its own name, by tag.
        inbox: Keeps what was accepted until it is answered; in this process alone where there is none.
        watched: Knows the channels in which every picture is looked at.
        links: Keeps which answers belong to which questions, beyond a restart.
    """

    name = NAME

    media_hosts: ClassVar[frozenset[str]] = frozenset(
        {
            "cdn.discordapp.com",
            "media.discordapp.net",
            "images-ext-1.discordapp.net",
            "images-ext-2.discordapp.net",
        }
    )
    """Where Discord keeps what people attach, and copies of what they link to: nothing is fetched from elsewhere."""

    def __init__(
        self,
        token: SecretStr,
        handler: Handler,
        registry: Registry,
        words: Words = english_only,
        languages: Mapping[str, str] = MappingProxyType({}),
        links: Links | None = None,
        inbox: Inbox | None = None,
        watched: Callable[[str], Awaitable[Sequence[Chat]]] = _none,
    ) -> None:
        self._token = token
        self._handler = handler
        self._registry = registry
        self._words = words
        self._languages = languages
        self._links = links or NoLinks()
        self._inbox = inbox or LocalInbox()
        self._watched = watched
        self._client: WhobotClient | None = None
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def connected(self) -> bool:
        """Whether the gateway delivers events now."""
        return self._client is not None and self._client.online

    async def run(self) -> None:
        """Connect and serve until `stop`; dropped connections are taken up again on the way.

        Raises:
            AdapterError: Discord cannot be reached, or has closed the connection for good.
            LoginRefused: Discord refuses the token, or an intent that is not switched on in the developer portal.
        """
        if self._stopping.is_set():
            return
        self._idle.clear()
        try:
            failure = await self._serve()
        finally:
            self._client = None
            self._idle.set()
        if failure is not None:
            raise failure

    async def stop(self) -> None:
        """Take no new events, finish the answers in hand, disconnect. Final: `run` returns at once from then on."""
        self._stopping.set()
        await self._idle.wait()

    async def _serve(self) -> AdapterError | None:
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            WhobotClient(
                self._handler,
                self._registry,
                session,
                self.media_hosts,
                self._words,
                self._languages,
                self._links,
                self._inbox,
                self._watched,
            ) as client,
        ):
            self._client = client
            recalling = asyncio.create_task(client.recall())
            recovering = asyncio.create_task(client.take_over())
            serving = asyncio.create_task(client.start(self._token.get_secret_value()))
            stopping = asyncio.create_task(self._stopping.wait())
            try:
                await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not serving.done():
                    recalling.cancel()
                    recovering.cancel()
                    await client.work.drain()
                    return None
                return _explain(serving.exception())
            finally:
                client.work.abandon()
                for task in (serving, stopping, recalling, recovering):
                    task.cancel()
                await asyncio.gather(serving, stopping, recalling, recovering, return_exceptions=True)


def _explain(error: BaseException | None) -> AdapterError:
    """Turn what ended the connection into advice. Only names and codes are taken over: texts might hold secrets."""
    match error:
        # 4004: the token was reset while the bot was running.
        case discord.LoginFailure() | discord.ConnectionClosed(code=4004):
            return LoginRefused(
                "Discord refuses the bot token. Make a new one in the developer portal (https://discord.com/developers:"
                " your application > Bot > Reset Token) and put it where whobot reads it."
            )
        case discord.PrivilegedIntentsRequired():
            return LoginRefused(
                'Discord refuses the Message Content intent. Switch on "Message Content Intent" in the developer portal'
                " (https://discord.com/developers: your application > Bot > Privileged Gateway Intents)."
            )
        case discord.ConnectionClosed():
            return AdapterError(f"Discord has closed the connection for good (code {error.code}).")
        case discord.HTTPException():
            return AdapterError(f"Discord does not let whobot in now (status {error.status}, code {error.code}).")
        case discord.DiscordException() | aiohttp.ClientError() | OSError():
            return AdapterError(f"Discord cannot be reached ({type(error).__name__}). Is the network up?")
        case None:
            return AdapterError("Discord has ended the connection.")
        case _:
            raise error
