"""Tell strangers from the roster: fitted on the stage that has met none, carried over to the one that ships."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.bundle import Bundle, BundleInfo, InputSpec, Recognition
from bot.vision.recognise import Recogniser, known_odds
from trainer.measure import Values
from trainer.pretrain.data import PARTS, Faces, Indices
from trainer.pretrain.outputs import Answers, Shown
from trainer.pretrain.recognition import blank, fit_closeness, fit_teaching, fit_weights

NAMED = 0.95
"""The share of known faces that the threshold lets be named."""


@dataclass(frozen=True)
class Fitted:
    """How a network tells the known from strangers: its recognition, and the temperature and threshold with it."""

    recognition: Recognition
    temperature: float
    threshold: float

    def rank(self, shown: Shown, labels: Sequence[str]) -> Values:
        """The probability of every character, as the bot gives it; the rest to 1 is a stranger's."""
        info = BundleInfo("classifier", "fitted", InputSpec(1, 1), temperature=self.temperature)
        bundle = Bundle("fitted", info, tuple(labels), b"", self.recognition)
        return Recogniser(bundle).rank(shown.logits, shown.embeddings).probabilities


@dataclass(frozen=True)
class Ground:
    """All crops, and what a network that knows `known` says of them."""

    faces: Faces
    said: Answers
    known: tuple[str, ...]

    def shown(self, indices: Indices) -> Shown:
        """What is said of some faces, in both framings, by the characters that the network knows."""
        columns = np.array([self.faces.labels.index(name) for name in self.known])
        column_of = np.full(len(self.faces.labels) + 1, -1)
        column_of[columns] = np.arange(len(columns))
        both = self.said.both(indices)
        return Shown(both.logits[:, columns], both.embeddings, np.tile(column_of[self.faces.truth[indices]], 2))

    def part(self, part: str) -> Shown:
        """What is said of a part's faces of known characters."""
        return self.shown(self.faces.of(next(one for one in PARTS if one == part), self.known))

    def all_of(self, characters: Sequence[str]) -> Indices:
        """The crops of some characters, in all parts."""
        return np.concatenate([self.faces.of(part, characters) for part in PARTS])


def fit(ground: Ground, strangers: Sequence[str], prototypes: int, *, with_nobody: bool = True) -> Fitted:
    """Fit everything on a network that has met none of the `strangers`, nor the faces of nobody that are to test on.

    Args:
        ground: The network that is fitted to.
        strangers: Characters that it does not know. Others can be kept, to measure the result on.
        prototypes: Most prototypes a character.
        with_nobody: Whether the faces of nobody are used to fit, too.
    """
    train, validation = ground.part("train"), ground.part("validation")
    unknown = ground.all_of(strangers)
    recognition = blank(train.embeddings, train.truth, len(ground.known), prototypes)
    closeness, temperature = fit_closeness(recognition, validation)
    own = ground.said.own.at(unknown)
    teaching = fit_teaching(Shown(own.logits, own.embeddings, ground.faces.truth[unknown]), validation.embeddings)
    recognition = replace(recognition, closeness=closeness, teaching=teaching)
    nobody = ground.faces.nobody("test") if with_nobody else unknown[:0]
    apart = ground.shown(np.concatenate([unknown, nobody]))
    recognition = fit_weights(recognition, temperature, validation, apart)
    return _with_threshold(recognition, temperature, ground)


def carry_over(fitted: Fitted, before: Ground, ground: Ground, prototypes: int) -> Fitted:
    """Fit to the network that ships what can be fitted to it, and take over the rest.

    It knows everybody, so nobody is left to fit its weights on. The log-odds are moved to where as many of the
    validation faces as before pass for known.
    """
    train, validation = ground.part("train"), ground.part("validation")
    recognition = replace(
        blank(train.embeddings, train.truth, len(ground.known), prototypes),
        weights=fitted.recognition.weights,
        bias=fitted.recognition.bias,
        teaching=fitted.recognition.teaching,
    )
    closeness, temperature = fit_closeness(recognition, validation)
    here, there = (
        known_odds(shown.logits, shown.embeddings, one.recognition, one.temperature)
        for shown, one in ((validation, Fitted(recognition, temperature, 0)), (before.part("validation"), fitted))
    )
    moved = float(np.quantile(there, 1 - NAMED) - np.quantile(here, 1 - NAMED))
    recognition = replace(recognition, bias=recognition.bias + moved)
    return _with_threshold(replace(recognition, closeness=closeness), temperature, ground)


def _with_threshold(recognition: Recognition, temperature: float, ground: Ground) -> Fitted:
    fitted = Fitted(recognition, temperature, 0.0)
    confidence = fitted.rank(ground.part("validation"), ground.known).max(axis=1)
    return replace(fitted, threshold=round(float(np.quantile(confidence, 1 - NAMED)), 3))
