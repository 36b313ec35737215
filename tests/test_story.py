"""Two communities on two platforms, from the first picture to a network of their own: told at the service.

Real are the store, the pipeline, the networks (tiny ones), the commands and the training; only the platforms are left
out.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.config import Limits
from bot.domain import (
    Ask,
    Chat,
    Configure,
    Forget,
    Incoming,
    OptOut,
    Page,
    Picture,
    Press,
    Reply,
    Request,
    Show,
    Teach,
    Trigger,
    User,
)
from bot.metrics import Metrics
from bot.pipeline import Pipeline
from bot.service import Service
from bot.store import Store
from bot.vision.models import ModelFiles
from tests import tiny
from tests.desk import PRESSABLE
from tests.learner import action

SERVER, GROUP = Chat("discord", "room", home="server"), Chat("telegram", "-100")
BOSS = User("discord", "boss", manager=True, name="Boss")
ANN, BOB, CAT = (User("discord", name.lower(), name=name) for name in ("Ann", "Bob", "Cat"))
DAN = User("telegram", "7", name="Dan")

YELLOW, CYAN = (240, 220, 20), (10, 200, 220)


def drawing(colour: tiny.Colour, number: int) -> bytes:
    """Draw a face in a character's colour; its shading is different in every picture."""
    image = tiny.picture(colour)
    shading = np.random.default_rng(number).uniform(-1, 1, (4, 4)).astype(np.float32)
    patch = 28 * cv2.resize(shading, (tiny.SIDE, tiny.SIDE), interpolation=cv2.INTER_NEAREST)[..., np.newaxis]
    inside = slice(tiny.GAP, tiny.GAP + tiny.SIDE)
    image[inside, inside] = np.clip(image[inside, inside] + patch, 0, 255).astype(np.uint8)
    return tiny.encoded(image)


def picture(colour: tiny.Colour, number: int = 0) -> Picture:
    """Make a picture to send."""

    @asynccontextmanager
    async def open_() -> AsyncIterator[AsyncIterator[bytes]]:
        async def chunks() -> AsyncIterator[bytes]:
            yield drawing(colour, number)

        yield chunks()

    return Picture("face.png", open_)


