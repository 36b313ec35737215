"""What was accepted and is not answered yet, and which events were handled by any process that uses this database.

A letter that is open is held by one process, for as long as its lease says. It goes when it is closed. That its event
was handled is known for longer: platforms send an event once more where they did not hear that it has arrived.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, delete, insert, or_, select, text, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreOutgrown
from bot.storage.database import Database
from bot.storage.tables import handled, inbox, opt_outs
from bot.storage.values import Chat, Letter, LetterKey, User

REDELIVERED = timedelta(hours=24)
"""For how long Telegram sends an update again that it takes for lost, the longest of all platforms."""
LEASE = timedelta(seconds=30)
"""How long a process holds a letter without saying that it still does."""

_SCHEMA = text("SELECT version_num FROM alembic_version")


@dataclass(slots=True)
class Batch:
    """Changes of the inbox that are written together: all of them are, or none is.

    Args:
        accepted: Letters that have come.
        sending: Those whose answers are about to be sent.
        closed: Those that are answered.
        given_back: Those that this process does not answer after all.
    """

    accepted: list[Letter] = field(default_factory=list)
    sending: list[LetterKey] = field(default_factory=list)
    closed: list[LetterKey] = field(default_factory=list)
    given_back: list[LetterKey] = field(default_factory=list)


class InboxTable(Database):
    """The letters that are open, and the events of the last day."""

    async def write_letters(self, batch: Batch, holder: str) -> set[LetterKey]:
        """Write changes down for the process `holder`; return which of the accepted letters nobody had accepted before.

        Raises:
            StoreOutgrown: a newer whobot uses the database now; nothing is written.
        """
        async with self._transaction() as connection:
            if batch.sending:
                await connection.execute(update(inbox).where(_among(inbox, batch.sending)).values(sending=True))
            if batch.given_back:
                freed = update(inbox).where(_among(inbox, batch.given_back), inbox.c.holder == holder)
                await connection.execute(freed.values(holder=None))
            if batch.closed:
                await connection.execute(delete(inbox).where(_among(inbox, batch.closed)))
            new = await _note(connection, batch.accepted) if batch.accepted else set()
            kept = [one for one in batch.accepted if one.key in new and one.content is not None]
            if out := await _opted_out(connection, [one for one in kept if one.unasked]):
                kept = [one for one in kept if not (one.unasked and (one.platform, one.asker) in out)]
            if kept:
                rows = {one.key: _row(one, holder) for one in kept}
                await connection.execute(insert(inbox), list(rows.values()))
            await self._check_schema(connection)
        return new

    async def take_over(self, platform: str, account: str, holder: str, dead: Collection[str]) -> list[Letter]:
        """Have a process hold the letters of an account that nobody holds any more; return them, the oldest first.

        Args:
            platform: Where the account is.
            account: The bot's account.
            holder: The process that takes them over.
            dead: Processes that are known to have ended, whatever their leases say.
        """
        now = datetime.now(UTC)
        free = or_(inbox.c.holder.is_(None), inbox.c.held_until < now, inbox.c.holder.in_(dead))
        taking = (
            update(inbox)
            .where(inbox.c.platform == platform, inbox.c.account == account, free)
            .values(holder=holder, held_until=now + LEASE, tries=inbox.c.tries + 1)
            .returning(*inbox.c)
        )
        async with self._transaction() as connection:
            rows = (await connection.execute(taking)).all()
            await self._check_schema(connection)
        return sorted(map(_read, rows), key=lambda letter: (letter.at, letter.event))

    async def hold_on(self, holder: str, letters: Sequence[LetterKey]) -> None:
        """Prolong the lease of letters that a process holds.

        Raises:
            StoreOutgrown: a newer whobot uses the database now.
        """
        async with self._transaction() as connection:
            if letters:
                mine = update(inbox).where(inbox.c.holder == holder, _among(inbox, letters))
                await connection.execute(mine.values(held_until=datetime.now(UTC) + LEASE))
            await self._check_schema(connection)

    async def let_go(self, holder: str) -> None:
        """Have a process hold nothing any more."""
        async with self._transaction() as connection:
            await connection.execute(update(inbox).where(inbox.c.holder == holder).values(holder=None))

    async def holders(self) -> set[str]:
        """Return the processes that hold something."""
        async with self._reading() as connection:
            query = select(inbox.c.holder).where(inbox.c.holder.is_not(None)).distinct()
            return set((await connection.execute(query)).scalars())

    async def first_handled(self, platform: str, account: str) -> datetime | None:
        """Return when the first event of an account was accepted of which that is still known."""
        mine = (handled.c.platform == platform, handled.c.account == account)
        async with self._transaction() as connection:
            query = select(handled.c.at).where(*mine).order_by(handled.c.at).limit(1)
            return (await connection.execute(query)).scalar_one_or_none()

    async def purge_inbox(self) -> int:
        """Remove what no platform sends again, and what nobody has answered in all that time; return how many."""
        horizon = datetime.now(UTC) - REDELIVERED
        async with self._transaction() as connection:
            return sum(
                [
                    (await connection.execute(delete(table).where(table.c.at < horizon))).rowcount
                    for table in (handled, inbox)
                ]
            )

    async def _check_schema(self, connection: AsyncConnection) -> None:
        found = set((await connection.execute(_SCHEMA)).scalars())
        if found != self.schema:
            raise StoreOutgrown(
                f"a newer whobot has brought the database to schema {', '.join(sorted(found))}: this one takes no more"
                " questions and ends. Start the newer version in its place"
            )


async def remove_letters(connection: AsyncConnection, chat: Chat) -> None:
    """Remove what is open of a chat, or of all chats of the server that has this id."""
    here = (inbox.c.platform == chat.platform, or_(inbox.c.chat_id == chat.id, inbox.c.home == chat.id))
    await connection.execute(delete(inbox).where(*here))


def asked_by(user: User) -> tuple[ColumnElement[bool], ...]:
    """Tell whose letters are meant."""
    return inbox.c.platform == user.platform, inbox.c.asker == user.id


async def _note(connection: AsyncConnection, letters: Iterable[Letter]) -> set[LetterKey]:
    """Note that events were handled; return those of which that was not noted yet."""
    rows = [{"platform": one.platform, "account": one.account, "event": one.event, "at": one.at} for one in letters]
    # One statement for all: a savepoint for each, as in `insert_new`, would take as long as all the rest.
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    key = (handled.c.platform, handled.c.account, handled.c.event)
    noting = dialect.insert(handled).values(rows).on_conflict_do_nothing().returning(*key)
    return {(row.platform, row.account, row.event) for row in await connection.execute(noting)}


async def _opted_out(connection: AsyncConnection, letters: Sequence[Letter]) -> set[tuple[str, str | None]]:
    """Return who of those behind letters has opted out: what they post is left alone, and so it is not kept either."""
    if not letters:
        return set()
    people = {(one.platform, one.asker or "") for one in letters}
    who = tuple_(opt_outs.c.platform, opt_outs.c.user_id)
    query = select(opt_outs.c.platform, opt_outs.c.user_id).where(who.in_(people))
    return {(row.platform, row.user_id) for row in await connection.execute(query)}


def _among(table: Table, keys: Sequence[LetterKey]) -> ColumnElement[bool]:
    return tuple_(table.c.platform, table.c.account, table.c.event).in_(keys)


def _row(letter: Letter, holder: str) -> dict[str, Any]:
    return {
        "platform": letter.platform,
        "account": letter.account,
        "event": letter.event,
        "chat_id": letter.chat.id,
        "home": letter.chat.home,
        "asker": letter.asker,
        "content": letter.content,
        "at": letter.at,
        "holder": holder,
        "held_until": datetime.now(UTC) + LEASE,
        "tries": 0,
        "sending": False,
    }


def _read(row: Row[Any]) -> Letter:
    return Letter(
        row.platform,
        row.account,
        row.event,
        Chat(row.platform, row.chat_id, home=row.home),
        row.asker,
        row.content,
        row.at,
        tries=row.tries,
        sending=row.sending,
    )
