"""Which answers belong to which questions: what an adapter must know to take an answer back, also after a restart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.incoming import Chat


@dataclass(frozen=True, slots=True)
class Link:
    """A question about pictures and whobot's answers to it, by their ids alone.

    Args:
        chat: As the service knows it: whatever is kept of a chat goes with it.
        place: Where the messages are by the platform's own id, which may be but a part of the chat.
        first: The id of the first answer, which the link is known by in its place.
        questions: The ids of the messages that ask, or are asked about; the one that asks comes first.
        replies: The answers, each by the ids of the messages that were sent together.
        asker: The id of who asked.
        at: When it was first answered.
    """

    chat: Chat
    place: str
    first: str
    questions: tuple[str, ...]
    replies: tuple[tuple[str, ...], ...]
    asker: str
    at: datetime


class Links(Protocol):
    """Keeps links for a while, beyond a restart. It never raises, and only who loads has to wait."""

    async def load(self, platform: str) -> Sequence[Link]:
        """Return what is kept of a platform, the oldest first; nothing where that cannot be read."""
        ...

    def keep(self, link: Link) -> None:
        """Keep a new link."""
        ...

    def change(self, link: Link) -> None:
        """Keep what has become of a link; one that has been removed meanwhile is not brought back."""
        ...

    def drop(self, link: Link) -> None:
        """Keep a link no longer."""
        ...


class NoLinks:
    """Keeps no links: satisfies `Links` where nothing shall outlive a restart."""

    async def load(self, platform: str) -> Sequence[Link]:  # noqa: ARG002
        """Return nothing."""
        return ()

    def keep(self, link: Link) -> None:
        """Forget it."""

    def change(self, link: Link) -> None:
        """Forget it."""

    def drop(self, link: Link) -> None:
        """Have nothing to drop."""
