"""Putting right what was taught: other names, faces that show somebody else, and faces that are of no use."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.recognition.characters import Description
from bot.storage.database import Database
from bot.storage.descriptions import describe, hand_on
from bot.storage.history import record, take_away
from bot.storage.scope import in_scope
from bot.storage.tables import examples
from bot.storage.values import Action, Change, Scope, State, User


class Mending(Database):
    """Mends the examples of a scope. Each change is an entry of the history, and can be taken back."""

    async def rename(
        self, scope: Scope, characters: Collection[str], to: str, by: User, action: Action
    ) -> Change | None:
        """Let all examples of a character, by any of its ids, be another one's; return None where there is none.

        What was said of the character goes with them, unless the other one is described already.
        """
        chosen = (*in_scope(examples, scope), examples.c.character.in_(characters))
        async with self._transaction() as connection:
            change = await _move(connection, scope, chosen, to, by, action)
            if change is not None:
                await hand_on(connection, scope, change.character, scope, to)
            return change

    async def move_examples(self, scope: Scope, ids: Sequence[int], to: str, by: User) -> Change | None:
        """Let some examples of a scope be another character's; return None where none of them is there."""
        async with self._transaction() as connection:
            return await _move(connection, scope, _these(scope, ids), to, by, Action.MOVED)

    async def remove_examples(self, scope: Scope, ids: Sequence[int], by: User) -> Change | None:
        """Remove some examples of a scope; return None where none of them is there."""
        chosen = _these(scope, ids)
        async with self._transaction() as connection:
            character = await _whose(connection, chosen)
            if character is None:
                return None
            change = await record(connection, scope, Action.REMOVED, character, by)
            return replace(change, removed=await take_away(connection, change.id, chosen))

    async def describe(self, scope: Scope, character: str, description: Description, by: User | None) -> Change:
        """Say what else a character is called in a scope, and where they are from."""
        async with self._transaction() as connection:
            before = await describe(connection, scope, character, description)
            return await record(connection, scope, Action.DESCRIBED, character, by, before=before)


def _these(scope: Scope, ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    return *in_scope(examples, scope), examples.c.id.in_(ids)


async def _whose(connection: AsyncConnection, chosen: tuple[ColumnElement[bool], ...]) -> str | None:
    query = select(examples.c.character).where(*chosen).order_by(examples.c.id).limit(1)
    return (await connection.execute(query)).scalar_one_or_none()


async def _move(
    connection: AsyncConnection,
    scope: Scope,
    chosen: tuple[ColumnElement[bool], ...],
    to: str,
    by: User,
    action: Action,
) -> Change | None:
    """Put copies of examples, which are another character's, in their place: a revert swaps the two again."""
    character = await _whose(connection, chosen)
    if character is None:
        return None
    copied = [column for column in examples.columns if column.name not in {"id", "character"}]
    last = (await connection.execute(select(func.max(examples.c.id)))).scalar_one()
    rows = select(literal(to), *copied).where(*chosen)
    await connection.execute(insert(examples).from_select(["character", *(c.name for c in copied)], rows))
    new = select(examples.c.id).where(*in_scope(examples, scope), examples.c.character == to, examples.c.id > last)
    added = sorted((await connection.execute(new)).scalars())
    gone = (*chosen, examples.c.id <= last)
    change = await record(connection, scope, action, character, by, added=added, other=to)
    waiting = select(examples.c.id).where(examples.c.id.in_(added), examples.c.state == State.PROVISIONAL).limit(1)
    waits = (await connection.execute(waiting)).first() is not None
    return replace(change, removed=await take_away(connection, change.id, gone), waiting=waits)
