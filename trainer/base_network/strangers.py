"""Tell strangers from the roster: fitted on the stage that has met none, carried over to the one that ships."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.recognition.bundle import Bundle, BundleInfo, InputSpec, Recognition
from bot.recognition.naming.recogniser import Recogniser, known_odds
from trainer.base_network.data import PARTS, Faces, Indices
from trainer.base_network.outputs import Answers, Shown
from trainer.base_network.recognition import blank, fit_closeness, fit_teaching, fit_weights
from trainer.common.measure import Truth, Values
from trainer.common.prototypes import NAMED


@dataclass(frozen=True)
class Fitted:
    """How a network tells the known from strangers: its recognition, and the temperature and threshold with it."""

    recognition: Recognition
    temperature: float
    threshold: float
    offsets: Values
    """Of the characters of each set, by its place among the sets' names."""

    def given_to(self, bundle: Bundle) -> Bundle:
        """The bundle with this; its labels are those that this was fitted with."""
        info = replace(bundle.info, temperature=self.temperature, threshold=self.threshold)
        return replace(bundle, info=info, recognition=self.recognition)

    def rank(self, shown: Shown, labels: Sequence[str]) -> Values:
        """The probability of every character, as the bot gives it; the rest to 1 is a stranger's."""
        bundle = Bundle("fitted", BundleInfo("classifier", "fitted", InputSpec(1, 1)), tuple(labels), b"")
        return Recogniser(self.given_to(bundle)).rank(shown.logits, shown.embeddings).probabilities


@dataclass(frozen=True)
class Ground:
    """All crops, and what a network that knows `known` says of them."""

    faces: Faces
    said: Answers
    known: tuple[str, ...]

    def shown(self, indices: Indices) -> Shown:
        """What is said of some faces, in both framings, by the characters that the network knows."""
        both = self.said.both(indices)
        return Shown(both.logits, both.embeddings, np.tile(self.truth(indices), 2))

    def truth(self, indices: Indices) -> Truth:
        """The place of each face's character among those that the network knows; -1 for strangers."""
        column_of = np.full(len(self.faces.labels) + 1, -1)
        column_of[[self.faces.labels.index(name) for name in self.known]] = np.arange(len(self.known))
        return np.asarray(column_of[self.faces.truth[indices]])

    def part(self, part: str) -> Shown:
        """What is said of a part's faces of known characters."""
        return self.shown(self.faces.of(next(one for one in PARTS if one == part), self.known))

    def cohort(self) -> Values:
        """The embeddings of the faces of nobody that trained, as the bot frames them."""
        return self.said.framed.at(self.faces.cohort("train")).embeddings

    def sets(self) -> Truth:
        """The set that most faces of each known character come from: it is its style that strangers share."""
        trained = self.faces.of("train", self.known)
        table = np.zeros((len(self.faces.labels), len(self.faces.set_names)), np.intp)
        np.add.at(table, (self.faces.truth[trained], self.faces.sets[trained]), 1)
        return np.asarray(table[[self.faces.labels.index(name) for name in self.known]].argmax(axis=1))

    def all_of(self, characters: Sequence[str]) -> Indices:
        """The crops of some characters, in all parts."""
        return np.concatenate([self.faces.of(part, characters) for part in PARTS])


def fit(ground: Ground, strangers: Sequence[str], prototypes: int, *, with_cohort: bool = True) -> Fitted:
    """Fit everything on a network that has met none of the `strangers`, nor the faces of nobody that are to test on.

    Args:
        ground: The network that is fitted to.
        strangers: Characters that it does not know. Others can be kept, to measure the result on.
        prototypes: Most prototypes a character.
        with_nobody: Whether the faces of nobody are used to fit, too.
    """
    train, validation = ground.part("train"), ground.part("validation")
    unknown = ground.all_of(strangers)
    recognition = blank(train, ground.cohort(), len(ground.known), prototypes)
    closeness, temperature = fit_closeness(recognition, validation)
    own = ground.said.own.at(unknown)
    teaching = fit_teaching(Shown(own.logits, own.embeddings, ground.faces.truth[unknown]), validation.embeddings)
    recognition = replace(recognition, closeness=closeness, teaching=teaching)
    cohort = ground.faces.cohort("test") if with_cohort else unknown[:0]
    apart = ground.shown(np.concatenate([unknown, cohort]))
    recognition, offsets = fit_weights(recognition, temperature, validation, apart, ground.sets())
    return _with_threshold(Fitted(recognition, temperature, 0.0, offsets), ground)


def carry_over(fitted: Fitted, before: Ground, ground: Ground, prototypes: int) -> Fitted:
    """Fit to the network that ships what can be fitted to it, and take over the rest.

    It knows everybody, so nobody is left to fit its weights on. The log-odds are moved to where as many of the
    validation faces as before pass for known.
    """
    train, validation = ground.part("train"), ground.part("validation")
    recognition = replace(
        blank(train, ground.cohort(), len(ground.known), prototypes),
        weights=fitted.recognition.weights,
        bias=fitted.recognition.bias,
        teaching=fitted.recognition.teaching,
        contested=fitted.recognition.contested,
        offsets=fitted.offsets[ground.sets()],
    )
    closeness, temperature = fit_closeness(recognition, validation)
    here = replace(fitted, recognition=replace(recognition, closeness=closeness), temperature=temperature)
    moved = _passing(fitted, before.part("validation")) - _passing(here, validation)
    there = replace(here, recognition=replace(here.recognition, bias=here.recognition.bias + moved))
    return _with_threshold(there, ground)


def _passing(fitted: Fitted, shown: Shown) -> float:
    """The log-odds of being known that as many known faces as are to be named reach."""
    odds = known_odds(shown.logits, shown.embeddings, fitted.recognition, fitted.temperature)
    return float(np.quantile(odds, 1 - NAMED))


def _with_threshold(fitted: Fitted, ground: Ground) -> Fitted:
    confidence = fitted.rank(ground.part("validation"), ground.known).max(axis=1)
    return replace(fitted, threshold=round(float(np.quantile(confidence, 1 - NAMED)), 3))
