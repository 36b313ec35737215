"""Verdicts: what is stored of what people say of a face, and what is learnt from it."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from weakref import WeakValueDictionary

from bot.chat.answers import Answer, AnsweredFace
from bot.chat.context import Context
from bot.chat.lessons import Lesson, Lessons
from bot.errors import TooManyExamples
from bot.recognition.backend import Backend
from bot.recognition.results import Portrait, Sighting
from bot.storage.store import Store
from bot.storage.values import Keeping, Origin, Scope, Truth, Verdict

CONFIRMED_LIMIT = 10
"""Examples of a character beyond which another right answer is counted, but not kept."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of a verdict: whether the face is kept, and the lesson where one was learnt from it just now."""

    kept: bool
    lesson: Lesson | None = None


class Judging:
    """Stores verdicts, and keeps the face as an example where the chat allows it."""

    def __init__(self, backend: Backend, store: Store, lessons: Lessons) -> None:
        self._backend = backend
        self._store = store
        self._lessons = lessons
        self._locks: WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = WeakValueDictionary()
        """What one person says of one face waits for what they have just said of it: people press twice."""

    async def keeps(self, context: Context, answer: Answer, place: int, *, named: bool) -> bool:
        """Return whether a face stays when it is judged; `named`: by saying who it is."""
        return await self._portrait(context, answer, answer.faces[place], named=named) is not None

    async def judge(
        self, context: Context, answer: Answer, place: int, truth: Truth, character: str | None, *, named: bool = False
    ) -> Judgement:
        """Store what the user says of a face, in place of what they have said of it before.

        Args:
            named: They have said who it is, rather than that an answer was right or wrong.
        """
        face = f"{answer.token}:{place}"
        one_by_one = self._locks.setdefault((context.user.platform, context.user.id, face), asyncio.Lock())
        async with one_by_one:
            portrait = await self._portrait(context, answer, answer.faces[place], named=named)
            return await self._judge(context, face, answer.faces[place].sighting, portrait, truth, character)

    async def _judge(
        self,
        context: Context,
        face: str,
        sighting: Sighting,
        portrait: Portrait | None,
        truth: Truth,
        character: str | None,
    ) -> Judgement:
        scope = Scope.of(context.chat)
        earlier = await self._store.verdict(scope, face, context.user)
        if earlier and (earlier.truth, earlier.character) == (truth, character):
            kept = earlier.image is not None or await self._stands(earlier.change)
            if kept or portrait is None:
                return Judgement(kept)
        if earlier and earlier.change is not None:
            await self._store.revert(scope, earlier.change, context.user)
        lesson = await self._learn(context, sighting, portrait, character) if portrait else None
        verdict = Verdict(
            scope,
            face,
            sighting.named,
            sighting.guesses[0].probability if sighting.guesses else 0.0,
            portrait.bundle_id if portrait else self._backend.bundle_id,
            truth,
            character,
            context.user,
            datetime.now(UTC),
            portrait.image if portrait and lesson is None else None,
            lesson.change.id if lesson else None,
        )
        await self._store.judge(verdict)
        return Judgement(portrait is not None, lesson)

    async def _learn(
        self, context: Context, sighting: Sighting, portrait: Portrait, character: str | None
    ) -> Lesson | None:
        """Keep the face as an example of who it is, or of who it is not; return None where there is no need or room."""
        scope, said = Scope.of(context.chat), sighting.named
        denied, who = character is None, character or said
        if who is None:
            return None
        if same := await self._store.same_example(scope, who, portrait.image, denied=denied):
            return await self._lessons.agree(context, same)
        right = character == said
        if right and (await self._store.taught_here(scope)).get(who, 0) >= CONFIRMED_LIMIT:
            return None
        origin = Origin.CONFIRMED if right else Origin.CORRECTED
        try:
            return await self._lessons.learn(context, who, [portrait], origin=origin, denied=denied)
        except TooManyExamples:
            return None

    async def _stands(self, change_id: int | None) -> bool:
        """Return whether there was a lesson that has not been taken back."""
        return change_id is not None and await self._store.stands(change_id)

    async def _portrait(self, context: Context, answer: Answer, seen: AnsweredFace, *, named: bool) -> Portrait | None:
        """Return the face to keep, if the chat and those whose picture it is let whobot keep it."""
        if context.settings.keep not in ((Keeping.NAMED, Keeping.JUDGED) if named else (Keeping.JUDGED,)):
            return None
        for owner in {answer.asker, seen.author or answer.asker}:
            if await self._store.is_opted_out(owner):
                return None
        return seen.sighting.portrait
