"""The artwork is good enough to test with: a detector made for real pictures finds its faces."""

from pathlib import Path

import numpy as np

from bot.recognition.detection.detector import CascadeDetector
from bot.recognition.results import Box
from tests.support.artwork import CAST, draw_backdrop, draw_portrait, draw_scene

CASCADE = Path(__file__).resolve().parents[2] / "models" / "lbpcascade_animeface.xml"


def holds_centre(outer: Box, inner: Box) -> bool:
    x, y = inner.x + inner.width / 2, inner.y + inner.height / 2
    return outer.x < x < outer.x + outer.width and outer.y < y < outer.y + outer.height


def test_the_cascade_finds_the_upright_open_eyed_faces() -> None:
    # The published cascade knows neither glasses nor closed eyes.
    cast = [character for character in CAST.values() if character.accessory != "glasses"]
    detector = CascadeDetector(CASCADE)
    found = 0
    drawings = [draw_portrait(c, seed, size=360, tilt=0, expression="calm") for c in cast for seed in range(8)]
    for drawing in drawings:
        (_, box), *_ = drawing.faces
        found += any(holds_centre(box, face.box) for face in detector.detect(drawing.image))
    assert found >= 0.9 * len(drawings)


def test_a_seed_always_draws_the_same() -> None:
    character = CAST["hoshina_sora"]
    first, again, other = (draw_portrait(character, seed, size=200).image for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_scene_knows_its_faces() -> None:
    scene = draw_scene([CAST["kurose_akane"], CAST["minase_yuzu"]], width=640, height=360)
    assert scene.image.shape == (360, 640, 3)
    assert [name for name, _ in scene.faces] == ["kurose_akane", "minase_yuzu"]
    assert all(0 <= box.x < box.x + box.width <= 640 for _, box in scene.faces)


def test_a_backdrop_is_empty() -> None:
    assert draw_backdrop(1).faces == ()
