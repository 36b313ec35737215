"""Which face of a picture is taken."""

import numpy as np
import pytest

from bot.cli.analysing import AnalysedPicture
from bot.cli.lesson import Refused, Taken, take
from bot.recognition.results import Analysis, Box, Face, Portrait, Sighting, Timings


def looked(*sides: float) -> AnalysedPicture:
    """A picture with faces of these sides, one after the other."""
    sightings = tuple(
        Sighting(
            Face(Box(0, 0, side, side), 1.0),
            (),
            unknown=True,
            portrait=Portrait(str(side).encode(), np.array([1, place], np.float32) / np.hypot(1, place), "x"),
        )
        for place, side in enumerate(sides)
    )
    return AnalysedPicture("a.png", Analysis(100, 100, sightings, Timings(1, 1, 1, 1)))


@pytest.mark.parametrize(
    ("sides", "taken"),
    [((40,), 40), ((40, 20), 40), ((20, 15, 41), 41), ((40, 21), None), ((40, 40, 5), None), ((), None)],
)
def test_only_a_clear_face_is_taken(sides: tuple[float, ...], taken: float | None) -> None:
    (result,) = take([looked(*sides)], [])
    if taken is None:
        assert isinstance(result, Refused)
        assert result.amiss
    else:
        assert isinstance(result, Taken)
        assert result.portrait.image == str(taken).encode()


def test_unreadable_pictures_keep_their_reason() -> None:
    assert take([AnalysedPicture("a.png", "damaged")], []) == [Refused("a.png", "damaged")]
