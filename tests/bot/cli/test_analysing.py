"""How many networks a command loads."""

import threading

import pytest

from bot.cli import engines
from bot.cli.analysing import PictureAnalyser
from bot.config import Settings
from bot.recognition.decoding.frames import open_frames
from bot.recognition.engine import Engine


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Engine]:
    """The engines made, as they come."""
    engines_made: list[Engine] = []

    class Counted(Engine):
        def __init__(self, *models: object, **how: object) -> None:
            super().__init__(*models, **how)  # type: ignore[arg-type]
            engines_made.append(self)

    monkeypatch.setattr(engines, "Engine", Counted)
    return engines_made


@pytest.mark.parametrize(("pictures", "threads"), [(0, 1), (1, 1), (2, 2), (9, 3), (None, 3)])
def test_no_more_networks_are_loaded_than_there_are_pictures(
    made: list[Engine], pictures: int | None, threads: int
) -> None:
    settings = Settings.model_validate({"workers": {"threads": 3}})
    with PictureAnalyser(settings, face=False, annotate=False, pictures=pictures):
        assert sum(thread.name.startswith("vision") for thread in threading.enumerate()) == threads
    # What the networks were tried out with is the first thread's.
    assert len(made) == threads


def test_what_networks_were_tried_out_with_is_handed_out_once(made: list[Engine]) -> None:
    _, make_engine = engines.load_models(Settings(), open_frames)
    (tried,) = made
    assert make_engine() is tried
    assert make_engine() is not tried
    assert len(made) == 2
