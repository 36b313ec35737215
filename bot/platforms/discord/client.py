"""The connection to Discord: which events whobot takes, and who answers them."""

import asyncio
import logging
from collections.abc import Collection, Mapping

import aiohttp
import discord
import structlog

from bot.chat.commands import Words
from bot.chat.inbox import Inbox
from bot.chat.links import Links
from bot.chat.model import Handler, Left, Present
from bot.chat.registry import Registry
from bot.platforms.discord import commands, delivery, places, registration
from bot.platforms.discord.album import Album
from bot.platforms.discord.answered_pictures import AnsweredPictures
from bot.platforms.discord.interactions import Interactions
from bot.platforms.discord.messages import TAKE_AWAY, Messages
from bot.platforms.discord.platform import NAME
from bot.platforms.discord.questions import Questions
from bot.platforms.discord.recovery import Recovery, Watched
from bot.platforms.shared.intake import Intake
from bot.platforms.shared.work import Work

log = structlog.get_logger(__name__)
LIBRARY_LOGGER = logging.getLogger("discord")

INTENTS = discord.Intents(
    guilds=True,
    guild_messages=True,
    guild_reactions=True,
    dm_messages=True,
    dm_reactions=True,
    message_content=True,
)
"""The least that will do. `message_content` (privileged) shows the attachments of messages that do not mention whobot:
those in watched channels, and those that a mention replies to."""

PERMISSIONS = discord.Permissions(
    view_channel=True, send_messages=True, send_messages_in_threads=True, attach_files=True, read_message_history=True
)
"""What whobot asks for when it is invited."""

LONGEST_RATE_LIMIT = 60.0
"""Seconds. An answer that Discord would hold back for longer is dropped."""


class WhobotClient(discord.Client):
    """One session with Discord."""

    def __init__(
        self,
        handler: Handler,
        registry: Registry,
        session: aiohttp.ClientSession,
        media_hosts: Collection[str],
        words: Words,
        languages: Mapping[str, str],
        links: Links,
        inbox: Inbox,
        watched: Watched,
    ) -> None:
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
        self.work = Work()
        self._handler = handler
        self._words = words
        album = Album(session, media_hosts)
        self._questions = Questions(links)
        shown = AnsweredPictures()
        self._intake = Intake(inbox, NAME)
        self._messages = Messages(handler, album, self._questions, shown, self.work, self._intake)
        self._interactions = Interactions(handler, registry, album, self._questions, shown, self.work, self._intake)
        self._recovery = Recovery(self, handler, self._messages, inbox, watched, self.work)
        self._commands = commands.build(self, registry, self._interactions, words, languages)

    async def recall(self) -> None:
        """Remember what was asked before the last restart; events need not wait for that."""
        await self._questions.recall(lambda place: self.get_partial_messageable(int(place)))

    async def take_over(self) -> None:
        """Take up, for ever, what was left open and what was missed, once Discord has told of its servers."""
        await self.wait_until_ready()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._recovery.keep_up(self._me))
            group.create_task(self._recovery.take_over(self._intake, self._me))

    # --- discord.py calls these --------------------------------------------------------------------------------------

    async def setup_hook(self) -> None:
        """Bring the registered commands up to date, before the first event can arrive."""
        invite = discord.utils.oauth_url(
            self.application_id or 0, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
        )
        log.info("discord.logged_in", name=str(self.user), invite=invite)
        await registration.publish(self._commands, self._words)

    async def on_connect(self) -> None:
        """Events arrive, in a new session, which begins with the ids of all servers."""
        self.online = True
        await self._recovery.session_begins(self._me)
        await self._take_stock()

    async def on_resumed(self) -> None:
        """Events arrive again, those missed meanwhile first."""
        self.online = True

    async def on_disconnect(self) -> None:
        """discord.py takes the connection up again by itself."""
        self.online = False

    async def on_guild_join(self, _guild: discord.Guild) -> None:
        """Ask again which servers there are: one was joined."""
        await self._take_stock()

    async def on_message(self, message: discord.Message) -> None:
        """A message was posted."""
        await self._messages.posted(message, self._me)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A message was edited, or Discord has added previews to it."""
        await self._messages.edited(payload.message, self._me)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message was deleted."""
        await self._messages.deleted(payload.message_id)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Messages were deleted."""
        for message_id in payload.message_ids:
            await self._messages.deleted(message_id)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """A reaction was added to a message; some have a meaning on whobot's own."""
        if payload.message_author_id == self._me.id and payload.emoji.name in TAKE_AWAY:
            channel = self.get_partial_messageable(payload.channel_id)
            await self._messages.marked(channel.get_partial_message(payload.message_id), by=payload.user_id)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """A component or a dialogue was used; discord.py handles commands itself."""
        if interaction.type is discord.InteractionType.component:
            await self._interactions.pressed(interaction, interaction.data)
        elif interaction.type is discord.InteractionType.modal_submit:
            await self._interactions.submitted(interaction, interaction.data)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Tell that whobot was removed from a server. One that is merely out of order comes by another event."""
        await self._left(guild.id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Tell that a channel is no more."""
        await self._left(channel.guild.id, channel.id)

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:  # noqa: ARG002
        """Log what should not have happened; the connection goes on."""
        log.exception("discord.event_failed", event_method=event_method, id=delivery.incident())  # noqa: LOG004

    # -----------------------------------------------------------------------------------------------------------------

    @property
    def _me(self) -> discord.ClientUser:
        assert self.user is not None  # noqa: S101 - there are no events before it has logged in
        return self.user

    async def _left(self, guild_id: int, channel_id: int | None = None) -> None:
        with self.work.in_hand():
            await self._handler(Left(places.chat(None, channel_id or guild_id, guild_id)))

    async def _take_stock(self) -> None:
        """Tell which servers whobot is in: it may have been removed from others while it was down.

        A server counts as long as one of two sources names it, the session or a list that Discord is asked for: data
        of a server shall not go because Discord was in trouble. Where there is no such list, nothing is told.
        """
        if self.work.ending:
            return
        with self.work.in_hand():
            try:
                listed = [guild.id async for guild in self.fetch_guilds(limit=None, with_counts=False)]
            except delivery.DISCORD_ERRORS as error:
                log.warning("discord.servers_not_listed", error=type(error).__name__, id=delivery.incident())
                return
            present = {*listed, *(guild.id for guild in self.guilds)}
            await self._handler(Present(places.user(self._me), frozenset(map(str, present))))
