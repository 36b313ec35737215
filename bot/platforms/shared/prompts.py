"""Which buttons ask for words before they count, and who was asked for them: the port, and this process's memory.

A platform names its messages as it likes, as long as no other platform names one so.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from cachetools import TTLCache

from bot.chat.model import Prompt

OFFERED_SECONDS = 48 * 3600.0
"""How long a button goes on asking."""
WRITING_SECONDS = 600.0
"""How long people have to write what they were asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words that a user was asked for.

    Args:
        user: Who is to write them, by the platform's id.
        action: What they belong to.
        pressed: The message with the button, as the platform writes it down.
    """

    user: str
    action: str
    pressed: str


class Prompts(Protocol):
    """Remembers prompts for a while. It never raises: where nothing is known, buttons have expired.

    `tests/contract/ports/test_prompts.py` holds every implementation to what is said here.
    """

    async def offer(self, message: str, prompts: Mapping[str, Prompt]) -> None:
        """Remember what the buttons of a message ask for, by their actions, in place of what they asked for before."""
        ...

    async def of_button(self, message: str, action: str) -> Prompt | None:
        """Return what a button asks for; None where it counts at once."""
        ...

    async def ask(self, message: str, wanted: Wanted) -> None:
        """Remember that a message asks a user for words."""
        ...

    async def take(self, message: str, user: str) -> Wanted | None:
        """Return what a message has asked this user for, once; None where it has asked them for nothing."""
        ...

    async def has_asked(self, message: str) -> bool:
        """Whether a message has asked for words, whether or not they have been written."""
        ...


class LocalPrompts:
    """Remembers prompts in this process. Satisfies `Prompts`.

    Args:
        clock: Seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._offered: TTLCache[str, Mapping[str, Prompt]] = TTLCache(2_000, OFFERED_SECONDS, timer=clock)
        self._asked: TTLCache[str, Wanted | None] = TTLCache(2_000, WRITING_SECONDS, timer=clock)
        """None once the words are written."""

    async def offer(self, message: str, prompts: Mapping[str, Prompt]) -> None:
        """Remember what the buttons of a message ask for."""
        self._offered[message] = prompts

    async def of_button(self, message: str, action: str) -> Prompt | None:
        """Return what a button asks for."""
        return (self._offered.get(message) or {}).get(action)

    async def ask(self, message: str, wanted: Wanted) -> None:
        """Remember that a message asks a user for words."""
        self._asked[message] = wanted

    async def take(self, message: str, user: str) -> Wanted | None:
        """Return what a message has asked this user for, once."""
        wanted = self._asked.get(message)
        if wanted is None or wanted.user != user:
            return None
        self._asked[message] = None
        return wanted

    async def has_asked(self, message: str) -> bool:
        """Whether a message has asked for words."""
        return message in self._asked
