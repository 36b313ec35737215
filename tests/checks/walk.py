"""List the files that a picture passes on its way from each platform to its answer: ``python -m tests.checks.walk``.

The whole bot runs against the fakes, with networks that take no time. The way consists of the files with a function
that is given, or returns, what becomes of the picture (`CARRIERS`): the platform's event, the question made of it, the
picture's bytes and pixels, what is found in them, and the answer. What such a thing can say of itself is no stop of
its own, so ``self`` does not count. All files with a function that runs meanwhile are
counted beside that: those also hold what is looked up on the side, in the store, the settings or the catalogues.
"""

import asyncio
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import FrameType

import discord
import numpy as np
import telegram
from aiohttp import web
from PIL import Image
from pydantic import SecretStr

from bot import config
from bot.chat.context import Context
from bot.chat.model import Incoming, Picture, PictureRequest, Reply, ReplyImage
from bot.chat.words import Finding
from bot.platforms.discord.platform import Discord
from bot.platforms.web.adapter import WebAdapter
from bot.platforms.web.platform import Web
from bot.recognition import formats
from bot.recognition.results import Analysis, EncodedImage, Sighting
from tests.support import tiny
from tests.support.fakes.discord import fake_discord
from tests.support.fakes.telegram import fake_telegram
from tests.support.running import Running, running
from tests.support.webchat import WebChat

BOT = Path(config.__file__).resolve().parents[1]
PICTURE = tiny.encoded(tiny.picture(tiny.RED, tiny.BLUE))
EVENTS = (discord.Message, discord.Interaction, telegram.Update, telegram.Message, web.Request)
QUESTIONS = (Incoming, PictureRequest, Picture, Context)
FOUND = (Analysis, Sighting, Finding)
ANSWERS = (EncodedImage, ReplyImage, Reply)
CARRIERS = (*EVENTS, *QUESTIONS, *FOUND, *ANSWERS, Image.Image)
"""Beside these, encoded pictures in bytes, and pixels: arrays of shape ``(height, width, 3)``."""


class Walk:
    """Notes the files of the bot in the order in which their functions first run, and whether the picture passes them.

    Attributes:
        files: By their paths in the package.
    """

    def __init__(self) -> None:
        self.files: dict[str, bool] = {}
        self._watching = False

    def watch(self) -> None:
        """Watch this thread, and all that start from now on."""
        sys.setprofile(self._called)
        threading.setprofile(self._called)

    async def follow(self, ask: Callable[[], Awaitable[None]], platform: str) -> dict[str, bool]:
        """Return the files of which a function runs while a question is asked and answered, and which it passes.

        Left out are the packages of other platforms, which wait for events meanwhile.
        """
        self.files, self._watching = {}, True
        await ask()
        self._watching = False
        own = ("shared", platform)
        return {
            file: passed
            for file, passed in self.files.items()
            if not (Path(file).parts[0] == "platforms" and Path(file).parts[1] not in own)
        }

    def _called(self, frame: FrameType, event: str, returned: object) -> None:
        code = frame.f_code
        if not self._watching or not code.co_filename.startswith(str(BOT)) or code.co_name == "<module>":
            return
        file = str(Path(code.co_filename).relative_to(BOT))
        if event == "call":
            self.files.setdefault(file, False)
            names = (name for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if name != "self")
            if not self.files[file] and any(map(_carries, (frame.f_locals.get(name) for name in names))):
                self.files[file] = True
        elif event == "return" and not self.files.get(file) and _carries(returned):
            self.files[file] = True


def _carries(value: object) -> bool:
    return any(
        isinstance(one, CARRIERS)
        or (isinstance(one, bytes | bytearray) and formats.sniff(bytes(one)) is not None)
        or (isinstance(one, np.ndarray) and one.ndim == 3 and one.shape[2] == 3)
        for one in _each(value)
    )


def _each(value: object) -> Iterator[object]:
    """Return a value, and what it holds where it is a list or a tuple."""
    yield value
    if isinstance(value, list | tuple):
        yield from value


async def walks() -> dict[str, dict[str, bool]]:
    """Return, for each platform, the files of which a function runs, and whether the picture passes them."""
    walk = Walk()
    walk.watch()
    with tempfile.TemporaryDirectory() as folder:
        tiny.tiny_base(Path(folder, "tiny.tflite"), recognition=tiny.tiny_recognition())
        async with fake_discord() as discord, fake_telegram() as telegram:
            settings = config.Settings(
                platforms={
                    "discord": Discord(token=SecretStr(discord.token)),
                    "telegram": telegram.settings(),
                    "web": Web(port=0),
                },
                models=config.Models(
                    directory=Path(folder), classifier="tiny.tflite", detector=str(tiny.CASCADE), reload_seconds=3600
                ),
                store=config.Store(url=f"sqlite+aiosqlite:///{folder}/whobot.db"),
                workers=config.Workers(threads=1),
            )
            async with running(settings) as bot:

                async def ask_discord() -> None:
                    await discord.slash_who(PICTURE)
                    await discord.answer()

                async def ask_telegram() -> None:
                    await telegram.post_picture(PICTURE)
                    await telegram.answer()

                async with WebChat.open(_url(bot)) as chat:

                    async def ask_web() -> None:
                        await chat.answer_to(await chat.post("/who", [("picture.png", PICTURE)]))

                    asked = {"discord": ask_discord, "telegram": ask_telegram, "web": ask_web}
                    return {name: await _walked(walk, ask, name) for name, ask in asked.items()}


async def _walked(walk: Walk, ask: Callable[[], Awaitable[None]], platform: str) -> dict[str, bool]:
    await ask()  # the first question makes what is made once
    return await walk.follow(ask, platform)


def _url(bot: Running) -> str:
    (web,) = (adapter for adapter in bot.adapters if isinstance(adapter, WebAdapter))
    assert web.url
    return web.url


def main() -> int:
    """Print them."""
    for platform, files in asyncio.run(walks()).items():
        way = [file for file, passed in files.items() if passed]
        aside = [file for file, passed in files.items() if not passed]
        print(f"{platform}: the picture passes {len(way)} files, and functions run in {len(aside)} more")
        print("".join(f"  {file}\n" for file in way))
        print("on the side: " + ", ".join(aside) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
