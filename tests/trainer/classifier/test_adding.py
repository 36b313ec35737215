"""Characters are added to a bundle by their faces alone."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.recognition.bundle import Bundle, read_bundle, write_bundle
from bot.recognition.naming.classifier import Classifier
from tests.support import tiny
from tests.trainer.conftest import Transcript, save
from trainer.__main__ import app
from trainer.classifier.adding import MOST, add
from trainer.classifier.beside import find_base, run_all
from trainer.common.dataset import read_picture
from trainer.common.errors import DatasetError, ExportRefused, TrainerError
from trainer.common.measure import Values
from trainer.common.settings import Export, Pictures, Precision, Roster, Settings, Splitting

YELLOW, CYAN = (240, 220, 20), (10, 200, 220)


def drawings(folder: Path, name: str, colour: tiny.Colour, count: int) -> None:
    """Write so many crops in a character's colour, none of which looks like another."""
    random = np.random.default_rng(sum(map(ord, name)))
    for number in range(count):
        shading = np.kron(random.permutation(np.resize([-20, 20], 64)).reshape(8, 8), np.ones((5, 5)))
        tone = random.integers(-28, 29, 3)
        image = np.clip(np.array(colour) + tone + shading[..., np.newaxis], 0, 255).astype(np.uint8)
        save(folder / name / f"{number}.png", image)


def unit(colours: Values) -> Values:
    away = np.asarray(colours, np.float32) - 127
    return np.asarray(away / np.linalg.norm(away, axis=1, keepdims=True), np.float32)


@pytest.fixture
def base(tmp_path: Path) -> Bundle:
    return tiny.tiny_base(tmp_path / "base.tflite", recognition=tiny.comparing_recognition())


def settings(tmp_path: Path, **changes: object) -> Settings:
    values = {
        "work": tmp_path / "run",
        "beside": tmp_path / "base.tflite",
        "pictures": Pictures(crops=tmp_path / "crops"),
        "split": Splitting(test=0.4, validation=0.0),
        "export": Export(directory=tmp_path / "out"),
        "rosters": (Roster(name="friends"),),
    }
    return Settings.model_validate(values | changes)


def test_new_characters_come_behind_those_of_the_bundle(base: Bundle) -> None:
    faces = unit(np.array([YELLOW, (220, 200, 40)]))
    found = add(base, {"ki_iro": faces})
    found.check(4)
    assert (found.compared, found.offsets.tolist()) == (1, [0, 0, 0, 0])
    assert found.owners.tolist() == [0, 1, 2, 3, 3]
    bundle = replace(base, labels=(*base.labels, "ki_iro"), recognition=found)
    classifier = Classifier(bundle)
    for label, colour in zip((*tiny.LABELS, "ki_iro"), (tiny.RED, tiny.GREEN, tiny.BLUE, YELLOW), strict=True):
        (guesses,) = classifier.classify([np.full((40, 40, 3), colour, np.uint8)])
        assert guesses[0].character == label
        assert guesses[0].probability > 0.6


def test_a_known_character_gets_further_prototypes(base: Bundle) -> None:
    once = replace(base, labels=(*base.labels, "ki_iro"), recognition=add(base, {"ki_iro": unit(np.array([YELLOW]))}))
    again = add(once, {"ki_iro": unit(np.array([YELLOW, (200, 220, 20)])), "aoi_umino": unit(np.array([CYAN]))})
    again.check(4)
    assert again.compared == 1
    assert Counter(again.owners.tolist()) == {0: 1, 1: 1, 2: 2, 3: 2}, "the same face counts once"


def test_a_character_is_compared_by_so_many_faces_and_no_more(base: Bundle) -> None:
    many = unit(np.random.default_rng(0).uniform(0, 255, (3 * MOST, 3)).astype(np.float32))
    own = add(base, {"many": many}).prototypes[3:]
    assert MOST / 2 < len(own) <= MOST
    assert all((many @ one).max() > 0.999 for one in own), "they are faces that there are"


