"""What is stored of a person and of a chat, in all tables of what was taught: to be shown, and to be gone."""

from sqlalchemy import ColumnElement, Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.inbox import asked_by
from bot.storage.people import is_by, person
from bot.storage.scope import in_scope
from bot.storage.strangers import drop_by
from bot.storage.tables import (
    changes,
    descriptions,
    examples,
    inbox,
    links,
    opt_outs,
    removed_examples,
    strangers,
    verdicts,
)
from bot.storage.values import Scope, User, UserData

_OF_A_SCOPE: tuple[Table, ...] = (examples, removed_examples, verdicts, changes, descriptions)


class Privacy(Database):
    """Shows and removes what is stored of a person."""

    async def data_of(self, user: User) -> UserData:
        """Return how much is stored of what a person did."""
        is_out = (opt_outs.c.platform == user.platform, opt_outs.c.user_id == user.id)
        kept = (*is_by(verdicts, user), verdicts.c.image.is_not(None))
        wanted = (
            (opt_outs, is_out),
            (examples, is_by(examples, user)),
            (removed_examples, is_by(removed_examples, user)),
            (verdicts, is_by(verdicts, user)),
            (verdicts, kept),
            (changes, is_by(changes, user)),
            (links, _asked_by(user)),
            (inbox, asked_by(user)),
            (strangers, is_by(strangers, user)),
        )
        async with self._reading() as connection:
            out, *counts = [
                (await connection.execute(select(func.count()).select_from(table).where(*chosen))).scalar_one()
                for table, chosen in wanted
            ]
        return UserData(bool(out), *counts)

    async def remove_user(self, user: User) -> None:
        """Remove all that a person taught, said and asked, and their name from the history; an opt-out stays."""
        async with self._transaction() as connection:
            await connection.execute(delete(links).where(*_asked_by(user)))
            await connection.execute(delete(inbox).where(*asked_by(user)))
            await drop_by(connection, is_by(strangers, user))
            for table in (examples, removed_examples, verdicts):
                await connection.execute(delete(table).where(*is_by(table, user)))
            await connection.execute(update(changes).where(*is_by(changes, user)).values(person(None)))


async def remove_scope(connection: AsyncConnection, scope: Scope) -> None:
    """Remove all that was taught and said in a scope, and its history."""
    for table in _OF_A_SCOPE:
        await connection.execute(delete(table).where(*in_scope(table, scope)))


async def move_scope(connection: AsyncConnection, scope: Scope, to: Scope) -> None:
    """Let all that was taught and said in a scope belong to another one."""
    for table in _OF_A_SCOPE:
        moving = update(table).where(*in_scope(table, scope))
        await connection.execute(moving.values(platform=to.platform, home=to.home))


def _asked_by(user: User) -> tuple[ColumnElement[bool], ...]:
    return links.c.platform == user.platform, links.c.asker == user.id
