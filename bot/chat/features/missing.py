"""Questions that a crash has kept from being answered: who has asked is told."""

from bot.chat.context import Context
from bot.chat.model import Missed, Reply
from bot.chat.registry import Feature, Parts, RequestHandler


class Missing:
    """Tells people that a question of theirs is not answered any more."""

    def __init__(self, _parts: Parts) -> None:
        """Need nothing."""

    async def tell(self, context: Context, missed: Missed) -> Reply:
        """Say so, and ask them to ask again."""
        t = context.catalogue
        if missed.late:
            return Reply(
                t.gettext("I was away when you asked this, and by now it is too late to answer. Please ask again.")
            )
        return Reply(
            t.gettext("I was interrupted while I was answering this. If my answer has not arrived, please ask again.")
        )


FEATURE = Feature(make=Missing, requests=(RequestHandler(Missed, Missing.tell),))
