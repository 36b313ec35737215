"""What the use cases need of `bot.pipeline.Pipeline`."""

from typing import Protocol

from bot.domain import Analysis


class Analyser(Protocol):
    """Looks at pictures, and knows whom it can name."""

    @property
    def roster(self) -> tuple[str, ...]:
        """The characters that can be named."""
        ...

    @property
    def waiting(self) -> int:
        """How many pictures wait for a worker."""
        ...

    async def analyse(self, data: bytes, *, threshold: float | None = None) -> Analysis:
        """Find and name the faces in a picture file; raises `UserError`."""
        ...
