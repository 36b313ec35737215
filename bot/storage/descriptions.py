"""What else characters are called in a scope and where they are from, as those say who look after it."""

from typing import Any, TypeAlias

from sqlalchemy import and_, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.recognition.characters import Description
from bot.storage.database import Database
from bot.storage.scope import in_scope
from bot.storage.tables import descriptions
from bot.storage.values import EVERYWHERE, Scope

Before: TypeAlias = dict[str, Any]
"""A description as the history keeps it: an object of JSON."""


class Descriptions(Database):
    """The descriptions, by scope."""

    async def descriptions(self, scope: Scope) -> dict[str, Description]:
        """Return how characters are described in a scope, by id; what a scope says outranks what holds everywhere."""
        here = or_(and_(*in_scope(descriptions, scope)), and_(*in_scope(descriptions, EVERYWHERE)))
        async with self._reading() as connection:
            # "" sorts first: the scope's own take the place of those of everywhere.
            query = select(descriptions).where(here).order_by(descriptions.c.platform)
            return {
                row.character: Description(row.series, tuple(row.aliases)) for row in await connection.execute(query)
            }


async def describe(connection: AsyncConnection, scope: Scope, character: str, new: Description) -> Before:
    """Describe a character in a scope; return how it was described there before."""
    this = (*in_scope(descriptions, scope), descriptions.c.character == character)
    row = (await connection.execute(select(descriptions).where(*this))).one_or_none()
    before = Description() if row is None else Description(row.series, tuple(row.aliases))
    await connection.execute(delete(descriptions).where(*this))
    if new != Description():
        values = {"platform": scope.platform, "home": scope.home, "character": character, **write_description(new)}
        await connection.execute(insert(descriptions).values(values))
    return write_description(before)


async def hand_on(connection: AsyncConnection, scope: Scope, character: str, to: Scope, other: str) -> None:
    """Have a character, perhaps in another scope, described as one is, unless it is described already."""
    there = (*in_scope(descriptions, to), descriptions.c.character == other)
    if (await connection.execute(select(descriptions.c.character).where(*there))).first() is not None:
        return
    here = (*in_scope(descriptions, scope), descriptions.c.character == character)
    row = (await connection.execute(select(descriptions).where(*here))).one_or_none()
    if row is not None:
        await describe(connection, to, other, Description(row.series, tuple(row.aliases)))


def write_description(description: Description) -> Before:
    """Return a description as JSON."""
    return {"series": description.series, "aliases": list(description.aliases)}


def read_description(stored: Before) -> Description:
    """Return what `write_description` has written."""
    return Description(stored["series"], tuple(stored["aliases"]))
