from pathlib import Path

import pytest

from trainer.common.errors import TrainerError
from trainer.detector.settings import DEFAULT, read_settings


def test_the_settings_that_ship_can_be_read() -> None:
    settings = read_settings(DEFAULT)
    assert settings.stages[0].fit > 0


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(DEFAULT.read_text().replace("batch =", "bach ="))
    with pytest.raises(TrainerError, match=r"(?s)mine\.toml.*bach"):
        read_settings(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"mine\.toml"):
        read_settings(tmp_path / "mine.toml")
