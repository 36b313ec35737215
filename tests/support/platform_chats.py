"""A room on the fake Discord and one on the fake Telegram: people say and press the same things in both.

Everything goes over the platform's own wire: what is pressed is taken from the message that the platform was sent, and
words that whobot asks for are written where it asked for them.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from discord import AppCommandOptionType

from tests.support.fakes import discord, telegram
from tests.support.fakes.discord.api import TIMEOUT
from tests.support.fakes.discord.people import Value
from tests.support.fakes.telegram.payloads import keyboard

SELECTED = "✓ "
"""Stands before the chosen option of a menu on Telegram."""


@dataclass(frozen=True)
class ShownMessage:
    """What whobot says: its words, how many pictures come with them, and what can be pressed or chosen below.

    `alone`: only one person sees it. `hidden`: words and pictures are covered. `message` is the platform's own.
    """

    text: str
    pictures: int = 0
    labels: tuple[str, ...] = ()
    alone: bool = False
    hidden: bool = False
    message: Any = field(default=None, repr=False)


class PlatformChat(ABC):
    """A place where people talk to whobot: `manager` manages it, `ann` and `bob` are there."""

    platform: str
    scope: str
    """How the operator's commands name it."""
    manager: Any
    ann: Any
    bob: Any

    @abstractmethod
    async def say(self, command: str, words: str = "", *pictures: bytes, by: Any) -> ShownMessage:
        """Give a command, and wait for the answer."""

    @abstractmethod
    async def send(self, command: str, words: str = "", *pictures: bytes, by: Any) -> str | None:
        """Give a command; return what the platform calls it."""

    @abstractmethod
    async def post(self, picture: bytes, *, by: Any) -> None:
        """Post a picture and nothing else."""

    @abstractmethod
    async def answer(self) -> ShownMessage:
        """Wait for what whobot posts next."""

    @abstractmethod
    async def press(self, shown: ShownMessage, label: str, *, by: Any, words: str | None = None) -> ShownMessage:
        """Press a button or choose from a menu, write the words that are asked for, and wait for what comes of it."""

    @abstractmethod
    async def remove(self, shown: ShownMessage, label: str, *, by: Any) -> None:
        """Press a button, and wait until the message is gone."""

    @abstractmethod
    def is_there(self, shown: ShownMessage) -> bool:
        """Tell whether people still see a message."""

    @abstractmethod
    async def dislike(self, shown: ShownMessage, *, by: Any) -> None:
        """React to a message in the way that takes answers away."""

    @abstractmethod
    async def ask_about_a_spoiler(self, picture: bytes, *, by: Any) -> ShownMessage:
        """Ask about a picture that is covered, and wait for the answer."""

    @abstractmethod
    async def throw_out_and_invite_again(self) -> None:
        """Have the bot leave, and come back."""

    @abstractmethod
    async def private(self) -> "PlatformChat":
        """Return the private chat of `ann` with whobot, who is all three people there."""


class DiscordChat(PlatformChat):
    """A channel, or a private chat."""

    platform = "discord"

    def __init__(self, fake: discord.FakeDiscord, channel: discord.Channel, *people: discord.Person) -> None:
        self.fake = fake
        self._channel = channel
        self.scope = f"discord:{fake.guild.id}"
        self.manager, self.ann, self.bob = people

    @classmethod
    def of(cls, fake: discord.FakeDiscord) -> "DiscordChat":
        """Return the fake's first channel."""
        return cls(fake, fake.general, fake.manager, discord.Person("Ann"), discord.Person("Bob"))

    async def say(self, command: str, words: str = "", *pictures: bytes, by: discord.Person) -> ShownMessage:
        interaction = await self.send(command, words, *pictures, by=by)
        answer = await self.fake.answer()
        assert answer.interaction == interaction
        return self._shown(answer)

    async def send(self, command: str, words: str = "", *pictures: bytes, by: discord.Person) -> str:
        options: dict[str, Value] = {
            f"picture{number if number > 1 else ''}": discord.Upload(data) for number, data in enumerate(pictures, 1)
        }
        registered = next(one for one in self.fake.commands if one["name"] == command)
        for option in registered.get("options", ()):
            if words and option["type"] != AppCommandOptionType.attachment.value:
                options[option["name"]] = True if option["type"] == AppCommandOptionType.boolean.value else words
        return await self.fake.slash(command, options, author=by, channel=self._channel)

    async def post(self, picture: bytes, *, by: discord.Person) -> None:
        await self.fake.post_picture(picture, author=by, channel=self._channel)

    async def answer(self) -> ShownMessage:
        return self._shown(await self.fake.answer())

    async def press(
        self, shown: ShownMessage, label: str, *, by: discord.Person, words: str | None = None
    ) -> ShownMessage:
        interaction = await self.fake.press(shown.message, label, author=by)
        if words is not None:
            await self.fake.write(interaction, words, author=by)
        return self._shown(await self.fake.answer())

    async def remove(self, shown: ShownMessage, label: str, *, by: discord.Person) -> None:
        await self.fake.press(shown.message, label, author=by)
        await until(lambda: not self.is_there(shown))

    def is_there(self, shown: ShownMessage) -> bool:
        return shown.message.id in [one["id"] for one in self.fake.messages()]

    async def dislike(self, shown: ShownMessage, *, by: discord.Person) -> None:
        await self.fake.react(shown.message, "❌", author=by)

    async def ask_about_a_spoiler(self, picture: bytes, *, by: discord.Person) -> ShownMessage:
        await self.fake.slash_who(discord.Upload(picture, spoiler=True), author=by, channel=self._channel)
        return await self.answer()

    async def throw_out_and_invite_again(self) -> None:
        await self.fake.remove_bot()
        await self.fake.invite_bot()

    async def private(self) -> "DiscordChat":
        return DiscordChat(self.fake, self.fake.direct, *[self.fake.alice] * 3)

    def _shown(self, answer: discord.Answer) -> ShownMessage:
        parts = [one for row in answer.request.get("components") or () for one in row["components"]]
        labels = [one["label"] for part in parts for one in part.get("options", [part])]
        hidden = answer.content.startswith("||") and all(one.filename.startswith("SPOILER_") for one in answer.files)
        return ShownMessage(answer.content, len(answer.files), tuple(labels), answer.ephemeral, hidden, answer)


