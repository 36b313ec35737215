"""What the bot remembers of its own messages, for a while and after no restart.

It is what Telegram does not tell with a press, a reaction or an edit: which messages belong together, what they answer,
and which words were asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from telegram import MaybeInaccessibleMessage, Message

from bot.adapters.telegram.recent import Recent
from bot.domain import Ask, Picture, Prompt, Teach, User

Key: TypeAlias = tuple[int, int]
"""Ids of a chat and of a message in it."""
_EDITABLE = 48 * 3600.0
"""Seconds. Telegram lets people edit, and bots delete, what is no older than two days."""
_WRITING = 600.0
"""Seconds that somebody has to write what they were asked for."""


@dataclass(slots=True, eq=False)
class Exchange:
    """A question and the messages that answer it.

    Args:
        question: One message, or those of an album.
        asker: Who has asked.
        pictures: What it is about.
        owed: What was asked for before, where the question is but the picture to it.
        answer: The bot's messages.
        withdrawn: Whether the answer is not wanted any more.
    """

    question: tuple[Message, ...]
    asker: User
    pictures: tuple[Picture, ...] = ()
    owed: Ask | Teach | None = None
    answer: set[Key] = field(default_factory=set)
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class OpenPrompt:
    """Words that were asked for: who shall write them, what they belong to, and the message with the button."""

    user_id: int
    action: str
    pressed: MaybeInaccessibleMessage


class Memory:
    """Finds by chat and message id what a message belongs to."""

    def __init__(self) -> None:
        self.exchanges: Recent[Key, Exchange] = Recent(seconds=_EDITABLE, size=2_000)
        """By each message of the question and of the answer."""
        self.prompts: Recent[Key, dict[str, Prompt]] = Recent(seconds=_EDITABLE, size=2_000)
        """What the buttons of a message ask for before they count."""
        self.open_prompts: Recent[Key, OpenPrompt] = Recent(seconds=_WRITING, size=1_000)
        self._groups: Recent[Key, tuple[Key, ...]] = Recent(seconds=_EDITABLE, size=2_000)

    def ask(self, exchange: Exchange) -> None:
        """Remember a question."""
        for message in exchange.question:
            self.exchanges.put(key(message), exchange)

    def answer(self, sent: Sequence[Message], exchange: Exchange | None, prompts: dict[str, Prompt]) -> None:
        """Remember the messages of one reply; the last one has the buttons, if any."""
        group = tuple(map(key, sent))
        for message in group:
            self._groups.put(message, group)
            if exchange:
                self.exchanges.put(message, exchange)
        if exchange:
            exchange.answer.update(group)
        if group:
            self.prompts.put(group[-1], prompts)

    def group(self, message: Key) -> tuple[Key, ...]:
        """The messages that were sent together with this one, itself among them. None where it is gone."""
        group = self._groups.get(message)
        return (message,) if group is None else group

    def forget(self, group: Sequence[Key]) -> None:
        """Remember that these messages are gone: somebody may press one of their buttons at the same moment."""
        for message in group:
            self._groups.put(message, ())


def key(message: MaybeInaccessibleMessage) -> Key:
    """What a message is found by."""
    return message.chat.id, message.message_id
