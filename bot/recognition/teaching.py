"""Checks what people teach, in a chat or on the command line.

Which character a name means, whether a picture was taught before, whether the faces agree with each other and with
what is known, and which other characters they resemble.
"""

import unicodedata
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from bot.errors import ActiveName, BadName, UnclearName
from bot.recognition.characters import Characters, Match
from bot.recognition.gallery import Embedding
from bot.recognition.names import is_active
from bot.recognition.results import Sighting

LONGEST_NAME = 64
"""Characters of a name."""
SAME = 0.999
"""The cosine from which two faces are one picture taught twice."""
ALIKE = 0.5
"""The mean probability of another character, over the faces of a lesson, from which the two are hard to tell apart."""
QUOTES = ('""', "“”", "„“", "«»", "「」", "『』")
"""Marks around a name that is meant to the letter."""


def character_of(name: str, characters: Characters, among: Collection[str] | None = None) -> str:
    """Return the id of the character that a name means, or the name itself, tidied, where no character has it.

    Words of a name that only one character has are enough. In quotation marks the name must match whole. A
    taught name is kept as it was written, in Unicode's composed form, with single spaces.

    Args:
        name: As it was written.
        characters: Who is known, those that were taught included.
        among: The ids that may be meant; all of them, and a new character, by default.

    Raises:
        BadName: it is too long, holds what is no text, or has neither a letter nor a digit that can be seen.
        ActiveName: no character has this name, and it holds a link, a command or a mention.
        UnclearName: several may be meant, or one whose name is spelt a little differently.
    """
    tidy = tidied(name)
    if tidy[0] + tidy[-1] in QUOTES:
        tidy, match = tidied(tidy[1:-1]), Match()
    else:
        match = characters.match(tidy, among)
    known = match.ids[0] if match.certain else characters.find(tidy)
    if known is None and is_active(tidy):
        raise ActiveName
    # Letters of another script that look the same are no slip of the pen: the name is another character's.
    if match.ids and not match.certain and characters.lookalike(tidy) is None:
        names = tuple(characters.name(id_) for id_ in match.ids)
        raise UnclearName(tidy, names, misspelt=match.misspelt, new=among is None, ids=match.ids)
    return known or tidy


def tidied(name: str) -> str:
    """Return a name in Unicode's composed form, with single spaces.

    Raises:
        BadName: it is too long, holds what is no text, or has neither a letter nor a digit that can be seen.
    """
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    readable = any(letter.isalnum() and letter not in _FILLERS for letter in tidy)
    if not readable or len(tidy) > LONGEST_NAME or any(unicodedata.category(letter) in _NO_TEXT for letter in tidy):
        raise BadName(LONGEST_NAME)
    return tidy


_NO_TEXT = {"Cc", "Cf", "Cn", "Co", "Cs"}
"""Control and format characters (which could turn a line of text around), and what stands for nothing."""
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters of Hangul that leave their place empty."""


def taught_before(face: Embedding, known: Iterable[Embedding]) -> bool:
    """Tell whether a face is that of a picture that was taught already.

    Args:
        face: A unit-length embedding.
        known: Those of the same character that were taught, of the same bundle.
    """
    return any(float(face @ other) > SAME for other in known)


def odd_ones(faces: Sequence[Embedding], earlier: Sequence[Embedding] = (), *, kinship: float) -> list[int]:
    """Return the places of faces that differ much from the others of the same lesson.

    A face is odd where its mean cosine to the others is less than half of what two faces of one character have on
    average. Two faces that disagree are both odd.

    Args:
        faces: Unit-length embeddings of one bundle, those of a lesson.
        earlier: Those by which the character was taught before it: they are compared with, and not judged.
        kinship: The cosine that two faces of one character have on average, as the bundle says.
    """
    others = len(faces) + len(earlier) - 1
    if not faces or not others:
        return []
    cosines = np.stack(faces) @ np.stack([*faces, *earlier]).T
    likeness = (cosines.sum(axis=1) - cosines.diagonal()) / others
    return [place for place, mean in enumerate(likeness) if mean < kinship / 2]


def unlike(faces: Sequence[Embedding], known: Sequence[Embedding], *, kinship: float) -> bool:
    """Tell whether no face of a lesson looks like those by which its character is known: then it may be somebody else.

    Args:
        faces: Unit-length embeddings of one bundle, those of the lesson.
        known: Those by which the character was taught before it, or which stand for it in the bundle.
        kinship: The cosine that two faces of one character have on average, as the bundle says.
    """
    if not faces or not known:
        return False
    return bool((np.stack(faces) @ np.stack(known).T).mean(axis=1).max() < kinship / 2)


def lookalikes(character: str, sightings: Sequence[Sighting]) -> dict[str, float]:
    """Return who else the faces of a lesson look like, and the mean probability of that, the likest first.

    Args:
        character: The id of the character that the lesson teaches.
        sightings: The faces, as they were seen just before.
    """
    sums: dict[str, float] = {}
    for sighting in sightings:
        for guess in sighting.guesses:
            sums[guess.character] = sums.get(guess.character, 0.0) + guess.probability
    sums.pop(character, None)
    means = {other: total / len(sightings) for other, total in sums.items()}
    return dict(sorted(((other, mean) for other, mean in means.items() if mean >= ALIKE), key=lambda one: -one[1]))
