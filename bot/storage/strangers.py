"""Faces that nobody knew, in groups of those that look alike, until somebody names them or they are too old."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.recognition.gallery import Embedding
from bot.recognition.grouping import nearest_group
from bot.recognition.teaching import taught_before
from bot.storage.database import Database
from bot.storage.examples import pack, unpack
from bot.storage.people import person, read_person
from bot.storage.scope import in_scope
from bot.storage.tables import stranger_groups, strangers
from bot.storage.values import UNKNOWN_KEPT, Chat, Scope, Stranger, StrangerDraft, StrangerGroup

LIMIT = 10_000
"""Faces of a scope. The oldest go first."""
COVERS = 4
"""Faces of a group that stand for it."""


class Strangers(Database):
    """The faces, by scope and group."""

    async def keep_strangers(self, drafts: Sequence[StrangerDraft], *, kinship: float) -> int:
        """Keep faces, each with those that it looks like; return how many were new.

        Args:
            drafts: Of one chat and one bundle.
            kinship: The cosine that two faces of one character have on average, as the bundle says.
        """
        scope, kept = Scope.of(drafts[0].chat), 0
        async with self._transaction() as connection:
            for draft in drafts:
                kept += await _keep(connection, scope, draft, kinship)
            await _make_room(connection, scope)
        return kept

    async def stranger_groups(self, scope: Scope, *, skip: int = 0, limit: int = 30) -> list[StrangerGroup]:
        """Return the groups of a scope, the largest first."""
        columns = stranger_groups.c
        query = (
            select(columns.id, columns.faces, columns.at)
            .where(*in_scope(stranger_groups, scope))
            .order_by(columns.faces.desc(), columns.id.desc())
            .offset(skip)
            .limit(limit)
        )
        async with self._reading() as connection:
            rows = (await connection.execute(query)).all()
            covers = await _covers(connection, [row.id for row in rows])
            return [StrangerGroup(row.id, row.faces, row.at, covers.get(row.id, ())) for row in rows]

    async def count_strangers(self, scope: Scope) -> tuple[int, int]:
        """Return how many groups and how many faces a scope has."""
        query = select(func.count(), func.coalesce(func.sum(stranger_groups.c.faces), 0))
        async with self._reading() as connection:
            row = (await connection.execute(query.where(*in_scope(stranger_groups, scope)))).one()
            return int(row[0]), int(row[1])

    async def strangers(
        self, scope: Scope, group: int, ids: Collection[int] = (), *, skip: int = 0, limit: int | None = None
    ) -> list[Stranger]:
        """Return faces of a group, the latest first; only those with these ids where there are any."""
        wanted = [*in_scope(strangers, scope), strangers.c.group_id == group]
        if ids:
            wanted.append(strangers.c.id.in_(ids))
        query = select(strangers).where(*wanted).order_by(strangers.c.id.desc()).offset(skip).limit(limit)
        async with self._reading() as connection:
            return [_read(row) for row in await connection.execute(query)]

    async def stranger(self, scope: Scope, id_: int) -> Stranger | None:
        """Return a face of a scope."""
        query = select(strangers).where(*in_scope(strangers, scope), strangers.c.id == id_)
        async with self._reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _read(row)

    async def drop_strangers(self, scope: Scope, ids: Iterable[int]) -> int:
        """Remove faces; return how many."""
        chosen = (*in_scope(strangers, scope), strangers.c.id.in_(tuple(ids)))
        async with self._transaction() as connection:
            return await _drop(connection, chosen)

    async def split_strangers(self, scope: Scope, group: int, ids: Collection[int]) -> int | None:
        """Make a group of its own of some faces; return its id, None where none of them is there."""
        chosen = (*in_scope(strangers, scope), strangers.c.group_id == group, strangers.c.id.in_(ids))
        async with self._transaction() as connection:
            row = (await connection.execute(select(strangers).where(*chosen).limit(1))).first()
            if row is None:
                return None
            new = await _new_group(connection, scope, row.bundle_id, row.at)
            await connection.execute(update(strangers).where(*chosen).values(group_id=new))
            await _recount(connection, {group, new})
            return new

    async def purge_strangers(self) -> int:
        """Remove faces that have waited for too long; return how many."""
        async with self._transaction() as connection:
            return await _drop(connection, (strangers.c.at < datetime.now(UTC) - UNKNOWN_KEPT,))

    async def clear_strangers(self, chat: Chat) -> None:
        """Remove the faces of a chat."""
        async with self._transaction() as connection:
            await remove_strangers(connection, chat)

    async def stale_strangers(self, bundle_id: str, *, after: int = 0, limit: int = 64) -> list[Stranger]:
        """Return faces of all scopes that the bundle has not embedded, in order of ids, those above `after`."""
        query = select(strangers).where(strangers.c.bundle_id != bundle_id, strangers.c.id > after)
        async with self._reading() as connection:
            rows = await connection.execute(query.order_by(strangers.c.id).limit(limit))
            return [_read(row) for row in rows]

    async def set_stranger_embedding(self, stranger: Stranger, embedding: Embedding, bundle_id: str) -> None:
        """Replace a face's embedding by that of another bundle. It stays in its group."""
        values = {"embedding": pack(embedding), "bundle_id": bundle_id}
        async with self._transaction() as connection:
            await connection.execute(update(strangers).where(strangers.c.id == stranger.id).values(values))
            await _recount(connection, {stranger.group})


