"""The running bot's commands as Discord, Telegram and the web chat get them, each in the languages that it knows."""

import asyncio

from pydantic import SecretStr

from bot import config
from bot.chat.model import Event, Help, Incoming, Reply
from bot.chat.words import LANGUAGES, TRANSLATED, translate, translations_for
from bot.platforms.base import Adapter, Host
from bot.platforms.discord.platform import Discord
from bot.platforms.registry import PLATFORMS, name_contexts
from bot.platforms.web.adapter import WebAdapter
from bot.platforms.web.platform import Web
from tests.support.fakes.discord import fake_discord
from tests.support.fakes.telegram import fake_telegram
from tests.support.health import health_of
from tests.support.service_harness import REGISTRY
from tests.support.webchat import WebChat

DISCORDS = {"de", "es-ES", "es-419", "id", "ja", "zh-CN"}
"""Discord's tags of our languages."""
TELEGRAMS = {"", "de", "es", "id", "ja", "zh"}
"""Telegram's, and none for everybody else."""
OFF = Web(enabled=False)


class Answering:
    """Says what it was asked, and remembers it."""

    def __init__(self) -> None:
        self.asked: list[Incoming] = []

    async def __call__(self, incoming: Incoming | Event) -> Reply:
        assert isinstance(incoming, Incoming)
        self.asked.append(incoming)
        return Reply("understood")


def the_adapter(settings: config.Settings, handler: Answering) -> Adapter:
    host = Host(
        handler,
        REGISTRY,
        health_of(),
        bytes,
        words=translate,
        languages=LANGUAGES,
        translated=TRANSLATED,
        name_contexts=name_contexts(),
        catalogue=translations_for,
    )
    [platform] = [platform for platform in PLATFORMS if platform.runs_with(settings)]
    return platform.made(settings, host)


async def test_discord_gets_names_and_descriptions_in_its_languages() -> None:
    async with fake_discord() as discord:
        settings = config.Settings(platforms={"discord": Discord(token=SecretStr(discord.token)), "web": OFF})
        adapter = the_adapter(settings, Answering())
        running = asyncio.create_task(adapter.run())
        await discord.connected()
        await adapter.stop()
        await running
    commands = {one["name"]: one for one in discord.commands}
    for command in REGISTRY.commands:
        registered = commands[command.name]
        assert set(registered["name_localizations"]) == DISCORDS, command.name
        assert set(registered["description_localizations"]) == DISCORDS, command.name
        for option in registered.get("options", []):
            assert set(option["name_localizations"]) == DISCORDS, option["name"]
            assert set(option["description_localizations"]) == DISCORDS, option["name"]
    assert commands["who"]["name_localizations"]["ja"] == "誰"
    assert commands["who"]["options"][1]["name_localizations"]["es-419"] == "imagen2"
    automatic, *languages = commands["language"]["options"][0]["choices"]
    assert set(automatic["name_localizations"]) == DISCORDS
    assert [one["name"] for one in languages] == list(LANGUAGES.values())
    for menu in ("Who is this?", "Teach this face"):
        assert set(commands[menu]["name_localizations"]) == DISCORDS


async def test_telegram_gets_a_menu_and_descriptions_in_its_languages() -> None:
    handler = Answering()
    async with fake_telegram() as telegram:
        adapter = the_adapter(config.Settings(platforms={"telegram": telegram.settings(), "web": OFF}), handler)
        running = asyncio.create_task(adapter.run())
        async with asyncio.timeout(30):
            while ("long", "zh") not in telegram.world.descriptions:  # noqa: ASYNC110 -- told last, and to nobody
                await asyncio.sleep(0.01)
        await telegram.post("/ayuda")
        answer = await telegram.answer()
        await adapter.stop()
        await running
    for scope in ("all_private_chats", "all_group_chats", "all_chat_administrators"):
        menus = {language: menu for (where, language), menu in telegram.world.commands.items() if where == scope}
        assert set(menus) == TELEGRAMS
        assert len({menu[0]["description"] for menu in menus.values()}) == len(TELEGRAMS)
    everything = [entry["command"] for entry in telegram.world.commands["all_chat_administrators", "es"]]
    assert everything[:3] == ["quien", "aprende", "olvida"]
    for kind in ("short", "long"):
        assert {language for what, language in telegram.world.descriptions if what == kind} == TELEGRAMS
    assert handler.asked[-1].request == Help()
    assert answer.text == "understood"


async def test_the_web_chat_understands_names_of_every_language() -> None:
    handler = Answering()
    adapter = the_adapter(config.Settings(platforms={"web": Web(port=0)}), handler)
    assert isinstance(adapter, WebAdapter)
    running = asyncio.create_task(adapter.run())
    async with asyncio.timeout(30):
        while adapter.url is None:  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(0.01)
    async with WebChat.open(adapter.url) as chat:
        for text in ("/ヘルプ", "/hilfe"):
            status, _ = await chat.send(text)
            assert status == 202
        async with asyncio.timeout(30):
            while len(handler.asked) < 2:  # noqa: ASYNC110 -- nor here
                await asyncio.sleep(0.01)
    await adapter.stop()
    await running
    assert [incoming.request for incoming in handler.asked[:2]] == [Help()] * 2
