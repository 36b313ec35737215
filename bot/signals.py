"""SIGTERM and SIGINT: the first asks to stop, the second does not ask."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import structlog

LAST_CALL_SECONDS = 9.5
"""After that the process ends, whatever still hangs: supervisors of processes kill after ten."""

CUT_OFF = 1
"""The exit code of a process that hung while it stopped."""

log = structlog.get_logger(__name__)


@contextmanager
def stop_on_signals(stop: asyncio.Event) -> Iterator[None]:
    """Within the block, set `stop` on the first signal, and end the process on the second or when time is up.

    To be entered in the thread and loop in which `stop` is waited for.
    """
    loop = asyncio.get_running_loop()
    last_call = threading.Timer(LAST_CALL_SECONDS, _end, [CUT_OFF])
    last_call.daemon = True

    def ask() -> None:
        log.info("stopping", advice="a second signal ends at once")
        stop.set()

    def handle(number: int, _frame: FrameType | None) -> None:
        if last_call.is_alive():
            _end(128 + number)
        last_call.start()
        loop.call_soon_threadsafe(ask)

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(code: int) -> None:
    """End without waiting for anything: a thread that hangs in native code would hold up an orderly exit."""
    sys.stderr.flush()
    os._exit(code)
