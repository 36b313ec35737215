"""What reaches whobot as a message: posted, edited, deleted, or marked with a reaction."""

import asyncio
from datetime import timedelta

import discord
from discord.utils import utcnow

from bot.chat.model import Ask, Handler, Missed, Progress, Request, Stage
from bot.platforms.discord import delivery, letters, places, translate
from bot.platforms.discord.album import Album, awaits_previews
from bot.platforms.discord.answered_pictures import AnsweredPictures
from bot.platforms.discord.questions import Questions
from bot.platforms.shared.intake import Intake, sending, settled
from bot.platforms.shared.work import Work

PREVIEWS_TAKE = 3.0
"""Seconds in which Discord adds the pictures that a message links to, if it does."""
FRESH = timedelta(minutes=1)
"""How old a message may be for a preview that appears in it to be a picture just posted."""
TAKE_AWAY = frozenset({"❌", "🗑", "🗑️"})
"""Reactions by which the asker has an answer deleted."""


class Messages:
    """Answers messages, and takes its answers away again.

    Args:
        handler: Knows the answers.
        album: Finds pictures.
        questions: Remembers what was asked in which message.
        shown: Remembers which pictures were answered.
        work: Counts what is in hand.
        intake: Writes down what is asked.
    """

    def __init__(
        self,
        handler: Handler,
        album: Album,
        questions: Questions,
        shown: AnsweredPictures,
        work: Work,
        intake: Intake,
    ) -> None:
        self._handler = handler
        self._album = album
        self._questions = questions
        self._shown = shown
        self._work = work
        self._intake = intake

    async def posted(self, message: discord.Message, me: discord.ClientUser, *, anew: bool = False) -> None:
        """Answer a message, if it is one for whobot that nobody has answered; `anew` where it was edited since."""
        if self._work.ending or message.author.bot or message.webhook_id or message.is_system():
            return
        request = translate.request(message, me, self._album)
        if request is None or not places.may_answer(message):
            return
        taken = await self._intake.taken(letters.of_message(message, me, request, anew=anew))
        if taken is not None:
            with taken.in_hand():
                await self._answer(message, request)

    async def taken_up(self, message: discord.Message, me: discord.ClientUser, missed: Missed | None) -> None:
        """Answer a message that was left open, or tell why it gets no answer."""
        request = translate.request(message, me, self._album)
        if request is None or not places.may_answer(message) or (missed and request.unasked):
            return
        await self._answer(message, missed or request)

    async def _answer(self, message: discord.Message, request: Request) -> None:
        asked_about = filter(None, [places.replied_to(message)])
        chat = places.chat_of(message)
        with self._work.in_hand(), self._questions.open(chat, message.author.id, message, *asked_about) as question:
            async with delivery.typing(message.channel) as progress:
                with settled(lambda: question.withdrawn):
                    if _may_show_a_picture_yet(message, request):
                        # Where one appears, this question is withdrawn, and the message comes anew.
                        await progress(Progress(Stage.ACCEPTED, 1, 1))
                        await question.ask(asyncio.sleep(PREVIEWS_TAKE))
                    reply = await question.ask(self._handler(translate.from_message(message, request, progress)))
            if not reply.silent:
                await sending()
            author = places.user(message.author)
            await question.answer(self._shown.noted(delivery.post(message, reply), request, author))

    async def edited(self, message: discord.Message, me: discord.ClientUser) -> None:
        """Take away the answers to pictures that are no longer there, and answer those that are there now."""
        await self._questions.complete()
        known = self._questions.concerning(message.id)
        outdated = [question for question in known if question.outdated_by(message)]
        for question in outdated:
            await self._questions.withdraw(question)
        asks = any(question.asked_by(message) for question in outdated)
        if asks or (not known and _has_grown_a_preview(message)):
            await self.posted(message, me, anew=True)

    async def deleted(self, message_id: int) -> None:
        """Take the answers to a message away; where it was an answer itself, there is nothing left to take away."""
        await self._questions.complete()
        self._questions.lose(message_id)
        for question in self._questions.concerning(message_id):
            await self._questions.withdraw(question)

    async def marked(self, answer: discord.PartialMessage, by: int) -> None:
        """Take an answer away where it was the asker who has marked it."""
        await self._questions.complete()
        question = self._questions.answered_by(answer.id)
        asker = question.asker if question else await delivery.asker(answer)
        if asker == by:
            await delivery.take_away(answer)


def _may_show_a_picture_yet(message: discord.Message, request: Request) -> bool:
    """Whether a message that asks without a picture may get one from Discord, which shows what it links to."""
    has_pictures = isinstance(request, Ask) and bool(request.pictures)
    return not has_pictures and not isinstance(request, Missed) and awaits_previews(message)


def _has_grown_a_preview(message: discord.Message) -> bool:
    """Whether it is Discord that has just changed a message, by showing what it links to."""
    new = utcnow() - message.created_at < FRESH
    return new and message.edited_at is None and bool(message.embeds) and not message.attachments
