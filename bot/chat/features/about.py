"""Which whobot this is, and what it knows."""

from dataclasses import dataclass
from importlib.metadata import version

from bot.chat.commands import Command
from bot.chat.context import Context
from bot.chat.model import Reply, Request
from bot.chat.registry import Feature, Parts, RequestHandler
from bot.storage.values import EVERYWHERE, Scope
from bot.texts import N_


@dataclass(frozen=True, slots=True)
class ShowAbout(Request):
    """Which whobot is this?"""


class About:
    """Tells what whobot is made of."""

    def __init__(self, parts: Parts) -> None:
        self._backend = parts.backend
        self._store = parts.store

    async def show(self, context: Context, _request: ShowAbout) -> Reply:
        """Tell the versions, and how many characters are known."""
        t, backend = context.catalogue, self._backend
        known = len(backend.roster)
        taught = len(await self._store.taught_here(Scope.of(context.chat), provisional=False))
        everywhere = len(await self._store.taught(EVERYWHERE))
        lines = [
            t.gettext("whobot {version}").format(version=version("whobot")),
            t.gettext("Characters from {bundle} ({id})").format(bundle=backend.bundle_name, id=backend.bundle_id),
            t.gettext("Faces found by {detector}").format(detector=backend.detector_name),
            t.ngettext("I know {n} character.", "I know {n} characters.", known).format(n=known),
        ]
        if taught:
            text = t.ngettext("{n} character was taught here.", "{n} characters were taught here.", taught)
            lines.append(text.format(n=taught))
        if everywhere:
            text = t.ngettext(
                "{n} character was taught by whoever runs me, for every chat.",
                "{n} characters were taught by whoever runs me, for every chat.",
                everywhere,
            )
            lines.append(text.format(n=everywhere))
        return Reply("\n".join(lines), private=True)


FEATURE = Feature(
    make=About,
    commands=(Command("about", N_("My version, and what I know"), lambda _: ShowAbout()),),
    requests=(RequestHandler(ShowAbout, About.show),),
)
