"""Who is this?"""

from collections.abc import Sequence
from dataclasses import replace

from bot.chat.analysis import PictureAnalysis
from bot.chat.answers import Answers
from bot.chat.context import Context
from bot.chat.features.answer_buttons import rows
from bot.chat.model import Ask, Reply, Trigger
from bot.chat.words import Finding, PageWords, compose
from bot.recognition.results import Analysis


class Asking:
    """Answers who is in the pictures of a message."""

    def __init__(self, analysis: PictureAnalysis, answers: Answers) -> None:
        self._analysis = analysis
        self._answers = answers

    async def answer(self, context: Context, ask: Ask) -> Reply:
        """Look at the pictures, unless nobody asked and the chat is not watched.

        Raises:
            UserError: none of the pictures may or can be looked at.
        """
        unasked = ask.trigger is Trigger.POSTED
        if unasked and not context.settings.watch:
            return Reply()
        if ask.private and not context.can_be_private:
            return Reply(PageWords(context.catalogue).ask_in_private())
        findings = await self._analysis.analyse(context, ask.pictures, quietly=unasked)
        if unasked:
            findings = _worth_telling(findings, known_only=context.settings.quiet)
        return self._reply(context, ask, findings, unasked) if findings else Reply()

    def _reply(self, context: Context, ask: Ask, findings: Sequence[Finding], unasked: bool) -> Reply:
        paged = context.capabilities.buttons
        reply = compose(context.sentences, findings, context.capabilities, paged=paged)
        if paged:
            answer = self._answers.remember(context, findings, captioned=bool(reply.images), unasked=unasked)
            reply = replace(reply, buttons=rows(context, answer))
        return replace(reply, private=ask.private)


def _worth_telling(findings: Sequence[Finding], *, known_only: bool) -> list[Finding]:
    """Return the findings that are worth a word where nobody asked: with a face, or only with one that has a name."""
    return [
        finding
        for finding in findings
        if isinstance(finding.result, Analysis)
        if any(not (known_only and sighting.unknown) for sighting in finding.result.sightings)
    ]
