"""What the fake Telegram knows."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.support.fakes.telegram.payloads import Answer, Chat, Edit, File, Json, Notice, Person

Form = Mapping[str, str]
Uploads = Mapping[str, tuple[str, bytes]]


class Refusal(Exception):
    """An answer that is not ok: a status, a sentence, and sometimes parameters."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


@dataclass
class World:
    """All that Telegram knows."""

    me: Person
    chats: dict[int, Chat] = field(default_factory=dict)
    messages: dict[tuple[int, int], Json] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    closed: dict[int, str] = field(default_factory=dict)
    """Chats that the bot cannot send to, and what Telegram says then."""
    no_photos: set[int] = field(default_factory=set)
    updates: deque[Json] = field(default_factory=deque)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    webhook: Form | None = None
    polls: int = 0
    answers: asyncio.Queue[Answer] = field(default_factory=asyncio.Queue)
    edits: asyncio.Queue[Edit] = field(default_factory=asyncio.Queue)
    notices: asyncio.Queue[Notice] = field(default_factory=asyncio.Queue)
    deletions: asyncio.Queue[set[int]] = field(default_factory=asyncio.Queue)
    queries: set[str] = field(default_factory=set)
    """Presses of buttons that the bot has not answered yet."""
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """By scope and language."""
    descriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    """By kind ("short" or "long") and language."""
    actions: asyncio.Queue[tuple[int, int | None]] = field(default_factory=asyncio.Queue)
    sees_everything: bool = True
    last_number: int = 0

    def number(self) -> int:
        """Return a new id."""
        self.last_number += 1
        return self.last_number

    def store(self, data: bytes, *, size: int | None = None, status: int = 200) -> File:
        """Keep a file."""
        number = self.number()
        # Telegram's paths are tame, but a careless client would trip over one that is not.
        file = File(f"file{number}", data, f"photos/file {number}.bin", len(data) if size is None else size, status)
        self.files[file.id] = file
        return file
