import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from trainer.detector.labels import LabelledPicture, as_boxes, read_image, read_labels, split, write_labels


def picture(path: Path, seed: int) -> LabelledPicture:
    """A picture that looks like no other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    cv2.imwrite(str(path), cv2.resize(pixels, (64, 64), interpolation=cv2.INTER_CUBIC))
    return LabelledPicture(path, path.parent.name, as_boxes([(1, 2, 3, 4)]), as_boxes([]))


def test_the_last_names_of_every_source_are_held_back(tmp_path: Path) -> None:
    pictures = [
        picture(tmp_path / source / f"{n}.png", n + 100 * k) for k, source in enumerate("ab") for n in range(12)
    ]
    fit, held = split(pictures, 0.25)
    assert sorted(f"{p.source}{p.path.stem}" for p in held) == ["a10", "a11", "a9", "b10", "b11", "b9"]
    assert len(fit) == 18


def test_near_duplicates_of_held_back_pictures_are_held_back(tmp_path: Path) -> None:
    pictures = [picture(tmp_path / "a" / f"{n}.png", 0 if n == 2 else n) for n in range(8)]
    pictures += [picture(tmp_path / "a" / "9.png", 0)]
    fit, held = split(pictures, 1 / 9)
    assert {p.path.stem for p in held} == {"9", "2", "0"}
    assert not {p.path for p in fit} & {p.path for p in held}


def test_only_faces_count(tmp_path: Path) -> None:
    faces = [{"box": [1, 2, 3, 4], "kind": "face"}, {"box": [5, 6, 7, 8], "kind": "chibi"}]
    entries = {"scenes/tsubasa_1.jpg": {"faces": faces}, "heads/images/2.jpg": {"faces": []}}
    spots = {"heads/images/2.jpg": [{"box": [9, 9, 9, 9], "why": "a sketch"}]}
    (tmp_path / "boxes.json").write_text(json.dumps({**entries, "_ambiguous": spots}))
    scene, head = read_labels(tmp_path / "boxes.json", tmp_path)
    assert (scene.source, head.source) == ("scenes/tsubasa", "heads")
    assert scene.faces.tolist() == [[1, 2, 3, 4]]
    assert scene.ignored.tolist() == [[5, 6, 7, 8]]
    assert head.faces.shape == (0, 4)
    assert head.ignored.tolist() == [[9, 9, 9, 9]]


def test_labels_are_read_as_they_were_written(tmp_path: Path) -> None:
    before = LabelledPicture(tmp_path / "heads/1.jpg", "heads", as_boxes([(1, 2, 3, 4)]), as_boxes([(5, 6, 7, 8)]))
    write_labels(tmp_path / "boxes.json", tmp_path, [before])
    (after,) = read_labels(tmp_path / "boxes.json", tmp_path)
    assert after.path == before.path
    assert after.faces.tolist() == before.faces.tolist()
    assert after.ignored.tolist() == before.ignored.tolist()


def test_a_picture_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone\.png"):
        read_image(tmp_path / "gone.png")
