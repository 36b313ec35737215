"""What the use cases need of `bot.recognition.local.LocalBackend`."""

from typing import Protocol

from bot.recognition.characters import Characters
from bot.recognition.options import AnalysisOptions
from bot.recognition.results import Analysis


class Backend(Protocol):
    """Looks at pictures, and knows whom it can name."""

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

    @property
    def waiting(self) -> int:
        """How many pictures wait for a worker."""
        ...

    async def analyse(self, data: bytes, options: AnalysisOptions) -> Analysis:
        """Find and name the faces in a picture file; raises `UserError`."""
        ...
