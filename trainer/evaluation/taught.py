"""Measure what a chat lives through: characters are taught beside the roster, and asked for by their other drawings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.recognition.bundle import Bundle
from bot.recognition.gallery import Gallery
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
    """So many characters, taught from so many drawings each; `group` is what a reader calls their crops."""

    group: str
    characters: int
    drawings: int


@dataclass(frozen=True)
class TaughtFigures:
    """Shares of faces over all draws; `strangers` are the characters of the same crops that nobody taught."""

    lesson: Lesson
    first: Measured
    named: Measured
    strangers_called: Measured
    strangers_named: Measured
    strangers_sure: Measured
    known_before: Measured
    known_after: Measured


def judge_taught(
    bundle: Bundle, crops: Crops, known: Crops, lessons: Sequence[Lesson], seed: int = 0
) -> Iterator[TaughtFigures]:
    """Teach, and ask for everybody: the taught by their other drawings, strangers, and `known`, who are of the roster.

    Args:
        bundle: What answers.
        crops: Of characters that the bundle does not know.
        known: Of characters that it does.
        lessons: What is taught, one after the other, each beside the roster alone.
        seed: Draws characters and drawings.
    """
    recogniser, threshold = Recogniser(bundle), bundle.info.threshold
    known_truth = np.array([bundle.labels.index(name) for name in known.names])[known.characters]
    for lesson in lessons:
        rng = np.random.default_rng(seed)
        hits: dict[str, list[Hits]] = {}
        for _ in range(DRAWS):
            gallery, taught, asked = _teach(crops, lesson, rng)
            strangers = np.flatnonzero(~np.isin(crops.characters, taught))
            names = np.array([*crops.names])

            def answer(of: Crops, rows: Truth, gallery: Gallery = gallery) -> tuple[list[str], Hits, Hits]:
                ranking = recogniser.rank(of.logits[rows], of.embeddings[rows], gallery)
                best = ranking.probabilities.max(axis=1)
                found = [ranking.characters[place] for place in ranking.probabilities.argmax(axis=1)]
                return found, best >= threshold, best >= SURE

            found, named, _ = answer(crops, asked)
            right = np.array(found) == names[crops.characters[asked]]
            called, stranger_named, stranger_sure = answer(crops, strangers)
            everybody = np.arange(len(known.characters))
            labels = np.array([*bundle.labels])[known_truth]
            before, before_named, _ = answer(known, everybody, Gallery(()))
            after, after_named, _ = answer(known, everybody)
            for name, values in {
                "first": right,
                "named": right & named,
                "strangers_called": stranger_named & np.isin(called, names[taught]),
                "strangers_named": stranger_named,
                "strangers_sure": stranger_sure,
                "known_before": (np.array(before) == labels) & before_named,
                "known_after": (np.array(after) == labels) & after_named,
            }.items():
                hits.setdefault(name, []).append(values)
        yield TaughtFigures(lesson, **{name: share(np.concatenate(values)) for name, values in hits.items()})


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


def _teach(crops: Crops, lesson: Lesson, rng: np.random.Generator) -> tuple[Gallery, Truth, Truth]:
    """Teach characters that have one drawing more than the lesson takes; return their numbers, and whom to ask for."""
    taught: list[int] = []
    teaches = np.zeros(len(crops.characters), bool)
    for character in rng.permutation(np.unique(crops.characters)):
        own = crops.characters == character
        drawings = rng.permutation(np.unique(crops.drawings[own]))
        if len(taught) < lesson.characters and len(drawings) > lesson.drawings:
            taught.append(int(character))
            teaches |= own & np.isin(crops.drawings, drawings[: lesson.drawings])
    asked = np.flatnonzero(np.isin(crops.characters, taught) & ~teaches)
    gallery = Gallery.of((crops.names[crops.characters[i]], crops.embeddings[i]) for i in np.flatnonzero(teaches))
    return gallery, np.array(taught, np.intp), asked
