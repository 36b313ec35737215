"""Add characters to a bundle: its network and all that it knows stay, and the new ones are compared by their faces."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from bot.recognition.bundle import Bundle, Recognition
from bot.recognition.teaching import taught_before
from trainer.common.errors import TrainerError
from trainer.common.measure import Values
from trainer.common.prototypes import clusters, make_prototypes

Faces: TypeAlias = Mapping[str, Values]
"""Unit-length embeddings by the label of their character, ``(count, dimensions)``."""
MOST = 20
"""Prototypes of a character that is compared."""


def check_open(bundle: Bundle) -> Recognition:
    """Return what a bundle recognises by.

    Raises:
        TrainerError: nothing can be added to it.
    """
    recognition = bundle.recognition
    if recognition is None or not bundle.can_grow:
        raise TrainerError(
            f"nothing can be added to {bundle.info.name}, for it has no cohort to compare faces with: name another "
            "bundle in `beside`, or set `alone = true`"
        )
    return recognition


def add(base: Bundle, faces: Faces) -> Recognition:
    """Return how a bundle recognises its own characters and further ones, whose labels come behind its own.

    Who has a logit in its network gets a prototype more; everybody else is compared by up to `MOST` faces, as if a chat
    had taught them.

    Args:
        base: The bundle, which `check_open` lets pass.
        faces: Those of a label that the bundle lacks make a new character.

    Raises:
        TrainerError: nothing can be added to it.
    """
    recognition = check_open(base)
    labels = (*base.labels, *(label for label in faces if label not in base.labels))
    tables, owners = [], []
    for place, label in enumerate(labels):
        own = recognition.prototypes[recognition.owners == place]
        if label in faces:
            has_logit = place < base.logits
            own = _joined(own, _means(faces[label]) if has_logit else faces[label])
            own = own if has_logit else _cover(own)
        tables.append(own)
        owners += [place] * len(own)
    return replace(
        recognition,
        prototypes=np.concatenate(tables),
        owners=np.array(owners, np.intp),
        offsets=np.concatenate([recognition.offsets, np.zeros(len(labels) - len(base.labels), np.float32)]),
        compared=recognition.compared + len(labels) - len(base.labels),
    )


def _joined(own: Values, further: Values) -> Values:
    """Add what was not added before."""
    return np.concatenate([own, further[[not taught_before(one, own) for one in further]]])


def _means(faces: Values) -> Values:
    means, _ = make_prototypes(faces, np.zeros(len(faces), np.intp), 1, MOST)
    return means


def _cover(faces: Values) -> Values:
    """Choose at most `MOST` faces that stand for all: those next to the centres of as many clusters."""
    if len(faces) <= MOST:
        return faces
    nearest = (clusters(faces, MOST) @ faces.T).argmax(axis=1)
    return np.asarray(faces[np.unique(nearest)])