class Bot:
    """A running bot, and people who talk to it."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def hear(self, user: User, chat: Chat, request: Request) -> Reply:
        return await self._service.handle(Incoming(chat, user, request, PRESSABLE))

    async def ask(self, user: User, chat: Chat, colour: tiny.Colour, number: int = 0) -> str:
        return (await self.hear(user, chat, Ask((picture(colour, number),), Trigger.COMMAND))).text

    async def press(self, user: User, chat: Chat, reply: Reply, label: str, text: str | None = None) -> Reply:
        return await self.hear(user, chat, Press(action(reply, label), text))


@pytest.fixture
def whobot(tmp_path: Path) -> Callable[..., Result]:
    """The command line of the same installation."""
    environment = {
        "WHOBOT_MODELS__DIRECTORY": str(tmp_path),
        "WHOBOT_MODELS__CLASSIFIER": "running.tflite",
        "WHOBOT_MODELS__DETECTOR": str(tiny.CASCADE),
        "WHOBOT_STORE__URL": f"sqlite+aiosqlite:///{tmp_path}/whobot.db",
        "COLUMNS": "200",
    }

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment)

    return run


@pytest.fixture
async def pipeline(tmp_path: Path) -> AsyncIterator[Pipeline]:
    tiny.tiny_base(tmp_path / "running.tflite", recognition=tiny.tiny_recognition())
    files = ModelFiles.choose(tmp_path, "running.tflite", str(tiny.CASCADE))
    async with Pipeline(files, limits=Limits(), threads=1, reload_seconds=0.1) as pipeline:
        yield pipeline


async def test_the_story(
    tmp_path: Path, pipeline: Pipeline, whobot: Callable[..., Result], restored_logs: None
) -> None:
    async with Store(f"sqlite+aiosqlite:///{tmp_path}/whobot.db") as store:
        limits = Limits(user_requests=1000, chat_requests=1000)
        bot = Bot(Service(pipeline, store, Metrics(), limits=limits))
        await watching_and_correcting(bot)
        await teaching_and_forgetting(bot)
        await opting_out(bot)
        result = await asyncio.to_thread(whobot, "export-dataset", tmp_path / "set")
        assert result.exit_code == 0, result.output
        assert "7 faces of 3 characters" in result.stdout
        bundle = await asyncio.to_thread(retrain, tmp_path / "set")
        await taking_over(bot, pipeline, whobot, bundle)


async def watching_and_correcting(bot: Bot) -> None:
    """Boss has the server watched; what Ann posts is named wrongly, and Bob says so."""
    posted = Ask((picture(tiny.RED),), Trigger.POSTED)
    assert (await bot.hear(ANN, SERVER, posted)).silent
    await bot.hear(BOSS, SERVER, Configure(watch=True))
    answer = await bot.hear(ANN, SERVER, posted)
    assert "Akane Hoshino" in answer.text
    asked = await bot.press(BOB, SERVER, answer, "Wrong?")
    thanks = await bot.press(BOB, SERVER, asked, "Someone else…", "Koharu")
    assert thanks.text == "Thank you! So that is Koharu."
    assert "Koharu" in await bot.ask(ANN, SERVER, tiny.RED)
    assert "Akane Hoshino" in await bot.ask(DAN, GROUP, tiny.RED), "what one server corrects is its own"
    assert "Akane Hoshino: 0 % (0 confirmed, 1 corrected)" in (await bot.hear(ANN, SERVER, Show(Page.STATS))).text


async def teaching_and_forgetting(bot: Bot) -> None:
    """Each community teaches a character; one is forgotten, and that is undone."""
    assert "Nobody I know" in await bot.ask(ANN, SERVER, YELLOW)
    for user, chat, name, colour in ((ANN, SERVER, "Ki Iro", YELLOW), (DAN, GROUP, "Mizuiro", CYAN)):
        reply = await bot.hear(user, chat, Teach(name, tuple(picture(colour, number) for number in range(3))))
        assert f"I know {name} in this chat now, from 3 pictures" in reply.text
    assert "Ki Iro" in await bot.ask(BOB, SERVER, YELLOW, 9)
    assert "Nobody I know" in await bot.ask(DAN, GROUP, YELLOW, 9)
    forgotten = await bot.hear(ANN, SERVER, Forget("ki iro"))
    assert "Nobody I know" in await bot.ask(BOB, SERVER, YELLOW, 9)
    await bot.press(ANN, SERVER, forgotten, "Undo")
    assert "Ki Iro" in await bot.ask(BOB, SERVER, YELLOW, 9)


async def opting_out(bot: Bot) -> None:
    """Cat wants to be left alone, and is."""
    await bot.hear(CAT, SERVER, OptOut(True))
    assert (await bot.hear(CAT, SERVER, Ask((picture(YELLOW),), Trigger.POSTED))).silent
    assert "leave their pictures alone" in await bot.ask(CAT, SERVER, YELLOW)


def retrain(folder: Path) -> Path:
    """Train on what was exported, starting from a network that has not learnt much."""
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed, so nothing can be trained")
    from trainer.__main__ import app as trainer  # noqa: PLC0415 - TensorFlow takes seconds to load
    from trainer.base import About, save_base  # noqa: PLC0415
    from trainer.pretrain.network import build_network  # noqa: PLC0415
    from trainer.pretrain.settings import NetworkSettings  # noqa: PLC0415

    base = folder / "base.npz"
    network = build_network(NetworkSettings(side=32, embedding=16, dropout=0.2), 5, 32)
    save_base(base, network, About(side=32, margin=0.0, pictures="none"))
    experiment = folder / "train.toml"
    one = experiment.read_text().replace("[export]\n", '[export]\nprecisions = ["float16"]\n')
    tiny_settings = f'\n[fit]\nweights = "{base}"\nsize = 32\nfine_tune_epochs = 0\n\n[split]\nvalidation = 0.0\n'
    experiment.write_text(one + tiny_settings)
    result = CliRunner().invoke(trainer, ["all", str(experiment)])
    assert result.exit_code == 0, result.output
    return folder / "bundles" / "community-float16.tflite"


async def taking_over(bot: Bot, pipeline: Pipeline, whobot: Callable[..., Result], bundle: Path) -> None:
    """The new network takes over while the bot runs, and makes way again."""
    before, learnt = pipeline.bundle_id, ("ki_iro", "mizuiro")
    result = await asyncio.to_thread(whobot, "adopt", bundle)
    assert result.exit_code == 0, result.output
    assert "knows also: ki_iro, mizuiro" in result.stdout
    await until(lambda: pipeline.roster == learnt)
    result = await asyncio.to_thread(whobot, "rollback")
    assert result.exit_code == 0, result.output
    await until(lambda: pipeline.bundle_id == before)
    assert "Ki Iro" in await bot.ask(BOB, SERVER, YELLOW, 9), "what was taught is still known"


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not done():  # noqa: ASYNC110 - the pipeline looks at files, and tells nobody
            await asyncio.sleep(0.05)
