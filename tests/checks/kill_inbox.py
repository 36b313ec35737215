"""Kill the bot again and again under load, and see what is answered: ``python -m tests.checks.kill_inbox``.

A Telegram and a Discord on loopback outlive the bot, which runs in a process of its own and is ended by SIGKILL at
random moments of its life, while it starts and while it answers. People ask all the time, also while it is down:
privately and by /who on Telegram, where updates wait for the next start, and in a watched channel on Discord, which is
caught up. In the last life everything has to be answered.

Every question must have been answered once, or its asker told why not. A question that was answered and whose asker is
told besides that an answer may have got lost is no second answer; it is counted for itself. The gap is how long after
the start of a life the first answer came.

    --kills 200     how often
    --seconds 1500  after which there is no further kill
    --seed 0        of the moments and of who asks
"""

import argparse
import asyncio
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr
from yarl import URL

from bot import app, config
from bot.chat.model import Chat as StoredChat
from bot.platforms.discord.platform import Discord
from bot.platforms.telegram.platform import Telegram
from bot.platforms.web.platform import Web
from bot.storage.store import Store
from tests.support import tiny
from tests.support.fakes.discord import FakeDiscord, fake_discord, led_to
from tests.support.fakes.discord import Person as DiscordPerson
from tests.support.fakes.telegram import Chat, FakeTelegram, Person, fake_telegram

PICTURE = tiny.encoded(tiny.picture(tiny.RED))
NAME = "Akane Hoshino"
"""Whom an answer names: whatever else is said in reply to a question says why there is none."""
EACH = 4
"""Questions of a life, on each platform."""
LONGEST = 4.0
"""Seconds of a life at most. Some end before the bot is connected."""
PATIENCE = 180.0
"""Seconds within which the last life has to answer everything."""
PEOPLE = 30
UNLIMITED = config.Limits(user_requests=100_000, chat_requests=100_000)


@dataclass
class Report:
    """What became of the questions, each known by its platform and its message's id."""

    kills: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    gaps: list[float] = field(default_factory=list)

    @property
    def lost(self) -> list[tuple[str, str]]:
        """Questions that were met with silence."""
        return [one for one in self.asked if not self.answers[one] and not self.told[one]]

    @property
    def twice(self) -> list[tuple[str, str]]:
        """Questions that were answered more than once, or whose askers were told so."""
        return [one for one in self.asked if self.answers[one] > 1 or self.told[one] > 1]

    def lines(self) -> list[str]:
        """Return it in words."""
        lines = [f"{self.kills} kills, {len(self.asked)} questions"]
        for platform in sorted({one for one, _ in self.asked}):
            asked = [one for one in self.asked if one[0] == platform]
            answered = sum(self.answers[one] > 0 for one in asked)
            told = sum(self.told[one] > 0 for one in asked)
            both = sum(self.answers[one] > 0 and self.told[one] > 0 for one in asked)
            lines.append(
                f"{platform}: {answered} of {len(asked)} answered; {told} told why not, {both} of whom an answer had"
                f" reached; {sum(one in asked for one in self.lost)} lost,"
                f" {sum(one in asked for one in self.twice)} answered twice"
            )
        if self.gaps:
            lines.append(
                f"from a start to the first answer: {statistics.median(self.gaps):.1f} s in the middle,"
                f" {max(self.gaps):.1f} s at most, over {len(self.gaps)} lives that lasted until then"
            )
        return lines


