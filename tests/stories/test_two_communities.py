"""Two communities on two platforms, from the first picture to a network of their own.

Real are the platforms' libraries and the sockets that they speak over, the running bot, its store, the networks (tiny
ones), the commands of the operator and the training.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from bot import config
from bot.cli import app
from bot.platforms.discord.platform import Discord
from bot.platforms.web.platform import Web
from bot.storage import reembedding
from tests.support import tiny
from tests.support.fakes.discord import fake_discord
from tests.support.fakes.telegram import fake_telegram
from tests.support.platform_chats import DiscordChat, PlatformChat, TelegramChat
from tests.support.running import running

YELLOW, CYAN = (240, 220, 20), (10, 200, 220)
TAKEN_OVER_SECONDS = 120


def drawing(colour: tiny.Colour, number: int = 0) -> bytes:
    """Draw a face in a character's colour; its shading and its tone are different in every picture."""
    # To the tiny network the mean colour is the face: drawings in the same tone would be one picture.
    paler = np.roll((45, 0, 0), number) * np.sign(127 - np.array(colour)) * (number > 0)
    red, green, blue = (int(value) for value in np.array(colour) + paler)
    image = tiny.picture((red, green, blue))
    shading = np.random.default_rng(number).uniform(-1, 1, (4, 4)).astype(np.float32)
    patch = 28 * cv2.resize(shading, (tiny.SIDE, tiny.SIDE), interpolation=cv2.INTER_NEAREST)[..., np.newaxis]
    inside = slice(tiny.GAP, tiny.GAP + tiny.SIDE)
    image[inside, inside] = np.clip(image[inside, inside] + patch, 0, 255).astype(np.uint8)
    return tiny.encoded(image)


class Operator:
    """Whoever runs whobot, at the command line of the same installation."""

    def __init__(self, folder: Path) -> None:
        self._environment = {
            "WHOBOT_MODELS__DIRECTORY": str(folder),
            "WHOBOT_MODELS__CLASSIFIER": "running.tflite",
            "WHOBOT_MODELS__DETECTOR": str(tiny.CASCADE),
            "WHOBOT_STORE__URL": address(folder),
            "COLUMNS": "200",
        }

    async def whobot(self, *arguments: str | Path) -> str:
        """Give a command that succeeds, and return what it prints."""
        result = await asyncio.to_thread(self._run, *arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def _run(self, *arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], env=self._environment)


def address(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder}/whobot.db"


@pytest.fixture
async def chats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[PlatformChat, PlatformChat]]:
    """A channel on Discord and a group on Telegram, with one bot in both."""
    monkeypatch.setattr(reembedding, "POLL_SECONDS", 0.1)
    tiny.tiny_base(tmp_path / "running.tflite", recognition=tiny.tiny_recognition())
    async with fake_discord() as discord, fake_telegram() as telegram:
        settings = config.Settings(
            platforms={
                "discord": Discord(token=SecretStr(discord.token)),
                "telegram": telegram.settings(),
                "web": Web(enabled=False),
            },
            models=config.Models(
                directory=tmp_path, classifier="running.tflite", detector=str(tiny.CASCADE), reload_seconds=0.1
            ),
            store=config.Store(url=address(tmp_path)),
            limits=config.Limits(user_requests=10_000, chat_requests=10_000),
            workers=config.Workers(threads=1),
        )
        async with running(settings):
            yield DiscordChat.of(discord), TelegramChat.of(telegram)


async def test_the_story(tmp_path: Path, chats: tuple[PlatformChat, PlatformChat], restored_logs: None) -> None:
    server, group = chats
    operator = Operator(tmp_path)
    await watching_and_correcting(server, group)
    await teaching_and_forgetting(server, group)
    await opting_out(server, group)
    await promoting(server, group, operator)
    assert "8 faces of 4 characters" in await operator.whobot("export-dataset", tmp_path / "set")
    bundle = await asyncio.to_thread(retrain, tmp_path / "set")
    await taking_over(server, operator, bundle)


async def watching_and_correcting(server: PlatformChat, group: PlatformChat) -> None:
    """Both are watched. What Ann posts is named wrongly, and Bob says so; each place learns for itself."""
    for chat in (server, group):
        await chat.say("watch", "on", by=chat.manager)
        await chat.post(drawing(tiny.RED), by=chat.ann)
        answer = await chat.answer()
        assert answer.text.startswith("1. Akane Hoshino")
        assert answer.pictures == 1
        assert "Other guesses" not in answer.labels, "nobody had asked"
        asked = await chat.press(answer, "Wrong?", by=chat.bob)
        name = {"discord": "Koharu", "telegram": "Chinatsu"}[chat.platform]
        thanks = await chat.press(asked, "Someone else…", by=chat.bob, words=name)
        assert thanks.text == f"Thank you! So that is {name}."
        await chat.post(drawing(tiny.RED), by=chat.ann)
        assert (await chat.answer()).text.startswith(f"1. {name}")
        assert "Akane Hoshino: 0 % (0 confirmed, 1 corrected)" in (await chat.say("stats", by=chat.ann)).text
    assert "Koharu" in (await server.say("who", "", drawing(tiny.RED), by=server.ann)).text


