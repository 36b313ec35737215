"""Chat settings and opt-outs, in the words of the use cases."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select, update

from bot.domain import Chat, User
from bot.store.database import insert_new
from bot.store.examples import Examples
from bot.store.history import History
from bot.store.privacy import Privacy
from bot.store.tables import chat_settings, opt_outs
from bot.store.verdicts import Verdicts


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What a chat has set. None leaves it to the configuration, the bundle or the reader's locale."""

    watch: bool = False
    threshold: float | None = None
    language: str | None = None


class Store(Examples, Verdicts, History, Privacy):
    """All that is stored. Enter it to connect and to bring the schema up to date; leave it to disconnect.

    Raises:
        StoreError: from every method, where the database cannot be used.
    """

    async def chat_settings(self, chat: Chat) -> ChatSettings:
        """Return what the chat has set, or the defaults."""
        columns = chat_settings.c
        query = select(columns.watch, columns.threshold, columns.language).where(*_is_chat(chat))
        async with self._transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        return ChatSettings(*row) if row else ChatSettings()

    async def change(
        self,
        chat: Chat,
        *,
        watch: bool | None = None,
        threshold: float | None = None,
        language: str | None = None,
    ) -> ChatSettings:
        """Change some settings of a chat, leave those that are None, and return them all."""
        given = {"watch": watch, "threshold": threshold, "language": language}
        changes = {name: value for name, value in given.items() if value is not None}
        if changes:
            row = {"platform": chat.platform, "chat_id": chat.id, "watch": False, **changes}
            changing = update(chat_settings).where(*_is_chat(chat)).values(changes)
            async with self._transaction() as connection:
                known = (await connection.execute(changing)).rowcount > 0
                # The second update is for the row that somebody else has inserted in between.
                if not known and not await insert_new(connection, chat_settings, row):
                    await connection.execute(changing)
        return await self.chat_settings(chat)

    async def is_opted_out(self, user: User) -> bool:
        """Return whether the user wants their pictures ignored."""
        query = select(opt_outs.c.user_id).where(*_is_user(user))
        async with self._transaction() as connection:
            return (await connection.execute(query)).one_or_none() is not None

    async def opt_out(self, user: User, out: bool) -> None:
        """Ignore the user's pictures from now on, or no longer."""
        async with self._transaction() as connection:
            if out:
                await insert_new(connection, opt_outs, {"platform": user.platform, "user_id": user.id})
            else:
                await connection.execute(delete(opt_outs).where(*_is_user(user)))


def _is_chat(chat: Chat) -> tuple[ColumnElement[bool], ...]:
    return chat_settings.c.platform == chat.platform, chat_settings.c.chat_id == chat.id


def _is_user(user: User) -> tuple[ColumnElement[bool], ...]:
    return opt_outs.c.platform == user.platform, opt_outs.c.user_id == user.id
