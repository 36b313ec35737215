"""Names that can be taught, and faces that disagree."""

import numpy as np
import pytest

from bot.errors import ActiveName, BadName, UnclearName
from bot.recognition.characters import Character, Characters
from bot.recognition.results import Box, Face, Guess, Sighting
from bot.recognition.teaching import LONGEST_NAME, character_of, lookalikes, odd_ones, taught_before, unlike

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


def test_a_name_that_a_chat_would_act_upon_is_refused_unless_it_is_known() -> None:
    with pytest.raises(ActiveName):
        character_of("t.me/maki", KNOWN)
    assert character_of("T.ME/maki", KNOWN.including_taught(["t.me/maki"])) == "t.me/maki"


def unit(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    vector = np.array(values, np.float32)
    return vector / np.linalg.norm(vector)


ROSTER = Characters(
    [
        Character("takimoto_hifumi", "Takimoto Hifumi", "New Game!"),
        Character("tohsaka_rin", "Tohsaka Rin", aliases=("Red Devil",)),
        Character("hoshizora_rin", "Hoshizora Rin"),
        Character("unit_1", "Unit 1"),
        Character("unit01", "Unit01"),
    ]
)


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        ("hifumi", "takimoto_hifumi"),
        ("HIFUMI takimoto", "takimoto_hifumi"),
        ("devil", "tohsaka_rin"),
        ("rin hoshizora", "hoshizora_rin"),
        ("Hifumi Ajitani", "Hifumi Ajitani"),
        ("Ran", "Ran"),
        ("Takimot\N{CYRILLIC SMALL LETTER O} Hifumi", "Takimot\N{CYRILLIC SMALL LETTER O} Hifumi"),
        ("Unit 12", "Unit 12"),
        ("Unit02", "Unit02"),
        ("“Hifumy”", "Hifumy"),
        ('"Rin"', "Rin"),
        ("「hifumi takimoto」", "takimoto_hifumi"),
    ],
)
def test_words_that_one_character_alone_has_are_enough(written: str, id_: str) -> None:
    assert character_of(written, ROSTER) == id_


@pytest.mark.parametrize(
    ("written", "candidates", "misspelt"),
    [
        ("Hifumy", ("Takimoto Hifumi",), True),
        ("Takimoto Hifmui", ("Takimoto Hifumi",), True),
        ("takimotohifumi", ("Takimoto Hifumi",), True),
        ("rin", ("Tohsaka Rin", "Hoshizora Rin"), False),
    ],
)
def test_a_name_that_is_not_clear_is_asked_about(written: str, candidates: tuple[str, ...], misspelt: bool) -> None:
    with pytest.raises(UnclearName) as raised:
        character_of(written, ROSTER)
    assert (raised.value.candidates, raised.value.misspelt, raised.value.new) == (candidates, misspelt, True)


def test_a_name_is_matched_among_the_given_characters() -> None:
    assert character_of("rin", ROSTER, ["hoshizora_rin"]) == "hoshizora_rin"
    assert character_of("hifumi", ROSTER, ["hoshizora_rin"]) == "hifumi"
    with pytest.raises(UnclearName) as raised:
        character_of("hoshizorra", ROSTER, ["hoshizora_rin"])
    assert not raised.value.new


@pytest.mark.parametrize("written", ['""', "“ ”", '"'])
def test_marks_around_nothing_are_no_name(written: str) -> None:
    with pytest.raises(BadName):
        character_of(written, ROSTER)


def test_the_face_that_is_unlike_the_others_is_odd() -> None:
    alike = [unit(1, 0, 0), unit(1, 0.2, 0), unit(1, 0, 0.2)]
    assert odd_ones(alike, kinship=0.5) == []
    assert odd_ones([*alike, unit(0, 0, 1)], kinship=0.5) == [3]
    assert odd_ones([unit(1, 0, 0), unit(0, 1, 0)], kinship=0.5) == [0, 1]
    assert odd_ones(alike[:1], kinship=0.5) == []
    assert odd_ones([], alike, kinship=0.5) == []
    assert odd_ones([unit(1, 0), unit(1, 2)], kinship=0.5) == []
    assert odd_ones([unit(1, 0), unit(1, 2)], kinship=1.0) == [0, 1]


def test_faces_are_held_against_earlier_ones_as_well() -> None:
    earlier = [unit(1, 0, 0), unit(1, 0.2, 0), unit(1, 0, 0.2)]
    assert odd_ones([unit(0, 0, 1)], earlier, kinship=0.5) == [0]
    assert odd_ones([unit(1, 0.1, 0), unit(0, 1, 1)], earlier, kinship=0.5) == [1]
    assert odd_ones([unit(1, 0.1, 0)], [unit(0, 0, 1), *earlier], kinship=0.5) == [], "earlier ones are not judged"


def test_the_same_picture_differs_from_another_of_the_same_character() -> None:
    assert taught_before(unit(1, 0.02), [unit(0, 1), unit(1, 0)])
    assert not taught_before(unit(1, 0.1), [unit(1, 0)])
    assert not taught_before(unit(1, 0), [])


def sighting(**guesses: float) -> Sighting:
    named = tuple(Guess(character, probability) for character, probability in guesses.items())
    return Sighting(Face(Box(0, 0, 9, 9), 1.0), named, unknown=False)


def test_a_lesson_resembles_another_character_if_its_faces_do_on_average() -> None:
    assert lookalikes("rin", [sighting(maki=0.9, rin=0.1), sighting(maki=0.2)]) == {"maki": pytest.approx(0.55)}
    assert lookalikes("rin", [sighting(maki=0.9), sighting(rin=0.9)]) == {}
    assert lookalikes("maki", [sighting(maki=0.9)]) == {}, "that is who it is"
    assert lookalikes("rin", []) == {}


def test_a_lesson_may_not_resemble_its_character() -> None:
    known = [unit(1, 0, 0), unit(1, 0.2, 0)]
    assert unlike([unit(0, 0, 1), unit(0, 0.1, 1)], known, kinship=0.5), "however much they agree with each other"
    assert not unlike([unit(0, 0, 1), unit(1, 0.1, 0)], known, kinship=0.5)
    assert not unlike([unit(0, 0, 1)], [], kinship=0.5)
    assert not unlike([], known, kinship=0.5)
