"""List the files that a picture passes on its way from each platform to its answer: ``python -m tests.checks.walk``.

The whole bot runs against the fakes, with networks that take no time. A file stands where one of its functions first
runs between the question and its answer.
"""

import asyncio
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType

from pydantic import SecretStr

from bot import config
from bot.platforms.discord.platform import Discord
from bot.platforms.web.adapter import WebAdapter
from bot.platforms.web.platform import Web
from tests.support import tiny
from tests.support.fakes.discord import fake_discord
from tests.support.fakes.telegram import fake_telegram
from tests.support.running import Running, running
from tests.support.webchat import WebChat

BOT = Path(config.__file__).resolve().parents[1]
PICTURE = tiny.encoded(tiny.picture(tiny.RED, tiny.BLUE))


class Walk:
    """Notes the files of the bot in the order in which their functions first run, while it is told to."""

    def __init__(self) -> None:
        self._files: dict[str, None] | None = None

    def watch(self) -> None:
        """Watch this thread, and all that start from now on."""
        sys.setprofile(self._called)
        threading.setprofile(self._called)

    def begin(self) -> None:
        """Note files from now on."""
        self._files = {}

    def end(self) -> list[str]:
        """Return the files, by their paths in the package."""
        files, self._files = list(self._files or ()), None
        return [str(Path(file).relative_to(BOT)) for file in files]

    def _called(self, frame: FrameType, event: str, _argument: object) -> None:
        if self._files is None or event != "call" or frame.f_code.co_name == "<module>":
            return
        file = frame.f_code.co_filename
        if file.startswith(str(BOT)):
            self._files.setdefault(file)


async def walks() -> dict[str, list[str]]:
    """Return the files on the way of a picture from each platform."""
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

                    asked = {"Discord": ask_discord, "Telegram": ask_telegram, "Web chat": ask_web}
                    return {name: await _walked(walk, ask) for name, ask in asked.items()}


async def _walked(walk: Walk, ask: Callable[[], Awaitable[None]]) -> list[str]:
    await ask()  # the first question makes what is made once
    walk.begin()
    await ask()
    return walk.end()


def _url(bot: Running) -> str:
    (web,) = (adapter for adapter in bot.adapters if isinstance(adapter, WebAdapter))
    assert web.url
    return web.url


def main() -> int:
    """Print them."""
    for platform, files in asyncio.run(walks()).items():
        print(f"{platform}: {len(files)} files")
        print("".join(f"  {file}\n" for file in files))
    return 0


if __name__ == "__main__":
    sys.exit(main())
