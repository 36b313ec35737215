"""Folders named as people say names, and the labels of a bundle."""

from pathlib import Path

import pytest

from bot.recognition.characters import Character, Characters
from trainer.common.dataset import Example
from trainer.common.errors import DatasetError
from trainer.common.folder_names import Names, read_table

TABLE = Characters(
    (
        Character("hatsune_miku", "Hatsune Miku", "Vocaloid", ("初音ミク",)),
        Character("c.c", "C.C.", "Code Geass", ("シーツー",)),
        Character("ninomae_inanis", "Ninomae Ina'nis", "Hololive", ("Ina",)),
    )
)
LABELS = ("akane_hoshino", "Ninomae Ina'nis", "c.c", "hatsune_miku")


def examples(*names: str) -> list[Example]:
    return [Example(name, Path(f"{name}.png")) for name in names]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("hatsune_miku", "hatsune_miku"),
        ("Miku Hatsune", "hatsune_miku"),
        ("初音ミク", "hatsune_miku"),
        ("C.C.", "c.c"),
        ("Akane  Hoshino", "akane_hoshino"),
        ("akane-hoshino", "akane_hoshino"),
        ("Ina", "Ninomae Ina'nis"),  # the bundle spells the label as no table does
        ("ninomae_ina'nis", "Ninomae Ina'nis"),
        ("Shinji", None),
    ],
)
def test_a_folder_may_have_any_name_of_the_character(name: str, label: str | None) -> None:
    assert Names(LABELS, TABLE).find(name) == label


def test_a_character_of_the_table_alone_is_a_stranger() -> None:
    known, strangers = Names(("akane_hoshino", "c.c"), TABLE).sort(examples("Miku Hatsune", "C.C.", "Shinji"))
    assert [(one.character, one.path.name) for one in known] == [("c.c", "C.C..png")]
    assert [one.character for one in strangers] == ["Miku Hatsune", "Shinji"]


def test_without_strangers_every_folder_is_named() -> None:
    with pytest.raises(DatasetError, match=r"does not know Rei, Shinji: .* protocol open"):
        Names(LABELS, TABLE).insist(examples("Shinji", "C.C.", "Rei"))


def test_the_table_beside_the_bundle_comes_before_the_one_that_ships(tmp_path: Path) -> None:
    assert read_table(tmp_path / "own.tflite").find("Miku Hatsune") == "hatsune_miku"
    (tmp_path / "characters.toml").write_text('[own]\nname = "Akane"\n')
    assert read_table(tmp_path / "own.tflite").find("Akane") == "own"
    assert read_table(tmp_path / "own.tflite").find("Miku Hatsune") is None
