"""``whobot export-dataset``: folders that the trainer takes as they are, and where each face comes from."""

import json
from pathlib import Path

import pytest

from bot.cli.dataset import LONGEST_SLUG, slug
from bot.storage.values import EVERYWHERE, State
from tests.bot.cli.conftest import Whobot
from tests.support import tiny
from tests.support.taught_store import BOB, example, face, verdict, write_store
from trainer.common.dataset import check_names, read_characters, read_picture
from trainer.common.settings import read_settings


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Umi has three faces in a chat, one of them given twice, and Eli one everywhere; one face waits."""
    umi = [example("Sonoda Umi", face(tiny.RED, number), by=BOB if number else None) for number in range(3)]
    return write_store(
        tmp_path / "taught.db",
        [
            *umi,
            umi[0],
            example("nishikino_maki", face(tiny.BLUE), scope=EVERYWHERE),
            example("Hanayo", face(tiny.GREEN), state=State.PROVISIONAL),
        ],
    )


def test_each_character_has_a_folder_and_each_face_a_line(whobot: Whobot, store: Path) -> None:
    result = whobot("export-dataset", "set", "--store", store)
    assert result.exit_code == 0, result.output
    assert "4 faces of 2 characters in set/faces" in result.stdout
    assert "too few to train on: nishikino_maki" in result.stdout
    found = read_characters(Path("set/faces"))
    assert {name: len(paths) for name, paths in found.items()} == {"sonoda_umi": 3, "nishikino_maki": 1}
    assert read_picture(found["sonoda_umi"][0]).shape == (48, 48, 3)
    lines = [json.loads(line) for line in Path("set/faces.jsonl").read_text().splitlines()]
    assert {line["file"] for line in lines} == {str(p.relative_to("set")) for p in Path("set/faces").rglob("*.webp")}
    assert [line["by"] for line in lines] == ["operator", "person-1", "person-1", "person-2"]
    assert [line["scope"] for line in lines] == ["discord:room"] * 3 + ["everywhere"]
    assert lines[0].keys() == {"file", "character", "origin", "scope", "when", "by", "bundle"}
    assert lines[0]["character"] == "Sonoda Umi"
    assert "bob" not in Path("set/faces.jsonl").read_text().casefold()


def test_the_experiment_is_one_that_the_trainer_reads(whobot: Whobot, store: Path) -> None:
    whobot("export-dataset", "set", "--store", store)
    settings = read_settings(Path("set/train.toml"))
    assert settings.pictures.crops == Path("set/faces").absolute()
    (roster,) = settings.rosters
    assert roster.characters == ("sonoda_umi",)
    assert settings.export.margin == 0.0
    assert settings.alone, "to the bundle that runs nothing can be added"


def test_the_experiment_adds_to_the_bundle_that_runs(
    whobot: Whobot, store: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    tiny.tiny_base(tmp_path / "base.tflite", recognition=tiny.comparing_recognition())
    environment["WHOBOT_MODELS__CLASSIFIER"] = "base.tflite"
    result = whobot("export-dataset", "set", "--store", store)
    assert "training takes" not in result.stdout, "one character is enough"
    settings = read_settings(Path("set/train.toml"))
    assert (settings.beside, settings.alone) == (tmp_path / "base.tflite", False)


def test_one_chat_alone_can_be_written(whobot: Whobot, store: Path) -> None:
    result = whobot("export-dataset", "set", "--store", store, "--from", "discord:room")
    assert "3 faces of 1 character" in result.stdout
    result = whobot("export-dataset", "none", "--store", store, "--from", "telegram:1")
    assert result.exit_code == 1
    assert "nothing was taught yet" in result.stderr
    result = whobot("export-dataset", "none", "--store", store, "--from", "room")
    assert result.exit_code == 2
    assert "names no chat" in result.stderr


def test_confirmed_faces_are_written_unless_denied(whobot: Whobot, tmp_path: Path) -> None:
    kept = [face(tiny.RED, number) for number in range(5)]
    verdicts = [
        verdict(kept[0], 0, "maki", "maki"),
        verdict(kept[0], 0, "maki", "maki", by=BOB),
        verdict(kept[1], 1, "maki", "maki"),
        verdict(kept[1], 1, "maki", "nico", by=BOB),
        verdict(kept[2], 2, "maki", None),
        verdict(kept[3], 3, "maki", "nico"),
        verdict(kept[4], 4, "maki", "maki"),
    ]
    store = write_store(tmp_path / "judged.db", [example("maki", kept[4])], verdicts)
    result = whobot("export-dataset", "set", "--store", store)
    assert "2 faces of 1 character" in result.stdout
    written = {path.read_bytes() for path in Path("set/faces/maki").iterdir()}
    assert written == {kept[0], kept[4]}
    origins = [json.loads(line)["origin"] for line in Path("set/faces.jsonl").read_text().splitlines()]
    assert origins == ["taught", "confirmed"]


def test_a_folder_with_something_in_it_is_left_alone(whobot: Whobot, store: Path) -> None:
    Path("set").mkdir()
    Path("set/mine.txt").write_text("mine")
    result = whobot("export-dataset", "set", "--store", store)
    assert result.exit_code == 2
    assert "holds something already" in result.stderr
    assert [path.name for path in Path("set").iterdir()] == ["mine.txt"]


def test_without_a_store_there_is_nothing_and_none_is_made(whobot: Whobot) -> None:
    result = whobot("export-dataset", "set", "--store", "gone.db")
    assert result.exit_code == 1
    assert not Path("gone.db").exists()


@pytest.mark.parametrize(
    ("character", "folder"),
    [
        ("nishikino_maki", "nishikino_maki"),
        ("Sonoda  Umi", "sonoda_umi"),
        ("../../etc", "etc"),
        ("Ninomae Ina'nis!", "ninomae_ina_nis"),
        ("園田 海未", "園田_海未"),
    ],
)
def test_a_folder_is_called_after_its_character(character: str, folder: str) -> None:
    assert slug(character) == folder


@pytest.mark.parametrize("character", ["...", "con", "COM1", "海" * 64, "x" * 300, "/", "a" * 99 + "é"])
def test_any_name_makes_a_folder_that_every_file_system_takes(character: str) -> None:
    name = slug(character)
    check_names([name], Path("faces"))
    assert len(name.encode()) <= LONGEST_SLUG
    assert name != slug(character + "x")
