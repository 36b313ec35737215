"""The whole store: one class, whose methods are grouped in the modules beside this one."""

from sqlalchemy import ColumnElement, delete, select

from bot.storage.chats import Chats, move_settings, remove_settings
from bot.storage.database import insert_new
from bot.storage.descriptions import Descriptions
from bot.storage.examples import Examples
from bot.storage.history import History
from bot.storage.homes import Homes, remove_home
from bot.storage.inbox import InboxTable, remove_letters
from bot.storage.links import LinkTable, remove_links
from bot.storage.mending import Mending
from bot.storage.privacy import Privacy, move_scope, remove_scope
from bot.storage.strangers import Strangers, move_strangers, remove_strangers
from bot.storage.tables import opt_outs
from bot.storage.tokens import Tokens
from bot.storage.totals import Counting
from bot.storage.values import Chat, Scope, User
from bot.storage.verdicts import Verdicts


class Store(
    Chats,
    Examples,
    Descriptions,
    Verdicts,
    History,
    Mending,
    Strangers,
    Privacy,
    Homes,
    LinkTable,
    InboxTable,
    Tokens,
    Counting,
):
    """All that is stored. Enter it to connect and to bring the schema up to date; leave it to disconnect.

    Raises:
        StoreError: from every method, where the database cannot be used.
    """

    async def is_opted_out(self, user: User) -> bool:
        """Return whether the user wants their pictures ignored."""
        query = select(opt_outs.c.user_id).where(*_is_user(user))
        async with self._reading() as connection:
            return (await connection.execute(query)).one_or_none() is not None

    async def opt_out(self, user: User, out: bool) -> None:
        """Ignore the user's pictures from now on, or no longer."""
        async with self._transaction() as connection:
            if out:
                await insert_new(connection, opt_outs, {"platform": user.platform, "user_id": user.id})
            else:
                await connection.execute(delete(opt_outs).where(*_is_user(user)))

    async def remove_chat(self, chat: Chat) -> None:
        """Remove all that is stored of a chat, or of the whole server where the chat's id is that of its home.

        What a server's channels have learnt together stays when one of them goes. All of it goes, or nothing does.
        """
        async with self._transaction() as connection:
            await remove_settings(connection, chat)
            await remove_links(connection, chat)
            await remove_letters(connection, chat)
            await remove_strangers(connection, chat)
            if Scope.of(chat).home == chat.id:
                await remove_scope(connection, Scope.of(chat))
                await remove_home(connection, chat.platform, chat.id)

    async def move_chat(self, chat: Chat, to: Chat) -> None:
        """Let all that is stored of a chat belong to it under another id; messages there have other ids.

        All of it moves, or nothing does.
        """
        async with self._transaction() as connection:
            await move_settings(connection, chat, to)
            await remove_links(connection, chat)
            await remove_letters(connection, chat)
            await move_strangers(connection, chat, to)
            if Scope.of(chat).home == chat.id:
                await move_scope(connection, Scope.of(chat), Scope.of(to))


def _is_user(user: User) -> tuple[ColumnElement[bool], ...]:
    return opt_outs.c.platform == user.platform, opt_outs.c.user_id == user.id
