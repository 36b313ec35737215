from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from bot.errors import BundleError
from bot.recognition.bundle import Bundle, read_bundle
from bot.recognition.detection.network_detector import MOST_PARTS, NetworkDetector
from bot.recognition.detection.refinement import MOST
from bot.recognition.interpreter import Network
from bot.recognition.results import Box, Face, Image
from tests.support import tiny
from tests.support.artwork import CAST, draw_backdrop, draw_portrait, draw_scene

SHIPPED = Path(__file__).resolve().parents[4] / "models" / "face-detector.tflite"


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return read_bundle(SHIPPED)


@pytest.fixture
def detector(bundle: Bundle) -> NetworkDetector:
    return NetworkDetector(bundle)


def holds_centre(outer: Box, inner: Box) -> bool:
    x, y = inner.x + inner.width / 2, inner.y + inner.height / 2
    return outer.x < x < outer.x + outer.width and outer.y < y < outer.y + outer.height


def found(faces: tuple[Face, ...], boxes: list[Box]) -> int:
    return sum(any(holds_centre(box, face.box) and holds_centre(face.box, box) for face in faces) for box in boxes)


def test_it_finds_the_artworks_faces(detector: NetworkDetector) -> None:
    drawings = [draw_portrait(character, seed, size=360) for character in CAST.values() for seed in range(3)]
    faces = [detector.detect(drawing.image) for drawing in drawings]
    hits = [found(seen, [box for _, box in drawing.faces]) for seen, drawing in zip(faces, drawings, strict=True)]
    assert sum(hits) >= 0.9 * len(drawings)


def test_it_finds_nothing_in_empty_scenery(detector: NetworkDetector) -> None:
    assert [detector.detect(draw_backdrop(seed).image) for seed in range(5)] == [()] * 5


def test_faces_come_best_first_and_above_the_threshold(bundle: Bundle) -> None:
    scene = draw_scene(list(CAST.values())[:4]).image
    faces = NetworkDetector(bundle).detect(scene)
    assert [face.score for face in faces] == sorted((face.score for face in faces), reverse=True)
    assert all(bundle.info.threshold <= face.score <= 1 for face in faces)
    assert NetworkDetector(bundle, threshold=faces[-1].score + 0.001).detect(scene) == faces[:-1]


def shrunken(image: Image, width: int, height: int) -> tuple[Image, float]:
    """A scene in the corner of a picture so large that its faces are tiny for the network."""
    canvas = np.full((height, width, 3), 230, np.uint8)
    canvas[: image.shape[0], : image.shape[1]] = image
    return canvas, max(image.shape[:2]) / max(width, height)


def test_tiny_faces_are_found_in_a_second_pass(detector: NetworkDetector) -> None:
    scene = draw_scene(list(CAST.values())[:3], width=640, height=360)
    large, _ = shrunken(scene.image, 1920, 1280)
    assert found(detector.detect(large), [box for _, box in scene.faces]) == 3


def test_faces_in_a_long_strip_are_found(detector: NetworkDetector) -> None:
    portraits = [draw_portrait(character, 2, size=300) for character in list(CAST.values())[:4]]
    gap = np.full((500, 300, 3), 250, np.uint8)
    strip = np.concatenate([part for portrait in portraits for part in (portrait.image, gap)])
    (_, first), *_ = portraits[0].faces
    faces = detector.detect(strip)
    assert len(faces) == 4
    assert found(faces, [first]) == 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (33, 31), (2048, 1365)])
def test_no_shape_of_picture_is_too_odd(detector: NetworkDetector, shape: tuple[int, int]) -> None:
    detector.detect(np.zeros((*shape, 3), np.uint8))


@pytest.mark.parametrize("shape", [(1, 2048), (2048, 1), (1, 1280), (20, 2048), (128, 2048), (640, 1280)])
def test_the_number_of_passes_is_bounded_for_every_shape(
    detector: NetworkDetector, monkeypatch: pytest.MonkeyPatch, shape: tuple[int, int]
) -> None:
    looks: list[tuple[int, ...]] = []
    run = Network.run_image

    def counted(network: Network, image: Image) -> Mapping[str, npt.NDArray[np.float32]]:
        looks.append(image.shape)
        return run(network, image)

    monkeypatch.setattr(Network, "run_image", counted)
    detector.detect(np.zeros((*shape, 3), np.uint8))
    # The whole picture once, each part once, and each doubtful face as it is and in the mirror.
    assert len(looks) <= 1 + MOST_PARTS + 2 * MOST
    assert all(width * height <= 384 * 384 for height, width, _ in looks)


def test_a_strip_that_is_not_extreme_is_still_cut_into_squares(detector: NetworkDetector) -> None:
    none = np.empty((0, 4), np.float32), np.empty(0, np.float32)
    assert len(detector._closer(*none, 2000, 200)) == 10
    assert len(detector._closer(*none, 2048, 1)) == len(detector._closer(*none, 1, 2048)) == MOST_PARTS


def test_the_same_picture_always_gives_the_same_faces(bundle: Bundle, detector: NetworkDetector) -> None:
    scene = draw_scene(list(CAST.values())[:2]).image
    first = detector.detect(scene)
    detector.detect(np.zeros((700, 300, 3), np.uint8))
    assert detector.detect(scene) == first
    assert NetworkDetector(bundle).detect(scene) == first


def test_a_classifier_is_no_detector(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="is a classifier, not a detector"):
        NetworkDetector(tiny.tiny_bundle(tmp_path / "tiny.tflite"))
