"""What the bot remembers of its own messages, for a while.

It is what Telegram does not tell with a press, a reaction or an edit: which messages belong together, and what they
answer. After a restart only ids are known: which messages answer which, and who has asked.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeAlias

from cachetools import TLRUCache, TTLCache
from telegram import MaybeInaccessibleMessage, Message

from bot.chat.links import Links
from bot.chat.model import Chat, Link, Picture, PictureRequest, User
from bot.platforms.telegram.platform import NAME

Key: TypeAlias = tuple[int, int]
"""Ids of a chat and of a message in it."""
_EDITABLE = 48 * 3600.0
"""Seconds. Telegram lets people edit, and bots delete, what is no older than two days."""
_ABOUT_ONE = 50
"""Questions about one picture."""
_RECALLED = 20_000
"""Messages of which only ids are known."""


@dataclass(slots=True, eq=False)
class Exchange:
    """A question and the messages that answer it.

    Args:
        question: One message, or those of an album; none where only their ids are remembered.
        asker: Who has asked.
        pictures: What it is about.
        owed: What was asked for before, where the question is but the picture to it.
        about: The message replied to, where the question is about its picture.
        replies: The bot's messages, by what was sent together.
        withdrawn: Whether the answer is not wanted any more.
        lasting: Whether it is still known after a restart.
        link: What is kept of it.
    """

    question: tuple[Message, ...]
    asker: User
    pictures: tuple[Picture, ...] = ()
    owed: PictureRequest | None = None
    about: Message | None = None
    replies: list[tuple[Key, ...]] = field(default_factory=list)
    withdrawn: bool = False
    lasting: bool = False
    link: Link | None = None

    @property
    def answer(self) -> set[Key]:
        """All of the bot's messages."""
        return {message for reply in self.replies for message in reply}


class Memory:
    """Finds by chat and message id what a message belongs to."""

    def __init__(self, links: Links) -> None:
        self.complete = asyncio.Event()
        """Set when what was known before the last restart is known again."""
        self._links = links
        self._exchanges: TTLCache[Key, Exchange] = TTLCache(maxsize=2_000, ttl=_EDITABLE)
        """By each message of the question and of the answer."""
        self._about: TTLCache[Key, tuple[Exchange, ...]] = TTLCache(maxsize=2_000, ttl=_EDITABLE)
        """By the message with the picture that a question is about."""
        self._recalled: TLRUCache[Key, Exchange] = TLRUCache(maxsize=_RECALLED, ttu=_forgotten_at)
        self._groups: TTLCache[Key, tuple[Key, ...]] = TTLCache(maxsize=2_000, ttl=_EDITABLE)

    async def recall(self) -> None:
        """Remember what was asked before the last restart."""
        try:
            for link in await self._links.load(NAME):
                self._take_up(link)
        finally:
            self.complete.set()

    def exchange(self, message: Key) -> Exchange | None:
        """What a message asks or answers."""
        return self._exchanges.get(message) or self._recalled.get(message)

    def ask(self, exchange: Exchange) -> None:
        """Remember a question."""
        exchange.lasting = True
        for message in exchange.question:
            self._exchanges[key(message)] = exchange
        if exchange.about is not None:
            about = key(exchange.about)
            self._about[about] = (*self.about(about), exchange)[-_ABOUT_ONE:]

    def about(self, message: Key) -> tuple[Exchange, ...]:
        """The questions that others have asked about a message's picture, in reply to it."""
        return tuple(exchange for exchange in self._about.get(message) or () if not exchange.withdrawn)

    def answer(self, sent: Sequence[Message], exchange: Exchange | None) -> None:
        """Remember the messages of one reply."""
        group = tuple(map(key, sent))
        for message in group:
            self._groups[message] = group
            if exchange:
                self._exchanges[message] = exchange
        if group and exchange:
            # Some may have been a part of another reply, which they were left over from.
            exchange.replies = [*_without(exchange.replies, group), group]
            self._keep(exchange)

    def withdraw(self, exchange: Exchange) -> set[Key]:
        """Remember that an answer is not wanted any more; return its messages, which are to go."""
        exchange.withdrawn = True
        gone = exchange.answer
        exchange.replies = []
        self._keep(exchange)
        return gone

    def group(self, message: Key) -> tuple[Key, ...]:
        """The messages that were sent together with this one, itself among them. None where it is gone."""
        group = self._groups.get(message)
        if group is not None:
            return group
        exchange = self._recalled.get(message)
        replies = exchange.replies if exchange else ()
        return next((reply for reply in replies if message in reply), (message,))

    def forget(self, group: Sequence[Key]) -> None:
        """Remember that these messages are gone: one of their buttons may be pressed at the same moment."""
        exchange = self.exchange(group[0]) if group else None
        for message in group:
            self._groups[message] = ()
        if exchange:
            exchange.replies = _without(exchange.replies, group)
            self._keep(exchange)

    def _take_up(self, link: Link) -> None:
        place = int(link.place)
        replies = [tuple((place, int(id_)) for id_ in reply) for reply in link.replies]
        exchange = Exchange((), User(NAME, link.asker), replies=replies, lasting=True, link=link)
        for message in (*((place, int(id_)) for id_ in link.questions), *exchange.answer):
            self._recalled[message] = exchange

    def _keep(self, exchange: Exchange) -> None:
        """Have what is known of an exchange outlive a restart, as far as there is something to take away then."""
        if not exchange.lasting:
            return
        replies = tuple(tuple(str(id_) for _, id_ in reply) for reply in exchange.replies)
        match exchange.link:
            case None if replies:
                exchange.link = _link(exchange, replies)
                if exchange.link:
                    self._links.keep(exchange.link)
            case Link() as link if replies:
                exchange.link = replace(link, replies=replies)
                self._links.change(exchange.link)
            case Link() as link:
                exchange.link = None
                self._links.drop(link)


def key(message: MaybeInaccessibleMessage) -> Key:
    """What a message is found by."""
    return message.chat.id, message.message_id


def _forgotten_at(_message: Key, exchange: Exchange, now: float) -> float:
    """Return when an exchange that was recalled is forgotten: its age counts from before the restart."""
    age = (datetime.now(UTC) - exchange.link.at).total_seconds() if exchange.link else 0.0
    return now + _EDITABLE - age


def _without(replies: Sequence[tuple[Key, ...]], gone: Collection[Key]) -> list[tuple[Key, ...]]:
    left = (tuple(message for message in reply if message not in gone) for reply in replies)
    return [reply for reply in left if reply]


def _link(exchange: Exchange, replies: tuple[tuple[str, ...], ...]) -> Link | None:
    """What to keep of an exchange. Nothing where its chat has moved meanwhile: ids there are others."""
    questions = tuple(map(key, exchange.question))
    places = {chat for chat, _ in (*questions, *exchange.answer)}
    if len(places) != 1:
        return None
    place = str(places.pop())
    ids = tuple(str(id_) for _, id_ in questions)
    return Link(Chat(NAME, place), place, replies[0][0], ids, replies, exchange.asker.id, datetime.now(UTC))
