"""What is seen in a picture."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Image: TypeAlias = npt.NDArray[np.uint8]
"""RGB, shape ``(height, width, 3)``."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright image; it may reach over the image's edges."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Face:
    """A face that a detector found, with the detector's score from 0 to 1."""

    box: Box
    score: float


@dataclass(frozen=True, slots=True)
class Guess:
    """A character and the calibrated probability that the face is theirs.

    `character` is the id; `name` and `series` are for people. A name that is not given is made of the id.
    """

    character: str
    probability: float
    name: str = ""
    series: str | None = None

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", display_name(self.character))


@dataclass(frozen=True, slots=True)
class Portrait:
    """A face cut out of its picture, as the classifier saw it: which is kept where it is taught with.

    `image` is an encoded picture file of the crop, `embedding` the unit-length answer of the bundle called `bundle_id`,
    float32 ``(dimensions,)``.
    """

    image: bytes = field(repr=False)
    embedding: npt.NDArray[np.float32] = field(repr=False, compare=False)
    bundle_id: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """A face and who it may be: `guesses` by falling probability, `unknown` where none of them is good enough.

    `portrait` is there where it was asked for and the bundle gives embeddings.
    """

    face: Face
    guesses: tuple[Guess, ...]
    unknown: bool
    portrait: Portrait | None = None

    @property
    def named(self) -> str | None:
        """The character that names the face; None where it is unknown."""
        return None if self.unknown or not self.guesses else self.guesses[0].character

    def likely(self, least: float) -> tuple[Guess, ...]:
        """Return the guesses of at least this probability; the best one in any case where it names the face."""
        named = self.guesses[:1] if not self.unknown else ()
        return (*named, *(guess for guess in self.guesses[len(named) :] if guess.probability >= least))

    @property
    def unknown_probability(self) -> float:
        """The probability that the face is of no known character: what the guesses leave over."""
        return max(0.0, 1.0 - sum(guess.probability for guess in self.guesses))


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """A picture file, with its MIME type."""

    data: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds that each stage took."""

    decode: float
    detect: float
    classify: float
    annotate: float


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that was seen in one picture.

    `faces_left_out` counts the faces found beyond the limit; `drawing` is the annotated picture, None where no face was
    found or no picture was asked for.
    """

    width: int
    height: int
    sightings: tuple[Sighting, ...]
    timings: Timings
    faces_left_out: int = 0
    drawing: EncodedImage | None = None


def display_name(character: str) -> str:
    """Write a character's name as people do: ``nishikino_maki`` is "Nishikino Maki"."""
    return " ".join(word[:1].upper() + word[1:] for word in character.split("_") if word)
