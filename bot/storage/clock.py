"""Whether the machine's clock can be believed: a clock that jumps would remove for good what is kept for a month."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import insert_new
from bot.storage.tables import clock

STEADY = timedelta(days=3)
"""A clock that steps further than this, or back, is believed again only after it has gone on for as long."""

_ONLY_ROW = 1


async def note_clock(connection: AsyncConnection, now: datetime) -> bool:
    """Note what the clock shows; return whether it has gone on steadily for a while.

    It is to be noted more often than every `STEADY`. A machine that was off for longer looks like a jump, and waits.
    """
    # Written before it is read: a transaction on SQLite cannot do it the other way round beside another program.
    going_on = update(clock).where(clock.c.seen.between(now - STEADY, now)).values(seen=now)
    since: datetime | None = (await connection.execute(going_on.returning(clock.c.steady_since))).scalar_one_or_none()
    if since is not None:
        return now - since >= STEADY
    anew = {"steady_since": now, "seen": now}
    if not (await connection.execute(update(clock).values(anew))).rowcount:
        await insert_new(connection, clock, {"id": _ONLY_ROW, **anew})
    return False
