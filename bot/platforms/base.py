"""What an adapter is, and what it is handed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


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
    """Which parts of the running bot work (the workers, the store), and which platforms are connected."""

    parts: Mapping[str, bool]
    platforms: Mapping[str, bool] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every part works and a platform is connected: one that is down leaves the others useful."""
        return all(self.parts.values()) and (not self.platforms or any(self.platforms.values()))
