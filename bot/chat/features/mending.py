"""Putting right whom a chat knows: other names, what else is said of them, faces that show somebody else."""

from collections.abc import Sequence

from bot.chat.access import Rights
from bot.chat.context import Context
from bot.chat.lessons import take_back
from bot.chat.model import Reply
from bot.chat.people import (
    DescribePerson,
    Done,
    ForgetPerson,
    MoveFaces,
    PromotePerson,
    RemoveFaces,
    RenamePerson,
    UndoChange,
)
from bot.chat.registry import Feature, Parts, Rate, RequestHandler
from bot.chat.words import TeachingWords, told
from bot.errors import ActiveName, NameTaken, NotTaught, Settled
from bot.recognition.characters import Description
from bot.recognition.names import is_active
from bot.recognition.teaching import character_of, tidied
from bot.storage.values import Action, Scope

ALIASES = 20
"""Further names of a character."""


class Mending:
    """Changes what was taught in the scope of a chat. All but a promotion can be taken back."""

    def __init__(self, parts: Parts) -> None:
        self._backend = parts.backend
        self._store = parts.store
        self._lessons = parts.lessons

    async def rename(self, context: Context, request: RenamePerson) -> Reply:
        """Call a taught character otherwise; where somebody has that name already, make one of the two.

        Raises:
            BadName, ActiveName: no character can be called so.
            UnclearName: it is not clear whether somebody who is known is meant.
            NotTaught: the character was not taught here.
        """
        scope = Scope.of(context.chat)
        ids = await self._ids(context, request.id)
        everyone = await self._store.taught(scope, provisional=True)
        others = [id_ for id_ in everyone if id_ not in ids]
        # The name that they have now is no reason to ask whether somebody else is meant.
        to = character_of(request.name, await self._lessons.characters(context, others))
        known = to in others or to in self._backend.roster
        action = Action.MERGED if known else Action.RENAMED
        change = await self._store.rename(scope, ids, to, context.user, action)
        if change is None:
            raise NotTaught(request.id)
        t = context.catalogue
        text = (
            t.gettext("{name} and {other} are one now: {other}.")
            if known
            else t.gettext("{name} is called {other} now.")
        )
        return Reply(text.format(name=self._name(request.id), other=self._name(to)), shown=Done(change.id, to))

    async def describe(self, context: Context, request: DescribePerson) -> Reply:
        """Note what else a character is called, and where they are from.

        Raises:
            BadName, ActiveName: no character can be called so, or be from there.
            NameTaken: somebody else is called so.
        """
        scope = Scope.of(context.chat)
        taught = await self._store.taught(scope, provisional=True)
        characters = await self._lessons.characters(context, taught)
        plain = self._backend.characters
        aliases = tuple(dict.fromkeys(map(_checked, request.aliases[:ALIASES])))
        for alias in aliases:
            if (other := characters.find(alias)) not in (None, request.id):
                raise NameTaken(characters.name(str(other)))
        given = {plain.name(request.id), *plain.aliases(request.id)}
        series = _checked(request.series) if request.series.strip() else None
        description = Description(
            None if series == plain.series(request.id) else series, tuple(one for one in aliases if one not in given)
        )
        change = await self._store.describe(scope, request.id, description, context.user)
        text = context.catalogue.gettext("I have noted that about {name}.").format(name=self._name(request.id))
        return Reply(text, shown=Done(change.id, request.id))

    async def move(self, context: Context, request: MoveFaces) -> Reply:
        """Let pictures be those of somebody else.

        Raises:
            BadName, ActiveName, UnclearName: of the name.
            Settled: the pictures are not there.
        """
        to = await self._lessons.character_called(context, request.name)
        change = await self._store.move_examples(Scope.of(context.chat), request.faces, to, context.user)
        if change is None:
            raise Settled
        n = len(change.added)
        text = context.catalogue.ngettext("{n} picture shows {name} now.", "{n} pictures show {name} now.", n)
        return Reply(text.format(n=n, name=self._name(to)), shown=Done(change.id, to))

    async def remove(self, context: Context, request: RemoveFaces) -> Reply:
        """Remove pictures.

        Raises:
            Settled: they are not there.
        """
        change = await self._store.remove_examples(Scope.of(context.chat), request.faces, context.user)
        if change is None:
            raise Settled
        text = context.catalogue.ngettext(
            "I have removed {n} picture of {name}.", "I have removed {n} pictures of {name}.", change.removed
        )
        return Reply(
            text.format(n=change.removed, name=self._name(change.character)), shown=Done(change.id, change.character)
        )

    async def forget(self, context: Context, request: ForgetPerson) -> Reply:
        """Forget a character.

        Raises:
            NotTaught: it was not taught here.
        """
        changes = [
            change
            for id_ in await self._ids(context, request.id)
            if (change := await self._store.forget(Scope.of(context.chat), id_, context.user))
        ]
        if not changes:
            raise NotTaught(request.id)
        removed = sum(change.removed for change in changes)
        text = TeachingWords(context.catalogue).forgotten(self._name(request.id), removed)
        return Reply(text, shown=Done(changes[-1].id if len(changes) == 1 else None))

    async def promote(self, context: Context, request: PromotePerson) -> Reply:
        """Let a character be known in all chats.

        Raises:
            NotTaught: it was not taught here, or nothing of it counts yet.
        """
        changes = [
            change
            for id_ in await self._ids(context, request.id)
            if (change := await self._store.promote(Scope.of(context.chat), id_))
        ]
        if not changes:
            raise NotTaught(request.id)
        text = told(context.catalogue, changes[0], self._name)
        return Reply(text, shown=Done(None, request.id))

    async def undo(self, context: Context, request: UndoChange) -> Reply:
        """Take a change back.

        Raises:
            TooManyExamples: there is no room for what it had removed.
            Settled: there is nothing to take back any more.
        """
        change = await self._store.entry(Scope.of(context.chat), request.change)
        if change is None:
            raise Settled
        undone = await take_back(self._store, change, context.user)
        text = TeachingWords(context.catalogue).reverted(self._name(change.character))
        return Reply(text, shown=Done(undone.id, change.character))

    async def _ids(self, context: Context, character: str) -> Sequence[str]:
        """Return the ids under which a character was taught here: a later bundle may have another one for them.

        Raises:
            NotTaught: there is none.
        """
        taught = await self._store.taught_here(Scope.of(context.chat))
        characters = await self._lessons.characters(context, taught)
        ids = [id_ for id_ in taught if characters.current(id_) == character]
        if not ids:
            raise NotTaught(self._name(character))
        return ids

    def _name(self, character: str) -> str:
        return self._backend.characters.name(character)


def _checked(text: str) -> str:
    tidy = tidied(text)
    if is_active(tidy):
        raise ActiveName
    return tidy


FEATURE = Feature(
    make=Mending,
    requests=(
        RequestHandler(RenamePerson, Mending.rename, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(DescribePerson, Mending.describe, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(MoveFaces, Mending.move, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(RemoveFaces, Mending.remove, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(ForgetPerson, Mending.forget, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(PromotePerson, Mending.promote, rights=Rights.OPERATOR, rate=Rate.PAGES),
        RequestHandler(UndoChange, Mending.undo, rights=Rights.MANAGERS, rate=Rate.PAGES),
    ),
)
