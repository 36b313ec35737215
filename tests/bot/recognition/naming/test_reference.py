"""Whom bundles name for the faces that travel in one of them."""

import numpy as np

from bot.recognition.bundle import Bundle, BundleInfo, InputSpec, Reference
from bot.recognition.gallery import Gallery
from bot.recognition.naming.reference import answers
from tests.bot.recognition.naming.test_compared import LABELS, PROTOTYPES, RECOGNITION, units

FACES = np.concatenate([PROTOTYPES[[0, 2]], units(1, 9)])
REFERENCE = Reference(np.zeros((3, 2), np.float32), FACES, np.array([0, 2, -1]))
BUNDLE = Bundle("id", BundleInfo("classifier", "x", InputSpec(8, 8), threshold=0.5), LABELS, b"", RECOGNITION)


def test_a_bundle_names_the_characters_it_knows() -> None:
    assert answers(BUNDLE, REFERENCE) == ["a", "compared", None]


def test_what_is_taught_counts() -> None:
    assert answers(BUNDLE, REFERENCE, Gallery.of([("somebody", FACES[2])])) == ["a", "compared", "somebody"]
