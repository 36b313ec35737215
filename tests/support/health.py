"""A bot's health, as platforms ask for it."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from bot.platforms.base import Health

NOTHING: Mapping[str, bool] = MappingProxyType({})


def health_of(
    parts: Mapping[str, bool] = NOTHING, platforms: Mapping[str, bool] = NOTHING
) -> Callable[[], Awaitable[Health]]:
    """Return what always answers with the same health."""

    async def ask() -> Health:
        return Health(parts, platforms)

    return ask
