"""What every test may ask for."""

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import logs
from bot.recognition.engine import Models
from tests.support import tiny
from tests.support.clock import Clock
from tests.support.installed import Installed, install

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pictures and API descriptions that lies beside the checkout, where it is present."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder ../shared (real pictures and API descriptions) is not beside this checkout")
    return folder


@pytest.fixture
def tiny_models(tmp_path: Path) -> Models:
    """A real classifier and a real detector that run in no time: see `tests.support.tiny` for what they see.

    The classifier's file is ``tmp_path / "tiny.tflite"``; `tests.support.tiny.picture` draws pictures for the pair.
    """
    return tiny.tiny_models(tmp_path)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """whobot's wheel, installed by itself."""
    return install(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def clock() -> Clock:
    """A clock that a test sets."""
    return Clock()


@pytest.fixture
def restored_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put back all that configuring the logs changes."""
    root = logging.getLogger()
    before = (
        root.handlers[:],
        root.level,
        {name: logging.getLogger(name).level for name in (*logs.NOISY, logs.OWN)},
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
