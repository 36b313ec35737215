"""A store that people have taught, for commands that read it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bot.chat.model import User
from bot.storage.store import Store
from bot.storage.values import Action, Draft, Origin, Scope, State, Truth, Verdict
from tests.support import tiny

HERE = Scope("discord", "room")
ANN, BOB = User("discord", "ann", name="Ann"), User("discord", "bob", name="Bob")


def face(colour: tiny.Colour, number: int = 0) -> bytes:
    """Draw a face crop; a bar keeps two numbers of one colour from being the same picture."""
    image = np.full((48, 48, 3), colour, np.uint8)
    image[:6, : 6 + 5 * number] = 60
    return tiny.encoded(image, "WEBP")


def example(
    character: str, image: bytes, *, scope: Scope = HERE, by: User | None = ANN, state: State = State.CONFIRMED
) -> Draft:
    return Draft(scope, character, image, None, None, by, datetime.now(UTC), state, Origin.TAUGHT)


def stranger(image: bytes, said: str) -> Verdict:
    """A user says that a face is not the one that the bot named, without naming another."""
    return Verdict(HERE, said, said, 0.9, "b1", Truth.STRANGER, None, ANN, datetime.now(UTC), image)


def verdict(image: bytes, number: int, said: str, name: str | None, *, by: User = ANN) -> Verdict:
    """A user corrects the answer with this number, which named `said`; the face is kept with that."""
    truth = Truth.STRANGER if name is None else Truth.CHARACTER
    return Verdict(HERE, f"answer{number}:0", said, 0.9, "b1", truth, name, by, datetime.now(UTC), image)


def write_store(path: Path, examples: Sequence[Draft], verdicts: Sequence[Verdict] = ()) -> Path:
    """Make a database with these examples, each a lesson of its own, and these verdicts."""

    async def write() -> None:
        async with Store(f"sqlite+aiosqlite:///{path}") as store:
            for one in examples:
                await store.learn([one], Action.TAUGHT)
            for verdict in verdicts:
                await store.judge(verdict)

    asyncio.run(write())
    return path
