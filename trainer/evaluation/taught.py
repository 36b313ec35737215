"""Measure what a chat lives through: characters are taught beside the roster, and asked for by their other drawings."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.recognition.bundle import Bundle
from bot.recognition.gallery import EMPTY, Gallery
from bot.recognition.naming.recogniser import Recogniser
from trainer.common.documents import markdown_table
from trainer.common.measure import Hits, Measured, Truth, Values, share

DRAWS = 5
"""How often characters and the drawings that teach them are drawn anew."""
SURE = 0.95


@dataclass(frozen=True)
class Crops:
    """What a bundle predicts of face crops of many characters.

    `logits` are ``(count, labels)`` and `embeddings` ``(count, dimensions)``, unit length. `characters` and `drawings`
    are numbers, one a crop; a character's number is its place in `names`.
    """

    logits: Values
    embeddings: Values
    characters: Truth
    drawings: Truth
    names: tuple[str, ...]

    def of(self, chosen: Hits) -> "Crops":
        """Some of the crops: `chosen` has a boolean for each."""
        return Crops(
            self.logits[chosen], self.embeddings[chosen], self.characters[chosen], self.drawings[chosen], self.names
        )


@dataclass(frozen=True)
class Lesson:
    """So many characters, taught from so many drawings each; `group` is what a reader calls their crops.

    Where `fewer` is above 0, the same faces are asked for after a lesson of that many drawings, too.
    """

    group: str
    characters: int
    drawings: int
    fewer: int = 0


@dataclass(frozen=True)
class TaughtFigures:
    """Shares of faces over all draws; `strangers` are those of characters that were not taught.

    `named_by_fewer` is of the same faces as `named`, after the lesson of fewer drawings; of none where there is none.
    """

    lesson: Lesson
    first: Measured
    named: Measured
    named_by_fewer: Measured
    strangers_called: Measured
    strangers_named: Measured
    strangers_sure: Measured
    known_before: Measured
    known_after: Measured


def judge_taught(
    bundle: Bundle,
    crops: Crops,
    known: Crops,
    lessons: Sequence[Lesson],
    seed: int = 0,
    others: Crops | None = None,
) -> Iterator[TaughtFigures]:
    """Teach, and ask for everybody: the taught by their other drawings, strangers, and `known`, who are of the roster.

    Args:
        bundle: What answers.
        crops: Of characters that the bundle does not know.
        known: Of characters that it does.
        lessons: What is taught, one after the other, each beside the roster alone.
        seed: Draws characters and drawings.
        others: Strangers beside those of `crops` that a lesson leaves out; their names do not count.
    """
    answers = _Answers(bundle)
    before = answers.rightly(known, EMPTY)
    for lesson in lessons:
        rng = np.random.default_rng(seed)
        hits: dict[str, list[Hits]] = defaultdict(list)
        for _ in range(DRAWS):
            for name, values in _once(answers, crops, known, others, lesson, rng).items():
                hits[name].append(values)
        figures = {name: share(np.concatenate(values)) for name, values in hits.items()}
        yield TaughtFigures(lesson, known_before=share(before), **figures)


def taught_table(found: Sequence[TaughtFigures]) -> str:
    """Return the figures as a Markdown table, each with its 95 % bootstrap interval where it is the point."""
    head = (
        "Taught",
        "Drawings each",
        "Faces asked",
        "First guess right",
        "Named, and rightly",
        "Strangers",
        f"Called by a taught name; any name; with {SURE:.0%} and more",
        "Roster named rightly: before; after",
    )
    rows = [
        [
            f"{one.lesson.characters} of {one.lesson.group}",
            f"{one.lesson.drawings}",
            f"{one.first.count}",
            _percent(one.first),
            _percent(one.named),
            f"{one.strangers_named.count}",
            "; ".join(f"{part.value:.1%}" for part in (one.strangers_called, one.strangers_named, one.strangers_sure)),
            f"{one.known_before.value:.1%}; {one.known_after.value:.1%}",
        ]
        for one in found
    ]
    return markdown_table(head, rows)


def _percent(measured: Measured) -> str:
    return f"{measured.value:.1%} ({measured.low:.1%} to {measured.high:.1%})"


@dataclass(frozen=True)
class _Answer:
    """What faces are called: the best guess of each, and whether it is named, and surely."""

    names: Sequence[str]
    named: Hits
    sure: Hits

    def among(self, characters: Sequence[str]) -> Hits:
        return np.array([name in characters for name in self.names], bool)

    def rightly(self, truth: Sequence[str]) -> Hits:
        return np.array([name == true for name, true in zip(self.names, truth, strict=True)], bool) & self.named


class _Answers:
    """A bundle that answers as it does in a chat."""

    def __init__(self, bundle: Bundle) -> None:
        self._recogniser, self._threshold = Recogniser(bundle), bundle.info.threshold

    def of(self, crops: Crops, gallery: Gallery) -> _Answer:
        ranking = self._recogniser.rank(crops.logits, crops.embeddings, gallery)
        best = ranking.probabilities.max(axis=1)
        names = [ranking.characters[place] for place in ranking.probabilities.argmax(axis=1)]
        return _Answer(names, best >= self._threshold, best >= SURE)

    def rightly(self, crops: Crops, gallery: Gallery) -> Hits:
        return self.of(crops, gallery).rightly(_names(crops))


def _names(crops: Crops) -> list[str]:
    return [crops.names[character] for character in crops.characters]


def _once(
    answers: _Answers, crops: Crops, known: Crops, others: Crops | None, lesson: Lesson, rng: np.random.Generator
) -> dict[str, Hits]:
    """Teach one draw of a lesson, and return what is right of each figure, a boolean for each face."""
    order = _draw(crops, lesson, rng)
    of_taught = np.isin(crops.characters, list(order))
    teaches = _first(crops, order, lesson.drawings)
    gallery, asked = _gallery(crops, teaches), crops.of(of_taught & ~teaches)
    answer, truth = answers.of(asked, gallery), _names(asked)
    fewer = _gallery(crops, _first(crops, order, lesson.fewer)) if lesson.fewer else None
    strange = [answers.of(one, gallery) for one in (crops.of(~of_taught), others) if one is not None]
    return {
        "first": np.array([name == true for name, true in zip(answer.names, truth, strict=True)], bool),
        "named": answer.rightly(truth),
        "named_by_fewer": np.zeros(0, bool) if fewer is None else answers.of(asked, fewer).rightly(truth),
        "strangers_called": np.concatenate([one.named & one.among(gallery.characters) for one in strange]),
        "strangers_named": np.concatenate([one.named for one in strange]),
        "strangers_sure": np.concatenate([one.sure for one in strange]),
        "known_after": answers.rightly(known, gallery),
    }


def _draw(crops: Crops, lesson: Lesson, rng: np.random.Generator) -> dict[int, Truth]:
    """Draw characters that have one drawing more than the lesson takes; return the drawings of each in random order."""
    order: dict[int, Truth] = {}
    for character in rng.permutation(np.unique(crops.characters)):
        drawings = rng.permutation(np.unique(crops.drawings[crops.characters == character]))
        if len(order) < lesson.characters and len(drawings) > lesson.drawings:
            order[int(character)] = drawings
    return order


def _first(crops: Crops, order: dict[int, Truth], count: int) -> Hits:
    """Tell of each crop whether it is of the first `count` drawings of its character."""
    teaches = np.zeros(len(crops.characters), bool)
    for character, drawings in order.items():
        teaches |= (crops.characters == character) & np.isin(crops.drawings, drawings[:count])
    return teaches


def _gallery(crops: Crops, teaches: Hits) -> Gallery:
    return Gallery.of((crops.names[crops.characters[i]], crops.embeddings[i]) for i in np.flatnonzero(teaches))
