"""Tell which faces of several frames are the same person's."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.recognition.gallery import Embedding
from bot.recognition.results import Box, Guess, Sighting

AGREEMENT = 0.4
"""Two faces' probability of being the same character, from which they are one person's wherever they are seen."""
OVERLAP = 0.3
"""Intersection over union of two faces in frames that follow one another, from which they are one person's."""
SURE = 0.5
"""From this probability on a name is believed: a face that hardly can be theirs is another person's."""


@dataclass(frozen=True, slots=True)
class View:
    """A face in one of the frames, its box in that frame's pixels; without an embedding where the bundle gives none."""

    frame: int
    sighting: Sighting
    embedding: Embedding | None = field(default=None, repr=False, compare=False)

    @property
    def quality(self) -> float:
        """How well the face is seen: surely, and large."""
        face = self.sighting.face
        return face.score * math.sqrt(max(0.0, face.box.width * face.box.height))


@dataclass(frozen=True, slots=True)
class Person:
    """A person in one frame or in several, at most once in each: at least one view, in order of time."""

    views: tuple[View, ...]

    @property
    def best(self) -> View:
        """The view that shows them best."""
        return max(self.views, key=lambda view: view.quality)

    def guesses(self) -> tuple[Guess, ...]:
        """Who it may be: the mean probability over all views, by falling probability."""
        sums: dict[str, float] = {}
        names: dict[str, Guess] = {}
        for view in self.views:
            for guess in view.sighting.guesses:
                sums[guess.character] = sums.get(guess.character, 0.0) + guess.probability
                names.setdefault(guess.character, guess)
        ranked = sorted(sums, key=lambda character: -sums[character])
        return tuple(
            Guess(names[c].character, sums[c] / len(self.views), names[c].name, names[c].series) for c in ranked
        )


def merge(
    frames: Sequence[Sequence[Sighting]],
    embeddings: Sequence[Iterable[Embedding]] | None = None,
    kinship: float = 0.5,
) -> list[Person]:
    """Join the faces of a clip's frames to people, frame by frame, the surest pairs first.

    Args:
        frames: For each frame, in order of time, its faces, all of them different people.
        embeddings: Of the same faces, unit length; without them names and places alone decide.
        kinship: The cosine that two faces of one character have on average. Within a clip they are drawn alike: they
            have at least that, and faces with less than half of it are two people's.

    Returns:
        The people, best seen first.
    """
    people: list[Person] = []
    for number, sightings in enumerate(frames):
        vectors: Iterable[Embedding | None] = embeddings[number] if embeddings else [None] * len(sightings)
        views = [View(number, sighting, vector) for sighting, vector in zip(sightings, vectors, strict=True)]
        pairs = sorted(
            (
                (_likeness(person, view, kinship), p, v)
                for p, person in enumerate(people)
                for v, view in enumerate(views)
            ),
            key=lambda pair: -pair[0],
        )
        joined: dict[int, int] = {}
        for likeness, p, v in pairs:
            if likeness > 0 and p not in joined.values() and v not in joined:
                joined[v] = p
        for v, view in enumerate(views):
            if v in joined:
                people[joined[v]] = Person((*people[joined[v]].views, view))
            else:
                people.append(Person((view,)))
    return sorted(people, key=lambda person: -person.best.quality)


def _likeness(person: Person, view: View, kinship: float) -> float:
    """How surely a face is this person's; 0 where it is not thought to be."""
    theirs = {guess.character: guess.probability for guess in person.guesses()}
    others = {guess.character: guess.probability for guess in view.sighting.guesses}
    last = person.views[-1]
    agreement = sum(theirs.get(character, 0.0) * probability for character, probability in others.items())
    overlap = _iou(last.sighting.face.box, view.sighting.face.box) if view.frame - last.frame == 1 else 0.0
    cosine = _cosine(person, view)
    alike, unlike = (False, False) if cosine is None else (cosine >= kinship, cosine < kinship / 2)
    same = agreement >= AGREEMENT or alike or (overlap >= OVERLAP and not unlike)
    denials = _denies(theirs, others) + _denies(others, theirs)
    # One blurred frame costs a name much of its probability: that denies nothing where the faces are alike.
    if not same or denials > (1 if alike else 0):
        return 0.0
    return agreement + overlap + max(cosine or 0.0, 0.0)


def _cosine(person: Person, view: View) -> float | None:
    """The cosine to the most alike of a person's views; None without embeddings."""
    if view.embedding is None:
        return None
    return max(
        (float(one.embedding @ view.embedding) for one in person.views if one.embedding is not None), default=None
    )


def _denies(guesses: Mapping[str, float], others: Mapping[str, float]) -> bool:
    """Whether a name that is believed is far less likely by the other guesses: a cut has brought another person."""
    best = max(guesses, key=lambda character: guesses[character], default="")
    return guesses.get(best, 0.0) >= SURE and others.get(best, 0.0) < guesses[best] / 2


def _iou(one: Box, other: Box) -> float:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if min(across, down) <= 0:
        return 0.0
    shared = across * down
    return shared / (one.width * one.height + other.width * other.height - shared)
