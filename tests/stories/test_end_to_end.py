"""The whole bot, as `whobot run` starts it: three platforms in one process, the models that ship, real sockets."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest
from PIL import Image
from pydantic import SecretStr

from bot import config
from bot.platforms.discord.platform import Discord
from bot.platforms.web.adapter import WebAdapter
from bot.platforms.web.platform import Web
from bot.recognition.engine import Engine
from bot.recognition.options import AnalysisOptions
from bot.recognition.results import Analysis
from tests.support.artwork import CAST, draw_portrait
from tests.support.fakes.discord import FakeDiscord, fake_discord, server
from tests.support.fakes.telegram import FakeTelegram, fake_telegram
from tests.support.running import STARTED_SECONDS, Running, running
from tests.support.tiny import encoded
from tests.support.webchat import WebChat

REAL = {
    "Nishikino Maki": "nishikino_maki/12.jpg",
    "Sakurauchi Riko": "sakurauchi_riko/14.jpg",
    "Takimoto Hifumi": "takimoto_hifumi/15.jpg",
}


@dataclass(frozen=True)
class Answer:
    """What came back, whatever the platform: the words and the annotated pictures."""

    text: str
    pictures: list[bytes]

    def size(self) -> tuple[int, int]:
        """Width and height of the one picture."""
        (data,) = self.pictures
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            return picture.size


Ask: TypeAlias = Callable[[bytes], Awaitable[Answer]]


@dataclass(frozen=True)
class People:
    """A running bot, its platforms, and ways to ask it."""

    discord: FakeDiscord
    telegram: FakeTelegram
    bot: Running

    @property
    def url(self) -> str:
        (web,) = (adapter for adapter in self.bot.adapters if isinstance(adapter, WebAdapter))
        assert web.url
        return web.url

    async def ask_discord(self, picture: bytes) -> Answer:
        await self.discord.slash_who(picture)
        answer = await self.discord.answer()
        return Answer(answer.content, [file.data for file in answer.files])

    async def ask_telegram(self, picture: bytes) -> Answer:
        await self.telegram.post_picture(picture)
        answer = await self.telegram.answer()
        return Answer(answer.text, [image.data for image in answer.images])

    async def ask_web(self, picture: bytes) -> Answer:
        async with WebChat.open(self.url) as chat:
            answer = await chat.answer_to(await chat.post("/who", [("picture.png", picture)]))
            return Answer(answer["text"], [await chat.picture(picture) for picture in answer["pictures"]])


@pytest.fixture
async def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[People]:
    # The models are the real ones and the machine may be busy: more patience than the fakes have with tiny ones.
    monkeypatch.setattr(server, "TIMEOUT", 60.0)
    async with fake_discord() as discord, fake_telegram() as telegram:
        settings = config.Settings(
            platforms={
                "discord": Discord(token=SecretStr(discord.token)),
                "telegram": telegram.settings(),
                "web": Web(port=0),
            },
            store=config.Store(url=f"sqlite+aiosqlite:///{tmp_path}/whobot.db"),
        )
        async with running(settings) as bot:
            yield People(discord, telegram, bot)


def ways(people: People) -> dict[str, Ask]:
    return {"discord": people.ask_discord, "telegram": people.ask_telegram, "web": people.ask_web}


async def test_a_drawn_face_comes_back_boxed_on_every_platform(people: People) -> None:
    drawing = draw_portrait(CAST["hoshina_sora"], seed=3, size=360, tilt=0, expression="calm")
    answers = await asyncio.gather(*(ask(encoded(drawing.image)) for ask in ways(people).values()))
    for answer in answers:
        width, height = answer.size()
        assert width >= 360
        assert height > 360  # the row of faces stands below the picture
    # Every platform has its own layout of the same words.
    assert len({answer.text.split("\n")[0] for answer in answers}) == 1


@pytest.mark.parametrize("name", REAL)
async def test_a_real_face_comes_back_named_on_every_platform(people: People, shared: Path, name: str) -> None:
    picture = (shared / "data/seed/raw" / REAL[name]).read_bytes()
    for platform, ask in ways(people).items():
        answer = await ask(picture)
        assert name in answer.text, f"{platform}: {answer.text}"
        assert all(answer.size())
        assert answer.pictures[0] != picture


async def test_pictures_in_hand_are_answered_before_it_stops(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    analyse = Engine.analyse

    def analyse_when_told(engine: Engine, data: bytes, options: AnalysisOptions) -> Analysis:
        gate.wait(STARTED_SECONDS)
        return analyse(engine, data, options)

    monkeypatch.setattr(Engine, "analyse", analyse_when_told)
    drawing = draw_portrait(CAST["minase_yuzu"], seed=1, size=720, tilt=0, expression="calm")
    picture = encoded(drawing.image)
    command = await people.discord.slash_who(*[picture] * 5)
    await people.telegram.post_album([picture] * 3, caption="/who")
    await people.telegram.action()  # the bot shows that it is on it
    await people.discord.until(lambda: people.discord.given[command].state != "new")
    assert people.discord.unread == 0
    stopped = asyncio.create_task(people.bot.finish())
    await asyncio.sleep(0)  # it is told to stop, and only then looks at the first picture
    gate.set()
    assert await stopped
    assert len((await people.discord.answer()).files) == 5
    assert len((await people.telegram.answer()).images) == 3
