"""What is checked when somebody teaches, in a chat or on the command line: the name, and whether the faces agree."""

import unicodedata
from collections.abc import Sequence

import numpy as np

from bot.errors import ActiveName, BadName
from bot.recognition.characters import Characters
from bot.recognition.gallery import Embedding
from bot.recognition.names import is_active

LONGEST_NAME = 64
"""Characters of a name."""
KINSHIP = 0.5
"""The cosine that two faces of one character have on average, where a bundle does not say."""


def character_of(name: str, characters: Characters) -> str:
    """Return the id of the character to teach: the roster's where it is known there, else the name itself, tidied.

    A taught name is kept as it was written, in Unicode's composed form, with single spaces.

    Raises:
        BadName: it is too long, holds what is no text, or has neither a letter nor a digit that can be seen.
        ActiveName: nobody is called so yet, and it holds a link, a command or a mention.
    """
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    readable = any(letter.isalnum() and letter not in _FILLERS for letter in tidy)
    if not readable or len(tidy) > LONGEST_NAME or any(unicodedata.category(letter) in _NO_TEXT for letter in tidy):
        raise BadName(LONGEST_NAME)
    known = characters.find(tidy)
    if known is None and is_active(tidy):
        raise ActiveName
    return known or tidy


_NO_TEXT = {"Cc", "Cf", "Cn", "Co", "Cs"}
"""Control and format characters (which could turn a line of text around), and what stands for nothing."""
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters of Hangul that leave their place empty."""


def odd_ones(faces: Sequence[Embedding], *, kinship: float = KINSHIP) -> list[int]:
    """Return the places of faces that look little like the others, which are said to be the same character's.

    A face is odd where its mean cosine to the others is less than half of what two faces of one character have on
    average. Two faces that disagree are both odd.

    Args:
        faces: Unit-length embeddings of one bundle.
        kinship: The cosine that two faces of one character have on average.
    """
    count = len(faces)
    if count < 2:
        return []
    cosines = np.stack(faces) @ np.stack(faces).T
    others = (cosines.sum(axis=1) - cosines.diagonal()) / (count - 1)
    return [place for place, likeness in enumerate(others) if likeness < kinship / 2]
