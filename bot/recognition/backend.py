"""The port: what chats need of recognition, wherever it runs.

What may wait for another process or machine is asynchronous. What the models are and whom they know is a snapshot that
the backend keeps fresh by itself, so that reading it never waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.fair import Share
from bot.recognition.characters import Characters
from bot.recognition.gallery import Embedding
from bot.recognition.options import AnalysisOptions
from bot.recognition.results import Analysis


@dataclass(frozen=True, slots=True)
class BackendHealth:
    """How a backend is.

    Attributes:
        working: Whether it can be expected to answer.
        waiting: How many pictures wait for that.
        replaced: How many decoders crashed, hung or wanted too much memory over a picture, and were replaced.
    """

    working: bool
    waiting: int = 0
    replaced: int = 0


class Backend(Protocol):
    """Analyses pictures, and knows whom it can name. `bot.recognition.local.LocalBackend` is the one on this machine.

    `tests/contract/ports/test_backend.py` holds every implementation to what is said here.
    """

    @property
    def roster(self) -> tuple[str, ...]:
        """The characters that can be named without being taught, by id."""
        ...

    @property
    def characters(self) -> Characters:
        """How the names of the roster are written."""
        ...

    @property
    def bundle_id(self) -> str:
        """The id of the running classifier."""
        ...

    @property
    def bundle_name(self) -> str:
        """What people call the running classifier."""
        ...

    @property
    def detector_name(self) -> str:
        """What people call what finds the faces."""
        ...

    @property
    def embeds(self) -> bool:
        """Whether it can be taught."""
        ...

    @property
    def kinship(self) -> float:
        """The cosine that the running classifier's embeddings of two faces of one character have on average."""
        ...

    def prototypes(self, character: str) -> Sequence[Embedding]:
        """Return the embeddings that stand for a character of the roster in the running classifier, if it has any."""
        ...

    @property
    def waiting(self) -> int:
        """How many pictures wait for a worker, as far as is known here."""
        ...

    def refuses(self, share: Share) -> bool:
        """Whether a picture of this share would be met with `Busy` now: asked before it is downloaded."""
        ...

    async def analyse(self, data: bytes, options: AnalysisOptions) -> Analysis:
        """Find and name the faces in a picture file, in a video or in an animation.

        Raises:
            PictureError: the picture cannot be used.
            Busy: as many pictures wait already as may; nothing was started. It may come to those who wait, too: who has
                most of what waits gives way to somebody who has less.
            AnalysisTimeout: the answer was not there in time, waiting included.
            Stopping: the backend is not running, or no longer.
        """
        ...

    async def embed(self, crops: Sequence[bytes]) -> list[Embedding]:
        """Embed encoded face crops, as `Portrait.image` holds them: a unit-length float32 ``(dimensions,)`` for each.

        Raises:
            PictureError: a picture cannot be used.
            BundleError: the running classifier gives no embeddings.
            Busy, AnalysisTimeout, Stopping: as of `analyse`.
        """
        ...

    async def health(self) -> BackendHealth:
        """Ask how it is; never raises."""
        ...

    async def close(self) -> None:
        """Take nothing new, and finish what was taken. Safe to call again."""
        ...
