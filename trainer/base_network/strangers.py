"""Tell strangers from the roster: fitted to faces of characters that the network has not met."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.errors import BundleError
from bot.recognition.bundle import Bundle, Recognition
from bot.recognition.naming.classifier import Classifier
from bot.recognition.naming.recogniser import Recogniser
from trainer.base_network.comparison import blank_comparison, calibrate
from trainer.base_network.data import STRANGER, Faces, Indices
from trainer.base_network.outputs import Answers, Outputs, Shown, ask_classifier
from trainer.base_network.recognition import blank, fit_closeness, fit_teaching, fit_weights
from trainer.common.console import Console
from trainer.evaluation.taught import Crops

NAMED = 0.035
"""The share of strangers that the threshold lets be named: a stranger's wrong name is worse than a known one's none."""


@dataclass(frozen=True)
class Ground:
    """All crops, and what a network says of them."""

    faces: Faces
    said: Answers

    def shown(self, indices: Indices) -> Shown:
        """What is said of some faces, in both framings."""
        both = self.said.both(indices)
        return Shown(both.logits, both.embeddings, np.tile(self.faces.truth[indices], 2))

    def crops(self, indices: Indices) -> Crops:
        """What is said of some faces as the bot frames them, with their characters and drawings."""
        return as_crops(self.faces, indices, self.said.framed.at(indices))


def remember(ground: Ground, prototypes: int, most: int) -> Recognition:
    """Return what a network recognises by before anything is fitted: prototypes, strangers, and what it compares with.

    Args:
        ground: The network.
        prototypes: Most prototypes a character.
        most: Faces of a character in the cohort that faces are compared with.
    """
    faces = ground.faces
    others = ground.said.framed.at(faces.strangers("train")).embeddings
    recognition = blank(ground.shown(faces.of("train")), others, len(faces.labels), prototypes)
    drawn = faces.of("train")[faces.drawings[faces.of("train")] != ""]
    return replace(recognition, comparison=blank_comparison(ground.crops(drawn), others, most))


def decide(bundle: Bundle, faces: Faces, without: Sequence[str], console: Console) -> Bundle:
    """Fit how a bundle decides to what it says, looks again included, of faces that trained nothing.

    Faces of the older sets and drawings of the boxed ones count alike, though there are fewer of the latter. The
    threshold lets the share `NAMED` of the strangers be named.

    Args:
        bundle: With what `remember` returns.
        faces: All crops; strangers are the characters of the part ``lessons``.
        without: Sets whose labels are too often wrong to say what the score of a taught character means.
        console: Told how far it is.

    Raises:
        BundleError: the bundle does not load.
    """
    if bundle.recognition is None or bundle.recognition.comparison is None:
        raise BundleError(f"{bundle.info.name} has nothing to compare faces with")
    validation, strange = faces.of("validation"), faces.strangers("lessons")
    asked = np.concatenate([validation, strange])
    said = ask_classifier(Classifier(bundle), faces.framed[asked], console, f"Fitting {bundle.info.name}")
    known, strangers = said.at(np.arange(len(validation))), said.at(np.arange(len(validation), len(asked)))
    drawn = faces.drawings[validation] != ""
    times = max(1, round((~drawn).sum() / max(drawn.sum(), 1)))
    rows = np.concatenate([np.flatnonzero(~drawn), np.tile(np.flatnonzero(drawn), times)])
    shown = Shown(known.logits[rows], known.embeddings[rows], faces.truth[validation][rows])
    unknown = Shown(strangers.logits, strangers.embeddings, np.full(len(strange), STRANGER))
    clean = ~np.isin(faces.sets[strange], [faces.set_names.index(name) for name in without if name in faces.set_names])
    lessons = as_crops(faces, strange[clean], strangers.at(np.flatnonzero(clean)))
    comparison = calibrate(bundle.recognition.comparison, lessons)
    teaching = fit_teaching(Shown(lessons.logits, lessons.embeddings, lessons.characters), known.embeddings)
    recognition = replace(bundle.recognition, comparison=comparison, teaching=teaching)
    closeness, temperature = fit_closeness(recognition, shown)
    crops = np.bincount(faces.truth[faces.of("train")], minlength=len(bundle.labels))
    recognition = fit_weights(replace(recognition, closeness=closeness), temperature, shown, unknown, crops)
    info = replace(bundle.info, temperature=temperature)
    fitted = replace(bundle, info=info, recognition=recognition)
    confidence = Recogniser(fitted).rank(unknown.logits, unknown.embeddings).probabilities.max(axis=1)
    return replace(fitted, info=replace(info, threshold=round(float(np.quantile(confidence, 1 - NAMED)), 3)))


def as_crops(faces: Faces, indices: Indices, said: Outputs) -> Crops:
    """Return what is said of the faces at `indices`, with their characters and drawings; one without is its own."""
    names, characters = np.unique(faces.characters[indices], return_inverse=True)
    drawings = [drawing or f"{i}" for i, drawing in zip(indices, faces.drawings[indices], strict=True)]
    numbers = np.unique(drawings, return_inverse=True)[1]
    return Crops(said.logits, said.embeddings, characters, numbers, tuple(map(str, names)))
