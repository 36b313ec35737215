"""Folders of pictures: what is taken, in which order, and what is refused with which words."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from bot.recognition.decoding.decode import decode
from trainer.common.dataset import check_names, read_characters, read_examples, read_picture
from trainer.common.errors import DatasetError


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_pictures_are_listed_in_the_order_in_which_people_count(tmp_path: Path) -> None:
    touch(tmp_path, "rei/10.jpg", "rei/9.png", "rei/1.webp", "rei/more/2.gif", "aki/1.bmp")
    found = read_characters(tmp_path)
    assert list(found) == ["aki", "rei"]
    assert [path.relative_to(tmp_path / "rei").as_posix() for path in found["rei"]] == [
        "1.webp",
        "9.png",
        "10.jpg",
        "more/2.gif",
    ]
    assert [example.character for example in read_examples(tmp_path)] == ["aki", "rei", "rei", "rei", "rei"]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    touch(tmp_path, "rei/1.jpg", "rei/.DS_Store", "rei/.cache/2.jpg", ".git/config", "aki/1.jpg", "notes.txt")
    assert {name: len(paths) for name, paths in read_characters(tmp_path).items()} == {"aki": 1, "rei": 1}


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"there is no folder .*nowhere"):
        read_characters(tmp_path / "nowhere")


def test_a_folder_without_characters_is_explained(tmp_path: Path) -> None:
    touch(tmp_path, "1.jpg")
    with pytest.raises(DatasetError, match="make one for each character"):
        read_characters(tmp_path)


def test_an_empty_character_is_named(tmp_path: Path) -> None:
    touch(tmp_path, "rei/1.jpg")
    (tmp_path / "aki").mkdir()
    with pytest.raises(DatasetError, match="no pictures of aki"):
        read_characters(tmp_path)


@pytest.mark.parametrize(
    "pair", [("Rei", "rei"), (unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é"))]
)
def test_folders_that_some_file_systems_take_for_one_are_refused(pair: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="differ in case only"):
        check_names(pair, tmp_path)


@pytest.mark.parametrize("name", ["a:b", "what?", "con", "LPT1.x", "two\nlines", "end.", "end ", "x" * 101, "a\\b"])
def test_names_that_not_every_file_system_takes_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="rename it"):
        check_names([name], tmp_path)


@pytest.mark.parametrize("name", ["nishikino_maki", "西木野真姫", "St. Freya", "C.C", "console"])
def test_names_of_all_scripts_are_fine(name: str, tmp_path: Path) -> None:
    check_names([name], tmp_path)


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "gif", "bmp"])
def test_pictures_are_read_as_the_bot_reads_them(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture.{ending}"
    noise = np.random.default_rng(1).integers(0, 255, (20, 30, 3), np.uint8)
    Pillow.fromarray(noise).save(path)
    np.testing.assert_array_equal(read_picture(path), decode(path.read_bytes(), max_pixels=10**6, max_frames=10).image)


def test_what_is_no_picture_is_said_in_words(tmp_path: Path) -> None:
    touch(tmp_path, "1.jpg")
    with pytest.raises(DatasetError, match=r"cannot read .*1\.jpg: unsupported format"):
        read_picture(tmp_path / "1.jpg")
