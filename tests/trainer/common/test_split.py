"""Dividing: repeatable, near-duplicates together, the published protocol, and folders that are divided already."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.trainer.conftest import COLOURS, MakeCrops, Transcript, draw_crop, save
from trainer.common.dataset import Example
from trainer.common.errors import DatasetError
from trainer.common.settings import Splitting
from trainer.common.split import Split, leaks, make_split, split_folder, split_pair


def names(examples: tuple[Example, ...]) -> list[str]:
    return [f"{example.path.parent.name}/{example.path.name}" for example in examples]


def test_the_same_seed_divides_in_the_same_way(tmp_path: Path, make_crops: MakeCrops) -> None:
    crops = make_crops(tmp_path, {"akane_hoshino": 20, "aoi_umino": 10})
    split = split_folder(crops, Splitting(seed=3))
    assert split == split_folder(crops, Splitting(seed=3))
    assert split != split_folder(crops, Splitting(seed=4))
    assert split.labels == ("akane_hoshino", "aoi_umino")
    assert sorted(names(split.train + split.validation + split.test)) == sorted(
        f"{character}/{n}.png"
        for character, count in (("akane_hoshino", 20), ("aoi_umino", 10))
        for n in range(1, count + 1)
    )
    assert [sum(e.character == label for e in split.test) for label in split.labels] == [4, 2]
    assert [sum(e.character == label for e in split.validation) for label in split.labels] == [2, 1]


@pytest.mark.parametrize("seed", range(5))
def test_near_duplicates_stay_on_one_side(seed: int, tmp_path: Path, make_crops: MakeCrops) -> None:
    crops = make_crops(tmp_path, {"akane_hoshino": 6, "aoi_umino": 6})
    for character in COLOURS:
        for number in range(1, 7) if (crops / character).exists() else ():
            original = cv2.imread(str(crops / character / f"{number}.png"))
            assert original is not None
            # Frames of one scene: a little lighter, a little smaller.
            lighter = cv2.convertScaleAbs(original, alpha=1.0, beta=6)[:, :, ::-1]
            save(crops / character / f"{number}-again.png", np.ascontiguousarray(cv2.resize(lighter, (36, 36))))
    split = split_folder(crops, Splitting(seed=seed, test=0.4, validation=0.2))
    sides: dict[str, set[str]] = {}
    for side, examples in (("train", split.train), ("validation", split.validation), ("test", split.test)):
        for name in names(examples):
            sides.setdefault(name.replace("-again", ""), set()).add(side)
    assert all(len(where) == 1 for where in sides.values())
    assert split.test
    assert not leaks(split)


def test_a_character_with_near_duplicates_only_is_refused(tmp_path: Path, make_crops: MakeCrops) -> None:
    crops = make_crops(tmp_path, {"akane_hoshino": 5})
    for number in range(4):
        save(crops / "aoi_umino" / f"{number}.png", draw_crop(COLOURS["aoi_umino"], 7))
    with pytest.raises(DatasetError, match="aoi_umino is left to test on: there are 4, and all of them look alike"):
        split_folder(crops, Splitting())


def test_the_published_protocol_trains_on_the_first_and_tests_on_the_rest(
    tmp_path: Path, make_crops: MakeCrops
) -> None:
    crops = make_crops(tmp_path, {"akane_hoshino": 12, "aoi_umino": 11})
    split = split_folder(crops, Splitting(first=9, validation=0))
    assert names(split.test) == [
        "akane_hoshino/10.png",
        "akane_hoshino/11.png",
        "akane_hoshino/12.png",
        "aoi_umino/10.png",
        "aoi_umino/11.png",
    ]
    assert len(split.train) == 18
    assert not split.validation
    with pytest.raises(DatasetError, match="aoi_umino is left to test on: there are 11, and the first 11 train"):
        split_folder(crops, Splitting(first=11))


def test_a_character_with_one_picture_is_refused(tmp_path: Path, make_crops: MakeCrops) -> None:
    crops = make_crops(tmp_path, {"akane_hoshino": 5, "aoi_umino": 1})
    with pytest.raises(DatasetError, match="one picture of aoi_umino"):
        split_folder(crops, Splitting())


def test_one_character_cannot_be_told_from_anybody(tmp_path: Path, make_crops: MakeCrops) -> None:
    crops = make_crops(tmp_path, {"akane_hoshino": 5})
    with pytest.raises(DatasetError, match="at least two"):
        split_folder(crops, Splitting())


def test_characters_can_be_chosen(tmp_path: Path, make_crops: MakeCrops) -> None:
    crops = make_crops(tmp_path, dict.fromkeys(COLOURS, 4))
    assert split_folder(crops, Splitting(), ["aoi_umino", "akane_hoshino"]).labels == ("akane_hoshino", "aoi_umino")
    with pytest.raises(DatasetError, match="has no folder rei"):
        split_folder(crops, Splitting(), ["rei", "aoi_umino"])


def test_folders_that_are_divided_already(tmp_path: Path, make_crops: MakeCrops) -> None:
    train = make_crops(tmp_path / "train", {"akane_hoshino": 10, "aoi_umino": 10})
    test = make_crops(tmp_path / "test", {"akane_hoshino": 3})
    more = make_crops(tmp_path / "more", {"aoi_umino": 1})
    split = split_pair([train], [test, more], Splitting())
    assert (len(split.train), len(split.validation), len(split.test)) == (18, 2, 4)


def test_a_test_set_with_an_untrained_character_is_refused(tmp_path: Path, make_crops: MakeCrops) -> None:
    train = make_crops(tmp_path / "train", {"akane_hoshino": 3, "aoi_umino": 3})
    test = make_crops(tmp_path / "test", {"akane_hoshino": 3, "midori_hayashi": 3})
    with pytest.raises(DatasetError, match="none to train on, of midori_hayashi"):
        split_pair([train], [test], Splitting())


def test_tests_that_were_learnt_by_heart_are_told(tmp_path: Path, make_crops: MakeCrops, console: Transcript) -> None:
    train = make_crops(tmp_path / "train", {"akane_hoshino": 3, "aoi_umino": 3})
    test = make_crops(tmp_path / "test", {"akane_hoshino": 2})
    make_split(None, [train], [test], Splitting(validation=0), (), console)
    assert "looks like" in console.text
    assert "6 pictures train, 0 validate, 2 test" in console.text


def test_neither_crops_nor_divided_folders_is_explained(console: Transcript) -> None:
    with pytest.raises(DatasetError, match="give either"):
        make_split(None, (), (), Splitting(), (), console)


def test_a_split_is_kept_with_paths_that_move_along(tmp_path: Path, make_crops: MakeCrops) -> None:
    crops = make_crops(tmp_path / "a" / "crops", {"akane_hoshino": 4, "aoi_umino": 4})
    split = split_folder(crops, Splitting())
    split.save(tmp_path / "a" / "split.json")
    (tmp_path / "a").rename(tmp_path / "b")
    loaded = Split.load(tmp_path / "b" / "split.json")
    assert names(loaded.train) == names(split.train)
    assert loaded.test[0].path.is_file()


def test_a_split_whose_pictures_are_gone_says_so(tmp_path: Path, make_crops: MakeCrops) -> None:
    crops = make_crops(tmp_path / "crops", {"akane_hoshino": 4, "aoi_umino": 4})
    split_folder(crops, Splitting()).save(tmp_path / "split.json")
    (crops / "aoi_umino" / "2.png").unlink()
    with pytest.raises(DatasetError, match=r"2\.png and perhaps more"):
        Split.load(tmp_path / "split.json")


def test_a_file_that_is_no_split_says_so(tmp_path: Path) -> None:
    (tmp_path / "split.json").write_text('{"labels": []}')
    with pytest.raises(DatasetError, match="make it anew"):
        Split.load(tmp_path / "split.json")
