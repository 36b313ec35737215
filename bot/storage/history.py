"""The audit trail: every change of what a community has taught, who made it, and all that is needed to take it back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.clock import note_clock
from bot.storage.database import Database
from bot.storage.descriptions import Before, describe, hand_on, read_description
from bot.storage.examples import to_row
from bot.storage.people import person, read_person
from bot.storage.scope import in_scope
from bot.storage.tables import changes, examples, removed_examples
from bot.storage.values import EVERYWHERE, REMOVED_KEPT, Action, Change, Draft, Scope, State, User


class History(Database):
    """Changes the examples and writes down who did it, both or neither."""

    async def learn(self, drafts: Sequence[Draft], action: Action) -> Change:
        """Add examples of one character that one person brought."""
        first = drafts[0]
        async with self._transaction() as connection:
            added = tuple([await _insert(connection, draft) for draft in drafts])
            return await record(connection, first.scope, action, first.character, first.by, added=added)

    async def forget(self, scope: Scope, character: str, by: User | None) -> Change | None:
        """Remove all examples of a character in a scope; return None where there is none."""
        here = (*in_scope(examples, scope), examples.c.character == character)
        async with self._transaction() as connection:
            return await _remove(connection, scope, Action.FORGOTTEN, by, here)

    async def reject(self, change: Change, by: User) -> Change | None:
        """Remove what a change has added provisionally; return None where nothing of it waits any more."""
        waiting = _waiting(change.scope, change.added)
        async with self._transaction() as connection:
            return await _remove(connection, change.scope, Action.REJECTED, by, waiting, reverts=change.id)

    async def teachers(self, scope: Scope, ids: Iterable[int]) -> set[User]:
        """Return who has taught those of the examples that wait to be confirmed."""
        people = (examples.c.by_platform, examples.c.by_id, examples.c.by_name)
        query: Select[Any] = select(*people).where(*_waiting(scope, ids)).distinct()
        async with self._reading() as connection:
            found = [read_person(row) for row in await connection.execute(query)]
        return {user for user in found if user is not None}

    async def approve(self, scope: Scope, ids: Iterable[int], by: User) -> Change | None:
        """Let provisional examples of one character count; return None where none of them waits for that."""
        query = update(examples).where(*_waiting(scope, ids)).values(state=State.CONFIRMED)
        async with self._transaction() as connection:
            rows = (await connection.execute(query.returning(examples.c.id, examples.c.character))).all()
            if not rows:
                return None
            added = tuple(sorted(row.id for row in rows))
            return await record(connection, scope, Action.APPROVED, rows[0].character, by, added=added)

    async def promote(self, scope: Scope, character: str) -> Change | None:
        """Let a character that was taught in a scope be known everywhere; return None where it was not taught there.

        From then on it is the operator's: the scope's own people can no longer forget it.
        """
        here = (*in_scope(examples, scope), examples.c.character == character, examples.c.state == State.CONFIRMED)
        moving = update(examples).where(*here).values(platform=EVERYWHERE.platform, home=EVERYWHERE.home)
        async with self._transaction() as connection:
            ids = (await connection.execute(moving.returning(examples.c.id))).scalars().all()
            if not ids:
                return None
            await hand_on(connection, scope, character, EVERYWHERE, character)
            return await record(connection, scope, Action.PROMOTED, character, None, added=sorted(ids))

    async def revert(self, scope: Scope, change_id: int, by: User) -> Change | None:
        """Take a change back: what it added goes, what it removed is there again.

        A revert can be reverted in its turn.

        Returns:
            What was done; None where there is nothing to take back any more.
        """
        async with self._transaction() as connection:
            reverted = await _one(connection, scope, change_id)
            if reverted is None or not reverted.revertible:
                return None
            brought = (*in_scope(examples, scope), examples.c.id.in_(reverted.added))
            left = (await connection.execute(select(func.count()).select_from(examples).where(*brought))).scalar_one()
            added = await _put_back(connection, reverted.id)
            before = await _describe_as_before(connection, reverted)
            if not left and not added and before is None:
                return None
            change = await record(
                connection,
                scope,
                Action.REVERTED,
                reverted.character,
                by,
                added=added,
                reverts=reverted.id,
                before=before,
            )
            return replace(change, removed=await take_away(connection, change.id, brought))

    async def purge(self) -> int:
        """Remove for good what was forgotten longer than `REMOVED_KEPT` ago; return how many examples that were.

        Nothing goes while the clock cannot be believed. `bot.storage.housekeeping` calls this every hour, and nothing
        else does: a lesson right after the clock has jumped removes nothing.
        """
        now = datetime.now(UTC)
        old = select(changes.c.id).where(changes.c.at < now - REMOVED_KEPT)
        async with self._transaction() as connection:
            if not await note_clock(connection, now):
                return 0
            purging = delete(removed_examples).where(removed_examples.c.change.in_(old))
            return (await connection.execute(purging)).rowcount

    async def entry(self, scope: Scope, change_id: int) -> Change | None:
        """Return an entry of a scope's history."""
        async with self._reading() as connection:
            return await _one(connection, scope, change_id)

    async def history(self, scope: Scope, *, skip: int = 0, limit: int = 10) -> list[Change]:
        """Return the changes of a scope, the last first."""
        query = select(changes).where(*in_scope(changes, scope)).order_by(changes.c.id.desc())
        async with self._reading() as connection:
            rows = (await connection.execute(query.offset(skip).limit(limit))).all()
            return await _read(connection, rows)


