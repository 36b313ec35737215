"""Worker threads: who waits, who is refused, what happens to those who give up, and how it all ends."""

import gc
import io
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from bot.errors import BrokenPicture, Busy, Stopping
from bot.recognition.decoding.decode import decode
from bot.recognition.results import Image
from bot.recognition.workers import Workers

LONG = 30.0
"""Seconds that a test waits for what happens at once."""


def soon(condition: Callable[[], bool]) -> None:
    """Wait until something that another thread does has happened."""
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.001)


@dataclass
class Gate:
    """A job that says when it runs, and goes on when it is let."""

    entered: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def work(self, tools: str) -> str:
        self.entered.set()
        assert self.opened.wait(LONG)
        return tools


def name_of(tools: str) -> str:
    return tools


def later() -> float:
    return time.monotonic() + LONG


@pytest.fixture
def gates() -> Iterator[list[Gate]]:
    made = [Gate() for _ in range(4)]
    yield made
    for gate in made:
        gate.opened.set()


@pytest.fixture
def workers() -> Iterator[Workers[str]]:
    """One thread, and room for two jobs to wait."""
    made = Workers(lambda: "tools", threads=1, queue_size=2)
    yield made
    made.stop(LONG)


def test_a_job_gets_the_tools_and_its_result_comes_back(workers: Workers[str]) -> None:
    assert workers.submit(str.upper, later()).result(LONG) == "TOOLS"


