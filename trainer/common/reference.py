"""Choose the faces that travel in a bundle, to hold against it whatever is to take its place."""

from dataclasses import replace

import numpy as np

from bot.recognition.bundle import Recognition, Reference
from bot.recognition.bundle.reference import NOBODY
from bot.recognition.teaching import taught_before

MOST = 3
"""Faces of a character."""
MOST_STRANGERS = 300


def with_reference(recognition: Recognition, faces: Reference, most: int = MOST) -> Recognition:
    """Return a recognition with faces in its reference, beside those that are in it already.

    Args:
        recognition: That of a bundle.
        faces: What its network says of faces that trained nothing; the first ones of each character are taken.
        most: Faces of a character at most, those included that are there already.
    """
    kept = recognition.reference or faces.of(np.zeros(0, np.intp))
    for place, owner in enumerate(faces.owners.tolist()):
        own = kept.embeddings[kept.owners == owner]
        room = len(own) < (MOST_STRANGERS if owner == NOBODY else most)
        if room and not taught_before(faces.embeddings[place], own):
            kept = kept.joined(faces.of(np.array([place])))
    return replace(recognition, reference=kept)
