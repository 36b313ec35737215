"""The frozen values that flow through whobot: in from a platform as `Incoming`, out again as `Reply`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Image: TypeAlias = npt.NDArray[np.uint8]
"""RGB, shape ``(height, width, 3)``."""

Opener: TypeAlias = Callable[[], AbstractAsyncContextManager[AsyncIterator[bytes]]]
"""Starts a transfer and yields its bytes in chunks; raises `bot.errors.DownloadFailed` where the platform fails."""


# --- what vision finds -----------------------------------------------------------------------------------------------


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
    """A character of the roster and the calibrated probability that the face is theirs."""

    character: str
    probability: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """A face and who it may be: `guesses` by falling probability, `unknown` where none of them is good enough."""

    face: Face
    guesses: tuple[Guess, ...]
    unknown: bool


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

    `faces_left_out` counts the faces found beyond the limit; `answer` is the annotated picture, None where no face was
    found or no picture was asked for.
    """

    width: int
    height: int
    sightings: tuple[Sighting, ...]
    timings: Timings
    faces_left_out: int = 0
    answer: "ReplyImage | None" = None


def display_name(character: str) -> str:
    """Write a character's name as people do: ``nishikino_maki`` is "Nishikino Maki"."""
    return " ".join(word[:1].upper() + word[1:] for word in character.split("_") if word)


# --- what a platform sends -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chat:
    """A channel, group or private chat of one platform."""

    platform: str
    id: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class User:
    """Who asks. `manager` is the platform's own word that they may change this chat's settings."""

    platform: str
    id: str
    manager: bool = False


class Trigger(StrEnum):
    """Why whobot looks at a picture. `POSTED` is the only one that nobody asked for: it may be met with silence."""

    COMMAND = "command"
    MENU = "menu"
    MENTION = "mention"
    REPLY = "reply"
    PRIVATE = "private"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that has not been fetched yet.

    `size` is what the platform declares, in bytes: good enough to refuse early, never to be trusted.
    `author` is who posted the picture, where that is known and is not the one who asks.
    """

    name: str
    open: Opener = field(repr=False)
    size: int | None = None
    spoiler: bool = False
    author: User | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Who is this?"""

    pictures: tuple[Picture, ...]
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class Configure:
    """Change this chat's settings; None leaves a setting as it is."""

    watch: bool | None = None
    threshold: float | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class OptOut:
    """The user wants their pictures ignored from now on (`out`), or no longer ignored."""

    out: bool


@dataclass(frozen=True, slots=True)
class Help:
    """How is whobot used?"""


Request: TypeAlias = Ask | Configure | OptOut | Help


class Stage(StrEnum):
    """How far an `Ask` has come. `ACCEPTED` means that an answer will follow: the moment to show that one is coming."""

    ACCEPTED = "accepted"
    DOWNLOADING = "downloading"
    ANALYSING = "analysing"


@dataclass(frozen=True, slots=True)
class Progress:
    """`picture` counts from 1 to `pictures`."""

    stage: Stage
    picture: int
    pictures: int


async def _ignore(progress: Progress) -> None:
    """The default listener: most platforms have nowhere to show progress."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can carry. Characters are counted as the platform counts them."""

    text_limit: int
    caption_limit: int
    """Longest text beside an image."""
    images_limit: int
    """Most images in one answer."""
    image_bytes_limit: int
    spoilers: bool = False
    alt_text: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request from a platform, in neutral words. `locale` is the author's or chat's BCP 47 tag, where known."""

    chat: Chat
    user: User
    request: Request
    capabilities: Capabilities
    locale: str | None = None
    progress: Callable[[Progress], Awaitable[None]] = field(default=_ignore, repr=False)


# --- what goes back --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReplyImage:
    """An encoded image to send; `alt` says in words what it shows."""

    data: bytes = field(repr=False)
    media_type: str
    filename: str
    alt: str = ""
    spoiler: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in plain text (the adapter escapes markup) with its images. An empty reply asks for silence."""

    text: str = ""
    images: tuple[ReplyImage, ...] = ()

    @property
    def silent(self) -> bool:
        """Whether there is nothing to send."""
        return not self.text and not self.images


Handler: TypeAlias = Callable[[Incoming], Awaitable[Reply]]
"""What an adapter is handed: it always returns a reply and never raises, cancellation apart."""


class Adapter(Protocol):
    """One platform's life: `run` serves until `stop` is asked for."""

    name: str

    @property
    def connected(self) -> bool:
        """Whether events of the platform are arriving now."""
        ...

    async def run(self) -> None:
        """Connect and serve until `stop`.

        Raises:
            AdapterError: the platform cannot be reached, or the connection is lost for good; `run` may be called again.
            LoginRefused: the platform refuses the credentials.
        """
        ...

    async def stop(self) -> None:
        """Take no new events, finish what is in hand, disconnect; `run` returns then. Safe to call at any time."""
        ...


@dataclass(frozen=True, slots=True)
class Health:
    """Which parts of the running bot work: the workers, the store, each adapter."""

    parts: Mapping[str, bool]

    @property
    def ok(self) -> bool:
        """Whether every part works."""
        return all(self.parts.values())
