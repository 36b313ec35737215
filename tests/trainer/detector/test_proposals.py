from pathlib import Path

import cv2
import numpy as np
import pytest

from bot.recognition.results import Box, Face, Image
from trainer.detector.labels import LabelledPicture, as_boxes
from trainer.detector.proposals import mine, propose, propose_head

SURE, DOUBTFUL = (250, 0, 0), (0, 0, 250)


class Spots:
    """Takes red spots for sure faces and blue ones for doubtful faces; sees green ones left of the middle only."""

    def detect(self, image: Image) -> tuple[Face, ...]:
        faces = []
        for colour, score in ((SURE, 0.9), (DOUBTFUL, 0.2), ((0, 250, 0), 0.8)):
            rows, columns = np.nonzero((image == colour).all(axis=2))
            if len(rows) and (colour[1] == 0 or columns.max() < image.shape[1] / 2):
                x, y = float(columns.min()), float(rows.min())
                faces.append(Face(Box(x, y, columns.max() + 1 - x, rows.max() + 1 - y), score))
        return tuple(sorted(faces, key=lambda face: -face.score))


def picture(path: Path, *spots: tuple[int, int, tuple[int, int, int]]) -> LabelledPicture:
    image = np.full((100, 160, 3), 200, np.uint8)
    for x, y, colour in spots:
        image[y : y + 20, x : x + 20] = colour
    cv2.imwrite(str(path), image[..., ::-1])
    return LabelledPicture(path, "drawn", as_boxes([]), as_boxes([]))


def test_sure_faces_count_and_doubtful_ones_are_ignored(tmp_path: Path) -> None:
    proposed = propose(Spots(), picture(tmp_path / "x.png", (10, 10, SURE), (100, 50, DOUBTFUL)), 0.5)
    assert proposed.faces.tolist() == [[10, 10, 20, 20]]
    assert proposed.ignored.tolist() == [[100, 50, 20, 20]]


def test_a_face_that_the_mirror_does_not_show_is_doubtful(tmp_path: Path) -> None:
    proposed = propose(Spots(), picture(tmp_path / "x.png", (10, 10, (0, 250, 0))), 0.5)
    assert len(proposed.faces) == 0
    assert proposed.ignored.tolist() == [[10, 10, 20, 20]]


@pytest.mark.parametrize(
    ("spots", "labelled"),
    [
        (((10, 10, SURE),), True),
        (((10, 10, SURE), (100, 50, DOUBTFUL)), True),
        (((10, 10, DOUBTFUL),), False),
        ((), False),
    ],
)
def test_a_head_is_labelled_only_when_it_shows_one_sure_face(
    tmp_path: Path, spots: tuple[tuple[int, int, tuple[int, int, int]], ...], *, labelled: bool
) -> None:
    head = propose_head(Spots(), picture(tmp_path / "x.png", *spots), 0.5)
    assert (head is not None) == labelled
    if head is not None:
        assert head.faces.tolist() == [[10, 10, 20, 20]]


def test_false_boxes_become_decoys(tmp_path: Path) -> None:
    before = picture(tmp_path / "x.png", (10, 10, SURE), (100, 50, DOUBTFUL))
    labelled = LabelledPicture(before.path, "drawn", as_boxes([(10, 10, 20, 20)]), as_boxes([]))
    assert mine(Spots(), labelled).decoys.tolist() == [[100, 50, 20, 20]]
