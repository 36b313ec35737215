"""The connection to Discord: which events whobot takes, and what happens with each."""

import asyncio
import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import aiohttp
import discord
import structlog

from bot.adapters.discord import commands, delivery, translate
from bot.domain import Handler, Request

log = structlog.get_logger(__name__)
LIBRARY_LOGGER = logging.getLogger("discord")

INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)
"""The least that will do. `message_content` (privileged) shows the attachments of messages that do not mention whobot:
those in watched channels, and those that a mention replies to."""

PERMISSIONS = discord.Permissions(
    view_channel=True, send_messages=True, send_messages_in_threads=True, attach_files=True, read_message_history=True
)
"""What whobot asks for when it is invited."""

LONGEST_RATE_LIMIT = 60.0
"""Seconds. An answer that Discord would hold back for longer is dropped."""


class WhobotClient(discord.Client):
    """One session with Discord. Knows which requests are in hand, so that it can finish them, or give them up."""

    def __init__(self, handler: Handler, session: aiohttp.ClientSession, media_hosts: Collection[str]) -> None:
        # whobot does not talk: what voice would need is no business of its operator.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        # At DEBUG discord.py writes down all that people say, and the tokens with which interactions are answered.
        if LIBRARY_LOGGER.getEffectiveLevel() < logging.INFO:
            LIBRARY_LOGGER.setLevel(logging.INFO)
        super().__init__(
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            max_ratelimit_timeout=LONGEST_RATE_LIMIT,
        )
        self.online = False
        self._handler = handler
        self._album = translate.Album(session, media_hosts)
        self._in_hand: dict[int, asyncio.Task[object]] = {}
        self._draining = False
        self._commands = commands.build(self, self._album, self._answer)

    async def drain(self) -> None:
        """Take nothing new, and wait for what is in hand."""
        self._draining = True
        if self._in_hand:
            await asyncio.wait(self._in_hand.values())

    def abandon(self) -> None:
        """Give up what is in hand: it cannot be answered any more."""
        for task in self._in_hand.values():
            task.cancel()

    # --- discord.py calls these --------------------------------------------------------------------------------------

    async def setup_hook(self) -> None:
        """Bring the registered commands up to date, before the first event can arrive."""
        invite = discord.utils.oauth_url(
            self.application_id or 0, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
        )
        log.info("discord.logged_in", name=str(self.user), invite=invite)
        await commands.publish(self._commands)

    async def on_connect(self) -> None:
        """Events arrive."""
        self.online = True

    async def on_resumed(self) -> None:
        """Events arrive again, those missed meanwhile first."""
        self.online = True

    async def on_disconnect(self) -> None:
        """discord.py takes the connection up again by itself."""
        self.online = False

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message, if it is one for whobot."""
        if self._draining or message.author.bot or message.webhook_id or message.is_system() or self.user is None:
            return
        request = self._album.request(message, self.user)
        if request is None or not translate.may_answer(message):
            return
        with self._hold(message.id):
            async with delivery.typing(message.channel) as progress:
                reply = await self._handler(translate.from_message(message, request, progress))
            await delivery.post(message, reply)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Whoever takes a picture back does not want to see it again in an answer."""
        self._drop(payload.message_id)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """As for one message."""
        for message_id in payload.message_ids:
            self._drop(message_id)

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:  # noqa: ARG002
        """Log what should not have happened; the connection goes on."""
        log.exception("discord.event_failed", event_method=event_method, id=delivery.incident())  # noqa: LOG004

    # --- what is in hand ---------------------------------------------------------------------------------------------

    async def _answer(self, interaction: discord.Interaction, request: Request, *, ephemeral: bool) -> None:
        """Answer a command: at first that whobot is thinking, since Discord waits for three seconds only."""
        if self._draining:
            return
        with self._hold(interaction.id):
            if await delivery.think(interaction, ephemeral=ephemeral):
                reply = await self._handler(translate.from_interaction(interaction, request))
                await delivery.respond(interaction, reply)

    @contextmanager
    def _hold(self, event_id: int) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this runs in a task of discord.py
        self._in_hand[event_id] = task
        try:
            yield
        finally:
            del self._in_hand[event_id]

    def _drop(self, event_id: int) -> None:
        if event_id in self._in_hand:
            self._in_hand[event_id].cancel()
