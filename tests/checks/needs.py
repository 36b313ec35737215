"""Measure the disk and memory that whobot needs: ``python -m tests.checks.needs`` prints docs/needs.md's tables.

``--write`` writes them there.

Memory is that of the bot and of every process that it starts, shared pages counted once (PSS): Linux only.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from tests.checks.container import free_port
from tests.support.artwork import CAST, draw_portrait
from tests.support.large_pictures import hostile_album
from tests.support.webchat import WebChat

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENT = REPOSITORY / "docs/needs.md"
STARTING_SECONDS = 120.0
SAMPLE_SECONDS = 0.02


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.checks.needs", description=__doc__)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4], help="numbers of workers to measure")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/needs.md")
    arguments = parser.parse_args()
    tables = {"disk": disk_table(), "memory": memory_table(arguments.workers)}
    text = DOCUMENT.read_text()
    for name, table in tables.items():
        print(table, end="\n\n")
        begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
        before, after = text.partition(begin)[0], text.partition(end)[2]
        text = f"{before}{begin}\n\n{table}\n\n{end}{after}"
    if arguments.write:
        DOCUMENT.write_text(text)


def disk_table() -> str:
    """What is installed, and how large that is."""
    return "\n".join(
        [
            "| Installed | On disk |",
            "|---|---|",
            f"| whobot with its models and libraries | {megabytes(installed())} |",
            f"| the same with the trainer | {megabytes(installed('trainer'))} |",
        ]
    )


def memory_table(numbers: Sequence[int]) -> str:
    """What a running bot takes, by its number of workers."""
    lines = [
        "| Workers | At rest | After ten ordinary pictures | At most, with ten pictures of 50 megapixels at once |",
        "|---|---|---|---|",
    ]
    lines += [f"| {workers} | {' | '.join(map(megabytes, asyncio.run(memory(workers))))} |" for workers in numbers]
    return "\n".join(lines)


def installed(extra: str = "") -> int:
    """The bytes of whobot's packages and models, and of every distribution that they require."""
    own = [path for name in ("bot", "trainer", "models") for path in (REPOSITORY / name).rglob("*") if path.is_file()]
    total = sum(path.stat().st_size for path in own if "__pycache__" not in path.parts)
    for name in required("whobot", extra):
        found = distribution(name)
        total += sum(path.stat().st_size for file in found.files or () if (path := Path(str(file.locate()))).is_file())
    return total


def required(root: str, extra: str) -> set[str]:
    """The names of all distributions that `root` requires here, itself left out."""
    seen: set[str] = set()
    waiting = [(root, {extra})]
    while waiting:
        name, extras = waiting.pop()
        for line in distribution(name).requires or ():
            wanted = Requirement(line)
            if wanted.marker and not any(wanted.marker.evaluate({"extra": one}) for one in extras):
                continue
            try:
                key = distribution(wanted.name).name
            except PackageNotFoundError:  # for another Python or system
                continue
            if key not in seen:
                seen.add(key)
                waiting.append((key, {"", *wanted.extras}))
    return seen


async def memory(workers: int) -> tuple[int, int, int]:
    """The bytes of a running bot: at rest, after ten ordinary pictures, and its peak with ten large ones at once."""
    portraits = [
        (f"{seed}.png", draw_portrait(CAST["minase_yuzu"], seed, tilt=0, expression="calm").encode())
        for seed in range(10)
    ]
    with tempfile.TemporaryDirectory() as folder, started(Path(folder), workers) as (process, url):
        rest = held(process)
        async with WebChat.open(url) as chat:
            await chat.answer_to(await chat.post("/who", portraits))
            ordinary = held(process)
            with peak(process) as seen:
                await chat.answer_to(await chat.post("/who", hostile_album()))
        return rest, ordinary, max(seen)


@contextmanager
def started(folder: Path, workers: int) -> Iterator[tuple[int, str]]:
    """Run the bot in `folder`; yield its process id and its web chat's address."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WHOBOT_")} | {
        "WHOBOT_WEB__PORT": str(port),
        "WHOBOT_WORKERS__THREADS": str(workers),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    with (folder / "log").open("w") as log:
        bot = subprocess.Popen([sys.executable, "-m", "bot", "run"], cwd=folder, env=environment, stderr=log)
    try:
        until = time.monotonic() + STARTING_SECONDS
        while "web_chat_open" not in (folder / "log").read_text():
            if bot.poll() is not None or time.monotonic() > until:
                sys.exit((folder / "log").read_text())
            time.sleep(0.1)
        yield bot.pid, f"http://127.0.0.1:{port}"
    finally:
        bot.terminate()
        bot.wait()


@contextmanager
def peak(process: int) -> Iterator[list[int]]:
    """Measure again and again within the block; the list is filled with what was seen."""
    seen, done = [held(process)], threading.Event()

    def measure() -> None:
        while not done.wait(SAMPLE_SECONDS):
            seen.append(held(process))

    thread = threading.Thread(target=measure)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def held(process: int) -> int:
    """The bytes of a process and of all that it has started."""
    total = 0
    for one in (process, *children(process)):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:  # it has ended
            continue
        total += sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total


def children(process: int) -> Sequence[int]:
    """Every process that `process` has started, and those that they have."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            direct = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        found += [*direct, *(later for child in direct for later in children(child))]
    return found


def megabytes(size: int) -> str:
    """Bytes, for people."""
    return f"{size / 1e6:.0f} MB"


if __name__ == "__main__":
    main()
