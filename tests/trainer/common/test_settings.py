"""The settings file of ``whobot-train all``: every mistake is named, with the nearest right key."""

from pathlib import Path

import pytest

from bot.errors import ConfigError
from trainer.common.settings import Precision, read_settings

REPOSITORY = Path(__file__).resolve().parents[3]
GOOD = """
work = "runs/x"
[pictures]
source = "pictures"
[[rosters]]
name = "friends"
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    return path


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, GOOD))
    assert settings.fit.backbone == "base"
    assert settings.export.precisions == (Precision.FLOAT16, Precision.INT8)
    assert settings.export.margin == settings.crop.reach == 0.4
    assert settings.rosters[0].characters == ()


def test_the_experiment_that_ships_is_valid_and_trains_networks_of_its_own() -> None:
    settings = read_settings(REPOSITORY / "trainer" / "experiments" / "published.toml")
    assert settings.alone
    assert [len(roster.characters) for roster in settings.rosters] == [2, 3]


@pytest.mark.parametrize(
    ("addition", "complaint"),
    [
        ("[fit]\nfine_tune_epoch = 3", "fit.fine_tune_epoch: there is no such key, did you mean fine_tune_epochs?"),
        ("[fitt]\nsize = 3", "fitt: there is no such key, did you mean fit?"),
        (
            "[rosters.published]\nnetwrk = 'x'",
            "rosters.0.published.netwrk: there is no such key, did you mean network?",
        ),
        ("[fit]\nsize = 'large'", "fit.size: Input should be a valid integer"),
        ("[export]\nprecisions = ['int4']", "export.precisions.0: Input should be 'float16' or 'int8'"),
        ("[split]\ntest = 1.5", "split.test: Input should be less than 1"),
    ],
)
def test_mistakes_are_named(addition: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(write(tmp_path, GOOD + addition))
    assert complaint in str(caught.value)


@pytest.mark.parametrize("addition", ['compare = ["mobilenet-v2"]', "fit = {size = 64}"])
def test_how_a_network_is_fitted_goes_with_one_of_its_own(addition: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="set alone = true"):
        read_settings(write(tmp_path, addition + GOOD))
    assert read_settings(write(tmp_path, f"alone = true\n{addition}{GOOD}")).alone
    with pytest.raises(ConfigError, match="either beside, or alone = true"):
        read_settings(write(tmp_path, 'alone = true\nbeside = "x.tflite"' + GOOD))


@pytest.mark.parametrize("pictures", ['source = "a"\ntrain = ["b"]\ntest = ["c"]', 'train = ["b"]', ""])
def test_pictures_are_either_whole_or_divided_already(pictures: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="either source, or both train and test"):
        read_settings(write(tmp_path, GOOD.replace('source = "pictures"', pictures)))


def test_a_file_that_is_missing_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the settings"):
        read_settings(tmp_path / "missing.toml")
    with pytest.raises(ConfigError, match="is no TOML"):
        read_settings(write(tmp_path, "work = "))
