"""Measure how long somebody waits while others flood the bot: ``python -m tests.checks.bench_floods [NAMES]``.

The whole bot runs against a Telegram on loopback, with networks that take no time. Each flood is over when all of it is
answered; a private person asks while it lasts. `crowd` has no such person: it is the crowd that waits.

    crowd    800 people with one picture each
    groups   three watched groups with 40 pictures each, of which Telegram lets the bot answer 20 in a minute each
    slow     eight pictures in one group, and one in each of eight more, that take 15 seconds to download
    heavy    six pictures of 48 megapixels in one group
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot import config
from bot.platforms.web.platform import Web
from tests.support import tiny
from tests.support.fakes.telegram import Chat, FakeTelegram, Person, Refusal, fake_telegram
from tests.support.running import running

PEOPLE = 800
GROUP_LIMIT, GROUP_SECONDS = 20, 60.0
"""Messages that Telegram lets a bot send into one group in a while.

Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""
SLOW_SECONDS = 15.0
PICTURE = tiny.encoded(tiny.picture(tiny.RED))
OTHERS, PRIVATE = 5_000_000, 7_000_000
UNLIMITED = config.Limits(user_requests=10_000, chat_requests=10_000)


@dataclass
class Scene:
    """A bot on a Telegram, and what is measured there."""

    telegram: FakeTelegram
    sent: Counter[int] = field(default_factory=Counter)
    slow_files: set[str] = field(default_factory=set)
    _windows: dict[int, list[float]] = field(default_factory=dict)

    def hold_back(self, method: str, form: Mapping[str, str]) -> Refusal | None:
        """Refuse what is too much for a group, as Telegram does."""
        chat = int(form.get("chat_id", "0"))
        if method not in ("sendMessage", "sendPhoto", "sendMediaGroup") or chat >= 0:
            return None
        now = time.monotonic()
        window = [at for at in self._windows.get(chat, []) if now - at < GROUP_SECONDS]
        self._windows[chat] = window
        if len(window) >= GROUP_LIMIT:
            seconds = max(1, round(window[0] + GROUP_SECONDS - now))
            return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        window.append(now)
        return None

    async def dawdle(self, path: str) -> None:
        """Take long over some files."""
        if path in self.slow_files:
            await asyncio.sleep(SLOW_SECONDS)

    async def post(self, data: bytes, chat: Chat, author: Person, *, slow: bool = False) -> None:
        """Post a picture; one that is `slow` takes long to download."""
        before = set(self.telegram.world.files)
        await self.telegram.post_picture(data, chat=chat, author=author)
        if slow:
            self.slow_files |= {self.telegram.world.files[one].path for one in set(self.telegram.world.files) - before}

    async def answered(self, count: int, chat: Chat | None = None) -> None:
        """Wait until so many answers have come, or one to this chat."""
        while sum(self.sent.values()) < count if chat is None else not self.sent[chat.id]:
            self.sent[(await self.telegram.world.answers.get()).chat] += 1

    def group(self, number: int) -> Chat:
        """Return a group of many people, which is watched."""
        boss = Person(1002, "Boss")
        return self.telegram.add(Chat(-OTHERS - number, "supergroup", f"Group {number}", admins=(boss,)))

    def person(self, number: int) -> tuple[Chat, Person]:
        """Return somebody, and their private chat."""
        someone = Person(PRIVATE + number, f"Person {number}")
        return self.telegram.add(Chat(someone.id, "private", someone.first_name)), someone

    async def watch(self, group: Chat) -> None:
        """Have the bot answer every picture in a group."""
        await self.telegram.post("/watch on", chat=group, author=group.admins[0])
        await self.answered(0, group)

    async def wait_of_a_private_person(self) -> float:
        """Return the seconds that somebody waits for the answer to one picture."""
        chat, someone = self.person(0)
        began = time.monotonic()
        await self.post(PICTURE, chat, someone)
        await self.answered(0, chat)
        return time.monotonic() - began


async def crowd(scene: Scene) -> str:
    """Let many people ask at the same time."""
    began = time.monotonic()
    for number in range(1, PEOPLE + 1):
        await scene.post(PICTURE, *scene.person(number))
    await scene.answered(PEOPLE)
    took, actions = time.monotonic() - began, scene.telegram.calls.count("sendChatAction")
    return f"{PEOPLE} people are answered in {took:.1f} s, with {actions} chat actions"


async def groups(scene: Scene) -> str:
    """Flood three groups beyond what Telegram lets the bot answer there."""
    for number in range(3):
        group = scene.group(number)
        await scene.watch(group)
        for member in range(40):
            await scene.post(PICTURE, group, Person(OTHERS + member, f"Member {member}"))
    await asyncio.sleep(2)  # until all that Telegram takes at once is sent
    return f"a private person waits {await scene.wait_of_a_private_person():.1f} s"


async def slow(scene: Scene) -> str:
    """Post what takes long to download."""
    for number in range(9):
        group = scene.group(number)
        await scene.watch(group)
        for member in range(8 if number == 0 else 1):
            await scene.post(PICTURE, group, Person(OTHERS + member, f"Member {member}"), slow=True)
    return f"a private person waits {await scene.wait_of_a_private_person():.1f} s"


async def heavy(scene: Scene) -> str:
    """Post pictures that take long to analyse."""
    import numpy as np  # noqa: PLC0415

    noise = np.random.default_rng(0).integers(0, 255, (6000, 8000, 3), np.uint8)
    picture = tiny.encoded(noise, "JPEG")
    group = scene.group(0)
    await scene.watch(group)
    for member in range(6):
        await scene.post(picture, group, Person(OTHERS + member, f"Member {member}"))
    return f"a private person waits {await scene.wait_of_a_private_person():.1f} s"


FLOODS: Mapping[str, Callable[[Scene], Awaitable[str]]] = {
    "crowd": crowd,
    "groups": groups,
    "slow": slow,
    "heavy": heavy,
}


@asynccontextmanager
async def scene() -> AsyncIterator[Scene]:
    """Run a bot on a Telegram within the block."""
    with tempfile.TemporaryDirectory() as folder:
        tiny.tiny_models(Path(folder))
        async with fake_telegram() as telegram:
            here = Scene(telegram)
            telegram.hold_back, telegram.dawdle = here.hold_back, here.dawdle
            settings = config.Settings(
                platforms={"telegram": telegram.settings(), "web": Web(enabled=False)},
                models=config.Models(directory=Path(folder), classifier="tiny.tflite", detector=str(tiny.CASCADE)),
                store=config.Store(url=f"sqlite+aiosqlite:///{folder}/whobot.db"),
                workers=config.Workers(threads=2),
                limits=UNLIMITED,
            )
            async with running(settings):
                yield here


async def measure(name: str) -> str:
    """Return what a flood does to others."""
    async with scene() as here:
        return await FLOODS[name](here)


def main() -> int:
    """Measure the floods that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"which floods, of {', '.join(FLOODS)}; all without any")
    names = parser.parse_args().names or list(FLOODS)
    if unknown := set(names).difference(FLOODS):
        parser.error(f"there is no flood called {', '.join(sorted(unknown))}")
    for name in names:
        print(f"{name}: {asyncio.run(measure(name))}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
