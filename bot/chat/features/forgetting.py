"""Forgetting a character that was taught in a chat."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.chat.access import Rights
from bot.chat.commands import Command, Kind, Parameter, help_line
from bot.chat.context import Context
from bot.chat.lessons import undo_button
from bot.chat.model import Reply, Request
from bot.chat.registry import Audience, Feature, Parts, RequestHandler
from bot.chat.words import TeachingWords
from bot.errors import NotTaught
from bot.recognition.teaching import character_of
from bot.storage.values import Scope
from bot.texts import N_


@dataclass(frozen=True, slots=True)
class Forget(Request):
    """Unlearn the character `name` that was taught in this chat."""

    name: str


class Forgetting:
    """Forgets characters."""

    def __init__(self, parts: Parts) -> None:
        self._backend = parts.backend
        self._store = parts.store
        self._lessons = parts.lessons

    async def forget(self, context: Context, request: Forget) -> Reply:
        """Forget a character, and offer to undo that.

        Raises:
            BadName, ActiveName: no character can be called so.
            UnclearName: it is not clear which of those who were taught here is meant.
            NotTaught: it was not taught in this chat.
        """
        scope = Scope.of(context.chat)
        taught = await self._store.taught_here(scope)
        # A later bundle may know by itself, under an id of its own, who was taught before.
        characters = await self._lessons.characters(context, taught)
        known = {characters.current(id_): id_ for id_ in taught} | {id_: id_ for id_ in taught}
        character = character_of(request.name, characters, known)
        called = known.get(character, character)
        change = await self._store.forget(scope, called, context.user)
        if change is None:
            raise NotTaught(self._backend.characters.name(character))
        text = TeachingWords(context.catalogue).forgotten(self._backend.characters.name(called), change.removed)
        return Reply(text, buttons=((undo_button(context, change),),) if context.capabilities.buttons else ())


def _help(_parts: Parts, context: Context) -> Iterator[str]:
    if context.teaches:
        yield from (help_line(context.catalogue, command) for command in FEATURE.commands)


FEATURE = Feature(
    make=Forgetting,
    commands=(
        Command(
            "forget",
            N_("Forget a character that was taught in this chat"),
            lambda arguments: Forget(arguments.text) if arguments.text else None,
            (Parameter("name", N_("Who to forget"), Kind.TAUGHT_NAME),),
        ),
    ),
    requests=(RequestHandler(Forget, Forgetting.forget, rights=Rights.TEACHERS, audience=Audience.CHAT),),
    help=_help,
)
