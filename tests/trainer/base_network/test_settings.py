"""The settings file."""

from pathlib import Path

import pytest

from trainer.base_network.settings import DEFAULT, read_settings
from trainer.common.errors import TrainerError


def test_the_shipped_settings_begin_without_strangers_and_end_with_them() -> None:
    settings = read_settings(DEFAULT)
    assert [stage.strangers for stage in settings.stages] == [False, False, False, True, True]
    assert len(set(settings.data.strangers)) == 10


@pytest.mark.parametrize("text", ["no toml", "[data]\nsurprise = 1\n", None])
def test_a_file_that_does_not_fit_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "own.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(TrainerError, match=r"own\.toml"):
        read_settings(path)
