"""Show test pictures to a classifier, and keep what it says of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bot.errors import BundleError
from bot.recognition.bundle import Bundle, Reference
from bot.recognition.naming.classifier import Classifier
from bot.recognition.results import Guess, Image
from trainer.common.console import Console
from trainer.common.dataset import Example, fingerprint, read_picture
from trainer.common.errors import DatasetError
from trainer.common.files import Journal
from trainer.common.metrics import Figures, confusion, measure

AT_ONCE = 32
"""Pictures that a network is shown at a time: TensorFlow takes far longer for each of them alone."""


class Scorer(Protocol):
    """Names face crops; `id` changes with the network."""

    id: str
    name: str
    labels: tuple[str, ...]

    def classify(self, crops: Sequence[Image]) -> list[tuple[Guess, ...]]:
        """Return, for each RGB uint8 crop, every label with its probability, best first."""
        ...


class BundleScorer:
    """A bundle, run by the very code that the bot runs it with; for `retry_doubtful` see `Classifier`."""

    def __init__(self, bundle: Bundle, *, retry_doubtful: bool = True) -> None:
        self.id = bundle.id
        self.name = bundle.info.name
        self.labels = bundle.labels
        self.classify = Classifier(bundle, retry_doubtful=retry_doubtful).classify


@dataclass(frozen=True, slots=True)
class Scored:
    """What a classifier says of a test picture: a probability for each label, in the labels' order."""

    example: Example
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Evaluation:
    """What a classifier says of all test pictures."""

    network: str
    labels: tuple[str, ...]
    scored: tuple[Scored, ...]

    @property
    def probabilities(self) -> npt.NDArray[np.float32]:
        """Of each picture for each label, float32 ``(pictures, labels)``."""
        return np.array([scored.probabilities for scored in self.scored], np.float32)

    @property
    def truth(self) -> npt.NDArray[np.intp]:
        """The right label's index of each picture, ``(pictures,)``."""
        column = {label: i for i, label in enumerate(self.labels)}
        return np.array([column[scored.example.character] for scored in self.scored], np.intp)

    @property
    def figures(self) -> Figures:
        """How good that is."""
        return measure(self.probabilities, self.truth)

    @property
    def confusion(self) -> npt.NDArray[np.intp]:
        """Pictures by their character (row) and by the one that they were taken for (column)."""
        return confusion(self.probabilities, self.truth)

    def ranked(self, scored: Scored) -> list[Guess]:
        """Return the labels with their probabilities, best first."""
        guesses = map(Guess, self.labels, scored.probabilities)
        return sorted(guesses, key=lambda guess: -guess.probability)

    def right(self, scored: Scored) -> bool:
        """Tell whether the best label is the right one."""
        return self.ranked(scored)[0].character == scored.example.character


def look(bundle: Bundle, examples: Sequence[Example], labels: Sequence[str], console: Console, what: str) -> Reference:
    """Show pictures to a bundle as the bot does; return what its network says of them, and whose of `labels` they are.

    Raises:
        BundleError: the bundle cannot run, or gives no embeddings.
        DatasetError: a picture cannot be read.
    """
    classifier = Classifier(bundle)
    if not classifier.embeds:
        raise BundleError(f"{bundle.info.name} gives no embeddings")
    said = [classifier.predict([])]
    with console.steps(f"Looking at {what}", len(examples)) as advance:
        for example in examples:
            said.append(classifier.predict([read_picture(example.path)]))
            advance(1)
    return Reference(
        np.concatenate([one.logits for one in said]),
        np.concatenate([one.embeddings for one in said if one.embeddings is not None]),
        np.array([labels.index(example.character) for example in examples], np.intp),
    )


def evaluate(scorer: Scorer, examples: Sequence[Example], console: Console, journal: Path | None = None) -> Evaluation:
    """Show each picture to the classifier; with a journal, an interrupted evaluation goes on where it stopped.

    Raises:
        DatasetError: there are no pictures, one cannot be read, or its character is unknown to the classifier.
    """
    unknown = sorted({example.character for example in examples} - set(scorer.labels))
    if unknown:
        raise DatasetError(f"{scorer.name} does not know {', '.join(unknown)}; it knows {', '.join(scorer.labels)}")
    if not examples:
        raise DatasetError("there are no pictures to test on")
    notes = Journal(journal, scorer.id) if journal else None
    scored: list[Scored] = []
    with console.steps(f"Testing {scorer.name}", len(examples)) as advance:
        for start in range(0, len(examples), AT_ONCE):
            some = examples[start : start + AT_ONCE]
            scored += _score(scorer, some, notes)
            advance(len(some))
    return Evaluation(scorer.name, scorer.labels, tuple(scored))


def _score(scorer: Scorer, examples: Sequence[Example], notes: Journal | None) -> list[Scored]:
    items = [fingerprint([example]) for example in examples]
    known = {item: notes.find(item) if notes else None for item in items}
    asked = [(item, example) for item, example in zip(items, examples, strict=True) if known[item] is None]
    said = scorer.classify([read_picture(example.path) for _, example in asked]) if asked else []
    for (item, _), guesses in zip(asked, said, strict=True):
        known[item] = result = _in_order(scorer.labels, guesses)
        if notes:
            notes.note(item, result)
    results = [(example, known[item] or {}) for item, example in zip(items, examples, strict=True)]
    return [Scored(example, tuple(result["probabilities"])) for example, result in results]


def _in_order(labels: Iterable[str], guesses: Iterable[Guess]) -> Mapping[str, list[float]]:
    given = {guess.character: guess.probability for guess in guesses}
    return {"probabilities": [given[label] for label in labels]}
