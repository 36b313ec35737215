"""What is kept of events that ask for something, until they are answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from bot.storage.values.people import Chat

LetterKey: TypeAlias = tuple[str, str, str]
"""Platform, account and event."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An event that asks for something, by references alone: ids and what was asked, no picture and no token.

    Args:
        platform: Where it has happened.
        account: The bot's account that was told of it, by the platform's id.
        event: The event, by the platform's id. Every event is handled once.
        chat: Where it is to be answered.
        asker: The id of who asks, where somebody does.
        content: What the platform can answer it with after a restart; None where the event is not answered then.
        at: When it was accepted.
        unasked: Whether nobody waits for an answer; not kept.
        tries: How often a process has taken it on before.
        sending: Whether an answer was on its way when the last of them ended.
    """

    platform: str
    account: str
    event: str
    chat: Chat
    asker: str | None
    content: Mapping[str, Any] | None
    at: datetime
    unasked: bool = field(default=False, compare=False)
    tries: int = 0
    sending: bool = False

    @property
    def key(self) -> LetterKey:
        """What it is known by."""
        return self.platform, self.account, self.event
