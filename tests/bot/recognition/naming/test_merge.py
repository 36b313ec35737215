"""Whose face it is in which frame, and how the frames are shown."""

import numpy as np
import pytest

from bot.recognition.decoding.decode import Decoded
from bot.recognition.drawing.sheet import DARK, GAP, lay_out
from bot.recognition.gallery import Embedding
from bot.recognition.naming.merge import Person, merge
from bot.recognition.results import Box, Face, Guess, Sighting

HERE, THERE = Box(10, 10, 40, 40), Box(200, 90, 40, 40)


def seen(box: Box, *, score: float = 0.9, **guesses: float) -> Sighting:
    ranked = sorted((Guess(name, share) for name, share in guesses.items()), key=lambda guess: -guess.probability)
    return Sighting(Face(box, score), tuple(ranked), unknown=False)


def frame(colour: int) -> Decoded:
    return Decoded(np.full((150, 300, 3), colour, np.uint8), 300, 150)


def test_a_moving_character_is_one_person() -> None:
    (person,) = merge([[seen(HERE, maki=0.9, rin=0.1)], [seen(THERE, maki=0.7, rin=0.3)]])
    assert len(person.views) == 2
    assert [guess.character for guess in person.guesses()] == ["maki", "rin"]
    assert [guess.probability for guess in person.guesses()] == pytest.approx([0.8, 0.2])


def test_a_face_that_stays_is_one_person_however_unsure() -> None:
    moved = Box(16, 12, 40, 40)
    assert len(merge([[seen(HERE, maki=0.4, rin=0.3)], [seen(moved, rin=0.4, maki=0.2)]])) == 1
    assert len(merge([[seen(HERE)], [seen(moved)]])) == 1, "nobody known can stay, too"


def test_after_a_gap_the_place_says_nothing() -> None:
    assert len(merge([[seen(HERE, maki=0.3)], [], [seen(HERE, maki=0.3)]])) == 2


def test_another_character_in_the_same_place_is_another_person() -> None:
    people = merge([[seen(HERE, maki=0.9)], [seen(HERE, rin=0.9)]])
    assert {person.guesses()[0].character for person in people} == {"maki", "rin"}
    assert len(merge([[seen(HERE, maki=0.9)], [seen(HERE, rin=0.3, maki=0.2)]])) == 2, "a cut brings somebody unknown"


def test_two_faces_in_one_frame_are_two_people() -> None:
    twins = [seen(HERE, maki=0.9), seen(THERE, maki=0.8)]
    people = merge([twins, twins[::-1]])
    assert sorted(len(person.views) for person in people) == [2, 2]
    for person in people:
        assert len({view.sighting.face.box for view in person.views}) == 1, "the nearer of the two is the same"


def test_guesses_that_only_some_views_have_count_for_less() -> None:
    (person,) = merge([[seen(HERE, maki=0.8)], [seen(HERE, maki=0.6, rin=0.4)]])
    assert [guess.probability for guess in person.guesses()] == pytest.approx([0.7, 0.2])


def test_one_frame_that_shows_everybody_is_shown_alone() -> None:
    first, second = [seen(HERE, maki=0.9)], [seen(HERE, score=0.5, maki=0.9), seen(THERE, rin=0.9)]
    sheet, sightings = lay_out([frame(10), frame(20)], merge([first, second]), 0.5)
    assert sheet.image.shape == (150, 300, 3)
    assert sheet.image[0, 0, 0] == 20
    assert {sighting.face.box for sighting in sightings} == {HERE, THERE}


