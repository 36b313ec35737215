"""The history of what a chat has taught, to read and to revert, and how often whobot was right."""

from collections.abc import Sequence

from bot.chat.actions import Action, number, write
from bot.chat.context import Context
from bot.chat.features.lessons import take_back
from bot.chat.features.review import MOST_CHANGES
from bot.chat.model import Button, Reply
from bot.chat.presses import OnItsOwn, in_place
from bot.chat.words import RecordWords
from bot.errors import NotAllowed, Settled
from bot.recognition.backend import Backend
from bot.storage.store import Store
from bot.storage.values import Change, Scope

PAGE = 5
"""Changes on a page of the history: as many as buttons fit into a row."""
CHARACTERS = 20
"""Characters whose figures are told at most."""
LONGEST_LINE = 130
"""Characters of text that a line of figures takes at most: a name takes up to 64."""


class Records:
    """Shows the history to those who manage a chat, and the figures to everybody."""

    def __init__(self, backend: Backend, store: Store) -> None:
        self._backend = backend
        self._store = store

    @property
    def verbs(self) -> dict[str, OnItsOwn]:
        """What handles each verb."""
        return {"history": self._turn, "revert": self._revert, "agree": self._agree}

    async def history(self, context: Context) -> Reply:
        """Show the last changes.

        Raises:
            NotAllowed: they do not manage the chat.
        """
        return await self._page(context, 0)

    async def stats(self, context: Context) -> Reply:
        """Tell how often whobot was right in this chat, as people have said."""
        words, scope = RecordWords(context.catalogue), Scope.of(context.chat)
        scores = await self._store.scores(scope)
        names = {score.character: self._backend.characters.name(score.character) for score in scores}
        taught = len(set(await self._store.taught_here(scope)).difference(self._backend.roster))
        most = max(1, min(CHARACTERS, context.capabilities.text_limit // LONGEST_LINE))
        lines = words.stats(scores, names, taught, most)
        return Reply("\n".join(lines))

    async def _turn(self, context: Context, action: Action, _text: str | None) -> Reply:
        return in_place(await self._page(context, number(action.args, 0, below=MOST_CHANGES)))

    async def _revert(self, context: Context, action: Action, _text: str | None) -> Reply:
        """Take a change back, and show the page that it is on again."""
        _check_manager(context)
        await take_back(self._store, await self._change(context, action), context.user)
        return await self._turn(context, action, None)

    async def _agree(self, context: Context, action: Action, _text: str | None) -> Reply:
        """Let what a change has added count, and show the page that it is on again."""
        _check_manager(context)
        change = await self._change(context, action)
        if await self._store.approve(change.scope, change.added, context.user) is None:
            raise Settled
        return await self._turn(context, action, None)

    async def _change(self, context: Context, action: Action) -> Change:
        change = await self._store.entry(Scope.of(context.chat), number(action.args, 1, below=MOST_CHANGES))
        if change is None:
            raise Settled
        return change

    async def _page(self, context: Context, skip: int) -> Reply:
        _check_manager(context)
        words = RecordWords(context.catalogue)
        found = await self._store.history(Scope.of(context.chat), skip=skip, limit=PAGE + 1)
        changes = found[:PAGE]
        lines = [
            words.entry(place, change, self._backend.characters.name(change.character))
            for place, change in enumerate(changes, skip + 1)
        ]
        text = words.history(skip // PAGE + 1, lines)
        if not context.capabilities.buttons:
            return Reply(text, private=True)
        turning = []
        if skip > 0:
            turning.append(Button(words.newer(), write("history", "", max(0, skip - PAGE))))
        if len(found) > PAGE:
            turning.append(Button(words.older(), write("history", "", skip + PAGE)))
        rows = (_reverting(words, changes, skip), _agreeing(words, changes, skip), tuple(turning))
        return Reply(text, buttons=tuple(row for row in rows if row), private=True)


def _reverting(words: RecordWords, changes: Sequence[Change], skip: int) -> tuple[Button, ...]:
    return tuple(
        Button(words.revert(place), write("revert", "", skip, change.id))
        for place, change in enumerate(changes, skip + 1)
        if change.revertible
    )


def _agreeing(words: RecordWords, changes: Sequence[Change], skip: int) -> tuple[Button, ...]:
    return tuple(
        Button(words.confirm(place), write("agree", "", skip, change.id))
        for place, change in enumerate(changes, skip + 1)
        if change.waiting
    )


def _check_manager(context: Context) -> None:
    if not context.manages:
        raise NotAllowed
