"""How whobot is used: what it can be asked for, and how a command is meant."""

from bot.chat.access import Rights
from bot.chat.commands import Command
from bot.chat.context import Context
from bot.chat.model import Help, Misuse, Reply
from bot.chat.registry import Feature, Parts, RequestHandler
from bot.chat.words import CommandWords, PageWords
from bot.storage.values import Scope
from bot.texts import N_


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
        lines = [line for feature in self._parts.registry.features for line in feature.help(self._parts, context)]
        return Reply(PageWords(context.catalogue).help(lines, names), private=True)

    async def correct(self, context: Context, misuse: Misuse) -> Reply:
        """Tell how a command is meant, or that there is none of this name."""
        command = self._parts.registry.command(misuse.command)
        return Reply(CommandWords(context.catalogue).misuse(command), private=True)


FEATURE = Feature(
    make=Helping,
    commands=(Command("help", N_("How to ask"), lambda _: Help(), aliases=("start",)),),  # Telegram's for a new chat
    requests=(RequestHandler(Help, Helping.help, rights=Rights.SHOWN), RequestHandler(Misuse, Helping.correct)),
)