async def remove_strangers(connection: AsyncConnection, chat: Chat) -> None:
    """Remove the faces of a chat, or of all chats of the server that has this id."""
    here = or_(strangers.c.chat_id == chat.id, strangers.c.home == chat.id)
    await _drop(connection, (strangers.c.platform == chat.platform, here))


async def drop_by(connection: AsyncConnection, made: tuple[ColumnElement[bool], ...]) -> None:
    """Remove the faces that satisfy conditions, and what they were in their groups."""
    await _drop(connection, made)


async def move_strangers(connection: AsyncConnection, chat: Chat, to: Chat) -> None:
    """Let the faces of a chat belong to it under another id."""
    scope, there = Scope.of(chat), Scope.of(to)
    new = {"platform": there.platform, "home": there.home}
    moving = update(strangers).where(strangers.c.platform == chat.platform, strangers.c.chat_id == chat.id)
    await connection.execute(moving.values(**new, chat_id=to.id))
    if scope.home == chat.id:
        await connection.execute(update(stranger_groups).where(*in_scope(stranger_groups, scope)).values(new))


async def _keep(connection: AsyncConnection, scope: Scope, draft: StrangerDraft, kinship: float) -> bool:
    columns = stranger_groups.c
    here = (*in_scope(stranger_groups, scope), columns.bundle_id == draft.bundle_id)
    rows = (await connection.execute(select(columns.id, columns.faces, columns.total).where(*here))).all()
    sums = np.stack([unpack(row.total) for row in rows]) if rows else np.empty((0, len(draft.embedding)), np.float32)
    place = nearest_group(draft.embedding, sums, np.array([row.faces for row in rows], int), kinship=kinship)
    if place is None:
        group = await _new_group(connection, scope, draft.bundle_id, draft.at)
        count, total = 1, draft.embedding
    else:
        group, count, total = rows[place].id, rows[place].faces + 1, sums[place] + draft.embedding
        members = select(strangers.c.embedding).where(strangers.c.group_id == group)
        known = (unpack(stored) for stored in (await connection.execute(members)).scalars())
        if taught_before(draft.embedding, known):  # the same picture, posted again
            return False
    row = {
        "platform": scope.platform,
        "home": scope.home,
        "chat_id": draft.chat.id,
        "group_id": group,
        "image": draft.image,
        "embedding": pack(draft.embedding),
        "bundle_id": draft.bundle_id,
        **person(draft.by),
        "at": draft.at,
    }
    await connection.execute(insert(strangers).values(row))
    values = {"faces": count, "total": pack(total), "at": draft.at}
    await connection.execute(update(stranger_groups).where(columns.id == group).values(values))
    return True


async def _make_room(connection: AsyncConnection, scope: Scope) -> None:
    here = in_scope(strangers, scope)
    first = select(strangers.c.id).where(*here).order_by(strangers.c.id.desc()).offset(LIMIT).limit(1)
    newest_too_many = (await connection.execute(first)).scalar_one_or_none()
    if newest_too_many is not None:
        await _drop(connection, (*here, strangers.c.id <= newest_too_many))


async def _new_group(connection: AsyncConnection, scope: Scope, bundle_id: str, at: datetime) -> int:
    row = {
        "platform": scope.platform,
        "home": scope.home,
        "faces": 0,
        "total": b"",
        "bundle_id": bundle_id,
        "at": at,
    }
    query = insert(stranger_groups).values(row).returning(stranger_groups.c.id)
    return int((await connection.execute(query)).scalar_one())


async def _covers(connection: AsyncConnection, groups: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return the ids of the first faces of each group."""
    rank = func.row_number().over(partition_by=strangers.c.group_id, order_by=strangers.c.id).label("rank")
    ranked = select(strangers.c.id, strangers.c.group_id, rank).where(strangers.c.group_id.in_(groups)).subquery()
    found: dict[int, tuple[int, ...]] = {}
    query = select(ranked.c.id, ranked.c.group_id).where(ranked.c.rank <= COVERS).order_by(ranked.c.id)
    for id_, group in await connection.execute(query):
        found[group] = (*found.get(group, ()), id_)
    return found


async def _drop(connection: AsyncConnection, chosen: tuple[ColumnElement[bool], ...]) -> int:
    touched = set((await connection.execute(select(strangers.c.group_id).where(*chosen).distinct())).scalars())
    if not touched:
        return 0
    removed = (await connection.execute(delete(strangers).where(and_(*chosen)))).rowcount
    await _recount(connection, touched)
    return removed


async def _recount(connection: AsyncConnection, groups: Collection[int]) -> None:
    """Bring what groups say of their faces up to date; one without any goes."""
    for group in groups:
        query = select(strangers.c.embedding, strangers.c.bundle_id, strangers.c.at).where(
            strangers.c.group_id == group
        )
        rows = (await connection.execute(query)).all()
        this = stranger_groups.c.id == group
        if not rows:
            await connection.execute(delete(stranger_groups).where(this))
            continue
        bundle_id = rows[-1].bundle_id
        total = np.stack([unpack(row.embedding) for row in rows if row.bundle_id == bundle_id]).sum(axis=0)
        values = {
            "faces": len(rows),
            "total": pack(total),
            "bundle_id": bundle_id,
            "at": max(row.at for row in rows),
        }
        await connection.execute(update(stranger_groups).where(this).values(values))


def _read(row: Row[Any]) -> Stranger:
    return Stranger(row.id, row.group_id, row.image, unpack(row.embedding), row.bundle_id, read_person(row), row.at)
