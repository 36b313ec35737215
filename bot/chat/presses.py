"""Presses of buttons and choices from menus, led to who handles their verb."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from bot.chat.actions import Action, read
from bot.chat.answers import Answer, Answers
from bot.chat.context import Context
from bot.chat.model import Placement, Press, Reply
from bot.chat.rates import Rates
from bot.errors import Expired

AboutAnswer: TypeAlias = Callable[[Context, Answer, tuple[str, ...], str | None], Awaitable[Reply]]
"""Handles a press under a remembered answer: the case, the answer, the action's arguments, what was written."""
OnItsOwn: TypeAlias = Callable[[Context, Action, str | None], Awaitable[Reply]]
"""Handles a press that needs no remembered answer: the case, the action, what was written."""


class Presses:
    """Leads each press to the handler of its verb.

    Args:
        about_answers: Verbs of buttons under answers.
        on_their_own: All other verbs.
    """

    def __init__(
        self,
        answers: Answers,
        rates: Rates,
        *,
        about_answers: Mapping[str, AboutAnswer],
        on_their_own: Mapping[str, OnItsOwn],
    ) -> None:
        self._answers = answers
        self._rates = rates
        self._about_answers = about_answers
        self._on_their_own = on_their_own

    async def answer(self, context: Context, press: Press) -> Reply:
        """Do what the button says.

        Raises:
            Expired: the button is too old, or of another whobot.
            UserError: whatever the handler finds.
        """
        self._rates.admit(context.user, context.chat)
        action = read(press.action)
        if handle := self._about_answers.get(action.verb):
            answer = self._answers.recall(context, action.token)
            return covered(answer, await handle(context, answer, action.args, press.text))
        if handle_own := self._on_their_own.get(action.verb):
            return await handle_own(context, action, press.text)
        raise Expired


def notice(text: str) -> Reply:
    """Tell something to the one who pressed, and to nobody else where the platform can do that."""
    return Reply(text, placement=Placement.NOTICE)


def covered(answer: Answer, reply: Reply) -> Reply:
    """Have a reply about an answer hidden where the answer is; what one person alone is told need not be."""
    return reply if reply.placement is Placement.NOTICE else replace(reply, spoiler=answer.spoiler)


def in_place(reply: Reply) -> Reply:
    """Have a reply take the place of the message whose button was pressed."""
    return replace(reply, placement=Placement.EDIT)
