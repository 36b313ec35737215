"""Tell which faces of several frames are the same person's."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain import Box, Guess, Sighting

AGREEMENT = 0.4
"""Two faces' probability of being the same character, from which they are one person's wherever they are seen."""
OVERLAP = 0.3
"""Intersection over union of two faces in frames that follow one another, from which they are one person's."""
SURE = 0.5
"""From this probability on a name is believed: a face that hardly can be theirs is another person's."""


@dataclass(frozen=True, slots=True)
class View:
    """A face in one of the frames, its box in that frame's pixels."""

    frame: int
    sighting: Sighting

    @property
    def quality(self) -> float:
        """How well the face is seen: surely, and large."""
        face = self.sighting.face
        return face.score * math.sqrt(max(0.0, face.box.width * face.box.height))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is seen in one frame or in several, at most once in each: at least one view, in order of time."""

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


def merge(frames: Sequence[Sequence[Sighting]]) -> list[Person]:
    """Join the faces of a clip's frames to people, frame by frame, the surest pairs first.

    Args:
        frames: For each frame, in order of time, its faces, all of them different people.

    Returns:
        The people, best seen first.
    """
    people: list[Person] = []
    for number, sightings in enumerate(frames):
        views = [View(number, sighting) for sighting in sightings]
        pairs = sorted(
            ((_likeness(person, view), p, v) for p, person in enumerate(people) for v, view in enumerate(views)),
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


def _likeness(person: Person, view: View) -> float:
    """How surely a face is this person's; 0 where it is not thought to be."""
    theirs = {guess.character: guess.probability for guess in person.guesses()}
    others = {guess.character: guess.probability for guess in view.sighting.guesses}
    last = person.views[-1]
    agreement = sum(theirs.get(character, 0.0) * probability for character, probability in others.items())
    overlap = _iou(last.sighting.face.box, view.sighting.face.box) if view.frame - last.frame == 1 else 0.0
    same = agreement >= AGREEMENT or overlap >= OVERLAP
    return agreement + overlap if same and not _denies(theirs, others) and not _denies(others, theirs) else 0.0


def _denies(guesses: Mapping[str, float], others: Mapping[str, float]) -> bool:
    """Whether a name that is believed is far less likely by the other guesses: a cut has brought somebody else."""
    best = max(guesses, key=lambda character: guesses[character], default="")
    return guesses.get(best, 0.0) >= SURE and others.get(best, 0.0) < guesses[best] / 2


def _iou(one: Box, other: Box) -> float:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if min(across, down) <= 0:
        return 0.0
    shared = across * down
    return shared / (one.width * one.height + other.width * other.height - shared)