def test_what_a_job_raises_comes_back_and_the_thread_goes_on(workers: Workers[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        workers.submit(lambda tools: len(tools) / 0, later()).result(LONG)
    assert workers.submit(name_of, later()).result(LONG) == "tools"


def test_each_thread_makes_its_own_tools() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(threading.get_ident())
        return threading.get_ident()

    workers = Workers(make, threads=3, queue_size=1)
    soon(lambda: len(made) == 3)
    assert len(set(made)) == 3
    assert workers.submit(lambda tools: tools == threading.get_ident(), later()).result(LONG)
    workers.stop(LONG)


def test_a_full_waiting_room_is_busy_at_once(workers: Workers[str], gates: list[Gate]) -> None:
    futures = [workers.submit(gates[0].work, later())]
    assert gates[0].entered.wait(LONG)
    futures += [workers.submit(name_of, later()) for _ in range(2)]
    assert workers.waiting == 2
    with pytest.raises(Busy):
        workers.submit(name_of, later())
    gates[0].opened.set()
    assert [future.result(LONG) for future in futures] == ["tools"] * 3
    assert workers.submit(name_of, later()).result(LONG) == "tools"


def test_giving_up_waiting_frees_the_place_and_never_starts(workers: Workers[str], gates: list[Gate]) -> None:
    running = workers.submit(gates[0].work, later())
    assert gates[0].entered.wait(LONG)
    given_up = [workers.submit(gates[index].work, later()) for index in (1, 2)]
    assert all(future.cancel() for future in given_up)
    assert workers.waiting == 0
    last = workers.submit(name_of, later())
    gates[0].opened.set()
    assert running.result(LONG) == last.result(LONG) == "tools"
    assert not gates[1].entered.is_set()
    assert not gates[2].entered.is_set()


def test_a_running_job_keeps_its_thread_after_its_asker_left(workers: Workers[str], gates: list[Gate]) -> None:
    running = workers.submit(gates[0].work, later())
    assert gates[0].entered.wait(LONG)
    assert not running.cancel()
    waiting = [workers.submit(name_of, later()) for _ in range(2)]
    with pytest.raises(Busy):
        workers.submit(name_of, later())
    gates[0].opened.set()
    assert [future.result(LONG) for future in waiting] == ["tools"] * 2


def test_a_job_past_its_deadline_is_never_started(workers: Workers[str], gates: list[Gate]) -> None:
    late = workers.submit(gates[0].work, time.monotonic() - 1)
    with pytest.raises(TimeoutError):
        late.result(LONG)
    assert not gates[0].entered.is_set()
    assert workers.submit(name_of, later()).result(LONG) == "tools"


def test_a_thread_stuck_past_the_deadline_is_not_alive(workers: Workers[str], gates: list[Gate]) -> None:
    assert workers.alive
    deadline = time.monotonic() + 0.2
    stuck = workers.submit(gates[0].work, deadline)
    assert gates[0].entered.wait(LONG)
    soon(lambda: time.monotonic() > deadline)
    assert not workers.alive
    gates[0].opened.set()
    stuck.result(LONG)
    soon(lambda: workers.alive)


def test_one_stuck_thread_of_two_leaves_the_workers_alive(gates: list[Gate]) -> None:
    workers = Workers(lambda: "tools", threads=2, queue_size=1)
    deadline = time.monotonic() + 0.1
    workers.submit(gates[0].work, deadline)
    assert gates[0].entered.wait(LONG)
    soon(lambda: time.monotonic() > deadline)
    assert workers.alive
    assert workers.submit(name_of, later()).result(LONG) == "tools"
    gates[0].opened.set()
    workers.stop(LONG)


def test_new_tools_reach_every_thread_idle_ones_too() -> None:
    workers = Workers(lambda: "old", threads=3, queue_size=9)
    made: list[int] = []

    def make() -> str:
        made.append(threading.get_ident())
        return "new"

    assert workers.submit(name_of, later()).result(LONG) == "old"
    workers.retool(make)
    soon(lambda: len(set(made)) == 3)
    assert {workers.submit(name_of, later()).result(LONG) for _ in range(9)} == {"new"}
    workers.stop(LONG)


def test_a_job_in_hand_finishes_with_the_tools_it_began_with(workers: Workers[str], gates: list[Gate]) -> None:
    running = workers.submit(gates[0].work, later())
    assert gates[0].entered.wait(LONG)
    workers.retool(lambda: "new")
    following = workers.submit(name_of, later())
    gates[0].opened.set()
    assert (running.result(LONG), following.result(LONG)) == ("tools", "new")


def test_tools_that_cannot_be_made_leave_the_old_ones(workers: Workers[str]) -> None:
    failed = threading.Event()

    def make() -> str:
        failed.set()
        raise RuntimeError("broken")

    workers.retool(make)
    assert failed.wait(LONG)
    assert workers.submit(name_of, later()).result(LONG) == "tools"


def test_stopping_finishes_what_was_taken_and_takes_nothing_new(gates: list[Gate]) -> None:
    workers = Workers(lambda: "tools", threads=1, queue_size=5)
    futures: list[Future[str]] = [workers.submit(gates[0].work, later())]
    futures += [workers.submit(name_of, later()) for _ in range(3)]
    assert gates[0].entered.wait(LONG)
    stopper = threading.Thread(target=workers.stop, args=(LONG,))
    stopper.start()
    soon(lambda: _refuses(workers))
    gates[0].opened.set()
    stopper.join(LONG)
    assert [future.result(0) for future in futures] == ["tools"] * 4
    assert not workers.alive


def _refuses(workers: Workers[str]) -> bool:
    try:
        workers.submit(name_of, 0)
    except Stopping:
        return True
    except Busy:
        return False
    return False


def test_stopping_does_not_wait_for_ever(gates: list[Gate]) -> None:
    workers = Workers(lambda: "tools", threads=1, queue_size=5)
    running, waiting = workers.submit(gates[0].work, later()), workers.submit(name_of, later())
    assert gates[0].entered.wait(LONG)
    workers.stop(0.05)
    for future in (running, waiting):
        with pytest.raises(Stopping):
            future.result(0)
    gates[0].opened.set()
    soon(lambda: not any(thread.is_alive() for thread in workers._threads))


def test_a_cancelled_future_stays_cancelled(workers: Workers[str], gates: list[Gate]) -> None:
    workers.submit(gates[0].work, later())
    assert gates[0].entered.wait(LONG)
    waiting = workers.submit(name_of, later())
    waiting.cancel()
    gates[0].opened.set()
    with pytest.raises(CancelledError):
        waiting.result(LONG)


def test_a_crowd_of_submitters_and_quitters_loses_nothing() -> None:
    """Many threads submit, some cancel: every job is done, refused or cancelled, and every place is free again."""
    workers = Workers(lambda: "tools", threads=3, queue_size=8)
    outcomes: list[str] = []

    def customer(number: int) -> None:
        for turn in range(100):
            try:
                future = workers.submit(name_of, later())
            except Busy:
                outcomes.append("busy")
                continue
            if (number + turn) % 3 == 0:
                future.cancel()
            try:
                outcomes.append(future.result(LONG))
            except CancelledError:
                outcomes.append("cancelled")

    threads = [threading.Thread(target=customer, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert len(outcomes) == 1200
    assert set(outcomes) <= {"tools", "busy", "cancelled"}
    assert workers.waiting == 0
    soon(lambda: not workers._running)
    workers.stop(LONG)


# --- what a job leaves behind ----------------------------------------------------------------------------------------


class File:
    """Stands for the bytes of a picture, which no weak reference can point at."""


@pytest.fixture
def without_collector() -> Iterator[None]:
    """What lives in a cycle stays until the collector comes: here it never does."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def broken(file: File, tools: str) -> str:
    try:
        return str(int(tools))
    except ValueError as error:
        raise BrokenPicture from error


def decoded(data: bytes, tools: str) -> Image:
    return decode(data, max_pixels=9999, max_frames=1).image


@pytest.mark.usefixtures("without_collector")
def test_a_job_that_succeeded_or_failed_leaves_nothing(workers: Workers[str]) -> None:
    def run(work: Callable[[File, str], str]) -> weakref.ref[File]:
        file = File()
        # Not by raising it: here, too, the traceback of what is raised would lead back to the future.
        workers.submit(partial(work, file), later()).exception(LONG)
        return weakref.ref(file)

    left = [run(work) for work in (lambda _, tools: tools, broken) for _ in range(5)]
    soon(lambda: all(reference() is None for reference in left))


@pytest.mark.usefixtures("without_collector")
def test_a_kept_exception_does_not_keep_the_file(workers: Workers[str]) -> None:
    file = File()
    reference = weakref.ref(file)
    future = workers.submit(partial(broken, file), later())
    del file
    failure = future.exception(LONG)
    del future
    soon(lambda: reference() is None)
    assert "in broken" in "".join(traceback.format_exception(failure)), "it still says where it happened"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads of a decoder are counted as Linux shows them")
@pytest.mark.usefixtures("without_collector")
def test_damaged_avifs_leave_neither_decoders_nor_threads(workers: Workers[str]) -> None:
    def threads() -> int:
        return len(list(Path("/proc/self/task").iterdir()))

    def images() -> int:
        return sum(isinstance(one, Pillow.Image) for one in gc.get_objects())

    buffer = io.BytesIO()
    Pillow.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).save(buffer, "AVIF")
    good = buffer.getvalue()
    frames, before, pictures = good.index(b"mdat") + 4, threads(), images()
    refused, chance = 0, np.random.default_rng(1)
    for _ in range(60):
        damaged = bytearray(good)
        for place in chance.integers(0, 40, 6):
            damaged[frames + place] = chance.integers(256)
        work = partial(decoded, bytes(damaged))
        refused += isinstance(workers.submit(work, later()).exception(LONG), BrokenPicture)
    assert refused > 30, "the damage does no harm: it tests nothing"
    soon(lambda: images() <= pictures and threads() <= before)
