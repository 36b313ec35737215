"""What people say of the bot's answers: whether a face was named rightly, and who it is instead."""

from collections import Counter
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.people import is_by, person
from bot.storage.scope import in_scope
from bot.storage.tables import changes, verdicts
from bot.storage.values import Mistake, Scope, Score, Truth, User, Verdict


class Verdicts(Database):
    """The verdicts, by scope."""

    async def judge(self, verdict: Verdict) -> None:
        """Store a verdict, in place of an earlier one of the same person on the same face."""
        row = {
            "platform": verdict.scope.platform,
            "home": verdict.scope.home,
            "face": verdict.face,
            "said": verdict.said,
            "probability": verdict.probability,
            "bundle_id": verdict.bundle_id,
            "truth": verdict.truth,
            "character": verdict.character,
            **person(verdict.by),
            "at": verdict.at,
            "image": verdict.image,
            "change": verdict.change,
        }
        same = (*in_scope(verdicts, verdict.scope), verdicts.c.face == verdict.face, *is_by(verdicts, verdict.by))
        async with self._transaction() as connection:
            await connection.execute(delete(verdicts).where(*same))
            await connection.execute(insert(verdicts).values(row))

    async def verdict(self, scope: Scope, face: str, by: User) -> Verdict | None:
        """Return what this person has said of this face already."""
        query = select(verdicts).where(*in_scope(verdicts, scope), verdicts.c.face == face, *is_by(verdicts, by))
        async with self._reading() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _read(row)

    async def verdicts(self, scope: Scope | None = None) -> list[Verdict]:
        """Return the verdicts of one scope, or of all, the oldest first."""
        query = _limited(select(verdicts), scope).order_by(verdicts.c.id)
        async with self._reading() as connection:
            return [_read(row) for row in await connection.execute(query)]

    async def scores(self, scope: Scope | None = None) -> list[Score]:
        """Return the measured precision of each character that was named, in one scope or in all.

        Those that were judged most often come first. A verdict whose lesson was taken back or rejected does not count.
        """
        columns = verdicts.c
        what = (columns.said, columns.truth, columns.character, columns.change)
        query = _limited(select(*what, func.count()).where(columns.said.is_not(None)), scope).group_by(*what)
        right: Counter[str] = Counter()
        judged: Counter[str] = Counter()
        async with self._reading() as connection:
            withdrawn = await _withdrawn(connection)
            for said, truth, character, change, count in await connection.execute(query):
                if change not in withdrawn:
                    judged[said] += count
                    right[said] += count if truth == Truth.CHARACTER and character == said else 0
        ranked = sorted(judged, key=lambda said: (-judged[said], said))
        return [Score(said, right[said], judged[said] - right[said]) for said in ranked]

    async def mistakes(self, scope: Scope | None = None) -> list[Mistake]:
        """Return who was named in whose place, in one scope or in all, the most frequent first.

        A verdict whose lesson was taken back or rejected does not count.
        """
        columns = verdicts.c
        what = (columns.said, columns.character, columns.change)
        wrong = (columns.said.is_not(None), columns.truth == Truth.CHARACTER, columns.character != columns.said)
        query = _limited(select(*what, func.count()).where(*wrong), scope).group_by(*what)
        counts: Counter[tuple[str, str]] = Counter()
        async with self._reading() as connection:
            withdrawn = await _withdrawn(connection)
            for said, character, change, count in await connection.execute(query):
                if change not in withdrawn:
                    counts[said, character] += count
        return [Mistake(said, character, count) for (said, character), count in counts.most_common()]

    async def stands(self, change_id: int) -> bool:
        """Return whether a change stands: not taken back or rejected, or put back since."""
        async with self._reading() as connection:
            return change_id not in await _withdrawn(connection)


async def _withdrawn(connection: AsyncConnection) -> set[int]:
    """Return the changes that were taken back or rejected by a change that was not taken back in its turn."""
    query = select(changes.c.id, changes.c.reverts).where(changes.c.reverts.is_not(None)).order_by(changes.c.id.desc())
    withdrawn: set[int] = set()
    # The last comes first: whatever took a change back is later than it, and settled before it.
    for id_, reverts in await connection.execute(query):
        if id_ not in withdrawn:
            withdrawn.add(reverts)
    return withdrawn


def _limited(query: Select[Any], scope: Scope | None) -> Select[Any]:
    return query if scope is None else query.where(*in_scope(verdicts, scope))


def _read(row: Row[Any]) -> Verdict:
    return Verdict(
        Scope(row.platform, row.home),
        row.face,
        row.said,
        row.probability,
        row.bundle_id,
        Truth(row.truth),
        row.character,
        User(row.by_platform, row.by_id, name=row.by_name),
        row.at,
        row.image,
        row.change,
    )
