"""What is in hand: so that it can be finished before whobot leaves, or given up."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Work:
    """The tasks that answer something now."""

    def __init__(self) -> None:
        self.ending = False
        self._tasks: set[asyncio.Task[object]] = set()

    @contextmanager
    def in_hand(self) -> Iterator[None]:
        """Count the current task among them."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this runs in a task of discord.py
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    async def drain(self) -> None:
        """Have nothing new taken on, and wait for what is in hand."""
        self.ending = True
        if self._tasks:
            await asyncio.wait(self._tasks)

    def abandon(self) -> None:
        """Give up what is in hand: it cannot be answered any more."""
        for task in self._tasks:
            task.cancel()
