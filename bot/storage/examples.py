"""The face crops that people have taught characters with."""

from collections.abc import Collection

import numpy as np
from sqlalchemy import ColumnElement, Row, Table, and_, case, func, or_, select, update

from bot.recognition.gallery import Embedding, Gallery
from bot.storage.database import Database
from bot.storage.people import person, read_person
from bot.storage.scope import in_scope
from bot.storage.tables import changes, examples
from bot.storage.values import EVERYWHERE, Draft, Example, Known, Origin, Place, Scope, State

_LITTLE_ENDIAN = np.dtype("<f4")


def pack(embedding: Embedding) -> bytes:
    """Return an embedding as the store keeps it."""
    return embedding.astype(_LITTLE_ENDIAN).tobytes()


def unpack(stored: bytes) -> Embedding:
    """Return what `pack` has written."""
    return np.frombuffer(stored, _LITTLE_ENDIAN).astype(np.float32, copy=False)


class Examples(Database):
    """What was taught, by scope. What a chat sees is its own and what the operator has taught everywhere."""

    async def examples(self, scope: Scope, *, provisional: bool = False) -> list[Example]:
        """Return the examples that count in a scope, the oldest first; provisional ones only where asked for."""
        query = select(examples).where(_visible(scope, provisional)).order_by(examples.c.id)
        async with self._reading() as connection:
            return [_from_row(row) for row in await connection.execute(query)]

    async def examples_of(self, scope: Scope, characters: Collection[str]) -> list[Example]:
        """Return what shows these characters in a scope, the oldest first, provisional examples included."""
        wanted = (examples.c.character.in_(characters), examples.c.denied.is_(False))
        query = select(examples).where(_visible(scope, provisional=True), *wanted).order_by(examples.c.id)
        async with self._reading() as connection:
            return [_from_row(row) for row in await connection.execute(query)]

    async def gallery(self, scope: Scope, bundle_id: str) -> Gallery:
        """Return the examples that count in a scope and are embedded by the bundle called `bundle_id`."""
        columns = examples.c
        query = (
            select(columns.character, columns.embedding, columns.denied)
            .where(_visible(scope, provisional=False), columns.bundle_id == bundle_id, columns.embedding.is_not(None))
            .order_by(columns.id)
        )
        async with self._reading() as connection:
            rows = (await connection.execute(query)).all()
        pairs = [(row.character, unpack(row.embedding), row.denied) for row in rows]
        return Gallery.of(
            ((character, embedding) for character, embedding, denied in pairs if not denied),
            ((character, embedding) for character, embedding, denied in pairs if denied),
        )

    async def gallery_stamp(self, scope: Scope, bundle_id: str) -> tuple[object, ...]:
        """Return what tells a scope's gallery from what it was before: equal stamps, equal galleries."""
        id_ = examples.c.id
        # One set of ids may have the same sum as another: what people do to examples is in the history, too.
        last = select(func.max(changes.c.id)).where(_here_or_everywhere(changes, scope)).scalar_subquery()
        query = select(func.count(), func.max(id_), func.sum(id_), last).where(
            _visible(scope, provisional=False), examples.c.bundle_id == bundle_id
        )
        async with self._reading() as connection:
            return (bundle_id, *(await connection.execute(query)).one())

    async def taught(self, scope: Scope, *, provisional: bool = False) -> dict[str, int]:
        """Return the characters that were taught in a scope, by name, and how many examples each has."""
        return await self._count(_visible(scope, provisional))

    async def taught_here(self, scope: Scope, *, provisional: bool = True) -> dict[str, int]:
        """Return the characters that were taught in just this scope, unless told otherwise provisional examples too."""
        return await self._count(_which(and_(*in_scope(examples, scope)), provisional))

    async def known(self, scope: Scope) -> list[Known]:
        """Return the characters that were taught in a scope and everywhere, provisional examples included."""
        columns = examples.c
        first = func.min(case((func.length(columns.image) > 0, columns.id)))
        waiting = func.sum(case((columns.state == State.PROVISIONAL, 1), else_=0))
        query = (
            select(columns.character, columns.platform, columns.home, func.count(), waiting, first)
            .where(_visible(scope, provisional=True), columns.denied.is_(False))
            .group_by(columns.character, columns.platform, columns.home)
            .order_by(columns.character)
        )
        async with self._reading() as connection:
            return [
                Known(character, Scope(platform, home), count, int(waits), cover)
                for character, platform, home, count, waits, cover in await connection.execute(query)
            ]

    async def places(self) -> list[Place]:
        """Return the scopes in which something was taught, those with most pictures first."""
        columns = examples.c
        query = (
            select(columns.platform, columns.home, func.count(columns.character.distinct()), func.count())
            .where(columns.denied.is_(False))
            .group_by(columns.platform, columns.home)
            .order_by(func.count().desc(), columns.platform, columns.home)
        )
        async with self._reading() as connection:
            return [Place(Scope(row[0], row[1]), row[2], row[3]) for row in await connection.execute(query)]

    async def example(self, scope: Scope, id_: int) -> Example | None:
        """Return an example that is seen in a scope, by its id."""
        query = select(examples).where(_visible(scope, provisional=True), examples.c.id == id_)
        async with self._reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _from_row(row)

    async def kept_here(self, scope: Scope) -> int:
        """Return how many examples are kept in just this scope: provisional ones and those of who it is not as well."""
        query = select(func.count()).select_from(examples).where(*in_scope(examples, scope))
        async with self._reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def same_example(self, scope: Scope, character: str, image: bytes, *, denied: bool = False) -> Example | None:
        """Return the example of just this scope that says the same of the same face crop, provisional or not."""
        columns = examples.c
        same = (columns.character == character, columns.denied.is_(denied), columns.image == image)
        query = select(examples).where(*in_scope(examples, scope), *same).limit(1)
        async with self._reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _from_row(row)

    async def set_embedding(self, id_: int, embedding: Embedding, bundle_id: str) -> None:
        """Replace an example's embedding by that of another bundle."""
        values = {"embedding": pack(embedding), "bundle_id": bundle_id}
        async with self._transaction() as connection:
            await connection.execute(update(examples).where(examples.c.id == id_).values(values))

    async def lessons(self, scope: Scope | None = None, *, after: int = 0, limit: int = 64) -> list[Example]:
        """Return examples that count, of one scope or of all, in order of ids, those above `after`."""
        wanted = [examples.c.id > after, examples.c.state == State.CONFIRMED, examples.c.denied.is_(False)]
        if scope is not None:
            wanted += in_scope(examples, scope)
        query = select(examples).where(*wanted).order_by(examples.c.id).limit(limit)
        async with self._reading() as connection:
            return [_from_row(row) for row in await connection.execute(query)]

    async def stale_examples(self, bundle_id: str, *, after: int = 0, limit: int = 64) -> list[Example]:
        """Return examples of all scopes that the bundle has not embedded, in order of ids, those above `after`."""
        stale = or_(examples.c.bundle_id.is_(None), examples.c.bundle_id != bundle_id)
        pictured = func.length(examples.c.image) > 0  # of a pack without pictures there is nothing to see anew
        query = select(examples).where(stale, pictured, examples.c.id > after).order_by(examples.c.id).limit(limit)
        async with self._reading() as connection:
            return [_from_row(row) for row in await connection.execute(query)]

    async def _count(self, condition: ColumnElement[bool]) -> dict[str, int]:
        query = (
            select(examples.c.character, func.count())
            .where(condition, examples.c.denied.is_(False))
            .group_by(examples.c.character)
            .order_by(examples.c.character)
        )
        async with self._reading() as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}