async def teaching_and_forgetting(server: PlatformChat, group: PlatformChat) -> None:
    """Each community teaches a character; one is forgotten, and that is undone."""
    assert await is_known(server, YELLOW) == "Nobody I know"
    for chat, name, colour in ((server, "Ki Iro", YELLOW), (group, "Mizuiro", CYAN)):
        taught = await chat.say("teach", name, *(drawing(colour, number) for number in range(3)), by=chat.ann)
        assert f"I know {name} in this chat now, from 3 pictures" in taught.text
        assert await is_known(chat, colour) == name
    assert await is_known(group, YELLOW) == "Nobody I know"
    forgotten = await server.say("forget", "ki iro", by=server.ann)
    assert await is_known(server, YELLOW) == "Nobody I know"
    assert (await server.press(forgotten, "Undo", by=server.ann)).text.startswith("Taken back")
    assert await is_known(server, YELLOW) == "Ki Iro"


async def opting_out(server: PlatformChat, group: PlatformChat) -> None:
    """Bob wants to be left alone, and is: also where everything is watched."""
    for chat in (server, group):
        await chat.say("optout", "on", by=chat.bob)
        await chat.post(drawing(tiny.GREEN), by=chat.bob)
        refused = await chat.say("who", "", drawing(tiny.GREEN), by=chat.bob)
        assert "leave their pictures alone" in refused.text, "and nothing was said of what was only posted"
        await chat.say("optout", "off", by=chat.bob)
        assert (await chat.say("who", "", drawing(tiny.GREEN), by=chat.bob)).text.startswith("1. Midori Hayashi")


async def promoting(server: PlatformChat, group: PlatformChat, operator: Operator) -> None:
    """What one community has taught is good enough for all."""
    told = await operator.whobot("promote", "Ki Iro", "--from", server.scope)
    assert "Ki Iro is known in all chats now, from 3 pictures" in told
    assert await is_known(group, YELLOW) == "Ki Iro"
    assert "answers that people have judged" in await operator.whobot("stats")


def retrain(folder: Path) -> Path:
    """Train on what was exported, starting from a network that has not learnt much."""
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed, so nothing can be trained")
    from trainer.__main__ import app as trainer  # noqa: PLC0415 - TensorFlow takes seconds to load
    from trainer.base_network.network import build_network, served  # noqa: PLC0415
    from trainer.base_network.settings import NetworkSettings  # noqa: PLC0415
    from trainer.base_network.tilt import TiltMap  # noqa: PLC0415
    from trainer.base_network.whitening import Whitening  # noqa: PLC0415
    from trainer.common.base_network_file import About, save_base  # noqa: PLC0415

    base = folder / "base.npz"
    some = Whitening(np.random.default_rng(0).normal(size=(192 + 320, 16)).astype(np.float32), np.zeros(16, np.float32))
    level = TiltMap(np.zeros((2 * 2 * 112, 2), np.float32), np.array([1, 0], np.float32))
    network = served(
        build_network(NetworkSettings(start="imagenet", side=32, embedding=16, dropout=0.2), 5, 32), 5, some, level
    )
    save_base(base, network, About(side=32, margin=0.0, pictures="none"))
    experiment = folder / "train.toml"
    one = experiment.read_text().replace("[export]\n", '[export]\nprecisions = ["float16"]\n')
    tiny_settings = f'\n[fit]\nweights = "{base}"\nsize = 32\nfine_tune_epochs = 0\n\n[split]\nvalidation = 0.0\n'
    experiment.write_text(one + tiny_settings)
    result = CliRunner().invoke(trainer, ["all", str(experiment)])
    assert result.exit_code == 0, result.output
    return folder / "bundles" / "community-float16.tflite"


async def taking_over(chat: PlatformChat, operator: Operator, bundle: Path) -> None:
    """The new network takes over while the bot runs, and makes way again; what was taught is known beside both."""
    before = (await chat.say("about", by=chat.ann)).text
    told = await operator.whobot("adopt", bundle, "--replace")
    assert "knows also: ki_iro, mizuiro" in told
    assert "at this cost: it no longer knows 3 of 3 characters" in told
    await until(lambda: says(chat, "about", "Characters from community"))
    roster = (await chat.say("roster", by=chat.ann)).text
    assert roster.count("Ki Iro") == 1, "she was taught here, and the new network knows her: that is one character"
    assert "Mizuiro" in roster
    await operator.whobot("rollback")
    await until(lambda: says(chat, "about", before))
    await until(lambda: knows(chat, YELLOW, "Ki Iro"))


async def is_known(chat: PlatformChat, colour: tiny.Colour) -> str:
    """Ask who somebody is, by a picture that nobody was taught with; return the name, or what is said instead."""
    line = (await chat.say("who", "", drawing(colour, 9), by=chat.ann)).text.split("\n")[0]
    return next((words for words in ("Nobody I know", "Ki Iro", "Mizuiro") if words in line), line)


async def knows(chat: PlatformChat, colour: tiny.Colour, name: str) -> bool:
    return await is_known(chat, colour) == name


async def says(chat: PlatformChat, command: str, words: str) -> bool:
    return words in (await chat.say(command, by=chat.ann)).text


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    """Ask until the answer is yes: the bot looks for itself whether its files have changed."""
    async with asyncio.timeout(TAKEN_OVER_SECONDS):
        while not await done():  # noqa: ASYNC110 - only asking tells
            await asyncio.sleep(0.2)
