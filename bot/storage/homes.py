"""The servers that whobot is in, so that it is noticed when it was removed from one while it was down.

What was taught belongs to a server or to a private chat, and does not tell which: only what is noted here is a server.
It is noted with the bot's account: another account, which is in no server yet, must not look like a removal from all.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.tables import homes
from bot.storage.values import User


class Homes(Database):
    """The servers, by the bot's account."""

    async def homes(self, account: User) -> set[str]:
        """Return the ids of the servers that the account was in when that was last noted."""
        async with self._reading() as connection:
            return set((await connection.execute(select(homes.c.home).where(*_of(account)))).scalars())

    async def note_homes(self, account: User, present: Collection[str]) -> None:
        """Take down which servers the account is in now."""
        async with self._transaction() as connection:
            await connection.execute(delete(homes).where(*_of(account)))
            if present:
                key = {"platform": account.platform, "account": account.id}
                await connection.execute(insert(homes), [{**key, "home": home} for home in sorted(present)])


async def remove_home(connection: AsyncConnection, platform: str, home: str) -> None:
    """Take down that whobot is no longer in a server."""
    await connection.execute(delete(homes).where(homes.c.platform == platform, homes.c.home == home))


def _of(account: User) -> tuple[ColumnElement[bool], ...]:
    return homes.c.platform == account.platform, homes.c.account == account.id