def test_nothing_can_be_added_where_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    tiny.tiny_base(tmp_path / "base.tflite", recognition=tiny.tiny_recognition())
    with pytest.raises(TrainerError, match="nothing can be added to base"):
        find_base(tmp_path / "base.tflite")


def test_all_adds_what_is_in_the_folders(tmp_path: Path, base: Bundle) -> None:
    drawings(tmp_path / "crops", "Ki Iro", YELLOW, 5)
    drawings(tmp_path / "crops", "Umino Aoi", tiny.BLUE, 5)
    path = tmp_path / "settings.toml"
    path.write_text(f"""
        work = "{tmp_path}/run"
        beside = "{tmp_path}/base.tflite"
        pictures = {{crops = "{tmp_path}/crops"}}
        split = {{test = 0.4, validation = 0.0}}
        export = {{directory = "{tmp_path}/out"}}
        [[rosters]]
        name = "friends"
    """)
    result = CliRunner().invoke(app, ["all", str(path)])
    assert result.exit_code == 0, result.output
    (written,) = (tmp_path / "out").iterdir()
    bundle = read_bundle(written)
    assert (bundle.labels, bundle.network) == ((*base.labels, "Ki Iro"), base.network)
    assert bundle.info.name == written.stem
    assert bundle.info.trained["added"] == {"Ki Iro": 3, "aoi_umino": 3}
    assert bundle.info.metrics["count"] == 4
    assert bundle.recognition is not None
    assert bundle.recognition.reference is not None
    assert set(bundle.recognition.reference.owners.tolist()) == {2, 3}, "faces that were held back"
    report = (tmp_path / "run" / "friends" / f"report-{written.stem}" / "report.md").read_text()
    for text in (result.output, report):
        assert "It knows 4 characters: the 3 of base, and Ki Iro." in text
        assert "Known already, and known better now: Aoi Umino." in text
        assert "Named rightly of the pictures that are to test: 4 of 4; before, 2." in text
        assert "base brings no faces of its roster" in text
    assert "is left out: beside" in report


def test_what_was_added_before_does_not_ask_for_itself(tmp_path: Path, base: Bundle) -> None:
    drawings(tmp_path / "crops", "ki_iro", YELLOW, 5)
    run_all(settings(tmp_path), Transcript())
    (grown,) = (tmp_path / "out").iterdir()
    console = Transcript()
    run_all(settings(tmp_path, beside=grown), console)
    assert re.search(r"Named rightly of the faces of the roster: (\d) of \1; before, \1\.", console.text)
    bundle = read_bundle(grown)
    seen = Classifier(bundle).predict([read_picture(path) for path in (tmp_path / "crops" / "ki_iro").iterdir()])
    assert seen.embeddings is not None
    everything = add(bundle, {"ki_iro": seen.embeddings})
    write_bundle(grown, bundle.network, bundle.info, bundle.labels, everything)
    with pytest.raises(DatasetError, match="has met all pictures"):
        run_all(settings(tmp_path, beside=grown), Transcript())


def test_what_is_not_good_enough_is_not_written(tmp_path: Path, base: Bundle) -> None:
    for part, colours in (("train", (YELLOW, CYAN)), ("test", (CYAN, YELLOW))):
        for name, colour in zip(("ki_iro", "mizuiro"), colours, strict=True):
            drawings(tmp_path / part, name, colour, 3)
    pictures = Pictures(train=(tmp_path / "train",), test=(tmp_path / "test",))
    export = Export(directory=tmp_path / "out", precisions=(Precision.FLOAT16,), require=0.5)
    with pytest.raises(ExportRefused, match=r"names 0\.0% of the test pictures rightly, 50\.0% are required"):
        run_all(settings(tmp_path, pictures=pictures, export=export), Transcript())
    assert not (tmp_path / "out").exists()
