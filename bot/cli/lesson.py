"""One lesson of ``whobot teach``: which face of each picture is taken, and what the operator should hear of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.cli.analysing import AnalysedPicture
from bot.recognition.characters import Characters
from bot.recognition.gallery import Embedding, Gallery
from bot.recognition.results import Analysis, Portrait, Sighting
from bot.recognition.teaching import lookalikes, odd_ones, taught_before
from bot.storage.values import EVERYWHERE, Draft, Origin, State

FAR_LARGER = 2.0
"""A face whose box is so many times as wide as any other's is the one that a picture is of."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The face that was taken out of a picture."""

    path: str
    sighting: Sighting
    portrait: Portrait


@dataclass(frozen=True, slots=True)
class Refused:
    """A picture out of which no face was taken. One that was taught before is not amiss."""

    path: str
    reason: str
    amiss: bool = True


def take(pictures: Iterable[AnalysedPicture], earlier: Sequence[Embedding]) -> list[Taken | Refused]:
    """Take one face out of each picture; `earlier` are the character's examples so far."""
    known = list(earlier)
    taken: list[Taken | Refused] = []
    for picture in pictures:
        result = _take(picture)
        if isinstance(result, Taken):
            embedding = result.portrait.embedding
            if taught_before(embedding, known):
                result = Refused(picture.path, "taught before", amiss=False)
            else:
                known.append(embedding)
        taken.append(result)
    return taken


def _take(picture: AnalysedPicture) -> Taken | Refused:
    if not isinstance(picture.outcome, Analysis):
        return Refused(picture.path, picture.outcome)
    sightings = sorted(picture.outcome.sightings, key=_width, reverse=True)
    if not sightings:
        return Refused(picture.path, "no face found; is it a face crop? then pass --face")
    if len(sightings) > 1 and _width(sightings[0]) < FAR_LARGER * _width(sightings[1]):
        return Refused(picture.path, f"{len(sightings)} faces, which one is it? cut it out, and pass --face")
    portrait = sightings[0].portrait
    return Refused(picture.path, "not embedded") if portrait is None else Taken(picture.path, sightings[0], portrait)


def _width(sighting: Sighting) -> float:
    return max(sighting.face.box.width, sighting.face.box.height)


def examples_of(gallery: Gallery, character: str) -> list[Embedding]:
    """Return the embeddings by which a character was taught so far."""
    if character not in gallery.characters:
        return []
    return list(gallery.embeddings[gallery.owners == gallery.characters.index(character)])


def drafts(character: str, taken: Sequence[Taken]) -> list[Draft]:
    """Return what the store is to keep: known everywhere, and taught by the operator."""
    now = datetime.now(UTC)
    return [
        Draft(
            EVERYWHERE,
            character,
            one.portrait.image,
            one.portrait.embedding,
            one.portrait.bundle_id,
            None,
            now,
            State.CONFIRMED,
            Origin.TAUGHT,
        )
        for one in taken
    ]


def warnings(
    character: str, taken: Sequence[Taken], earlier: Sequence[Embedding], kinship: float, characters: Characters
) -> list[str]:
    """Return what is odd about a lesson, in words.

    Args:
        character: The id of the character that it teaches.
        taken: The faces that it brings.
        earlier: The character's examples before it.
        kinship: The cosine that two faces of one character have on average.
        characters: How names are written.
    """
    found = [*_disagreement(taken, earlier, kinship), *_lookalikes(character, taken, characters)]
    if character in characters:
        series = characters.series(character)
        found.insert(
            0, f"{characters.name(character)}{f' ({series})' if series else ''} is known already: this adds to it"
        )
    elif earlier:
        found.insert(0, f"{character} was taught before: this adds to it")
    elif other := characters.lookalike(character):
        found.insert(0, f"{character} only looks like {other}: other letters are in it, so it is another character")
    return found


def _disagreement(taken: Sequence[Taken], earlier: Sequence[Embedding], kinship: float) -> list[str]:
    faces = [one.portrait.embedding for one in taken]
    odd = [taken[place].path for place in odd_ones(faces, earlier, kinship=kinship)]
    if not earlier and len(faces) == len(odd) == 2:
        return [f"{odd[0]} and {odd[1]} look little like each other: are they the same character?"]
    return [f"{path} looks little like the other pictures: is it the same character?" for path in odd]


def _lookalikes(character: str, taken: Sequence[Taken], characters: Characters) -> list[str]:
    return [
        f"hard to tell from {characters.name(other)}: the pictures look {share:.0%} like that one"
        for other, share in lookalikes(character, [one.sighting for one in taken]).items()
    ]
