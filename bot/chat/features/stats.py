"""How often whobot was right in a chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.commands import Command
from bot.chat.context import Context
from bot.chat.model import Reply, Request
from bot.chat.registry import Feature, Parts, RequestHandler
from bot.storage.values import Scope, Score
from bot.texts import N_

CHARACTERS = 20
"""Characters whose figures are shown at most."""
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
        scope = Scope.of(context.chat)
        scores = await self._store.scores(scope)
        names = {score.character: self._backend.characters.name(score.character) for score in scores}
        taught = len(set(await self._store.taught_here(scope)).difference(self._backend.roster))
        most = max(1, min(CHARACTERS, context.capabilities.text_limit // LONGEST_LINE))
        return Reply("\n".join(_figures(context, scores, names, taught, most)))


def _figures(context: Context, scores: Sequence[Score], names: Mapping[str, str], taught: int, limit: int) -> list[str]:
    """Tell how often whobot was right, by character, those that come first, for as many as there is room."""
    t = context.catalogue
    lines = [t.ngettext("{n} character was taught here.", "{n} characters were taught here.", taught).format(n=taught)]
    judged = sum(score.judged for score in scores)
    if not judged:
        return [*lines, t.gettext("Nobody has told me yet whether I was right.")]
    right = sum(score.confirmed for score in scores)
    lines.append(
        t.ngettext(
            "Of {n} name that people judged, I had {percent} % right:",
            "Of {n} names that people judged, I had {percent} % right:",
            judged,
        ).format(n=judged, percent=round(100 * right / judged))
    )
    figures = t.gettext("{name}: {percent} % ({confirmed} confirmed, {corrected} corrected)")
    lines += [
        figures.format(
            name=names[score.character],
            percent=round(100 * score.precision),
            confirmed=score.confirmed,
            corrected=score.corrected,
        )
        for score in scores[:limit]
    ]
    rest = len(scores) - limit
    return [*lines, t.ngettext("and {n} more", "and {n} more", rest).format(n=rest)] if rest > 0 else lines


FEATURE = Feature(
    make=Stats,
    commands=(Command("stats", N_("How often I was right in this chat"), lambda _: ShowStats()),),
    requests=(RequestHandler(ShowStats, Stats.show),),
)
