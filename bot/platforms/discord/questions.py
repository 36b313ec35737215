"""Which answers belong to which messages: whoever takes a picture back does not want to see it again in an answer.

The memory is bounded. It holds ids, and marks that tell pictures apart; the ids outlive a restart.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import discord
from cachetools import FIFOCache
from discord.utils import snowflake_time

from bot.chat.links import Links
from bot.chat.model import Chat, Link
from bot.platforms.discord.album import fingerprint
from bot.platforms.discord.delivery import take_away
from bot.platforms.discord.platform import NAME

T = TypeVar("T")
Marks = frozenset[tuple[str, bool]]

LIMIT = 5000
"""Questions. The oldest are forgotten first."""


class Question:
    """A question about some messages, the first of which asks it; it begins when whobot starts to answer.

    Args:
        chat: Where it is asked.
        asker: The id of who asks.
        pictures: What tells the pictures of the messages apart; None where that was forgotten.
        links: Keeps the question once it is answered, if it is about messages.
    """

    def __init__(self, chat: Chat, asker: int, pictures: Mapping[int, Marks | None], links: Links) -> None:
        self.asker = asker
        self.withdrawn = False
        self.answers: list[discord.PartialMessage] = []
        self._chat = chat
        self._pictures = pictures
        self._links = links
        self._link: Link | None = None
        self._asking: asyncio.Task[object] | None = None

    @classmethod
    def recalled(cls, link: Link, place: discord.PartialMessageable, links: Links) -> "Question":
        """Take up a question again that was answered before a restart."""
        question = cls(link.chat, int(link.asker), dict.fromkeys(map(int, link.questions)), links)
        question.answers = [place.get_partial_message(int(id_)) for reply in link.replies for id_ in reply]
        question._link = link
        return question

    def concerns(self, message_id: int) -> bool:
        """Tell whether a message is asked about, or asks."""
        return message_id in self._pictures

    def asked_by(self, message: discord.Message) -> bool:
        """Tell whether it is this message that asks."""
        return next(iter(self._pictures), None) == message.id

    def outdated_by(self, message: discord.Message) -> bool:
        """Tell whether a message's pictures are others now.

        Where the bot has forgotten what they were, any edit since the answer counts.
        """
        before = self._pictures[message.id]
        if before is not None:
            return before != fingerprint(message)
        return message.edited_at is not None and self._answered_at < message.edited_at

    async def ask(self, asking: Awaitable[T]) -> T:
        """Wait for something that is needed for an answer. Cancelled where the question is withdrawn meanwhile."""
        self._asking = asyncio.current_task()
        try:
            return await asking
        finally:
            self._asking = None

    async def answer(self, delivering: Awaitable[discord.Message | None]) -> None:
        """Wait for an answer to arrive. Where the question was withdrawn meanwhile, the answer goes at once."""
        message = await delivering
        if message is None or message.flags.ephemeral:
            return
        self.answers.append(discord.PartialMessage(channel=message.channel, id=message.id))
        if self.withdrawn:
            await self.withdraw()
        else:
            self._keep()

    async def withdraw(self) -> None:
        """Withdraw the question: its answer is deleted, or its analysis stopped."""
        self.withdrawn = True
        if self._asking is not None:
            self._asking.cancel()
        answers, self.answers = self.answers, []
        self._keep()
        for answer in answers:
            await take_away(answer)

    def lose(self, message_id: int) -> None:
        """Forget an answer that is gone."""
        self.answers = [answer for answer in self.answers if answer.id != message_id]
        self._keep()

    @property
    def _answered_at(self) -> datetime:
        return snowflake_time(max(answer.id for answer in self.answers))

    def _keep(self) -> None:
        """Have what is known outlive a restart, as far as there is something to take away then."""
        if not self._pictures:
            return
        if not self.answers:
            if self._link is not None:
                self._links.drop(self._link)
                self._link = None
            return
        replies = tuple((str(answer.id),) for answer in self.answers)
        if self._link is not None:
            self._link = replace(self._link, replies=replies)
            self._links.change(self._link)
            return
        first = self.answers[0]
        place, questions = str(first.channel.id), tuple(map(str, self._pictures))
        self._link = Link(self._chat, place, str(first.id), questions, replies, str(self.asker), first.created_at)
        self._links.keep(self._link)


class Questions:
    """The last questions."""

    def __init__(self, links: Links, limit: int = LIMIT) -> None:
        self._links = links
        self._questions: FIFOCache[Question, None] = FIFOCache(limit)
        self._recalled = asyncio.Event()

    async def recall(self, place_of: Callable[[str], discord.PartialMessageable]) -> None:
        """Remember the questions of before the last restart, as older than all others."""
        try:
            links = await self._links.load(NAME)
            earlier = [Question.recalled(link, place_of(link.place), self._links) for link in links]
            asked_meanwhile = list(self._questions)
            self._questions.clear()
            self._questions.update(dict.fromkeys((*earlier, *asked_meanwhile)))
        finally:
            self._recalled.set()

    async def complete(self) -> None:
        """Wait until those of before the last restart are among them."""
        await self._recalled.wait()

    @contextmanager
    def open(self, chat: Chat, asker: int, *messages: discord.Message) -> Iterator[Question]:
        """Remember a question about messages: while it is being answered, and afterwards if there is an answer."""
        question = Question(chat, asker, {message.id: fingerprint(message) for message in messages}, self._links)
        if messages:
            self._questions[question] = None
        try:
            yield question
        finally:
            if not question.answers:
                self._questions.pop(question, None)

    def concerning(self, message_id: int) -> list[Question]:
        """Return the questions about a message."""
        return [question for question in self._questions if question.concerns(message_id)]

    async def withdraw(self, question: Question) -> None:
        """Want no answer to a question any more."""
        self._questions.pop(question, None)
        await question.withdraw()

    def answered_by(self, message_id: int) -> Question | None:
        """Return the question to which a message is an answer."""
        return next((one for one in self._questions if any(it.id == message_id for it in one.answers)), None)

    def lose(self, message_id: int) -> None:
        """Forget an answer that is gone, and its question with the last one."""
        question = self.answered_by(message_id)
        if question is not None:
            question.lose(message_id)
            if not question.answers:
                self._questions.pop(question, None)
