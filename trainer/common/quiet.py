"""Keep TensorFlow's native code from talking to whoever trains."""

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def load_tensorflow() -> None:
    """Import TensorFlow. What follows finds it loaded."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Its results differ a little from machine to machine.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    with silence():
        importlib.import_module("tensorflow")  # noqa: TID251 - for what its import does: no name of it is needed here


@contextmanager
def silence() -> Iterator[None]:
    """Discard what native code writes to standard error: it does not go through `sys.stderr`."""
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, not a path of ours
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
