"""Names that can be taught, and faces that disagree."""

import numpy as np
import pytest

from bot.errors import ActiveName, BadName
from bot.recognition.characters import Character, Characters
from bot.recognition.teaching import LONGEST_NAME, character_of, odd_ones

KNOWN = Characters([Character("nishikino_maki", "Nishikino Maki")])


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        ("maki NISHIKINO", "nishikino_maki"),
        ("  Akane \t Hoshino\n", "Akane Hoshino"),
        ("Cafe\N{COMBINING ACUTE ACCENT}", "Caf\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("星野 茜", "星野 茜"),
        ("x" * LONGEST_NAME, "x" * LONGEST_NAME),
    ],
)
def test_a_name_is_tidied_or_found_in_the_roster(written: str, id_: str) -> None:
    assert character_of(written, KNOWN) == id_


@pytest.mark.parametrize(
    "written",
    [
        "",
        " \n ",
        "x" * (LONGEST_NAME + 1),
        "a\0b",
        "a\N{RIGHT-TO-LEFT OVERRIDE}b",
        "?!",
        "\N{BRAILLE PATTERN BLANK}",
        "\N{HANGUL FILLER}",
    ],
)
def test_what_is_no_name_is_refused(written: str) -> None:
    with pytest.raises(BadName):
        character_of(written, KNOWN)


def test_a_name_that_a_chat_would_act_upon_is_refused_unless_somebody_is_called_so() -> None:
    with pytest.raises(ActiveName):
        character_of("t.me/maki", KNOWN)
    assert character_of("T.ME/maki", KNOWN.including_taught(["t.me/maki"])) == "t.me/maki"


def unit(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    vector = np.array(values, np.float32)
    return vector / np.linalg.norm(vector)


def test_the_face_that_is_unlike_the_others_is_odd() -> None:
    alike = [unit(1, 0, 0), unit(1, 0.2, 0), unit(1, 0, 0.2)]
    assert odd_ones(alike) == []
    assert odd_ones([*alike, unit(0, 0, 1)]) == [3]
    assert odd_ones([unit(1, 0, 0), unit(0, 1, 0)]) == [0, 1]
    assert odd_ones(alike[:1]) == []
    assert odd_ones([unit(1, 0), unit(1, 2)], kinship=0.5) == []
    assert odd_ones([unit(1, 0), unit(1, 2)], kinship=1.0) == [0, 1]
