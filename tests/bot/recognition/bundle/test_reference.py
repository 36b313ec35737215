"""The faces that travel in a bundle to hold others against it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.recognition.bundle import Reference, read_bundle, write_bundle
from bot.recognition.bundle.reference import NOBODY
from tests.bot.recognition.bundle.test_recognition import INFO, LABELS, NETWORK, RECOGNITION

REFERENCE = Reference(
    np.array([[4, -2], [0.5, 0.25], [1, 1]], np.float32),
    np.array([[0, 1], [0.6, 0.8], [1, 0]], np.float32),
    np.array([1, 2, NOBODY]),
)


def test_it_comes_back_beside_a_character_without_a_logit(tmp_path: Path) -> None:
    path = tmp_path / "three.tflite"
    write_bundle(path, NETWORK, INFO, LABELS, replace(RECOGNITION, reference=REFERENCE))
    found = read_bundle(path).recognition
    assert found is not None
    assert found.reference is not None
    np.testing.assert_allclose(found.reference.logits, REFERENCE.logits)
    np.testing.assert_allclose(found.reference.embeddings, REFERENCE.embeddings, atol=1e-3)
    assert found.reference.owners.tolist() == [1, 2, NOBODY]
    assert len(found.reference) == 3


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (replace(REFERENCE, owners=np.array([1, 3, 0])), "does not know"),
        (replace(REFERENCE, owners=np.array([1, 2, -2])), "does not know"),
        (replace(REFERENCE, owners=np.array([1, 2])), "does not fit"),
        (replace(REFERENCE, logits=REFERENCE.logits[:, :1]), "does not fit"),
        (replace(REFERENCE, embeddings=REFERENCE.embeddings * np.float32(np.nan)), "finite"),
    ],
)
def test_what_does_not_fit_is_refused(wrong: Reference, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(RECOGNITION, reference=wrong).check(len(LABELS))
