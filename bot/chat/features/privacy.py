"""What whobot keeps, for how long, and where."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.chat.commands import Command
from bot.chat.context import Context
from bot.chat.model import Reply, Request
from bot.chat.registry import Feature, Parts, RequestHandler
from bot.chat.words import PageWords
from bot.storage.values import REMOVED_KEPT
from bot.texts import N_


@dataclass(frozen=True, slots=True)
class ShowPrivacy(Request):
    """What is kept?"""


class Privacy:
    """Tells what is kept."""

    def __init__(self, parts: Parts) -> None:
        self._remembered = timedelta(seconds=parts.limits.remembered_seconds)

    async def show(self, context: Context, _request: ShowPrivacy) -> Reply:
        """Tell it, as this chat is set."""
        words = PageWords(context.catalogue)
        text = words.privacy(remembered=self._remembered, removed=REMOVED_KEPT, keep=context.settings.keep)
        return Reply(text, private=True)


def _help(_parts: Parts, context: Context) -> Iterator[str]:
    yield context.catalogue.gettext("/privacy: what I keep, and for how long.")


FEATURE = Feature(
    make=Privacy,
    commands=(Command("privacy", N_("What I keep, for how long, and where"), lambda _: ShowPrivacy()),),
    requests=(RequestHandler(ShowPrivacy, Privacy.show),),
    help=_help,
)
