"""What a bundle says of pictures in files."""

from pathlib import Path

import numpy as np
import pytest

from bot.recognition.detection.detector import CascadeDetector
from tests.support import tiny
from tests.trainer.conftest import Transcript, save
from trainer.evaluation.bundle_runner import BundleRunner


@pytest.mark.parametrize("detect", [False, True])
def test_a_hanging_face_is_named_as_in_a_chat(tmp_path: Path, detect: bool, console: Transcript) -> None:
    hanging = np.rot90(tiny.head(tiny.GREEN), 2)
    picture = tiny.picture(tiny.GREY)
    (box,) = tiny.boxes(1)
    picture[int(box.y) : int(box.y) + tiny.SIDE, int(box.x) : int(box.x) + tiny.SIDE] = hanging
    paths = [save(tmp_path / "face.png", picture if detect else hanging), save(tmp_path / "none.png", tiny.picture())]
    bundle = tiny.tiny_upright(tmp_path / "upright.tflite")
    runner = BundleRunner(bundle, CascadeDetector(tiny.CASCADE) if detect else None)
    faces = runner.run(paths, "pictures", console)
    assert faces.found.tolist() == [True, not detect]
    assert runner.name(faces.seen)[0][0].character == "midori_hayashi"
    assert runner.probabilities(faces)[0].argmax() == tiny.LABELS.index("midori_hayashi")
