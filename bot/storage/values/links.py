"""Which answers belong to which questions, by their ids alone."""

from dataclasses import dataclass
from datetime import datetime

from bot.storage.values.people import Chat


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
