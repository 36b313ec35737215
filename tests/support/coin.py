"""A feature in a file of its own, of which nothing in bot/ knows."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.chat.access import Rights
from bot.chat.actions import Pressed, write
from bot.chat.commands import Command, Kind, MessageMenu, Parameter
from bot.chat.context import Context
from bot.chat.model import Button, Chat, Left, PictureRequest, Reply, Request
from bot.chat.registry import Audience, ButtonHandler, EventHandler, Feature, Parts, RequestHandler
from bot.chat.replies import in_place


@dataclass(frozen=True, slots=True)
class Toss(Request):
    """What does a coin show? `called` is the user's bet."""

    called: str


@dataclass(frozen=True, slots=True)
class Count(PictureRequest):
    """How many pictures are these?"""


class Coin:
    """Tosses a coin that shows heads in each chat once, and tails from then on."""

    def __init__(self, _parts: Parts) -> None:
        self._tossed: set[Chat] = set()

    async def toss(self, context: Context, request: Toss) -> Reply:
        """Toss it, and offer to do so again."""
        side = self._next(context.chat)
        text = f"{side}: {'right' if request.called.casefold() == side.casefold() else 'wrong'}."
        return Reply(text, buttons=((Button("Again", write("coin")),),))

    async def again(self, context: Context, _press: Pressed) -> Reply:
        """Toss it again."""
        return in_place(Reply(f"{self._next(context.chat)} this time."))

    async def count(self, _context: Context, request: Count) -> Reply:
        """Count pictures."""
        return Reply(f"{len(request.pictures)} to toss for.")

    async def left(self, event: Left) -> None:
        """Begin with heads again where whobot comes back."""
        self._tossed = {chat for chat in self._tossed if event.chat.id not in (chat.id, chat.home)}

    def _next(self, chat: Chat) -> str:
        side = "Tails" if chat in self._tossed else "Heads"
        self._tossed.add(chat)
        return side


def _help(_parts: Parts, _context: Context) -> Iterator[str]:
    yield "/coin heads: I toss a coin."


FEATURE = Feature(
    make=Coin,
    commands=(
        Command(
            "coin",
            "Toss a coin",
            lambda arguments: Toss(arguments.text) if arguments.text else None,
            (Parameter("side", "What it will show", Kind.TEXT),),
        ),
    ),
    menus=(MessageMenu("count", "Count the pictures", lambda arguments: Count(arguments.pictures)),),
    requests=(RequestHandler(Toss, Coin.toss, audience=Audience.CHAT), RequestHandler(Count, Coin.count)),
    buttons=(ButtonHandler("coin", Coin.again, rights=Rights.MANAGERS),),
    events=(EventHandler(Left, Coin.left),),
    help=_help,
)
