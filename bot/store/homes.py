"""The servers that whobot is in, so that it is noticed when it was removed from one while it was down.

What was taught belongs to a server or to a private chat, and does not tell which: only ids in this table, and those
that a chat's settings name as its server, may be taken for servers.
"""

from collections.abc import Collection

from sqlalchemy import delete, insert, select

from bot.store.database import Database
from bot.store.tables import chat_settings, homes


class Homes(Database):
    """The servers, by platform."""

    async def homes(self, platform: str) -> set[str]:
        """Return the ids of the servers that something may be stored of."""
        noted = select(homes.c.home).where(homes.c.platform == platform)
        set_ = select(chat_settings.c.home).where(
            chat_settings.c.platform == platform, chat_settings.c.home.is_not(None)
        )
        async with self._transaction() as connection:
            return {str(home) for home in (await connection.execute(noted.union(set_))).scalars()}

    async def note_homes(self, platform: str, present: Collection[str]) -> None:
        """Take down which servers whobot is in now."""
        async with self._transaction() as connection:
            await connection.execute(delete(homes).where(homes.c.platform == platform))
            if present:
                rows = [{"platform": platform, "home": home} for home in sorted(present)]
                await connection.execute(insert(homes), rows)

    async def remove_home(self, platform: str, home: str) -> None:
        """Take down that whobot is no longer in a server."""
        async with self._transaction() as connection:
            await connection.execute(delete(homes).where(homes.c.platform == platform, homes.c.home == home))
