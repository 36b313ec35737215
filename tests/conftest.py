"""What every test may ask for."""

from pathlib import Path

import pytest

from bot.vision.engine import Models
from tests import tiny

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
    """A real classifier and a real detector that run in no time: see `tests.tiny` for what they see.

    The classifier's file is ``tmp_path / "tiny.tflite"``; `tests.tiny.picture` draws pictures for the pair.
    """
    return tiny.tiny_models(tmp_path)
