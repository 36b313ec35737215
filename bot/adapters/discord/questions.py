"""Which answers belong to which messages: whoever takes a picture back does not want to see it again in an answer.

The memory is bounded and does not outlive a restart. It holds ids, and marks that tell pictures apart.
"""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import discord

from bot.adapters.discord.album import fingerprint
from bot.adapters.discord.delivery import take_away

T = TypeVar("T")

LIMIT = 5000
"""Questions. The oldest are forgotten first."""


class Question:
    """What somebody wants to know of some messages (the first of them asks), from when whobot looks into it."""

    def __init__(self, *messages: discord.Message) -> None:
        self.withdrawn = False
        self.answers: list[discord.PartialMessage] = []
        self._pictures = {message.id: fingerprint(message) for message in messages}
        self._asking: asyncio.Task[object] | None = None

    def concerns(self, message_id: int) -> bool:
        """Tell whether a message is asked about, or asks."""
        return message_id in self._pictures

    def asked_by(self, message: discord.Message) -> bool:
        """Tell whether it is this message that asks."""
        return next(iter(self._pictures), None) == message.id

    def outdated_by(self, message: discord.Message) -> bool:
        """Tell whether a message's pictures are others now."""
        return self._pictures[message.id] != fingerprint(message)

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

    async def withdraw(self) -> None:
        """Want no answer any more: it goes, or is not looked for any longer."""
        self.withdrawn = True
        if self._asking is not None:
            self._asking.cancel()
        while self.answers:
            await take_away(self.answers.pop())


class Questions:
    """The last questions."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._questions: dict[Question, None] = {}

    @contextmanager
    def open(self, *messages: discord.Message) -> Iterator[Question]:
        """Remember a question about messages: while it is looked into, and after that if there is an answer to it."""
        question = Question(*messages)
        if messages:
            self._questions[question] = None
        if len(self._questions) > self._limit:
            del self._questions[next(iter(self._questions))]
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
