"""The settings file."""

from pathlib import Path

import pytest

from trainer.base_network.settings import DEFAULT, read_settings
from trainer.common.errors import TrainerError


def test_the_shipped_settings_hold_characters_back_in_sets_that_there_are() -> None:
    settings = read_settings(DEFAULT)
    boxed = {one.name for one in settings.sets if one.boxed}
    held_back = settings.held_back
    assert {held_back.franchise, *held_back.lesson_sets} < boxed
    assert 0 < held_back.lessons + held_back.unseen < 1


@pytest.mark.parametrize("text", ["no toml", "[data]\nsurprise = 1\n", None])
def test_a_file_that_does_not_fit_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "own.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(TrainerError, match=r"own\.toml"):
        read_settings(path)


def test_a_share_of_the_start_needs_a_base_network_to_start_from(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(DEFAULT.read_text().replace('start = "base"', 'start = "imagenet"'))
    with pytest.raises(TrainerError, match="start_share"):
        read_settings(path)
