"""How much there is of everything, over all chats."""

from typing import Any

from sqlalchemy import ColumnElement, Table, distinct, func, select

from bot.storage.database import Database
from bot.storage.tables import chat_settings, examples, opt_outs, verdicts
from bot.storage.values import State, Totals


class Counting(Database):
    """Counts rows."""

    async def totals(self) -> Totals:
        """Return how much there is of everything."""
        shown = examples.c.denied.is_(False)
        async with self._reading() as connection:

            async def count(table: Table, *conditions: ColumnElement[bool], of: Any = None) -> int:
                query = select(func.count() if of is None else func.count(distinct(of))).select_from(table)
                return int((await connection.execute(query.where(*conditions))).scalar_one())

            return Totals(
                chats=await count(chat_settings),
                watched=await count(chat_settings, chat_settings.c.watch.is_(True)),
                opted_out=await count(opt_outs),
                characters=await count(examples, shown, of=examples.c.character),
                examples=await count(examples),
                provisional=await count(examples, examples.c.state == State.PROVISIONAL),
                verdicts=await count(verdicts),
            )
