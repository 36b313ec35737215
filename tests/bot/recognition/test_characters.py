"""The characters' table: spelling, finding by whatever people write, and mistakes in it."""

import tomllib
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.recognition.bundle import read_bundle
from bot.recognition.characters import TABLE, Character, Characters
from tests.conftest import REPOSITORY

INA = Character("ninomae_inanis", "Ninomae Ina'nis", "Hololive", ("一伊那尓栖", "Ina"))
MAKI = Character("nishikino_maki", "Nishikino Maki", "Love Live!", ("西木野真姫",))
CC = Character("c.c", "C.C.", "Code Geass", ("シーツー",))
CHARACTERS = Characters([INA, MAKI, CC])


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("ninomae_inanis", "ninomae_inanis"),
        ("Ninomae Ina'nis", "ninomae_inanis"),
        ("ninomae ina\N{RIGHT SINGLE QUOTATION MARK}nis", "ninomae_inanis"),
        ("INA", "ninomae_inanis"),
        ("Maki Nishikino", "nishikino_maki"),
        ("  ＮＩＳＨＩＫＩＮＯ　ｍａｋｉ ", "nishikino_maki"),
        ("西木野真姫", "nishikino_maki"),
        ("cc", "c.c"),
        ("c.c.", "c.c"),
        ("ｼｰﾂｰ", "c.c"),
        ("Maki", None),
        ("", None),
        ("...", None),
    ],
)
def test_finding_forgives_how_people_write(text: str, id_: str | None) -> None:
    assert CHARACTERS.find(text) == id_


def test_names_and_series() -> None:
    assert CHARACTERS.name("c.c") == "C.C."
    assert CHARACTERS.series("c.c") == "Code Geass"
    assert "c.c" in CHARACTERS
    assert CHARACTERS.name("my own oc_2") == "my own oc_2", "a taught name stays as it was given"
    assert CHARACTERS.series("my own oc_2") is None
    assert "my own oc_2" not in CHARACTERS


def test_a_name_outranks_another_characters_alias() -> None:
    characters = Characters([Character("a_b", "A B", aliases=("Rin",)), Character("rin_c", "Rin")])
    assert characters.find("rin") == "rin_c"


def test_search_reads_names_aliases_and_series_and_keeps_the_order() -> None:
    among = ("my oc", "nishikino_maki", "c.c", "ninomae_inanis")
    assert CHARACTERS.search("", among) == among
    assert CHARACTERS.search("love", among) == ("nishikino_maki",)
    assert CHARACTERS.search("NI", among) == ("nishikino_maki", "ninomae_inanis")
    assert CHARACTERS.search("真姫", among) == ("nishikino_maki",)
    assert CHARACTERS.search("my", among) == ("my oc",)
    assert CHARACTERS.search("c.c", ("my oc",)) == ()
    assert CHARACTERS.search("nobody", among) == ()


def test_a_table_is_read(tmp_path: Path) -> None:
    (tmp_path / TABLE).write_text('["c.c"]\nname = "C.C."\nseries = "Code Geass"\naliases = ["シーツー"]\n', "utf-8")
    characters = Characters.read(tmp_path / TABLE).including(("c.c", "akane_hoshino"))
    assert (characters.name("c.c"), characters.series("c.c"), characters.find("シーツー")) == (
        "C.C.",
        "Code Geass",
        "c.c",
    )
    assert characters.name("akane_hoshino") == "Akane Hoshino"
    assert characters.find("Hoshino Akane") == "akane_hoshino"


def test_without_a_table_names_are_made_of_the_ids(tmp_path: Path) -> None:
    characters = Characters.read(tmp_path / TABLE).including(["nishikino_maki"])
    assert characters.name("nishikino_maki") == "Nishikino Maki"
    assert characters.series("nishikino_maki") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[a", "not valid TOML"),
        (b"\xff\xfe", "not valid TOML"),
        (b"a = 1", "a must be a table"),
        (b"[a]\nseries = 'B'", r"\[a\] needs a name"),
        (b"[a]\nname = ' '", r"\[a\] needs a name"),
        (b"[a]\nname = 'A'\nseries = 3", "series"),
        (b"[a]\nname = 'A'\naliases = 'B'", "aliases"),
        (b"[a]\nname = 'A'\nalias = ['B']", "has alias; known are"),
    ],
)
def test_a_mistake_in_the_table_is_explained(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / TABLE).write_bytes(content)
    with pytest.raises(ConfigError, match=words):
        Characters.read(tmp_path / TABLE)


def test_a_table_that_cannot_be_read_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        Characters.read(tmp_path)


# --- the table that ships --------------------------------------------------------------------------------------------

SHIPPED = REPOSITORY / "models" / TABLE
CLASSIFIERS = [path for path in SHIPPED.parent.glob("*.tflite") if read_bundle(path).info.kind == "classifier"]


@pytest.mark.parametrize("path", CLASSIFIERS, ids=lambda path: path.stem)
def test_every_character_of_a_shipped_bundle_is_in_the_table(path: Path) -> None:
    characters = Characters.read(SHIPPED)
    assert [label for label in read_bundle(path).labels if label not in characters] == []


def test_no_name_or_alias_of_the_shipped_table_is_of_two_characters() -> None:
    characters = Characters.read(SHIPPED)
    table = tomllib.loads(SHIPPED.read_text("utf-8"))
    assert len(table) >= 138
    for id_, entry in table.items():
        for text in (id_, entry["name"], *entry.get("aliases", ())):
            assert characters.find(text) == id_, f"{text} is of {id_} and of {characters.find(text)}"


@pytest.mark.parametrize(
    ("id_", "name", "series"),
    [
        ("c.c", "C.C.", "Code Geass"),
        ("ninomae_inanis", "Ninomae Ina'nis", "Hololive"),
        ("rintarou_okabe", "Rintarou Okabe", "Steins;Gate"),
        ("illyasviel_von_einzbern", "Illyasviel von Einzbern", "Fate/stay night"),
        ("irys", "IRyS", "Hololive"),
        ("monkey_d_luffy", "Monkey D. Luffy", "One Piece"),
        ("nishikino_maki", "Nishikino Maki", "Love Live!"),
        ("friedrich_der_groe", "Friedrich der Große", "Azur Lane"),
        ("wisdel", "Wiš'adel", "Arknights"),
        ("special_week", "Special Week", "Umamusume: Pretty Derby"),
    ],
)
def test_names_are_properly_spelt(id_: str, name: str, series: str) -> None:
    characters = Characters.read(SHIPPED)
    assert (characters.name(id_), characters.series(id_)) == (name, series)