def _waiting(scope: Scope, ids: Iterable[int]) -> tuple[ColumnElement[bool], ...]:
    return *in_scope(examples, scope), examples.c.id.in_(tuple(ids)), examples.c.state == State.PROVISIONAL


async def _insert(connection: AsyncConnection, draft: Draft) -> int:
    return int((await connection.execute(insert(examples).values(to_row(draft)).returning(examples.c.id))).scalar_one())


async def _remove(
    connection: AsyncConnection,
    scope: Scope,
    action: Action,
    by: User | None,
    chosen: tuple[ColumnElement[bool], ...],
    *,
    reverts: int | None = None,
) -> Change | None:
    character = (await connection.execute(select(examples.c.character).where(*chosen).limit(1))).scalar_one_or_none()
    if character is None:
        return None
    change = await record(connection, scope, action, character, by, reverts=reverts)
    return replace(change, removed=await take_away(connection, change.id, chosen))


async def record(
    connection: AsyncConnection,
    scope: Scope,
    action: Action,
    character: str,
    by: User | None,
    *,
    added: Sequence[int] = (),
    reverts: int | None = None,
    other: str | None = None,
    before: Before | None = None,
) -> Change:
    """Write an entry of the audit trail."""
    at = datetime.now(UTC)
    row = {
        "platform": scope.platform,
        "home": scope.home,
        "at": at,
        "action": action,
        "character": character,
        **person(by),
        "added": list(added),
        "reverts": reverts,
        "other": other,
        "before": before,
    }
    query = insert(changes).values(row).returning(changes.c.id)
    id_ = int((await connection.execute(query)).scalar_one())
    return Change(
        id_,
        scope,
        action,
        character,
        by,
        at,
        tuple(added),
        reverts=reverts,
        other=other,
        redescribed=before is not None,
    )


async def take_away(connection: AsyncConnection, change_id: int, chosen: tuple[ColumnElement[bool], ...]) -> int:
    """Move examples to where a revert finds them; return how many."""
    columns = [*examples.columns]
    names = [*(column.name for column in columns), "change"]
    rows = select(*columns, literal(change_id)).where(*chosen)
    await connection.execute(insert(removed_examples).from_select(names, rows))
    return (await connection.execute(delete(examples).where(*chosen))).rowcount


async def _put_back(connection: AsyncConnection, change_id: int) -> tuple[int, ...]:
    """Move the examples that a change took away back to where they were, ids and dates included."""
    names = [column.name for column in examples.columns]
    taken = removed_examples.c.change == change_id
    rows = select(*(removed_examples.c[name] for name in names)).where(taken)
    await connection.execute(insert(examples).from_select(names, rows))
    query = delete(removed_examples).where(taken).returning(removed_examples.c.id)
    return tuple(sorted((await connection.execute(query)).scalars()))


async def _describe_as_before(connection: AsyncConnection, reverted: Change) -> Before | None:
    """Let a character be described as it was before a change; return how it was described until now."""
    if not reverted.redescribed:
        return None
    query = select(changes.c.before).where(changes.c.id == reverted.id)
    earlier: Before = (await connection.execute(query)).scalar_one()
    return await describe(connection, reverted.scope, reverted.character, read_description(earlier))


async def _one(connection: AsyncConnection, scope: Scope, change_id: int) -> Change | None:
    query = select(changes).where(*in_scope(changes, scope), changes.c.id == change_id)
    found = await _read(connection, (await connection.execute(query)).all())
    return found[0] if found else None


async def _read(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Change]:
    ids = [row.id for row in rows]
    taken = removed_examples.c.change
    counting = select(taken, func.count()).where(taken.in_(ids)).group_by(taken)
    removed: dict[int, int] = {row[0]: row[1] for row in await connection.execute(counting)}
    reverted = set((await connection.execute(select(changes.c.reverts).where(changes.c.reverts.in_(ids)))).scalars())
    added = {id_ for row in rows for id_ in row.added}
    unconfirmed = select(examples.c.id).where(examples.c.id.in_(added), examples.c.state == State.PROVISIONAL)
    waiting = set((await connection.execute(unconfirmed)).scalars())
    return [
        Change(
            row.id,
            Scope(row.platform, row.home),
            Action(row.action),
            row.character,
            read_person(row),
            row.at,
            tuple(row.added),
            removed.get(row.id, 0),
            row.reverts,
            row.id in reverted,
            not waiting.isdisjoint(row.added),
            row.other,
            row.before is not None,
        )
        for row in rows
    ]
