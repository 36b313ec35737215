"""Which crops are of one drawing."""

from pathlib import Path

import numpy as np

from tests.trainer.conftest import draw_crop, save
from trainer.common.likeness import Hashes, drawings, hash_pictures


def numbers(paths: list[Path]) -> list[int]:
    hashes: Hashes = {}
    hash_pictures(paths, hashes, lambda: None)
    return [int(number) for number in drawings(paths, hashes)]


def test_crops_share_a_drawing_by_name_or_by_likeness(tmp_path: Path) -> None:
    looks = {"a.1": 1, "a.2": 2, "b.1": 3, "b": 4, "c": 5, "again": 5, "1.jpg.1": 6, "1.jpg.2": 7}
    paths = [save(tmp_path / f"{name}.png", draw_crop((200, 60, 60), number)) for name, number in looks.items()]
    found = dict(zip(looks, numbers(paths), strict=True))
    assert found["a.1"] == found["a.2"]
    assert found["1.jpg.1"] == found["1.jpg.2"]
    assert found["c"] == found["again"], "they look alike"
    assert len(set(found.values())) == 5


def test_likeness_joins_crops_of_different_names(tmp_path: Path) -> None:
    looks = {"a.1": 1, "a.2": 2, "b.1": 2, "b.2": 3}
    paths = [save(tmp_path / f"{name}.png", draw_crop((60, 60, 200), number)) for name, number in looks.items()]
    assert len(set(numbers(paths))) == 1
    assert len(np.unique(numbers(paths[:1]))) == 1
