"""The memory of recent answers: what the buttons under them need to know."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.chat.context import Context
from bot.chat.memory import Memories
from bot.chat.model import Chat, User
from bot.chat.words import Finding, give_away
from bot.errors import Expired
from bot.recognition.results import Analysis, Sighting

ENTRY_BYTES = 2_000
"""What an answer takes beside its portraits and guesses."""
GUESS_BYTES = 150


@dataclass(frozen=True, slots=True)
class AnsweredFace:
    """A face of an answer: `number` in its picture, and its picture's number in the message, both from 1.

    `author` is who posted the picture, where that is not the one who asked.
    """

    picture: int
    number: int
    sighting: Sighting
    author: User | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was given to `asker` in `chat`. The buttons under it name it by `token`.

    `findings` are without the annotated pictures; `captioned` is whether the answer stands beside some,
    `unasked` whether nobody had asked for it.
    """

    asker: User
    chat: Chat
    findings: tuple[Finding, ...]
    captioned: bool
    unasked: bool
    token: str = ""

    @property
    def faces(self) -> tuple[AnsweredFace, ...]:
        """Every face in every picture; the place in here is what actions call a face by."""
        return faces_of(self.findings)

    @property
    def spoiler(self) -> bool:
        """Whether its text is hidden, since a name in it would give away a picture that was."""
        return give_away(self.findings)

    def text_limit(self, context: Context) -> int:
        """Return how long another text in the place of this answer may be."""
        return context.capabilities.caption_limit if self.captioned else context.capabilities.text_limit


class Answers:
    """Remembers answers."""

    def __init__(self, memories: Memories) -> None:
        self._memory = memories.asker_memory("answers", _cost)

    async def remember(
        self, context: Context, findings: Sequence[Finding], *, captioned: bool = False, unasked: bool = False
    ) -> Answer:
        """Remember what was found for a request, and return it with its token."""
        answer = Answer(context.user, context.chat, tuple(map(_without_image, findings)), captioned, unasked)
        return replace(answer, token=await self._memory.keep(answer))

    async def recall(self, context: Context, token: str) -> Answer:
        """Return the answer that a button in this chat is about.

        Raises:
            Expired: it is not remembered, or was given in another chat.
        """
        answer = await self._memory.get(token)
        if answer is None or answer.chat != context.chat:
            raise Expired
        return replace(answer, token=token)

    async def forget(self, token: str) -> None:
        """Forget an answer."""
        await self._memory.take(token)


def faces_of(findings: Sequence[Finding]) -> tuple[AnsweredFace, ...]:
    """Return every face that was found, picture by picture."""
    return tuple(
        AnsweredFace(finding.number, number, sighting, finding.author)
        for finding in findings
        if isinstance(finding.result, Analysis)
        for number, sighting in enumerate(finding.result.sightings, 1)
    )


def _without_image(finding: Finding) -> Finding:
    result = finding.result
    return replace(finding, result=replace(result, drawing=None)) if isinstance(result, Analysis) else finding


def _cost(answer: Answer) -> int:
    return ENTRY_BYTES + sum(
        len(seen.sighting.guesses) * GUESS_BYTES
        + (len(portrait.image) + portrait.embedding.nbytes if (portrait := seen.sighting.portrait) else 0)
        for seen in answer.faces
    )
