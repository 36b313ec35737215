"""A folder like ../shared/data, filled with artwork of our own."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image as Pillow

from tests.support.artwork import CAST, Drawing, draw_backdrop, draw_portrait, draw_scene

SIDE = 160


@pytest.fixture(scope="session")
def artwork_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    cast = list(CAST.items())
    heads = {f"heads/images/{n}.png": draw_portrait(cast[n % 4][1], n, size=SIDE) for n in range(10)}
    scenes = {f"scenes/town_{n}.png": draw_scene([cast[n % 4][1]], n, width=SIDE, height=120) for n in range(6)}
    (root / "face_boxes.json").write_text(json.dumps(_save(root, {**heads, **dict(list(scenes.items())[1:])})))
    _save(root, scenes)
    seed = {f"raw/{name}/1.png": draw_portrait(character, 9, size=SIDE) for name, character in cast[:2]}
    entries = _save(root / "seed", seed)
    (root / "seed/boxes.json").write_text(json.dumps({**entries, "_ambiguous": {}}))
    _save(root, {f"faces/own/{cast[n][0]}/{n}.png": draw_portrait(cast[n][1], n + 20, size=SIDE) for n in range(3)})
    for folder in "nonfaces", "backgrounds":
        _save(root, {f"{folder}/{n}.png": draw_backdrop(n, width=SIDE, height=120) for n in range(5)})
    return root


def _save(root: Path, drawings: dict[str, Drawing]) -> dict[str, object]:
    entries: dict[str, object] = {}
    for name, drawing in drawings.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Pillow.fromarray(drawing.image).save(root / name)
        entries[name] = {"faces": _faces(drawing)}
    return entries


def _faces(drawing: Drawing) -> Iterable[object]:
    return [{"box": [box.x, box.y, box.width, box.height], "kind": "face"} for _, box in drawing.faces]
