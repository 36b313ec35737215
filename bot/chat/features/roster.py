"""The characters that whobot knows: the roster to read, and names to complete what people type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.actions import Pressed, number, write
from bot.chat.commands import Command, Kind, Parameter
from bot.chat.context import Context
from bot.chat.model import OPTIONS_LIMIT, Button, Reply, Request, Suggest
from bot.chat.registry import ButtonHandler, Feature, Parts, RequestHandler
from bot.chat.replies import in_place
from bot.errors import Expired
from bot.recognition.characters import Characters
from bot.storage.values import EVERYWHERE, Scope
from bot.texts import N_

PAGE = 20
"""Characters on a page of the roster."""
LONGEST_QUERY = 64


@dataclass(frozen=True, slots=True)
class Roster(Request):
    """Which characters are known? `query` is a part of a name, an alias or a series; empty for all."""

    query: str = ""


class Names:
    """Lists and searches the characters that are known in a chat."""

    def __init__(self, parts: Parts) -> None:
        self._backend = parts.backend
        self._store = parts.store
        self._lessons = parts.lessons
        # What people search for does not fit on a button.
        self._queries = parts.memories.memory("queries", _length)

    async def show(self, context: Context, roster: Roster) -> Reply:
        """List the characters that match, or else those whose names are nearly so, page by page."""
        query = " ".join(roster.query.split())[:LONGEST_QUERY]
        known, taught = await self._known(context)
        characters = await self._lessons.characters(context, known)
        found = characters.search(query, known) or characters.match(query, known).ids
        token = await self._queries.keep(query) if query and len(found) > PAGE else ""
        return self._page(context, query, found, taught, 0, token, characters)

    async def suggest(self, context: Context, suggest: Suggest) -> Reply:
        """Return the names that begin with the text, then those that contain it."""
        characters = self._backend.characters
        if suggest.taught:
            known: Sequence[str] = tuple(map(characters.current, await self._store.taught_here(Scope.of(context.chat))))
        else:
            known, _ = await self._known(context)
        characters = await self._lessons.characters(context, known)
        text = " ".join(suggest.text.split())
        found = characters.search(text, known)
        names = sorted(map(characters.name, found), key=lambda name: not name.casefold().startswith(text.casefold()))
        return Reply(suggestions=tuple(dict.fromkeys(names))[:OPTIONS_LIMIT])

    async def _known(self, context: Context) -> tuple[Sequence[str], Mapping[str, Scope]]:
        """Return all characters in the order of their names, and where those were taught that were."""
        taught = {
            self._backend.characters.current(id_): scope
            for scope in (EVERYWHERE, Scope.of(context.chat))  # who was taught in both is this chat's
            for id_ in await self._store.taught_here(scope, provisional=False)
        }
        known = {*taught, *self._backend.roster}
        return sorted(known, key=lambda id_: self._backend.characters.name(id_).casefold()), taught

    async def turn(self, context: Context, press: Pressed) -> Reply:
        """Show a page."""
        query = await self._queries.get(press.token) if press.token else ""
        if query is None:
            raise Expired
        known, taught = await self._known(context)
        characters = await self._lessons.characters(context, known)
        found = characters.search(query, known)
        page = number(press.args, 0, below=max(1, -(-len(found) // PAGE)))
        return in_place(self._page(context, query, found, taught, page, press.token, characters))

    def _page(
        self,
        context: Context,
        query: str,
        found: Sequence[str],
        taught: Mapping[str, Scope],
        page: int,
        token: str,
        characters: Characters,
    ) -> Reply:
        lines = [
            listed_character(context, characters.name(id_), characters.series(id_), taught.get(id_))
            for id_ in found[page * PAGE : (page + 1) * PAGE]
        ]
        text = "\n".join([head_of_list(context, len(found), query), *lines])
        rest = len(found) - (page + 1) * PAGE
        if not context.capabilities.buttons:
            return Reply("\n".join([text, _cut(context, rest)]) if rest > 0 else text, private=True)
        sentences = context.sentences
        row = []
        if page > 0:
            row.append(Button(sentences.back(), write("roster", token, page - 1)))
        if rest > 0:
            row.append(Button(sentences.forward(), write("roster", token, page + 1)))
        return Reply(text, buttons=(tuple(row),) if row else (), private=True)


def head_of_list(context: Context, count: int, query: str = "") -> str:
    """Head a list of characters, all or those that match."""
    t = context.catalogue
    if not count:
        return (
            t.gettext("I know nobody like “{query}”.").format(query=query) if query else t.gettext("I know nobody yet.")
        )
    if not query:
        return t.ngettext("I know {n} character:", "I know {n} characters:", count).format(n=count)
    return t.ngettext("I know {n} character like “{query}”:", "I know {n} characters like “{query}”:", count).format(
        n=count, query=query
    )


def listed_character(context: Context, name: str, series: str | None, taught: Scope | None) -> str:
    """Name a character of the list; `taught` tells where it was, if it was."""
    t = context.catalogue
    line = t.gettext("{name} ({series})").format(name=name, series=series) if series else name
    if taught is None:
        return line
    if taught == EVERYWHERE:
        return t.gettext("{character}, taught by whoever runs me").format(character=line)
    return t.gettext("{character}, taught here").format(character=line)


def _cut(context: Context, n: int) -> str:
    """Say that the list is cut here, and how to see the rest."""
    return context.catalogue.ngettext(
        "and {n} more. /roster with a part of a name finds them.",
        "and {n} more. /roster with a part of a name finds them.",
        n,
    ).format(n=n)


def _length(query: str) -> int:
    return len(query)


FEATURE = Feature(
    make=Names,
    commands=(
        Command(
            "roster",
            N_("Which characters do I know?"),
            lambda arguments: Roster(arguments.text),
            (Parameter("search", N_("A part of a name or series"), Kind.TEXT, required=False),),
        ),
    ),
    requests=(RequestHandler(Roster, Names.show), RequestHandler(Suggest, Names.suggest)),
    buttons=(ButtonHandler("roster", Names.turn),),
)