def _visible(scope: Scope, provisional: bool) -> ColumnElement[bool]:
    return _which(_here_or_everywhere(examples, scope), provisional)


def _here_or_everywhere(table: Table, scope: Scope) -> ColumnElement[bool]:
    return or_(and_(*in_scope(table, scope)), and_(*in_scope(table, EVERYWHERE)))


def _which(condition: ColumnElement[bool], provisional: bool) -> ColumnElement[bool]:
    return condition if provisional else and_(condition, examples.c.state == State.CONFIRMED)


def to_row(draft: Draft) -> dict[str, object]:
    """Return an example as its table takes it, which gives it an id."""
    return {
        "platform": draft.scope.platform,
        "home": draft.scope.home,
        "character": draft.character,
        "denied": draft.denied,
        "image": draft.image,
        "embedding": None if draft.embedding is None else pack(draft.embedding),
        "bundle_id": draft.bundle_id,
        **person(draft.by),
        "at": draft.at,
        "state": draft.state,
        "origin": draft.origin,
    }


def _from_row(row: Row[tuple[object, ...]]) -> Example:
    return Example(
        Scope(row.platform, row.home),
        row.character,
        row.image,
        None if row.embedding is None else unpack(row.embedding),
        row.bundle_id,
        read_person(row),
        row.at,
        State(row.state),
        Origin(row.origin),
        row.denied,
        id=row.id,
    )
