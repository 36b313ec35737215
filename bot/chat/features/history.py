"""The history of what a chat has taught, to read and to revert."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from gettext import NullTranslations

from bot.chat.access import Rights
from bot.chat.actions import Pressed, number, write
from bot.chat.commands import Command
from bot.chat.context import Context
from bot.chat.lessons import MOST_CHANGES, take_back
from bot.chat.model import Button, Reply, Request
from bot.chat.registry import ButtonHandler, Feature, Parts, RequestHandler
from bot.chat.replies import in_place
from bot.chat.words import told
from bot.errors import Settled
from bot.storage.values import Change, Scope
from bot.texts import N_

PAGE = 5
"""Changes on a page of the history: as many as buttons fit into a row."""


@dataclass(frozen=True, slots=True)
class ShowHistory(Request):
    """Who has taught and changed what?"""


class History:
    """Shows the history to those who manage a chat."""

    def __init__(self, parts: Parts) -> None:
        self._backend = parts.backend
        self._store = parts.store

    async def show(self, context: Context, _request: ShowHistory) -> Reply:
        """Show the last changes."""
        return await self._page(context, 0)

    async def turn(self, context: Context, press: Pressed) -> Reply:
        """Show a page."""
        return in_place(await self._page(context, number(press.args, 0, below=MOST_CHANGES)))

    async def revert(self, context: Context, press: Pressed) -> Reply:
        """Take a change back, and show the page that it is on again."""
        await take_back(self._store, await self._change(context, press), context.user)
        return await self.turn(context, press)

    async def agree(self, context: Context, press: Pressed) -> Reply:
        """Let what a change has added count, and show the page that it is on again."""
        change = await self._change(context, press)
        if await self._store.approve(change.scope, change.added, context.user) is None:
            raise Settled
        return await self.turn(context, press)

    async def _change(self, context: Context, press: Pressed) -> Change:
        change = await self._store.entry(Scope.of(context.chat), number(press.args, 1, below=MOST_CHANGES))
        if change is None:
            raise Settled
        return change

    async def _page(self, context: Context, skip: int) -> Reply:
        t = context.catalogue
        found = await self._store.history(Scope.of(context.chat), skip=skip, limit=PAGE + 1)
        changes = found[:PAGE]
        lines = [
            _entry(context, place, change, self._backend.characters.name)
            for place, change in enumerate(changes, skip + 1)
        ]
        text = _listed(context, skip // PAGE + 1, lines)
        times = tuple((_moment(change.at), change.at) for change in changes)
        if not context.capabilities.buttons:
            return Reply(text, private=True, times=times)
        turning = []
        if skip > 0:
            turning.append(Button(t.gettext("◀ Newer"), write("history", "", max(0, skip - PAGE))))
        if len(found) > PAGE:
            turning.append(Button(t.gettext("Older ▶"), write("history", "", skip + PAGE)))
        rows = (_reverting(t, changes, skip), _agreeing(t, changes, skip), tuple(turning))
        return Reply(text, buttons=tuple(row for row in rows if row), private=True, times=times)


def _listed(context: Context, page: int, lines: Sequence[str]) -> str:
    """Head a page of the history."""
    t = context.catalogue
    if not lines:
        return t.gettext("Nobody has taught me anything in this chat yet.")
    return "\n".join([t.gettext("What I was taught in this chat, page {page}:").format(page=page), *lines])


def _moment(at: datetime) -> str:
    """Write a time as it stands in an entry."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _entry(context: Context, number: int, change: Change, name: Callable[[str], str]) -> str:
    """Tell of one change."""
    t = context.catalogue
    when, what = _moment(change.at), told(t, change, name)
    line = t.gettext("{number}. {when}: {what}").format(number=number, when=when, what=what)
    if change.reverted:
        line += " " + t.gettext("(taken back)")
    elif change.waiting:
        line += " " + t.gettext("(waits to be confirmed)")
    return line


def _reverting(t: NullTranslations, changes: Sequence[Change], skip: int) -> tuple[Button, ...]:
    return tuple(
        Button(t.gettext("Revert {number}").format(number=place), write("revert", "", skip, change.id))
        for place, change in enumerate(changes, skip + 1)
        if change.revertible
    )


def _agreeing(t: NullTranslations, changes: Sequence[Change], skip: int) -> tuple[Button, ...]:
    return tuple(
        Button(t.gettext("Confirm {number}").format(number=place), write("agree", "", skip, change.id))
        for place, change in enumerate(changes, skip + 1)
        if change.waiting
    )


FEATURE = Feature(
    make=History,
    commands=(
        Command("history", N_("Who has taught and changed what in this chat"), lambda _: ShowHistory(), managers=True),
    ),
    requests=(RequestHandler(ShowHistory, History.show, rights=Rights.MANAGERS),),
    buttons=(
        ButtonHandler("history", History.turn, rights=Rights.MANAGERS),
        ButtonHandler("revert", History.revert, rights=Rights.MANAGERS),
        ButtonHandler("agree", History.agree, rights=Rights.MANAGERS),
    ),
)
