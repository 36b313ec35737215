"""Which whobot this is, and what it knows."""

from dataclasses import dataclass
from importlib.metadata import version

from bot.chat.commands import Command
from bot.chat.context import Context
from bot.chat.model import Reply, Request
from bot.chat.registry import Feature, Parts, RequestHandler
from bot.chat.words import PageWords
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
        text = PageWords(context.catalogue).about(
            version=version("whobot"),
            bundle=self._backend.bundle_name,
            bundle_id=self._backend.bundle_id,
            detector=self._backend.detector_name,
            roster=len(self._backend.roster),
            taught=len(await self._store.taught_here(Scope.of(context.chat), provisional=False)),
            everywhere=len(await self._store.taught(EVERYWHERE)),
        )
        return Reply(text, private=True)


FEATURE = Feature(
    make=About,
    commands=(Command("about", N_("My version, and what I know"), lambda _: ShowAbout()),),
    requests=(RequestHandler(ShowAbout, About.show),),
)
