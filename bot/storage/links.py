"""Which answers belong to which questions, by their ids: nothing of a picture or of a text."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.tables import links
from bot.storage.values import Chat, Link

KEPT = timedelta(days=2)
LIMIT = 5000
"""Links, over all chats. The oldest go first."""


class LinkTable(Database):
    """The links of the last days."""

    async def links(self, platform: str) -> list[Link]:
        """Return the links of a platform, the oldest first."""
        query = select(links).where(links.c.platform == platform, links.c.at >= _horizon()).order_by(links.c.id)
        async with self._reading() as connection:
            return [_read(row) for row in await connection.execute(query)]

    async def keep_link(self, link: Link) -> None:
        """Store a new link, in the place of those that are too many."""
        row = {
            "platform": link.chat.platform,
            "place": link.place,
            "first": link.first,
            "chat_id": link.chat.id,
            "home": link.chat.home,
            "asker": link.asker,
            "at": link.at,
            **_messages(link),
        }
        async with self._transaction() as connection:
            await connection.execute(delete(links).where(*_is(link)))
            id_ = (await connection.execute(insert(links).values(row).returning(links.c.id))).scalar_one()
            await connection.execute(delete(links).where(links.c.id <= id_ - LIMIT))

    async def change_link(self, link: Link) -> None:
        """Store what has become of a link, if it is still there."""
        async with self._transaction() as connection:
            await connection.execute(update(links).where(*_is(link)).values(_messages(link)))

    async def drop_link(self, link: Link) -> None:
        """Remove a link."""
        async with self._transaction() as connection:
            await connection.execute(delete(links).where(*_is(link)))

    async def purge_links(self) -> int:
        """Remove links that are too old; return how many."""
        async with self._transaction() as connection:
            return (await connection.execute(delete(links).where(links.c.at < _horizon()))).rowcount


async def remove_links(connection: AsyncConnection, chat: Chat) -> None:
    """Remove the links of a chat, or of all chats of the server that has this id."""
    here = (links.c.platform == chat.platform, or_(links.c.chat_id == chat.id, links.c.home == chat.id))
    await connection.execute(delete(links).where(*here))


def _horizon() -> datetime:
    return datetime.now(UTC) - KEPT


def _is(link: Link) -> Iterable[ColumnElement[bool]]:
    return links.c.platform == link.chat.platform, links.c.place == link.place, links.c.first == link.first


def _messages(link: Link) -> dict[str, Any]:
    return {"questions": list(link.questions), "replies": [list(reply) for reply in link.replies]}


def _read(row: Row[Any]) -> Link:
    return Link(
        Chat(row.platform, row.chat_id, home=row.home),
        row.place,
        row.first,
        tuple(row.questions),
        tuple(map(tuple, row.replies)),
        row.asker,
        row.at,
    )
