"""One conversation: its messages, and a revision number by which a page learns what it has missed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from bot.domain import Progress

MESSAGES_KEPT: Final = 100


class Author(StrEnum):
    """Who wrote a message."""

    YOU = "you"
    WHOBOT = "whobot"


class State(StrEnum):
    """`GONE` stays behind as a marker, so that a page that was away learns of it."""

    WORKING = "working"
    DONE = "done"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture in a message: its number on the shelf, its file's name, and what it shows in words."""

    number: int
    name: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What one side said. `at` is in seconds since 1970."""

    id: int
    author: Author
    at: float
    text: str = ""
    pictures: tuple[Shown, ...] = ()
    state: State = State.DONE
    progress: Progress | None = None

    def as_json(self) -> dict[str, Any]:
        """The message as the page reads it."""
        progress = self.progress
        return {
            "id": self.id,
            "author": self.author,
            "at": self.at,
            "text": self.text,
            "pictures": [
                {"url": f"/api/media/{shown.number}", "name": shown.name, "alt": shown.alt} for shown in self.pictures
            ],
            "state": self.state,
            "progress": progress
            and {"stage": progress.stage, "picture": progress.picture, "pictures": progress.pictures},
        }


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

    def add(
        self, author: Author, *, text: str = "", pictures: tuple[Shown, ...] = (), state: State = State.DONE
    ) -> int:
        """Append a message and return its id."""
        self._last_id += 1
        self._put(Message(self._last_id, author, self.clock(), text, pictures, state))
        if len(self._changes) > MESSAGES_KEPT:
            del self._changes[min(self._changes)]
        return self._last_id

    def progress(self, message_id: int, progress: Progress) -> None:
        """Say how far an answer has come."""
        if (change := self._changes.get(message_id)) and change.message.state is State.WORKING:
            self._put(replace(change.message, progress=progress))

    def finish(self, message_id: int, *, text: str, pictures: tuple[Shown, ...]) -> None:
        """Put the answer in the place that was held for it."""
        if change := self._changes.get(message_id):
            done = replace(change.message, text=text, pictures=pictures, state=State.DONE, progress=None)
            self._put(replace(done, at=self.clock()))

    def remove(self, message_id: int) -> None:
        """Take a message back."""
        if change := self._changes.get(message_id):
            self._put(Message(message_id, change.message.author, change.message.at, state=State.GONE))

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
