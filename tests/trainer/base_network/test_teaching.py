"""What taught characters are compared by is fitted to some characters, and measured on others."""

import json
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from bot.recognition.bundle import read_bundle
from tests.support import tiny
from tests.trainer.conftest import save
from trainer.base_network.commands import app
from trainer.base_network.settings import DEFAULT
from trainer.base_network.taught import Crops, Lesson, judge_taught, taught_table
from trainer.common.files import write_file

SETS = ("one", "lessons", "franchise")
DRAWINGS = 4


def draw_set(folder: Path, characters: int, rng: np.random.Generator) -> None:
    boxes = {}
    for number in range(characters):
        colour = rng.integers(0, 256, 3)
        for drawing in range(DRAWINGS):
            noise = rng.integers(-30, 31, (48, 48, 3))
            name = f"character_{number}/{drawing}.png"
            save(folder / name, np.clip(colour + noise, 0, 255).astype(np.uint8))
            boxes[name] = {"box": [8, 8, 32, 32], "drawing": f"{drawing}"}
    write_file(folder / "boxes.json", json.dumps(boxes))


def test_bundles_learn_what_taught_characters_are_compared_by(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name in SETS:
        draw_set(tmp_path / name, 12, rng)
    path = tmp_path / "tiny.tflite"
    bundle = tiny.tiny_base(path, recognition=tiny.tiny_recognition())
    for label in bundle.labels:
        save(tmp_path / "known" / label / "1.png", rng.integers(0, 256, (48, 48, 3)).astype(np.uint8))
    settings, card = tmp_path / "settings.toml", tmp_path / "card.md"
    text = DEFAULT.read_text().replace("every = 7", "every = 1").replace("test = 0.15", "test = 0.5")
    start = text.index("sets = [", text.index("[teaching]"))
    text = text[:start] + 'sets = ["one"]' + text[text.index("]", start) + 1 :]
    for old, new in (("shinycolors", "lessons"), ("gakumas", "franchise"), ("hololive", "known")):
        text = text.replace(f'sets = ["faces/{old}"]', f'sets = ["{new}"]').replace(f'= "faces/{old}" ', f'= "{new}" ')
    settings.write_text(text.replace('known = "faces/hololive"', 'known = "known"'))
    card.write_text("<!-- begin: taught -->\n<!-- end: taught -->\n")
    arguments = ["teaching", "--data", tmp_path, "--bundle", path, "--card", card, "--settings", settings]
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    fitted = read_bundle(path).recognition
    assert fitted is not None
    assert fitted.comparison is not None
    assert fitted.comparison.scale > 0
    assert "5 of today's games" in card.read_text()
    before = path.read_bytes()
    assert CliRunner().invoke(app, [*map(str, arguments), "--measure-only"]).exit_code == 0
    assert path.read_bytes() == before


def test_the_taught_are_asked_for_by_other_drawings_than_those_that_taught(tmp_path: Path) -> None:
    bundle = tiny.tiny_base(tmp_path / "tiny.tflite", recognition=tiny.tiny_recognition())
    assert bundle.recognition is not None
    size = bundle.recognition.prototypes.shape[1]
    characters = np.repeat(np.arange(6), DRAWINGS)
    embeddings = np.random.default_rng(0).normal(size=(len(characters), size)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    logits = np.zeros((len(characters), len(bundle.labels)), np.float32)
    crops = Crops(logits, embeddings, characters, np.arange(len(characters)), tuple("abcdef"))
    known = Crops(logits[:2], embeddings[:2], np.array([0, 1]), np.array([0, 1]), bundle.labels[:2])
    (found,) = judge_taught(bundle, crops, known, [Lesson("drawings", 2, 3)])
    assert found.first.count == 2 * 5, "one drawing of each is left, in each of five draws"
    assert found.strangers_named.count == 4 * DRAWINGS * 5
    assert "2 of drawings" in taught_table([found])
