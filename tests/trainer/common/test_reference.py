"""Which faces travel in a bundle."""

import numpy as np

from bot.recognition.bundle import Reference
from tests.support import tiny
from trainer.common.reference import with_reference


def faces(*owners: int, start: int = 0) -> Reference:
    """Make a face for each owner, none of which looks like another unless it has the same number."""
    numbers = np.arange(start, start + len(owners))
    angles = numbers * 0.3
    embeddings = np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1).astype(np.float32)
    return Reference(np.tile(numbers[:, np.newaxis], 3).astype(np.float32), embeddings, np.array(owners))


def test_the_first_faces_of_each_character_are_taken_and_those_that_are_there_stay() -> None:
    once = with_reference(tiny.tiny_recognition(), faces(0, 1, 0, -1, 0), most=2)
    assert once.reference is not None
    assert once.reference.owners.tolist() == [0, 1, 0, -1]
    assert once.reference.logits[:, 0].tolist() == [0, 1, 2, 3]
    twice = with_reference(once, faces(0, 1, 2, start=10), most=2)
    assert twice.reference is not None
    assert twice.reference.owners.tolist() == [0, 1, 0, -1, 1, 2]
    twice.check(3)


def test_the_same_face_travels_once() -> None:
    once = with_reference(tiny.tiny_recognition(), faces(0, 1))
    twice = with_reference(once, faces(0, 1, 1))
    assert twice.reference is not None
    assert twice.reference.logits[:, 0].tolist() == [0, 1, 2]