class TelegramChat(PlatformChat):
    """A group, or a private chat."""

    platform = "telegram"

    def __init__(self, fake: telegram.FakeTelegram, chat: telegram.Chat, *people: telegram.Person) -> None:
        self._fake = fake
        self._chat = chat
        self.scope = f"telegram:{chat.id}"
        self.manager, self.ann, self.bob = people

    @classmethod
    def of(cls, fake: telegram.FakeTelegram) -> "TelegramChat":
        """Make a group of people who read English."""
        people = [telegram.Person(number, name) for number, name in enumerate(("Boss", "Ann", "Bob"), 2001)]
        return cls(fake, fake.add(telegram.Chat(-1000003, "supergroup", "Cinema", admins=(people[0],))), *people)

    async def say(self, command: str, words: str = "", *pictures: bytes, by: telegram.Person) -> ShownMessage:
        await self.send(command, words, *pictures, by=by)
        return await self.answer()

    async def send(self, command: str, words: str = "", *pictures: bytes, by: telegram.Person) -> None:
        text = f"/{command} {words}".strip()
        match pictures:
            case ():
                await self._fake.post(text, chat=self._chat, author=by)
            case (picture,):
                await self._fake.post_picture(picture, caption=text, chat=self._chat, author=by)
            case _:
                await self._fake.post_album(pictures, caption=text, chat=self._chat, author=by)

    async def post(self, picture: bytes, *, by: telegram.Person) -> None:
        await self._fake.post_picture(picture, chat=self._chat, author=by)

    async def answer(self) -> ShownMessage:
        told = _told(await self._fake.answer())
        if told.pictures < 2:
            return told
        # Telegram hangs no keyboard on an album: the words follow it.
        return replace(_told(await self._fake.answer()), pictures=told.pictures)

    async def press(
        self, shown: ShownMessage, label: str, *, by: telegram.Person, words: str | None = None
    ) -> ShownMessage:
        await self._press(shown, label, by)
        if words is not None:
            question = await self._fake.answer()
            assert question.force_reply
            await self._fake.post(words, chat=self._chat, author=by, reply_to=question.message)
        return await self._outcome()

    async def remove(self, shown: ShownMessage, label: str, *, by: telegram.Person) -> None:
        await self._press(shown, label, by)
        await until(lambda: not self.is_there(shown))

    def is_there(self, shown: ShownMessage) -> bool:
        return (self._chat.id, shown.message["message_id"]) in self._fake.world.messages

    async def dislike(self, shown: ShownMessage, *, by: telegram.Person) -> None:
        await self._fake.react(shown.message, "👎", author=by)

    async def ask_about_a_spoiler(self, picture: bytes, *, by: telegram.Person) -> ShownMessage:
        await self._fake.post_picture(picture, caption="/who", spoiler=True, chat=self._chat, author=by)
        return await self.answer()

    async def throw_out_and_invite_again(self) -> None:
        await self._fake.change_place(self._chat, "member", "kicked")
        await self._fake.change_place(self._chat, "kicked", "member")

    async def private(self) -> "TelegramChat":
        alice = self._fake.alice
        return TelegramChat(self._fake, self._fake.direct, *[alice] * 3)

    async def _press(self, shown: ShownMessage, label: str, by: telegram.Person) -> None:
        (there,) = {label, SELECTED + label}.intersection(_flat(keyboard(shown.message)))
        await self._fake.press(shown.message, there, author=by)

    async def _outcome(self) -> ShownMessage:
        """Wait for the first thing that people see after a press: that it was taken, without a word, is none."""
        world = self._fake.world
        while True:
            await until(lambda: not (world.edits.empty() and world.answers.empty() and world.notices.empty()))
            if not world.edits.empty():
                edit = world.edits.get_nowait()
                return ShownMessage(edit.text, len(edit.images), _labels(edit.keyboard), message=edit.message)
            if not world.answers.empty():
                return _told(world.answers.get_nowait())
            if text := world.notices.get_nowait().text:
                return ShownMessage(text, alone=True)


def _told(answer: telegram.Answer) -> ShownMessage:
    hidden = answer.covered and all(image.spoiler for image in answer.images)
    return ShownMessage(
        answer.text, len(answer.images), _labels(answer.keyboard), hidden=hidden, message=answer.message
    )


def _labels(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(label.removeprefix(SELECTED) for label in _flat(rows))


def _flat(rows: Sequence[Sequence[str]]) -> list[str]:
    return [label for row in rows for label in row]


async def until(done: Callable[[], bool]) -> None:
    """Wait until something has become true that nothing else tells of."""
    async with asyncio.timeout(TIMEOUT):
        while not done():  # noqa: ASYNC110 - what people see sets no event
            await asyncio.sleep(0.005)
