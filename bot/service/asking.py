"""Who is this?"""

from bot.domain import Analysis, Ask, Reply, Trigger
from bot.replies import compose
from bot.service.case import Case
from bot.service.looking import Looking


class Asking:
    """Answers who is in the pictures of a message."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    async def answer(self, case: Case, ask: Ask) -> Reply:
        """Look at the pictures, unless nobody asked and the chat is not watched."""
        unasked = ask.trigger is Trigger.POSTED
        if unasked and not case.settings.watch:
            return Reply()
        findings = await self._looking.look(case, ask.pictures, quietly=unasked)
        if unasked:
            findings = [f for f in findings if isinstance(f.result, Analysis) and f.result.sightings]
        return compose(case.sentences, findings, case.capabilities) if findings else Reply()