def test_frames_are_joined_where_one_is_not_enough() -> None:
    views = [[seen(HERE, maki=0.9)], [], [seen(THERE, rin=0.4)]]
    sheet, sightings = lay_out([frame(10), frame(15), frame(20)], merge(views), 0.5)
    assert sheet.image.shape == (300 + GAP, 300, 3)
    assert (sheet.width, sheet.height) == (300, 300 + GAP)
    assert [int(sheet.image[y, 0, 0]) for y in (0, 152, 300)] == [10, DARK, 20]
    by_name = {sighting.guesses[0].character: sighting for sighting in sightings}
    assert by_name["maki"].face.box == HERE
    assert by_name["rin"].face.box == Box(200, 90 + 150 + GAP, 40, 40)
    assert by_name["rin"].unknown
    assert not by_name["maki"].unknown


def test_a_clip_without_faces_shows_its_first_frame() -> None:
    sheet, sightings = lay_out([frame(10), frame(20)], merge([[], []]), 0.5)
    assert sheet.image[0, 0, 0] == 10
    assert sightings == []


ONE, OTHER = np.eye(4, dtype=np.float32)[:2]
KINSHIP = 0.5


def near(vector: Embedding, cosine: float) -> Embedding:
    """A direction with that cosine to another."""
    return np.asarray(cosine * vector + np.sqrt(1 - cosine**2) * np.eye(4, dtype=np.float32)[3], np.float32)


def people_of(*frames: list[tuple[Sighting, Embedding]]) -> list[Person]:
    sightings = [[sighting for sighting, _ in frame] for frame in frames]
    return merge(sightings, [[vector for _, vector in frame] for frame in frames], KINSHIP)


def test_a_moving_unknown_face_is_one_person() -> None:
    (person,) = people_of([(seen(HERE), ONE)], [], [(seen(THERE), near(ONE, 0.8))])
    assert [view.frame for view in person.views] == [0, 2]


def test_another_unknown_face_in_the_same_place_is_another_person() -> None:
    assert len(people_of([(seen(HERE), ONE)], [(seen(HERE), OTHER)])) == 2
    guesses = {"maki": 0.3, "rin": 0.2}
    assert len(people_of([(seen(HERE, **guesses), ONE)], [(seen(HERE, **guesses), near(ONE, 0.2))])) == 2


def test_the_place_decides_where_faces_are_neither_alike_nor_unlike() -> None:
    assert len(people_of([(seen(HERE), ONE)], [(seen(HERE), near(ONE, 0.4))])) == 1
    assert len(people_of([(seen(HERE), ONE)], [(seen(THERE), near(ONE, 0.4))])) == 2


def test_two_people_who_change_places_keep_their_faces() -> None:
    people = people_of([(seen(HERE), ONE), (seen(THERE), OTHER)], [(seen(HERE), OTHER), (seen(THERE), near(ONE, 0.9))])
    assert sorted([view.sighting.face.box for view in person.views] == [HERE, THERE] for person in people) == [0, 1]
    assert all(len(person.views) == 2 for person in people)


def test_a_blurred_frame_of_a_face_that_is_named_is_no_other_person() -> None:
    sure, blurred = seen(HERE, maki=0.9), seen(HERE, rin=0.3, maki=0.2)
    assert len(people_of([(sure, ONE)], [(blurred, near(ONE, 0.7))])) == 1
    assert len(people_of([(sure, ONE)], [(blurred, near(ONE, 0.3))])) == 2


def test_faces_with_two_names_are_two_people_however_alike() -> None:
    assert len(people_of([(seen(HERE, maki=0.9), ONE)], [(seen(HERE, rin=0.9), near(ONE, 0.9))])) == 2


def test_a_name_that_is_believed_joins_a_face_and_its_profile() -> None:
    assert len(people_of([(seen(HERE, maki=0.9), ONE)], [(seen(THERE, maki=0.8), OTHER)])) == 1


def test_a_face_is_compared_with_all_that_was_seen_of_a_person() -> None:
    turned, back = near(ONE, 0.6), near(ONE, 0.95)
    (person,) = people_of([(seen(HERE), ONE)], [(seen(THERE), turned)], [], [(seen(HERE), back)])
    assert len(person.views) == 3
