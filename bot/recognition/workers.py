"""Threads that do slow work one job at a time, each with tools of its own, behind a queue of limited size.

Own code: a `ThreadPoolExecutor` has no limit on what waits, no fair shares, no deadlines, and no tools per thread that
can be changed.
"""

import contextlib
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import structlog

from bot.errors import Busy, Stopping
from bot.fair import FairQueue, Share

_log = structlog.get_logger()

T = TypeVar("T")
"""The tools that a thread works with; they are never shared between threads."""
R = TypeVar("R")
V = TypeVar("V")

NOBODYS: Share = (None,)
"""The owner of jobs that no user has asked for: they have a queue of their own."""


@dataclass(eq=False)
class _Job(Generic[T]):
    work: Callable[[T], Any]
    deadline: float
    future: Future[Any] = field(default_factory=Future)


class Workers(Generic[T]):
    """A fixed number of threads.

    The threads are daemons: one that hangs in native code cannot keep the process from ending.

    Args:
        make_tools: Called in each thread at the start.
        threads: How many.
        queue_size: How many jobs may wait for a free thread.
    """

    def __init__(self, make_tools: Callable[[], T], threads: int, queue_size: int) -> None:
        self._make_tools = make_tools
        self._generation = 0
        self._queue_size = queue_size
        self._waiting: FairQueue[_Job[T]] = FairQueue()
        self._running: list[_Job[T]] = []
        self._stopping = False
        self._changed = threading.Condition()
        self._threads = [threading.Thread(target=self._serve, name=f"vision-{i}", daemon=True) for i in range(threads)]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """How many jobs wait for a free thread."""
        with self._changed:
            return len(self._waiting)

    @property
    def alive(self) -> bool:
        """Whether at least one thread can still be expected to take a job: not ended, not stuck past a deadline."""
        now = time.monotonic()
        with self._changed:
            stuck = sum(job.deadline < now for job in self._running)
        return sum(thread.is_alive() for thread in self._threads) > stuck

    def refuses(self, share: Share) -> bool:
        """Whether a job of this share would be met with `Busy` now."""
        with self._changed:
            return self._full() and not self._waiting.yields_to(share or NOBODYS)

    def submit(self, work: Callable[[T], R], deadline: float, share: Share = ()) -> Future[R]:
        """Queue a job, to be started before `deadline` (of `time.monotonic`) or never.

        Jobs are started in turns of those whose `share` they are. Where the queue is full, the last job of whoever has
        most of it fails with `Busy` to make room for one who has less.

        Returns:
            The future result; `TimeoutError` where no thread came to it in time. Cancelling it frees the place of a
            waiting job at once; a running one holds its thread until it is done.

        Raises:
            Busy: as many jobs wait already as may, and no other user has more of them.
            Stopping: the workers take nothing new.
        """
        job, share = _Job[T](work, deadline), share or NOBODYS
        pushed_out: _Job[T] | None = None
        with self._changed:
            if self._stopping:
                raise Stopping
            if self._full():
                pushed_out = self._waiting.give_way(share)
                if pushed_out is None:
                    raise Busy
            self._waiting.push(job, share)
            self._changed.notify()
        job.future.add_done_callback(self._forget)
        if pushed_out is not None:
            _settle(pushed_out.future.set_exception, Busy())
        return job.future

    def retool(self, make_tools: Callable[[], T]) -> None:
        """Give every thread new tools as soon as it is free; the old ones are dropped."""
        with self._changed:
            self._make_tools = make_tools
            self._generation += 1
            self._changed.notify_all()

    def stop(self, seconds: float) -> None:
        """Take nothing new, finish what was taken, and end. What is not done in time fails with `Stopping`."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        with self._changed:
            left = [*self._waiting, *self._running]
            self._waiting = FairQueue()
        for job in left:
            _settle(job.future.set_exception, Stopping())

    def _full(self) -> bool:
        return len(self._waiting) + len(self._running) >= self._queue_size + len(self._threads)

    def _forget(self, future: Future[Any]) -> None:
        """Free the place of a job that was cancelled while it waited.

        It is found by its future: a callback that knew the job would keep it, and the file in it, in a cycle.
        """
        with self._changed:
            gone = next((job for job in self._waiting if job.future is future), None)
            if gone is not None:
                self._waiting.drop(gone)

    def _serve(self) -> None:
        tools: T | None = None
        generation = -1
        while True:
            with self._changed:
                while not self._waiting and not self._stopping and generation == self._generation:
                    self._changed.wait()
                outdated, make_tools = generation != self._generation, self._make_tools
                generation = self._generation
                if not outdated and not self._waiting:
                    return
                job = None if outdated else self._take()
            if outdated:
                try:
                    tools = make_tools()
                except Exception:  # noqa: BLE001 - the thread goes on with the tools that it has
                    _log.exception("worker_tools_failed")
                    if tools is None:
                        return
            elif job is not None and tools is not None:
                self._do(job, tools)
                del job  # it holds a whole file, which would stay in memory until the next one comes

    def _take(self) -> _Job[T] | None:
        """Take the next job out of the waiting room; None where it has been cancelled meanwhile."""
        job = self._waiting.pop()
        if job is None or not job.future.set_running_or_notify_cancel():
            return None
        self._running.append(job)
        return job

    def _do(self, job: _Job[T], tools: T) -> None:
        result: Any = None
        failure: BaseException | None = TimeoutError() if time.monotonic() >= job.deadline else None
        if failure is None:
            try:
                result = job.work(tools)
            except Exception as error:  # noqa: BLE001 - whoever waits for the result is told, whatever it is
                failure = error
        with self._changed:
            self._running.remove(job)
        if failure is None:
            _settle(job.future.set_result, result)
        else:
            _let_go(failure)
            _settle(job.future.set_exception, failure)
        # Its traceback leads to this frame, and by these names the frame would lead back to it.
        del job, failure


def _let_go(failure: BaseException) -> None:
    """Empty the frames that an exception and its causes came through: they hold the file and its decoder.

    The decoder has threads of its own. The traceback still says where it happened.
    """
    seen: list[BaseException] = []
    link: BaseException | None = failure
    while link is not None and link not in seen:
        seen.append(link)
        traceback.clear_frames(link.__traceback__)
        link = link.__cause__ or link.__context__


def _settle(done: Callable[[V], None], value: V) -> None:
    """Settle a future, unless the other side was quicker: stopping may have failed it already."""
    with contextlib.suppress(InvalidStateError):
        done(value)
