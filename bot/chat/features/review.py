"""Agreeing to what somebody else has taught, and taking a change back."""

from bot.chat.actions import Action, number
from bot.chat.context import Case
from bot.chat.features.lessons import Lesson, check_teacher, follow_up, take_back, undo_button
from bot.chat.model import Reply
from bot.chat.presses import OnItsOwn, in_place
from bot.chat.words import TeachingWords
from bot.errors import NotAllowed, SecondPersonNeeded, Settled
from bot.recognition.backend import Analyser
from bot.storage.store import Store
from bot.storage.values import Change, Scope

MOST_CHANGES = 10**9


class Reviewing:
    """Confirms, rejects and undoes changes. What the buttons are about is in the store: they never expire."""

    def __init__(self, analyser: Analyser, store: Store) -> None:
        self._analyser = analyser
        self._store = store

    @property
    def verbs(self) -> dict[str, OnItsOwn]:
        """What handles each verb."""
        return {"approve": self._approve, "reject": self._reject, "undo": self._undo}

    async def change_of(self, case: Case, args: tuple[str, ...]) -> Change:
        """Return the change of this chat that an action's first argument names.

        Raises:
            Settled: there is none.
        """
        change = await self._store.entry(Scope.of(case.chat), number(args, 0, below=MOST_CHANGES))
        if change is None:
            raise Settled
        return change

    async def _approve(self, case: Case, action: Action, _text: str | None) -> Reply:
        """Let what somebody else has taught count."""
        check_teacher(case)
        change = await self.change_of(case, action.args)
        # Not who made the change: what was rejected is put back by somebody else.
        if not case.manages and any(map(case.is_user, await self._store.teachers(change.scope, change.added))):
            raise SecondPersonNeeded
        approved = await self._store.approve(change.scope, change.added, case.user)
        if approved is None:
            raise Settled
        words = TeachingWords(case.catalogue)
        text = words.confirmed(self._name(change), case.user.name or words.somebody())
        return in_place(Reply(text, buttons=((undo_button(case, approved),),)))

    async def _reject(self, case: Case, action: Action, _text: str | None) -> Reply:
        """Remove what waits for somebody to confirm it; who has taught it may do that as well."""
        check_teacher(case)
        change = await self.change_of(case, action.args)
        rejected = await self._store.reject(change, case.user)
        if rejected is None:
            raise Settled
        words = TeachingWords(case.catalogue)
        text = words.rejected(self._name(change), case.user.name or words.somebody())
        return in_place(Reply(text, buttons=((undo_button(case, rejected),),)))

    async def _undo(self, case: Case, action: Action, _text: str | None) -> Reply:
        """Take a change back, for the one who made it, while they may teach, and for those who manage the chat.

        What waits again for somebody to confirm it can be confirmed again.
        """
        change = await self.change_of(case, action.args)
        if not (case.manages or (case.teaches and _is_own(case, change))):
            raise NotAllowed
        undone = await take_back(self._store, change, case.user)
        waits = bool(await self._store.teachers(undone.scope, undone.added))
        text = TeachingWords(case.catalogue).reverted(self._name(change))
        agreeing = follow_up(case, Lesson(undone, counts=False)) if waits else ()
        return in_place(Reply(text, buttons=((*agreeing, undo_button(case, undone)),)))

    def _name(self, change: Change) -> str:
        return self._analyser.characters.name(change.character)


def _is_own(case: Case, change: Change) -> bool:
    return change.by is not None and case.is_user(change.by)
