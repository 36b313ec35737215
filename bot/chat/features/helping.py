"""How whobot is used: what it can be asked for, and how a command is meant."""

from collections.abc import Sequence

from bot.chat.access import Rights
from bot.chat.commands import Command
from bot.chat.context import Context
from bot.chat.model import Help, Misuse, Reply
from bot.chat.registry import Feature, Parts, Rate, RequestHandler
from bot.storage.values import Scope
from bot.texts import N_

SAMPLE = 5
"""Characters that the help names."""


class Helping:
    """Explains whobot."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def help(self, context: Context, _request: Help) -> Reply:
        """Tell how to ask in this chat."""
        backend = self._parts.backend
        characters = backend.characters
        taught = map(characters.current, await self._parts.store.taught(Scope.of(context.chat)))
        names = [characters.name(id_) for id_ in dict.fromkeys((*backend.roster, *taught))]
        lines = [line for feature in self._parts.registry.features for line in feature.help_lines(self._parts, context)]
        head = context.catalogue.gettext("I tell who is in an anime picture.")
        return Reply("\n".join([head, "", *lines, "", _known(context, names)]), private=True)

    async def correct(self, context: Context, misuse: Misuse) -> Reply:
        """Tell how a command is meant, or that there is none of this name."""
        t, command = context.catalogue, self._parts.registry.command(misuse.command)
        if command is None:
            return Reply(t.gettext("There is no such command. Try /help."), private=True)
        text = t.gettext("{description}: {usage}")
        return Reply(text.format(description=t.gettext(command.description), usage=command.usage), private=True)


def _known(context: Context, names: Sequence[str]) -> str:
    sample = ", ".join(names[:SAMPLE]) + (", …" if len(names) > SAMPLE else "")
    text = context.catalogue.ngettext(
        "I know {n} character: {names} (/roster)", "I know {n} characters: {names} (/roster)", len(names)
    )
    return text.format(n=len(names), names=sample)


FEATURE = Feature(
    make=Helping,
    commands=(Command("help", N_("How to ask"), lambda _: Help(), aliases=("start",)),),  # Telegram's for a new chat
    help=lambda _parts, _context: (),  # whoever reads it has found it
    requests=(
        RequestHandler(Help, Helping.help, rights=Rights.SHOWN, rate=Rate.RIGHTS),
        RequestHandler(Misuse, Helping.correct),
    ),
)
