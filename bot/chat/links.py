"""Which answers belong to which questions: what an adapter must know to take an answer back, also after a restart."""

from collections.abc import Sequence
from typing import Protocol

from bot.chat.model import Link


class Links(Protocol):
    """Keeps links for a while, beyond a restart. It never raises, and only who loads has to wait."""

    async def load(self, platform: str) -> Sequence[Link]:
        """Return what is kept of a platform, the oldest first; nothing where that cannot be read."""
        ...

    def keep(self, link: Link) -> None:
        """Keep a new link."""
        ...

    def change(self, link: Link) -> None:
        """Keep what has become of a link; one that has been removed meanwhile is not brought back."""
        ...

    def drop(self, link: Link) -> None:
        """Keep a link no longer."""
        ...


class NoLinks:
    """Keeps no links: satisfies `Links` where nothing needs to outlive a restart."""

    async def load(self, platform: str) -> Sequence[Link]:  # noqa: ARG002
        """Return nothing."""
        return ()

    def keep(self, link: Link) -> None:
        """Forget it."""

    def change(self, link: Link) -> None:
        """Forget it."""

    def drop(self, link: Link) -> None:
        """Have nothing to drop."""
