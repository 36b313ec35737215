"""One conversation: its messages, and a revision number by which a page learns what it has missed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from bot.chat.model import Progress
from bot.platforms.web.message import Author, Content, Message, State

MESSAGES_KEPT: Final = 100
NOTHING: Final = Content()


@dataclass(frozen=True, slots=True)
class Change:
    """A message as it stands since this revision of its thread."""

    revision: int
    message: Message


@dataclass(slots=True)
class Thread:
    """The last messages of one session. A message keeps its id and gets a new revision whenever it changes."""

    clock: Callable[[], float]
    closed: bool = False
    _changes: dict[int, Change] = field(default_factory=dict)
    _revision: int = 0
    _last_id: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ids(self) -> list[int]:
        """The messages that are there."""
        return sorted(number for number in self._changes if self.get(number))

    def get(self, message_id: int) -> Message | None:
        """A message, None where it is gone."""
        change = self._changes.get(message_id)
        return None if change is None or change.message.state is State.GONE else change.message

    def answers(self, message_id: int) -> list[Message]:
        """What was answered to a message."""
        return [change.message for change in self._changes.values() if change.message.to == message_id]

    def add(
        self, author: Author, content: Content = NOTHING, *, state: State = State.DONE, to: int | None = None
    ) -> int:
        """Append a message and return its id."""
        self._last_id += 1
        self._put(Message(self._last_id, author, self.clock(), content, state, to))
        if len(self._changes) > MESSAGES_KEPT:
            del self._changes[min(self._changes)]
        return self._last_id

    def progress(self, message_id: int, progress: Progress) -> None:
        """Say how far an answer has come."""
        if (message := self.get(message_id)) and message.state is State.WORKING:
            self._put(replace(message, progress=progress))

    def fill(self, message_id: int, content: Content) -> None:
        """Put an answer into the place that was held for it, or something else into its place."""
        if message := self.get(message_id):
            at = self.clock() if message.state is State.WORKING else message.at
            self._put(replace(message, content=content, state=State.DONE, progress=None, at=at))

    def remove(self, message_id: int) -> None:
        """Take a message back."""
        if message := self.get(message_id):
            self._put(Message(message_id, message.author, message.at, state=State.GONE))

    def since(self, revision: int) -> list[Change]:
        """What has changed after a revision, in the order in which it changed."""
        return [change for change in self._changes.values() if change.revision > revision]

    async def changes(self, revision: int) -> list[Change]:
        """Wait for changes after a revision. The list is empty when the thread has been closed."""
        while not (found := self.since(revision)) and not self.closed:
            await self._news.wait()
        return found

    def close(self) -> None:
        """End the wait of everyone who listens."""
        self.closed = True
        self._news.set()

    def _put(self, message: Message) -> None:
        self._revision += 1
        self._changes.pop(message.id, None)
        self._changes[message.id] = Change(self._revision, message)
        self._news.set()
        self._news = asyncio.Event()
