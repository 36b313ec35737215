"""Who is this?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.chat.answers import Answer, faces_of
from bot.chat.commands import Arguments, Command, Kind, MessageMenu, Parameter, help_line
from bot.chat.context import Context
from bot.chat.features.answer_buttons import rows
from bot.chat.model import Ask, Failure, Reply, Trigger
from bot.chat.registry import Audience, Feature, Parts, RequestHandler
from bot.chat.words import Finding, compose
from bot.recognition.records import as_record
from bot.recognition.results import Analysis
from bot.storage.values import Gathering, StrangerDraft
from bot.texts import N_


class Asking:
    """Answers who is in the pictures of a message."""

    def __init__(self, parts: Parts) -> None:
        self._analysis = parts.analysis
        self._answers = parts.answers
        self._backend = parts.backend
        self._store = parts.store

    async def answer(self, context: Context, ask: Ask) -> Reply:
        """Answer who is in the pictures; stay silent where nobody asked and the chat is not watched.

        Raises:
            UserError: none of the pictures may or can be analysed.
        """
        if ask.unasked and not context.settings.watch:
            return Reply()
        if ask.private and not context.can_be_private:
            return Reply(context.sentences.ask_in_private())
        drawn = context.capabilities.images_limit > 0
        findings = await self._analysis.analyse(context, ask.pictures, quietly=ask.unasked, drawn=drawn)
        if context.settings.gather is Gathering.UNKNOWN and not ask.private:
            await self._gather(context, findings)
        if ask.unasked:
            findings = _worth_telling(findings, known_only=context.settings.quiet)
        return await self._reply(context, ask, findings) if findings else Reply()

    async def _gather(self, context: Context, findings: Sequence[Finding]) -> None:
        """Keep the faces that nobody knows, so that somebody can name them."""
        now = datetime.now(UTC)
        drafts = [
            StrangerDraft(
                context.chat, portrait.image, portrait.embedding, portrait.bundle_id, seen.author or context.user, now
            )
            for seen in faces_of(findings)
            if seen.sighting.unknown and (portrait := seen.sighting.portrait)
        ]
        if drafts:
            await self._store.keep_strangers(drafts, kinship=self._backend.kinship)

    async def _reply(self, context: Context, ask: Ask, findings: Sequence[Finding]) -> Reply:
        capabilities = context.capabilities
        reply = compose(context.sentences, findings, capabilities, paged=capabilities.buttons)
        if capabilities.buttons or capabilities.data:
            answer = await self._answers.remember(context, findings, captioned=bool(reply.images), unasked=ask.unasked)
            reply = replace(reply, buttons=rows(context, answer), shown=_data(answer) if capabilities.data else None)
        return replace(reply, private=ask.private, failure=_failure(findings))


def _worth_telling(findings: Sequence[Finding], *, known_only: bool) -> list[Finding]:
    """Return the findings to report where nobody asked: those with a face, or only those with a named one."""
    return [
        finding
        for finding in findings
        if isinstance(finding.result, Analysis)
        if any(not (known_only and sighting.unknown) for sighting in finding.result.sightings)
    ]


def _failure(findings: Sequence[Finding]) -> Failure | None:
    """Return why none of the pictures could be looked at; None where one could."""
    failures = [finding.result for finding in findings if not isinstance(finding.result, Analysis)]
    return failures[0] if len(failures) == len(findings) else None


def _data(answer: Answer) -> dict[str, Any]:
    """Return an answer for programs: its token, and what was seen in each picture, or None where that failed."""
    seen = (finding.result for finding in answer.findings)
    return {
        "answer": answer.token,
        "pictures": [as_record(result) if isinstance(result, Analysis) else None for result in seen],
    }


def _read(arguments: Arguments) -> Ask:
    return Ask(arguments.pictures, Trigger.COMMAND, private=arguments.words == "private")


def _help(_parts: Parts, context: Context) -> Iterator[str]:
    t = context.catalogue
    if context.chat.private:
        yield t.gettext("Send me a picture, or several at once.")
        yield from (help_line(t, command) for command in FEATURE.commands)
    else:
        yield t.gettext("Send /who with a picture, or reply to a picture with /who or by mentioning me.")
    if context.capabilities.context_menus:
        yield t.gettext('Or choose "Who is this?" from the menu of a message.')


FEATURE = Feature(
    make=Asking,
    commands=(
        Command(
            "who",
            N_("Who is in this picture?"),
            _read,
            (
                Parameter("pictures", N_("Pictures with anime faces"), Kind.PICTURES),
                Parameter("private", N_("Show the answer to me alone"), Kind.FLAG, required=False),
            ),
        ),
    ),
    menus=(MessageMenu("who", N_("Who is this?"), lambda arguments: Ask(arguments.pictures, Trigger.MENU)),),
    requests=(RequestHandler(Ask, Asking.answer, audience=Audience.CHAT),),
    help=_help,
)
