"""What people say of the bot's answers: whether a face was named rightly, and who it is instead."""

from typing import Any

from sqlalchemy import Row, Select, and_, case, delete, func, insert, select

from bot.domain import User
from bot.records import Scope, Score, Truth, Verdict
from bot.store.database import Database
from bot.store.people import is_by, person
from bot.store.scope import in_scope
from bot.store.tables import verdicts


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
        async with self._transaction() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _read(row)

    async def verdicts(self, scope: Scope | None = None) -> list[Verdict]:
        """Return the verdicts of one scope, or of all, the oldest first."""
        query = _limited(select(verdicts), scope).order_by(verdicts.c.id)
        async with self._transaction() as connection:
            return [_read(row) for row in await connection.execute(query)]

    async def scores(self, scope: Scope | None = None) -> list[Score]:
        """Return the measured precision of each character that was named, in one scope or in all.

        Those that were judged most often come first.
        """
        columns = verdicts.c
        right = and_(columns.truth == Truth.CHARACTER, columns.character == columns.said)
        confirmed = func.sum(case((right, 1), else_=0))
        query = _limited(select(columns.said, confirmed, func.count()).where(columns.said.is_not(None)), scope)
        query = query.group_by(columns.said).order_by(func.count().desc(), columns.said)
        async with self._transaction() as connection:
            rows = (await connection.execute(query)).all()
        return [Score(said, int(confirmed), count - int(confirmed)) for said, confirmed, count in rows]


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
