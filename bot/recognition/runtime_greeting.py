"""Keep what the TFLite runtime says of itself off standard error, where it would stand between lines of JSON."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

GREETING = b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU."
"""Written by the first network of a process, past Python. The runtime has no switch for it in Python."""
STDERR = 2

_first = threading.Lock()  # taken once in a process and kept: the runtime greets only once


@contextmanager
def without_greeting() -> Iterator[None]:
    """Drop the greeting from what the block writes to standard error. The rest follows when the block ends."""
    if not hasattr(os, "memfd_create") or not _first.acquire(blocking=False):
        yield
        return
    try:
        screen = os.dup(STDERR)
    except OSError:  # it is closed
        yield
        return
    with open(os.memfd_create("stderr"), "w+b", buffering=0) as caught:  # noqa: PTH123 -- it has no path
        os.dup2(caught.fileno(), STDERR)
        try:
            yield
        finally:
            os.dup2(screen, STDERR)
            os.close(screen)
            caught.seek(0)
            rest = b"".join(line for line in caught if not line.startswith(GREETING))
            if rest:
                os.write(STDERR, rest)
