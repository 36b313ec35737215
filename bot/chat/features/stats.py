"""How often whobot was right in a chat."""

from dataclasses import dataclass

from bot.chat.commands import Command
from bot.chat.context import Context
from bot.chat.model import Reply, Request
from bot.chat.registry import Feature, Parts, RequestHandler
from bot.chat.words import RecordWords
from bot.storage.values import Scope
from bot.texts import N_

CHARACTERS = 20
"""Characters whose figures are told at most."""
LONGEST_LINE = 130
"""Characters of text that a line of figures takes at most: a name takes up to 64."""


@dataclass(frozen=True, slots=True)
class ShowStats(Request):
    """How often were the answers right?"""


class Stats:
    """Tells the figures to everybody."""

    def __init__(self, parts: Parts) -> None:
        self._backend = parts.backend
        self._store = parts.store

    async def show(self, context: Context, _request: ShowStats) -> Reply:
        """Tell how often whobot was right in this chat, as people have said."""
        words, scope = RecordWords(context.catalogue), Scope.of(context.chat)
        scores = await self._store.scores(scope)
        names = {score.character: self._backend.characters.name(score.character) for score in scores}
        taught = len(set(await self._store.taught_here(scope)).difference(self._backend.roster))
        most = max(1, min(CHARACTERS, context.capabilities.text_limit // LONGEST_LINE))
        lines = words.stats(scores, names, taught, most)
        return Reply("\n".join(lines))


FEATURE = Feature(
    make=Stats,
    commands=(Command("stats", N_("How often I was right in this chat"), lambda _: ShowStats()),),
    requests=(RequestHandler(ShowStats, Stats.show),),
)
