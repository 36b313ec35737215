"""Kill whobot at random moments of what it must not lose: ``python -m tests.checks.kills --kills 200 --seed 1``.

Each round starts a process that teaches, migrates, adopts or rolls back over and over, ends it with SIGKILL after a
random while, and looks at what it has left: every lesson that was acknowledged is there, a store opens in the present
schema, and both bundles are whole, with no litter beside them. It prints what was lost, and then ends with 1.
"""

import argparse
import asyncio
import itertools
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import numpy as np

from bot.cli.takeover import previous_of, settle, swap_back, take_over
from bot.storage.store import Store
from bot.storage.values import Scope
from tests.checks.old_stores import STORES
from tests.support.service_harness import learn

SCOPE = Scope("discord", "room")
LONGEST_SECONDS = 0.5
"""How long a process lives at most, once it is at work."""
OLD, NEW = b"old" * 100_000, b"new" * 100_000
"""Two bundles: what changes their places never looks into them."""


def teach(folder: Path, said: int) -> None:
    """Teach for ever, and say after each lesson that it was acknowledged."""

    async def work() -> None:
        async with Store(f"sqlite+aiosqlite:///{folder}/whobot.db") as store:
            os.write(said, b"\n")
            for number in itertools.count():
                await learn(store, SCOPE, "umi", b"%d" % number + bytes(5000), np.ones(4, np.float32), "b1")
                os.write(said, b"%d\n" % number)

    asyncio.run(work())


def check_lessons(folder: Path, said: str) -> None:
    """Hold what is stored against what was acknowledged."""
    with closing(sqlite3.connect(folder / "whobot.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = [int(image[:-5000]) for (image,) in store.execute("SELECT image FROM examples ORDER BY id")]
        recorded = store.execute("SELECT count(*) FROM changes").fetchone()[0]
    acknowledged = len(said.split())
    assert kept == list(range(len(kept))), "a lesson is there twice, or one in between is not"
    assert acknowledged <= len(kept) <= acknowledged + 1, f"{acknowledged} acknowledged, {len(kept)} kept"
    assert recorded == len(kept), "a lesson is there without its entry in the history, or the other way round"


def migrate(folder: Path, said: int) -> None:
    """Bring a store of the first schema up to date, and say when that is done."""
    os.write(said, b"\n")
    asyncio.run(_open(folder))
    os.write(said, b"done\n")


async def _open(folder: Path) -> None:
    async with Store(f"sqlite+aiosqlite:///{folder}/whobot.db") as store:
        assert [example.character for example in await store.examples(Scope("discord", "server"))] == ["Sonoda Umi"]


def check_store(folder: Path, _said: str) -> None:
    """Open what a migration that was cut off has left."""
    with closing(sqlite3.connect(folder / "whobot.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert apart(_open_in, folder) == 0, "the store does not open any more"


def _open_in(folder: Path) -> None:
    asyncio.run(_open(folder))


def change_bundles(folder: Path, said: int) -> None:
    """Adopt and roll back for ever."""
    running = folder / "running.tflite"
    os.write(said, b"\n")
    while True:
        settle(running)
        new = folder / ("new.tflite" if running.read_bytes() == OLD else "old.tflite")
        take_over(new, running)
        swap_back(running)
        swap_back(running)


def check_bundles(folder: Path, _said: str) -> None:
    """Look for both bundles, and for litter."""
    running = folder / "running.tflite"
    settle(running)
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert kept[running.name] in (OLD, NEW), "what runs is damaged"
    if previous := kept.get(previous_of(running).name):
        assert {previous, kept[running.name]} == {OLD, NEW}, "there is no way back"
    assert set(kept) <= {"old.tflite", "new.tflite", running.name, previous_of(running).name}, sorted(kept)


def prepare(folder: Path) -> None:
    """Lay out what the processes work on."""
    for name, content in (("old", OLD), ("new", NEW), ("running", OLD)):
        (folder / f"{name}.tflite").write_bytes(content)


def prepare_old_store(folder: Path) -> None:
    """Make a store that is to be migrated."""
    with closing(sqlite3.connect(folder / "whobot.db")) as store:
        store.executescript((STORES / "0002.sql").read_text())


WORK: dict[str, tuple[Callable[[Path], None], Callable[[Path, int], None], Callable[[Path, str], None]]] = {
    "teaching": (lambda _: None, teach, check_lessons),
    "migrating": (prepare_old_store, migrate, check_store),
    "adopting and rolling back": (prepare, change_bundles, check_bundles),
}


def apart(work: Callable[..., None], *arguments: object) -> int:
    """Do something in a process of its own; return how that ended."""
    return os.waitstatus_to_exitcode(os.waitpid(start(work, *arguments), 0)[1])


def start(work: Callable[..., None], *arguments: object) -> int:
    """Start a process. A fork: what it needs is imported already, so that it is at work at once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # there are no threads of ours
        pid = os.fork()
    return pid or _child(work, *arguments)


def _child(work: Callable[..., None], *arguments: object) -> NoReturn:
    try:
        work(*arguments)
    except BaseException as error:  # noqa: BLE001 - whatever it is, this process must not go on as its parent
        print(f"{work.__name__}: {error!r}", file=sys.stderr)
        os._exit(1)
    os._exit(0)


def one_round(name: str, seconds: float) -> str:
    """Work, kill and look; return what was lost."""
    set_up, work, check = WORK[name]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        set_up(folder)
        reading, writing = os.pipe()
        pid = start(work, folder, writing)
        os.close(writing)
        said = os.read(reading, 1)  # it is at work
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        while more := os.read(reading, 65_536):
            said += more
        os.close(reading)
        if os.waitstatus_to_exitcode(status) > 0:
            return "the work itself has failed"
        try:
            check(folder, said.decode())
        except Exception as error:  # noqa: BLE001 - whatever is wrong with what is left is what we look for
            return f"{type(error).__name__}: {error}"
    return ""


def main() -> int:
    """Run all rounds; return 1 where something was lost."""
    parser = argparse.ArgumentParser(description="Kill whobot at random moments, and look at what is left.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    lost = 0
    for number, name in zip(range(asked.kills), itertools.cycle(WORK)):
        seconds = LONGEST_SECONDS * chance.random() ** 2
        if found := one_round(name, seconds):
            lost += 1
            print(f"kill {number}, {name}, after {seconds * 1000:.0f} ms: {found}")
    print(f"{asked.kills} kills with seed {asked.seed}: {lost} lost something")
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
