"""What tests of the bot may ask for."""

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog

from bot import logs


@pytest.fixture
def restored_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put back all that configuring the logs changes."""
    root = logging.getLogger()
    before = (
        root.handlers[:],
        root.level,
        {name: logging.getLogger(name).level for name in (*logs.NOISY, *logs.TALKATIVE)},
    )
    for module, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, hook, getattr(module, hook))
    yield
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.handlers[:], level, levels = before
    root.setLevel(level)
    for name, value in levels.items():
        logging.getLogger(name).setLevel(value)
