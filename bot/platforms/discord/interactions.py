"""What reaches whobot as an interaction: commands, context menus, presses, dialogues, and names while they are typed.

Discord waits for three seconds: each of them is acknowledged before any work begins.
"""

import asyncio
from dataclasses import replace
from typing import Any

import discord

from bot.chat.commands import MessageMenu
from bot.chat.model import Ask, Handler, Picture, Press, Prompt, Request, Suggest, Trigger, User
from bot.chat.registry import Registry
from bot.platforms.discord import components, delivery, letters, places, translate
from bot.platforms.discord.album import Album
from bot.platforms.discord.answered_pictures import AnsweredPictures
from bot.platforms.discord.platform import NAME
from bot.platforms.discord.questions import Questions
from bot.platforms.shared.intake import Intake, settled
from bot.platforms.shared.work import Work

SUGGESTING_LASTS = 2.0
"""Seconds. Whoever types does not wait for longer, and nor does Discord."""
DIALOGUES_LIMIT = 1000
"""Dialogues that are open at a time, over all servers; of those that are never finished Discord does not tell."""


class Interactions:
    """Answers interactions.

    Args:
        handler: Knows the answers.
        registry: Knows which of them are for the asker alone.
        album: Finds pictures.
        questions: Remembers what was asked about which message.
        shown: Remembers which pictures were answered.
        work: Counts what is in hand.
        intake: Writes down what is asked.
    """

    def __init__(
        self,
        handler: Handler,
        registry: Registry,
        album: Album,
        questions: Questions,
        shown: AnsweredPictures,
        work: Work,
        intake: Intake,
    ) -> None:
        self.album = album
        self._handler = handler
        self._registry = registry
        self._questions = questions
        self._shown = shown
        self._work = work
        self._intake = intake
        self._dialogues: dict[str, tuple[Picture, ...]] = {}

    async def command(self, interaction: discord.Interaction, request: Request, *about: discord.Message) -> None:
        """Answer a command, or a dialogue that has taken its place; `about` are the messages that it is about."""
        if self._work.ending:
            return
        ephemeral = self._answers_in_private(interaction, request)
        taken = await self._intake.taken(letters.of_interaction(interaction, open_to_all=not ephemeral))
        if taken is None:
            return
        chat, asker = places.chat_of_interaction(interaction), interaction.user.id
        with self._work.in_hand(), taken.in_hand(), self._questions.open(chat, asker, *about) as question:
            if not await delivery.think(interaction, ephemeral=ephemeral):
                return
            try:
                with settled(lambda: question.withdrawn):
                    reply = await question.ask(self._handler(translate.from_interaction(interaction, request)))
            except asyncio.CancelledError:
                if question.withdrawn:
                    await delivery.stop_thinking(interaction)
                raise
            delivering = delivery.respond(interaction, reply, ephemeral=ephemeral)
            await question.answer(self._shown.noted(delivering, request, places.user(interaction.user)))

    async def asked_of(self, interaction: discord.Interaction, message: discord.Message, menu: MessageMenu) -> None:
        """Answer what was chosen from a message's menu."""
        await self.command(
            interaction, self._registry.chosen(menu.key, "", self._pictures_of(message, interaction)), message
        )

    async def words_for(
        self, interaction: discord.Interaction, message: discord.Message, menu: MessageMenu, ask: Prompt
    ) -> None:
        """Ask for the words that an entry of a message's menu needs."""
        if self._work.ending:
            return
        pictures = self._pictures_of(message, interaction)
        if not pictures:
            # A missing picture is answered as everywhere else.
            await self.command(interaction, Ask((), Trigger.MENU))
            return
        custom_id = f"{menu.key}{components.BETWEEN}{interaction.id}"
        self._dialogues[custom_id] = pictures
        if len(self._dialogues) > DIALOGUES_LIMIT:
            del self._dialogues[next(iter(self._dialogues))]
        await delivery.ask_for_words(interaction, components.dialogue(custom_id, ask))

    async def suggestions(self, interaction: discord.Interaction, wanted: Suggest) -> tuple[str, ...]:
        """Return names for what was typed so far; none where that takes too long."""
        if self._work.ending:
            return ()
        try:
            async with asyncio.timeout(SUGGESTING_LASTS):
                with self._work.in_hand():
                    reply = await self._handler(translate.from_interaction(interaction, wanted))
        except TimeoutError:
            return ()
        return reply.suggestions

    async def pressed(self, interaction: discord.Interaction, data: Any) -> None:
        """Pass on that a button was pressed or something chosen, once the words that it needs have been written."""
        press, prompt = components.pressed(data)
        if prompt is not None and not self._work.ending:
            await delivery.ask_for_words(interaction, components.dialogue(press.action, prompt))
        else:
            await self._react(interaction, press)

    async def submitted(self, interaction: discord.Interaction, data: Any) -> None:
        """Pass on what was written into a dialogue."""
        press = components.submitted(data)
        if components.BETWEEN in press.action:
            key, _, _ = press.action.partition(components.BETWEEN)
            pictures = self._dialogues.pop(press.action, ())
            await self.command(interaction, self._registry.chosen(key, press.text or "", pictures))
        else:
            await self._react(interaction, press)

    def _pictures_of(self, message: discord.Message, interaction: discord.Interaction) -> tuple[Picture, ...]:
        """The pictures of a message; of an answer those that it is about, since their authors may have opted out."""
        if message.author == interaction.client.user:
            return self._shown.by(message, places.user(interaction.user))
        return self.album.posted(message, interaction.user)

    def _answers_in_private(self, interaction: discord.Interaction, request: Request) -> bool:
        """Whether the answer is for the one who asked alone, as far as that can be told before there is one."""
        manages = places.is_managed_by(interaction)
        return not places.may_answer_openly(interaction) or self._registry.is_whispered(request, manages=manages)

    async def _react(self, interaction: discord.Interaction, press: Press) -> None:
        if self._work.ending:
            return
        taken = await self._intake.taken(letters.of_interaction(interaction, open_to_all=False))
        if taken is None:
            return
        with self._work.in_hand(), taken.in_hand():
            if not await delivery.acknowledge(interaction):
                return
            await self._questions.complete()
            answer = interaction.message
            question = self._questions.answered_by(answer.id) if answer else None
            asker = question.asker if question else delivery.asker_of(answer) if answer else None
            if asker is not None:
                press = replace(press, asker=User(NAME, str(asker)))
            reply = await self._handler(translate.from_interaction(interaction, press))
            reaction = delivery.react(interaction, reply)
            await (question.answer(reaction) if question else reaction)