@dataclass
class Scene:
    """Two platforms, the people there, and the bot's lives."""

    telegram: FakeTelegram
    discord: FakeDiscord
    seed: random.Random
    template: asyncio.subprocess.Process
    report: Report = field(default_factory=Report)
    _first: asyncio.Event = field(default_factory=asyncio.Event)
    _process: int | None = None

    async def life(self) -> None:
        """Start the bot."""
        assert self.template.stdin is not None
        assert self.template.stdout is not None
        self.template.stdin.write(b"live\n")
        await self.template.stdin.drain()
        self._first.clear()
        self._process = int(await self.template.stdout.readline())

    def kill(self) -> None:
        """End the bot, if it runs, as a power cut would."""
        if self._process is not None:
            os.kill(self._process, signal.SIGKILL)
            self._process = None

    async def calm_life(self) -> None:
        """Have the bot answer one question: what was posted before it first was there is none of its business."""
        await self.life()
        await self.discord.connected()
        self.report.asked.append(("Discord", str((await self.discord.post_picture(PICTURE))["id"])))
        await asyncio.wait_for(self._first.wait(), PATIENCE)
        self.kill()

    async def killed_life(self) -> None:
        """Have the bot live for a while, asked by many, and kill it."""
        await self.life()
        began, lasts = time.monotonic(), self.seed.uniform(0.1, LONGEST)
        asking = asyncio.create_task(self.ask(lasts))
        gap = asyncio.create_task(self.first_answer(began))
        await asyncio.sleep(lasts)
        self.kill()
        gap.cancel()
        await asking
        self.report.kills += 1

    async def first_answer(self, began: float) -> None:
        """Note how long after its start the bot first answers."""
        await self._first.wait()
        self.report.gaps.append(time.monotonic() - began)

    async def ask(self, within: float) -> None:
        """Ask some questions, at moments within so many seconds and a little later."""
        moments = sorted(self.seed.uniform(0, within * 1.2) for _ in range(EACH))
        began = time.monotonic()
        for moment in moments:
            await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
            await self.ask_telegram()
            posted = await self.discord.post_picture(PICTURE, author=DiscordPerson("somebody"))
            self.report.asked.append(("Discord", str(posted["id"])))

    async def ask_telegram(self) -> None:
        """Ask in private or in the group."""
        number = self.seed.randrange(PEOPLE)
        someone = Person(7_000_000 + number, f"Person {number}")
        if self.seed.random() < 0.5:
            chat = self.telegram.add(Chat(someone.id, "private", someone.first_name))
            message = await self.telegram.post_picture(PICTURE, chat=chat, author=someone)
        else:
            group = self.telegram.group
            message = await self.telegram.post_picture(PICTURE, caption="/who", chat=group, author=someone)
        self.report.asked.append(("Telegram", str(message["message_id"])))

    async def hear_telegram(self) -> None:
        """Note what the bot says on Telegram, for ever."""
        while True:
            answer = await self.telegram.world.answers.get()
            self._note(("Telegram", str(answer.reply_to)), answer.text)

    async def hear_discord(self) -> None:
        """Note what the bot says on Discord, for ever."""
        while True:
            answer = await self.discord._answers.get()
            self._note(("Discord", str(answer.reply_to)), answer.content)

    def _note(self, question: tuple[str, str], text: str) -> None:
        (self.report.answers if NAME in text else self.report.told)[question] += 1
        self._first.set()

    async def all_answered(self) -> None:
        """Wait until nothing is left to answer, and a little longer for what should not come."""
        end = time.monotonic() + PATIENCE
        while self.report.lost and time.monotonic() < end:  # noqa: ASYNC110 - what people see sets no event
            await asyncio.sleep(0.1)
        await asyncio.sleep(3)


@asynccontextmanager
async def scene(seed: int, log: Path | None) -> AsyncIterator[Scene]:
    """Make the platforms and the process that the bot's lives are made of."""
    with tempfile.TemporaryDirectory() as folder:
        tiny.tiny_models(Path(folder))
        async with fake_discord() as discord, fake_telegram() as telegram:
            async with Store(store_url(folder)) as store:
                channel = StoredChat("discord", discord.general.id, home=discord.guild.id)
                await store.change(channel, watch=True)
            with (log or Path(os.devnull)).open("wb") as said:
                template = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "tests.checks.kill_inbox", "--template", folder),
                    *(str(discord.url), discord.token, telegram.address, telegram.token),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=said,
                )
                here = Scene(telegram, discord, random.Random(seed), template)
                hearing = [asyncio.create_task(one()) for one in (here.hear_telegram, here.hear_discord)]
                try:
                    yield here
                finally:
                    here.kill()
                    for task in hearing:
                        task.cancel()
                    assert template.stdin is not None
                    template.stdin.close()
                    await template.wait()


async def measure(kills: int, *, seconds: float, seed: int, log: Path | None = None) -> Report:
    """Kill the bot so often, unless that takes too long; return what became of the questions."""
    end = time.monotonic() + seconds
    async with scene(seed, log) as here:
        await here.calm_life()
        while here.report.kills < kills and time.monotonic() < end:
            await here.killed_life()
        await here.life()
        await here.all_answered()
        return here.report


def store_url(folder: str) -> str:
    """Where the bot keeps what outlives it."""
    return f"sqlite+aiosqlite:///{folder}/whobot.db"


def template(folder: str, discord_url: str, discord_token: str, telegram_url: str, telegram_token: str) -> None:
    """Be copied for each life of the bot: its modules take longer to load than most of the lives last."""
    settings = config.Settings(
        platforms={
            "discord": Discord(token=SecretStr(discord_token)),
            "telegram": Telegram(token=SecretStr(telegram_token), api=telegram_url),
            "web": Web(enabled=False),
        },
        models=config.Models(directory=Path(folder), classifier="tiny.tflite", detector=str(tiny.CASCADE)),
        store=config.Store(url=store_url(folder)),
        workers=config.Workers(threads=1),
        limits=UNLIMITED,
    )
    import bot.platforms.telegram.adapter  # noqa: F401, PLC0415 - loaded once, and not in every life

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        process = os.fork()
        if process == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            with led_to(URL(discord_url)):
                asyncio.run(app.run(settings, asyncio.Event()))
            os._exit(0)
        print(process, flush=True)


def main() -> int:
    """Kill, and report."""
    if sys.argv[1:2] == ["--template"]:
        template(*sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=1500.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--log", type=Path, help="a file for what the bot says")
    how = parser.parse_args()
    report = asyncio.run(measure(how.kills, seconds=how.seconds, seed=how.seed, log=how.log))
    print("\n".join(report.lines()))
    for name, questions in (("lost", report.lost), ("twice", report.twice)):
        if questions:
            print(f"{name}: {', '.join(' '.join(one) for one in questions)}")
    return 1 if report.lost or report.twice else 0


if __name__ == "__main__":
    sys.exit(main())
