"""Agreeing to what another person has taught, and taking a change back."""

from bot.chat.access import Rights
from bot.chat.actions import Pressed, number
from bot.chat.context import Context
from bot.chat.lessons import MOST_CHANGES, Lesson, follow_up, take_back, undo_button
from bot.chat.model import Reply
from bot.chat.registry import ButtonHandler, Feature, Parts
from bot.chat.replies import in_place
from bot.chat.words import TeachingWords
from bot.errors import NotAllowed, SecondPersonNeeded, Settled
from bot.storage.values import Change, Scope


class Reviewing:
    """Confirms, rejects and undoes changes. What the buttons are about is in the store: they never expire."""

    def __init__(self, parts: Parts) -> None:
        self._backend = parts.backend
        self._store = parts.store

    async def approve(self, context: Context, press: Pressed) -> Reply:
        """Let what another person has taught count."""
        change = await self._change_of(context, press)
        # Compare with the teachers, not with who made the change: a rejected lesson may be put back by another person.
        if not context.manages and any(map(context.is_user, await self._store.teachers(change.scope, change.added))):
            raise SecondPersonNeeded
        approved = await self._store.approve(change.scope, change.added, context.user)
        if approved is None:
            raise Settled
        words = TeachingWords(context.catalogue)
        text = words.confirmed(self._name(change), context.user.name or words.someone())
        return in_place(Reply(text, buttons=((undo_button(context, approved),),)))

    async def reject(self, context: Context, press: Pressed) -> Reply:
        """Remove what waits to be confirmed; its teacher may do that as well."""
        change = await self._change_of(context, press)
        rejected = await self._store.reject(change, context.user)
        if rejected is None:
            raise Settled
        words = TeachingWords(context.catalogue)
        text = words.rejected(self._name(change), context.user.name or words.someone())
        return in_place(Reply(text, buttons=((undo_button(context, rejected),),)))

    async def undo(self, context: Context, press: Pressed) -> Reply:
        """Take a change back, for the one who made it, while they may teach, and for those who manage the chat.

        What then waits again can be confirmed again.
        """
        change = await self._change_of(context, press)
        if not (context.manages or (context.teaches and _is_own(context, change))):
            raise NotAllowed
        undone = await take_back(self._store, change, context.user)
        waits = bool(await self._store.teachers(undone.scope, undone.added))
        text = TeachingWords(context.catalogue).reverted(self._name(change))
        agreeing = follow_up(context, Lesson(undone, counts=False)) if waits else ()
        return in_place(Reply(text, buttons=((*agreeing, undo_button(context, undone)),)))

    async def _change_of(self, context: Context, press: Pressed) -> Change:
        """Return the change of this chat that a button is about.

        Raises:
            Settled: there is none.
        """
        change = await self._store.entry(Scope.of(context.chat), number(press.args, 0, below=MOST_CHANGES))
        if change is None:
            raise Settled
        return change

    def _name(self, change: Change) -> str:
        return self._backend.characters.name(change.character)


def _is_own(context: Context, change: Change) -> bool:
    return change.by is not None and context.is_user(change.by)


FEATURE = Feature(
    make=Reviewing,
    buttons=(
        ButtonHandler("approve", Reviewing.approve, rights=Rights.TEACHERS),
        ButtonHandler("reject", Reviewing.reject, rights=Rights.TEACHERS),
        ButtonHandler("undo", Reviewing.undo),
    ),
)
