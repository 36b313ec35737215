"""How each chat is set."""

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database, insert_new
from bot.storage.tables import chat_settings
from bot.storage.values import DEFAULTS, SETTINGS, Chat, ChatSettings, Values

_COLUMNS = tuple(chat_settings.c[name] for name in SETTINGS)


class Chats(Database):
    """The chats' settings."""

    async def chat_settings(self, chat: Chat) -> ChatSettings:
        """Return what the chat has set, or the defaults."""
        async with self._reading() as connection:
            row = (await connection.execute(select(*_COLUMNS).where(*_is_chat(chat)))).one_or_none()
        if row is None:
            return ChatSettings()
        values: dict[str, Any] = row._asdict()
        words = {
            name: type(DEFAULTS[name])(values[name]) for name, one in SETTINGS.items() if one.values is Values.WORD
        }
        return ChatSettings(**(values | words))

    async def change(self, chat: Chat, **changes: Any) -> ChatSettings:
        """Change some settings of a chat, by name, leave the others, and return them all."""
        if changes:
            key = {"platform": chat.platform, "chat_id": chat.id, "home": chat.home}
            row = {**key, **asdict(replace(ChatSettings(), **changes))}
            changing = update(chat_settings).where(*_is_chat(chat)).values(**changes, home=chat.home)
            async with self._transaction() as connection:
                known = (await connection.execute(changing)).rowcount > 0
                # The second update is for a row that another process has inserted in between.
                if not known and not await insert_new(connection, chat_settings, row):
                    await connection.execute(changing)
        return await self.chat_settings(chat)

    async def watched(self, platform: str, home: str) -> list[str]:
        """Return the ids of the chats of a server in which every picture is analysed."""
        columns = chat_settings.c
        here = (columns.platform == platform, columns.home == home, columns.watch.is_(True))
        async with self._reading() as connection:
            query = select(columns.chat_id).where(*here).order_by(columns.chat_id)
            return list((await connection.execute(query)).scalars())

    async def all_watched(self, platform: str) -> list[Chat]:
        """Return the chats of a platform in which every picture is looked at."""
        columns = chat_settings.c
        query = select(columns.chat_id, columns.home).where(columns.platform == platform, columns.watch.is_(True))
        async with self._transaction() as connection:
            rows = await connection.execute(query.order_by(columns.chat_id))
            return [Chat(platform, row.chat_id, home=row.home) for row in rows]


async def remove_settings(connection: AsyncConnection, chat: Chat) -> None:
    """Remove what a chat has set, or all chats of the server that has this id."""
    columns = chat_settings.c
    here = (columns.platform == chat.platform, or_(columns.chat_id == chat.id, columns.home == chat.id))
    await connection.execute(delete(chat_settings).where(*here))


async def move_settings(connection: AsyncConnection, chat: Chat, to: Chat) -> None:
    """Let what a chat has set hold for it under another id."""
    renaming = update(chat_settings).where(*_is_chat(chat)).values(chat_id=to.id, home=to.home)
    await connection.execute(delete(chat_settings).where(*_is_chat(to)))
    await connection.execute(renaming)


def _is_chat(chat: Chat) -> tuple[ColumnElement[bool], ...]:
    return chat_settings.c.platform == chat.platform, chat_settings.c.chat_id == chat.id
