"""Many items, worked on side by side and answered in the order in which they came."""

import concurrent.futures
import contextlib
import os
import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def in_order(
    items: Iterable[A], start: Callable[[A], Future[B]], window: int
) -> Generator[tuple[A, Future[B]], None, None]:
    """Start work on items as they come and yield each with its finished future, in their order.

    At most `window` items are in hand, so that neither a long list nor a slow reader fills the memory. `items` is
    read in a thread of its own: answers do not wait for the next item. Closing the generator cancels what has not
    been started yet.
    """
    free = threading.Semaphore(window)
    begun: queue.SimpleQueue[tuple[A, Future[B]] | BaseException | None] = queue.SimpleQueue()
    stopped = False

    def feed() -> None:
        try:
            for item in items:
                free.acquire()
                if stopped:
                    return
                future = start(item)
                begun.put((item, future))
                if stopped:
                    future.cancel()
        except BaseException as error:  # noqa: BLE001 -- handed to the reader, whatever it is
            begun.put(error)
        else:
            begun.put(None)

    threading.Thread(target=feed, name="feeder", daemon=True).start()
    try:
        while (entry := begun.get()) is not None:
            if isinstance(entry, BaseException):
                raise entry
            concurrent.futures.wait([entry[1]])
            yield entry
            free.release()
    finally:
        stopped = True
        free.release()
        with contextlib.suppress(queue.Empty):
            while True:
                if isinstance(left := begun.get_nowait(), tuple):
                    left[1].cancel()


def lines(descriptor: int) -> Iterator[str]:
    """Yield the lines of a file descriptor as they come, empty ones left out.

    Python's own buffered standard input would hold back lines, and its lock, held by a thread that waits for input,
    would end an interrupted program with a crash.
    """
    rest = b""
    while chunk := os.read(descriptor, 1 << 16):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (os.fsdecode(line.rstrip(b"\r")) for line in whole if line.strip())
    if rest.strip():
        yield os.fsdecode(rest.rstrip(b"\r"))
