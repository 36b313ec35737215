"""What is known of one character."""

from dataclasses import dataclass

from bot.chat.commands import Command, Kind, Parameter
from bot.chat.context import Context
from bot.chat.features.roster import head_of_list, listed_character
from bot.chat.model import Reply, ReplyImage, Request
from bot.chat.registry import Feature, Parts, RequestHandler
from bot.recognition import formats
from bot.recognition.teaching import character_of
from bot.storage.values import EVERYWHERE, Example, Scope, State, Teachers
from bot.texts import N_


@dataclass(frozen=True, slots=True)
class ShowCharacter(Request):
    """What is known of the character `name`?"""

    name: str


class CharacterPage:
    """Tells what is known of a character, with a sample of what the chat has taught."""

    def __init__(self, parts: Parts) -> None:
        self._backend = parts.backend
        self._store = parts.store
        self._lessons = parts.lessons

    async def show(self, context: Context, request: ShowCharacter) -> Reply:
        """Tell where they are from, what else they are called, and what is taught of them here.

        Raises:
            BadName, ActiveName: no character can be called so.
            UnclearName: it is not clear who is meant.
        """
        scope = Scope.of(context.chat)
        taught = {
            id_: where
            for where in (EVERYWHERE, scope)  # who was taught in both is this chat's
            for id_ in await self._store.taught_here(where, provisional=False)
        }
        characters = await self._lessons.characters(context, taught)
        places = {characters.current(id_): where for id_, where in taught.items()}
        character = character_of(request.name, characters, {*places, *self._backend.roster})
        if character not in places and character not in self._backend.roster:
            return Reply(head_of_list(context, 0, character), private=True)
        ids = [id_ for id_ in taught if characters.current(id_) == character]
        shown = await self._store.examples_of(scope, ids)
        here = [one for one in shown if one.scope == scope and one.state is State.CONFIRMED]
        name = characters.name(character)
        lines = [
            listed_character(context, name, characters.series(character), places.get(character)),
            *_aliases(context, characters.aliases(character)),
            _examples(context, len(here)),
            _who_may_change(context),
        ]
        return Reply("\n".join(lines), _sample(context, here, name), private=True)


def _aliases(context: Context, aliases: tuple[str, ...]) -> list[str]:
    return [context.catalogue.gettext("Also called: {names}").format(names=", ".join(aliases))] if aliases else []


def _examples(context: Context, count: int) -> str:
    t = context.catalogue
    if not count:
        return t.gettext("Nobody has taught me pictures of them here.")
    return t.ngettext("{n} picture of them was taught here.", "{n} pictures of them were taught here.", count).format(
        n=count
    )


def _who_may_change(context: Context) -> str:
    t = context.catalogue
    match context.settings.teachers:
        case Teachers.EVERYONE:
            return t.gettext("Everybody may add to these pictures, and forget them.")
        case Teachers.MANAGERS:
            return t.gettext("Those who manage this chat may add to these pictures, and forget them.")
        case Teachers.NOBODY:
            return t.gettext("Nobody may add to these pictures or forget them.")


def _sample(context: Context, examples: list[Example], name: str) -> tuple[ReplyImage, ...]:
    """Return the first face crop that was taught, where the platform can carry it."""
    able = context.capabilities
    if context.settings.adults_only and able.age_restricted_chats and not context.chat.age_restricted:
        return ()
    for example in examples[: min(1, able.images_limit)]:
        kind = formats.sniff(example.image)
        if kind and kind.media_types and len(example.image) <= able.image_bytes_limit:
            media_type = kind.media_types[0]
            file = f"character{formats.suffix_of(media_type)}"
            return (ReplyImage(example.image, media_type, file, name if able.alt_text else ""),)
    return ()


FEATURE = Feature(
    make=CharacterPage,
    commands=(
        Command(
            "character",
            N_("What I know of a character"),
            lambda arguments: ShowCharacter(arguments.text) if arguments.text else None,
            (Parameter("name", N_("Who it is"), Kind.NAME),),
        ),
    ),
    requests=(RequestHandler(ShowCharacter, CharacterPage.show),),
)
