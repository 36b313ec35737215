"""What a crash has left open, and what was posted in watched channels while nobody listened."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

import discord
import structlog

from bot.chat.inbox import Inbox
from bot.chat.model import Chat, Handler, Incoming, Letter, Missed, User
from bot.platforms.discord import delivery, letters, places
from bot.platforms.discord.messages import Messages
from bot.platforms.discord.platform import CAPABILITIES, NAME
from bot.platforms.shared.intake import Errand, Intake, Taken
from bot.platforms.shared.work import Work

log = structlog.get_logger(__name__)

Watched: TypeAlias = Callable[[str], Awaitable[Sequence[Chat]]]
"""Returns the chats of a platform in which every picture is looked at."""

CAUGHT_UP = 50
"""Messages of one channel or thread, the latest, that are looked at again."""
PLACES = 500
"""Channels and threads that are looked at again: each is a request to Discord."""


class Recovery:
    """Takes up what was missed. All of it goes the way of a message that has just been posted.

    Args:
        client: Is logged in.
        handler: Knows the answers.
        messages: Answers messages.
        inbox: Knows what was left open, and since when something may have been missed.
        watched: Knows the watched channels.
        work: Counts what is in hand.
    """

    def __init__(
        self,
        client: discord.Client,
        handler: Handler,
        messages: Messages,
        inbox: Inbox,
        watched: Watched,
        work: Work,
    ) -> None:
        self._client = client
        self._handler = handler
        self._messages = messages
        self._inbox = inbox
        self._watched = watched
        self._work = work
        self._since: datetime | None = None
        self._behind = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def session_begins(self, me: discord.ClientUser) -> None:
        """Note since when something may have been missed, before there is more to hear."""
        self._since = await self._inbox.missed_since(NAME, str(me.id))
        if self._since is not None:
            self._behind.set()

    async def keep_up(self, me: discord.ClientUser) -> None:
        """Catch up, for ever, in each new session: what was posted before it was never told."""
        while True:
            await self._behind.wait()
            self._behind.clear()
            if self._since is not None:
                await self._catch_up(self._since, me)

    async def _catch_up(self, since: datetime, me: discord.ClientUser) -> None:
        """Look at what was posted in watched channels. What was handled already is not handled again."""
        found = 0
        for place in list(self._places(await self._watched(NAME)))[:PLACES]:
            if self._work.ending:
                return
            try:
                posted = [one async for one in place.history(limit=CAUGHT_UP, after=since, oldest_first=False)]
            except delivery.DISCORD_ERRORS as error:
                log.info("discord.not_caught_up", error=type(error).__name__, id=delivery.incident())
                continue
            found += len(posted)
            for message in reversed(posted):
                await self._messages.posted(message, me)
        log.debug("discord.caught_up", messages=found)

    async def take_over(self, intake: Intake, me: discord.ClientUser) -> None:
        """Take up, for ever, what was left open."""
        async for one in intake.left_open(str(me.id)):
            task = asyncio.create_task(self._take_up(one, me))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _take_up(self, one: Taken[Letter], me: discord.ClientUser) -> None:
        with self._work.in_hand(), one.errand.in_hand():
            try:
                await self._answer(one.event, one.errand, me)
            except (discord.NotFound, discord.Forbidden):
                log.info("discord.question_gone", letter=one.event.event)
            except delivery.DISCORD_ERRORS as error:
                one.errand.give_up()
                log.warning("discord.not_taken_up", error=type(error).__name__, id=delivery.incident())
            except Exception:
                log.exception("discord.event_failed", id=delivery.incident())

    async def _answer(self, letter: Letter, errand: Errand, me: discord.ClientUser) -> None:
        content = letter.content or {}
        place = self._place(content[letters.PLACE], content[letters.GUILD])
        if letters.MESSAGE not in content:
            await self._tell(letter, errand.missed or Missed(late=False), place)
            return
        message = await place.fetch_message(content[letters.MESSAGE])
        missed = errand.missed
        if letter.sending:
            if not places.may_refer(message):
                missed = Missed(late=False)
            elif await _is_answered(message, me):
                return
            elif letter.tries <= 1:
                missed = None
        await self._messages.taken_up(message, me, missed)

    async def _tell(self, letter: Letter, missed: Missed, place: discord.abc.Messageable) -> None:
        """Tell who has used a command: it cannot be answered any more."""
        asker = User(NAME, letter.asker or "")
        reply = await self._handler(Incoming(letter.chat, asker, missed, CAPABILITIES))
        if not reply.silent:
            await place.send(f"<@{asker.id}> {reply.text}")

    def _place(self, place: int, guild: int | None) -> discord.abc.Messageable:
        """Where something was asked: as Discord has described it, or, if it has not, by its id alone."""
        known = self._client.get_channel(place)
        if isinstance(known, discord.abc.Messageable):
            return known
        return self._client.get_partial_messageable(place, guild_id=guild)

    def _places(self, chats: Iterable[Chat]) -> Iterator[discord.abc.Messageable]:
        """Where something counts as posted in these channels: there, and in their threads."""
        for chat in chats:
            channel = self._place(int(chat.id), int(chat.home) if chat.home else None)
            yield channel
            if isinstance(channel, discord.TextChannel):
                yield from channel.threads


async def _is_answered(message: discord.Message, me: discord.ClientUser) -> bool:
    """Ask Discord whether an answer to a message has arrived."""
    async for later in message.channel.history(limit=100, after=message):
        reference = later.reference
        if later.author.id == me.id and reference is not None and reference.message_id == message.id:
            return True
    return False
