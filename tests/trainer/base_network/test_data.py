"""Crops from several sets, cropped, split and kept."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.recognition.results import Box, Face, Image
from tests.trainer.conftest import MakeCrops, Transcript, draw_crop, save
from trainer.base_network.data import STRANGER, prepare, read_faces
from trainer.base_network.settings import (
    DEFAULT,
    HeldBackSettings,
    OthersSettings,
    SetSettings,
    Settings,
    read_settings,
)
from trainer.common.errors import DatasetError
from trainer.common.files import write_file

NAMES = {"akane_hoshino": 10, "aoi_umino": 20}


class Finder:
    """Finds a small and a large face in each picture, none in those less than 50 pixels high."""

    def detect(self, image: Image) -> tuple[Face, ...]:
        if image.shape[0] < 50:
            return ()
        return Face(Box(0, 0, 8, 8), 0.9), Face(Box(20, 10, 30, 30), 0.6)


class Blind:
    """Finds nothing."""

    def detect(self, image: Image) -> tuple[Face, ...]:
        return ()


def settings(sets: Sequence[SetSettings]) -> Settings:
    shipped = read_settings(DEFAULT)
    data = shipped.data.model_copy(update={"test": 0.2, "validation": 0.2, "side": 32, "margin": 0.0})
    return shipped.model_copy(update={"data": data, "sets": tuple(sets), "others": None})


def one_set(name: str, *, whole: bool = False, tests: Sequence[str] = ()) -> SetSettings:
    return SetSettings(name=name, folder=Path(name), zoom=(1, 1), whole=whole, tests=tuple(map(Path, tests)))


def test_a_character_of_two_sets_is_one_character(tmp_path: Path, make_crops: MakeCrops, console: Transcript) -> None:
    make_crops(tmp_path / "old", NAMES)
    make_crops(tmp_path / "new", {"midori_hayashi": 10, "aoi_umino": 15})
    chosen = settings([one_set("old"), one_set("new")])
    faces = prepare(tmp_path, chosen, tmp_path / "run", Blind, console)
    assert faces.labels == ("akane_hoshino", "aoi_umino", "midori_hayashi")
    assert faces.images.shape == (55, 32, 32, 3)
    assert np.bincount(faces.truth).tolist() == [10, 35, 10]
    parts = [faces.of(part) for part in ("train", "validation", "test")]
    assert sorted(np.concatenate(parts)) == list(range(55))
    assert len(faces.of("test", ["aoi_umino"])) == 4 + 3
    assert len(faces.of("test", ["aoi_umino"], "new")) == 3
    # The crop of an index shows whom `truth` says.
    assert all(faces.images[i][16, 8:24, 2].mean() > 100 for i in faces.of("train", ["aoi_umino"]))


def test_what_was_prepared_is_kept(tmp_path: Path, make_crops: MakeCrops, console: Transcript) -> None:
    make_crops(tmp_path / "old", NAMES)
    chosen = settings([one_set("old")])
    first = prepare(tmp_path, chosen, tmp_path / "run", Blind, console)
    (tmp_path / "old").rename(tmp_path / "gone")
    again = prepare(tmp_path, chosen, tmp_path / "run", Blind, console)
    assert (again.images == first.images).all()
    assert again.key == first.key == read_faces(tmp_path / "run").key


def test_folders_of_tests_are_what_is_tested_on(tmp_path: Path, make_crops: MakeCrops, console: Transcript) -> None:
    make_crops(tmp_path / "old", NAMES)
    make_crops(tmp_path / "asked", {"akane_hoshino": 3})
    faces = prepare(tmp_path, settings([one_set("old", tests=["asked"])]), tmp_path / "run", Blind, console)
    assert [len(faces.of(part)) for part in ("train", "validation", "test")] == [24, 6, 3]


def test_of_a_whole_picture_the_largest_face_is_taken(
    tmp_path: Path, make_crops: MakeCrops, console: Transcript
) -> None:
    for number in range(1, 11):
        for name, colour in (("akane_hoshino", (230, 60, 60)), ("aoi_umino", (70, 90, 230))):
            canvas = np.zeros((60, 90, 3), np.uint8)
            canvas[10:40, 20:50] = draw_crop(colour, number, 30)
            save(tmp_path / f"whole/{name}/{number}.png", canvas)
    save(tmp_path / "whole/akane_hoshino/faceless.png", draw_crop((0, 0, 0), 1, 40))
    chosen = settings([one_set("whole", whole=True)])
    faces = prepare(tmp_path, chosen, tmp_path / "run", Finder, console)
    assert len(faces.images) == 20
    assert faces.images[:, 0, 0].min() > 100


def test_faces_are_kept_as_their_set_has_them_and_as_the_detector_frames_them(
    tmp_path: Path, make_crops: MakeCrops, console: Transcript
) -> None:
    make_crops(tmp_path / "old", NAMES)
    faces = prepare(tmp_path, settings([one_set("old")]), tmp_path / "run", Finder, console)
    assert faces.framed.shape == faces.images.shape
    assert (faces.framed != faces.images).any()
    assert (
        prepare(tmp_path, settings([one_set("old")]), tmp_path / "blind", Blind, console).framed == faces.images
    ).all()


def test_unnamed_faces_stand_for_strangers(tmp_path: Path, make_crops: MakeCrops, console: Transcript) -> None:
    make_crops(tmp_path / "old", NAMES)
    boxes: dict[str, object] = {}
    for number in range(10):
        name = f"{'heads' if number < 6 else 'pictures'}/{number}.png"
        save(tmp_path / name, np.random.default_rng(number).integers(0, 256, (80, 80, 3)).astype(np.uint8))
        faces = [{"box": [10, 10, 40, 40], "kind": "face"}, {"box": [60, 60, 12, 12], "kind": "face"}]
        boxes[name] = {"width": 80, "height": 80, "faces": faces}
    (tmp_path / "boxes.json").write_text(json.dumps(boxes))
    others = OthersSettings(boxes=Path("boxes.json"), sources=("heads",), smallest=20, test=0.5)
    chosen = settings([one_set("old")]).model_copy(update={"others": others})
    prepared = prepare(tmp_path, chosen, tmp_path / "run", Blind, console)
    # One face of each of six pictures is large enough; the last three pictures are to test on.
    assert [len(prepared.strangers(part)) for part in ("train", "validation", "test")] == [3, 0, 3]
    assert (prepared.truth[prepared.strangers("test")] == STRANGER).all()
    assert not set(prepared.strangers("train")) & set(prepared.of("train"))


def draw_boxed(folder: Path, characters: Sequence[str], drawings: int) -> None:
    """Two crops of each drawing, with the face in the middle."""
    boxes = {}
    for row, name in enumerate(characters):
        for drawing in range(drawings):
            for crop in range(2):
                place = f"{name}/{drawing}.{crop}.png"
                save(folder / place, draw_crop((40 * row, 90, 20 * drawing), 100 * row + 10 * drawing + crop, 48))
                boxes[place] = {"box": [8, 8, 32, 32], "drawing": f"{drawing}"}
    (folder / "boxes.json").write_text(json.dumps(boxes))


def boxed_set(name: str, *same: str) -> SetSettings:
    return SetSettings(name=name, folder=Path(name), zoom=(1, 1), boxed=True, same=same)


def test_drawings_of_boxed_sets_stay_whole_and_characters_are_held_back(
    tmp_path: Path, make_crops: MakeCrops, console: Transcript
) -> None:
    make_crops(tmp_path / "old", NAMES)
    draw_boxed(tmp_path / "game", [f"girl_{number}" for number in range(30)], 6)
    draw_boxed(tmp_path / "house", ["one", "two"], 2)
    draw_boxed(tmp_path / "cards", ["three"], 2)
    chosen = settings([one_set("old"), *map(boxed_set, ("game", "house", "cards"))])
    held_back = HeldBackSettings(lessons=0.2, unseen=0.2, lesson_sets=("cards",), franchise="house")
    chosen = chosen.model_copy(update={"held_back": held_back})
    faces = prepare(tmp_path, chosen, tmp_path / "run", Blind, console)
    trained = {str(name) for name in faces.characters[faces.of("train")]}
    lessons, unseen, franchise = (
        {str(name) for name in faces.characters[faces.strangers(part)]} for part in ("lessons", "unseen", "franchise")
    )
    assert franchise == {"one", "two"}
    assert "three" in lessons
    assert len(lessons) > 2
    assert len(unseen) > 1
    assert not trained & (lessons | unseen | franchise)
    assert set(faces.labels) == trained
    # Both crops of the one drawing that is held back, and of the one that validates.
    for name in trained - set(NAMES):
        assert [len(faces.of(part, [name])) for part in ("train", "validation", "test")] == [8, 2, 2]
    # The bot's framing of a boxed face is its box and no detector's.
    assert (faces.framed != faces.images).any(axis=(1, 2, 3))[faces.strangers("franchise")].all()


def test_an_id_of_two_sets_is_one_character_only_where_the_settings_say_so(
    tmp_path: Path, make_crops: MakeCrops, console: Transcript
) -> None:
    make_crops(tmp_path / "old", NAMES)
    for name in ("game", "cards"):
        draw_boxed(tmp_path / name, ["akane_hoshino", "aoi_umino", "robin"], 2)
    chosen = settings([one_set("old"), boxed_set("game", "akane_hoshino"), boxed_set("cards")])
    held_back = HeldBackSettings(lessons=0, unseen=0)
    chosen = chosen.model_copy(update={"held_back": held_back})
    faces = prepare(tmp_path, chosen, tmp_path / "run", Blind, console)
    assert faces.labels == (
        "akane_hoshino",
        "aoi_umino",
        "cards_akane_hoshino",
        "cards_aoi_umino",
        "cards_robin",
        "game_aoi_umino",
        "game_robin",
    )


def test_a_folder_that_shows_somebody_else_counts_as_hers(
    tmp_path: Path, make_crops: MakeCrops, console: Transcript
) -> None:
    make_crops(tmp_path / "old", NAMES)
    for name in ("game", "cards"):
        draw_boxed(tmp_path / name, ["robin", "raven", "wren"], 2)
    chosen = settings([one_set("old"), boxed_set("game"), boxed_set("cards")])
    others = {"cards/robin": "game/raven", "cards/raven": "aoi_umino", "game/wren": ""}
    update = {"held_back": HeldBackSettings(lessons=0, unseen=0), "other_folders": others}
    faces = prepare(tmp_path, chosen.model_copy(update=update), tmp_path / "run", Blind, console)
    assert faces.labels == ("akane_hoshino", "aoi_umino", "raven", "robin", "wren")
    counts = [len(faces.of("train", [name])) for name in ("raven", "robin", "wren")]
    assert counts == [8, 4, 4], "the cards' robin is raven, and nobody is the game's wren"
    assert len(faces.of("train", ["aoi_umino"], "cards")) == 4


def test_a_damaged_file_of_boxes_is_named(tmp_path: Path, make_crops: MakeCrops, console: Transcript) -> None:
    make_crops(tmp_path / "old", NAMES)
    write_file(tmp_path / "game/boxes.json", '{"girl/1.png": {"box": [1, 2]}}')
    with pytest.raises(DatasetError, match=r"boxes\.json is damaged"):
        prepare(tmp_path, settings([one_set("old"), boxed_set("game")]), tmp_path / "run", Blind, console)
