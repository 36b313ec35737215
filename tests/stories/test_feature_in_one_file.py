"""A feature that a file outside bot/ declares is there on every platform, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import config
from bot.chat.features import FEATURES
from bot.chat.registry import Feature, Registry
from bot.platforms.discord.platform import Discord
from bot.platforms.web.adapter import WebAdapter
from bot.platforms.web.platform import Web
from tests.support import coin, tiny
from tests.support.fakes.discord import fake_discord
from tests.support.fakes.discord.api import TIMEOUT
from tests.support.fakes.telegram import FakeTelegram, fake_telegram
from tests.support.platform_chats import DiscordChat, PlatformChat, TelegramChat, until
from tests.support.running import running
from tests.support.webchat import WebChat

RED = tiny.encoded(tiny.picture(tiny.RED))
REFUSED = "Only people who manage this chat may do that."
ALL: tuple[Feature[Any], ...] = (*FEATURES, coin.FEATURE)


def settings(folder: Path, **platforms: config.Section) -> config.Settings:
    tiny.tiny_models(folder)
    return config.Settings(
        models=config.Models(directory=folder, classifier="tiny.tflite", detector=str(tiny.CASCADE)),
        store=config.Store(url=f"sqlite+aiosqlite:///{folder}/whobot.db"),
        workers=config.Workers(threads=1),
        platforms={"web": Web(enabled=False), **platforms},
    )


@pytest.fixture
async def discord(tmp_path: Path) -> AsyncIterator[DiscordChat]:
    async with fake_discord() as fake:
        token = Discord(token=SecretStr(fake.token))
        async with running(settings(tmp_path, discord=token), features=ALL):
            yield DiscordChat.of(fake)


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[FakeTelegram]:
    async with fake_telegram() as fake, running(settings(tmp_path, telegram=fake.settings()), features=ALL):
        yield fake


@pytest.fixture
def telegram(fake: FakeTelegram) -> TelegramChat:
    return TelegramChat.of(fake)


@pytest.fixture(params=["discord", "telegram"])
def chat(request: pytest.FixtureRequest) -> PlatformChat:
    found: PlatformChat = request.getfixturevalue(request.param)
    return found


async def test_it_answers_and_obeys_the_rights_of_its_buttons(chat: PlatformChat) -> None:
    tossed = await chat.say("coin", "heads", by=chat.ann)
    assert (tossed.text, tossed.labels, tossed.alone) == ("Heads: right.", ("Again",), False)
    refused = await chat.press(tossed, "Again", by=chat.ann)
    assert (refused.text, refused.alone) == (REFUSED, True)
    assert (await chat.press(tossed, "Again", by=chat.manager)).text == "Tails this time."
    assert "/coin heads: I toss a coin." in (await chat.say("help", by=chat.ann)).text


async def test_it_follows_events(chat: PlatformChat) -> None:
    assert (await chat.say("coin", "heads", by=chat.ann)).text == "Heads: right."
    assert (await chat.say("coin", "tails", by=chat.ann)).text == "Tails: right."
    await chat.throw_out_and_invite_again()
    async with asyncio.timeout(TIMEOUT):
        while (await chat.say("coin", "heads", by=chat.ann)).text != "Heads: right.":
            pass  # It hears of that beside what people ask.


async def test_discord_has_its_command_and_its_menu(discord: DiscordChat) -> None:
    fake = discord.fake
    registered = {(one["type"], one["name"]) for one in fake.commands}
    assert {(1, "coin"), (3, "Count the pictures")} <= registered
    message = await fake.post_picture(RED, author=discord.bob)
    await fake.menu("Count the pictures", message, author=discord.ann)
    counted = await discord.answer()
    assert (counted.text, counted.alone) == ("1 to toss for.", True)


async def test_telegrams_menu_has_its_command(fake: FakeTelegram, telegram: TelegramChat) -> None:
    menus = fake.world.commands
    await until(lambda: ("all_group_chats", "") in menus)
    entries = {entry["command"]: entry["description"] for entry in menus["all_group_chats", ""]}
    assert entries["coin"] == "Toss a coin"
    misused = await telegram.say("coin", by=telegram.ann)
    assert misused.text == "Toss a coin: /coin <side>"


async def test_the_web_chat_offers_and_answers_it(tmp_path: Path) -> None:
    async with running(settings(tmp_path, web=Web(port=0)), features=ALL) as bot:
        [adapter] = bot.adapters
        assert isinstance(adapter, WebAdapter)
        assert adapter.url
        async with WebChat.open(adapter.url) as chat:
            async with chat.http.post("/api/session", json={}) as response:
                offered = {one["name"]: one for one in (await response.json())["commands"]}
            assert offered["coin"]["usage"] == "/coin <side>"
            tossed = await chat.answer_to(await chat.post("/coin heads"))
            assert tossed["text"] == "Heads: right."
            [[again]] = tossed["buttons"]
            assert (await chat.press(tossed["id"], again["action"]))[0] == 200


def test_two_features_cannot_claim_one_name() -> None:
    with pytest.raises(ValueError, match="/coin"):
        Registry((*ALL, coin.FEATURE))
