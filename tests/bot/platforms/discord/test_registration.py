"""Which commands are registered, and when."""

import asyncio
import copy
from typing import Any

from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.chat.features.settings import Configure
from bot.platforms.discord.adapter import DiscordAdapter
from bot.platforms.discord.platform import COMMAND_NAMES
from tests.bot.platforms.discord.conftest import Recorder
from tests.support.fakes.discord import FakeDiscord, Refusal
from tests.support.fakes.discord.rest import COMMANDS
from tests.support.fakes.discord.world import MANAGE_CHANNELS
from tests.support.service_harness import REGISTRY


async def one_run(discord: FakeDiscord, adapter: DiscordAdapter) -> int:
    """Run the adapter once, and count how often it registered its commands."""
    before = len(discord.rest.calls)
    running = asyncio.create_task(adapter.run())
    await discord.connected()
    running.cancel()
    await asyncio.wait({running})
    await discord.until(lambda: not discord.gateway.online.is_set())
    calls = discord.rest.calls[before:]
    return sum((call.method, call.route) == ("PUT", COMMANDS) for call in calls)


def command(discord: FakeDiscord, name: str) -> dict[str, Any]:
    return next(one for one in discord.commands if one["name"] == name)


async def test_what_is_registered(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    await one_run(discord, adapter)
    names = [(one["type"], one["name"]) for one in discord.commands]
    assert names == [*((1, one.name) for one in REGISTRY.commands), (3, "Who is this?"), (3, "Teach this face")]
    pictures = ["picture", "picture2", "picture3", "picture4", "picture5"]
    options = command(discord, "who")["options"]
    assert [one["name"] for one in options] == [*pictures, "private"]
    assert [one.get("required", False) for one in options] == [True, False, False, False, False, False]
    options = command(discord, "teach")["options"]
    assert [one["name"] for one in options] == ["name", *pictures]
    assert [one.get("required", False) for one in options] == [True, True, False, False, False, False]
    for one in discord.commands:
        assert sorted(one["contexts"]) == ([0] if one["name"] in {"watch", "quiet"} else [0, 1])
        assert one["integration_types"] == [0]


async def test_what_only_managers_see(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    await one_run(discord, adapter)
    restricted = [one["name"] for one in discord.commands if one["default_member_permissions"] == str(MANAGE_CHANNELS)]
    assert restricted == ["settings", "language", "watch", "quiet", "threshold", "history"]
    assert {one["default_member_permissions"] for one in discord.commands} == {str(MANAGE_CHANNELS), None}


LANGUAGES = {"en": "English", "ja": "日本語", "zh-hans": "简体中文"}


async def test_languages_are_chosen_by_their_own_names(discord: FakeDiscord, service: Recorder) -> None:
    adapter = DiscordAdapter(SecretStr(discord.token), service, REGISTRY, german, LANGUAGES)
    assert await one_run(discord, adapter) == 1
    (option,) = command(discord, "language")["options"]
    automatic, *languages = option["choices"]
    assert (automatic["name"], automatic["value"]) == ("Everybody's own", "auto")
    assert automatic["name_localizations"] == {"de": "Die jeweils eigene"}
    assert [(one["name"], one["value"]) for one in languages] == [(name, tag) for tag, name in LANGUAGES.items()]
    assert not any(one.get("name_localizations") for one in languages), "these are the same for everybody"
    assert await one_run(discord, adapter) == 0


async def test_a_language_that_was_chosen(discord: FakeDiscord, service: Recorder) -> None:
    adapter = DiscordAdapter(SecretStr(discord.token), service, REGISTRY, german, LANGUAGES)
    running = asyncio.create_task(adapter.run())
    await discord.connected()
    for tag in ("zh-hans", "auto"):
        await discord.slash("language", {"tag": tag}, author=discord.manager)
        await discord.answer()
    await adapter.stop()
    await running
    assert [incoming.request for incoming in service.asked] == [
        Configure({"language": "zh-hans"}),
        Configure({"language": None}),
    ]


GERMAN = {
    "Everybody's own": "Die jeweils eigene",
    "Who is in this picture?": "Wer ist auf diesem Bild? " * 10,
    "Pictures with anime faces": "Bilder mit Anime-Gesichtern",
    "Who is this?": "Wer ist das?",
    "Teach this face": "Bringe whobot bei, wer auf diesem Bild zu sehen ist",  # too long
    "Who it is": "Wer es ist",
}


NAMES = {
    (COMMAND_NAMES.command, "who"): "wer",
    (COMMAND_NAMES.option, "pictures"): "bilder",
    (COMMAND_NAMES.option, "name"): "Wie heißt sie?",  # no name for an option
    (COMMAND_NAMES.command, "watch"): "w" * 33,  # nor is this
}


def german(text: str, tag: str, context: str | None = None) -> str | None:
    if tag != "de":
        return None
    return GERMAN.get(text) if context is None else NAMES.get((context, text))


async def test_names_and_descriptions_in_other_languages(discord: FakeDiscord, service: Recorder) -> None:
    adapter = DiscordAdapter(SecretStr(discord.token), service, REGISTRY, german)
    assert await one_run(discord, adapter) == 1
    who, watch = command(discord, "who"), command(discord, "watch")
    assert who["name_localizations"] == {"de": "wer"}
    description = who["description_localizations"]["de"]
    assert len(description) == 100
    assert description.endswith("…")
    assert [one.get("name_localizations") for one in who["options"][:3]] == [
        {"de": "bilder"}, {"de": "bilder2"}, {"de": "bilder3"},
    ]  # fmt: skip
    assert who["options"][4]["description_localizations"] == {"de": "Bilder mit Anime-Gesichtern"}
    assert watch["name_localizations"] is None
    assert "name_localizations" not in command(discord, "teach")["options"][0]
    assert command(discord, "Who is this?")["name_localizations"] == {"de": "Wer ist das?"}
    assert command(discord, "Teach this face")["name_localizations"] is None
    assert await one_run(discord, adapter) == 0


async def test_registered_again_in_another_language(
    discord: FakeDiscord, adapter: DiscordAdapter, service: Recorder
) -> None:
    await one_run(discord, adapter)
    assert await one_run(discord, DiscordAdapter(SecretStr(discord.token), service, REGISTRY, german)) == 1


async def test_registered_once(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    assert await one_run(discord, adapter) == 1
    assert await one_run(discord, adapter) == 0


async def test_registered_again_when_something_changed(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    await one_run(discord, adapter)
    registered = copy.deepcopy(discord.commands)

    command(discord, "who")["options"][4]["description"] = "something older"
    assert await one_run(discord, adapter) == 1
    command(discord, "watch")["default_member_permissions"] = None
    assert await one_run(discord, adapter) == 1
    command(discord, "help")["contexts"] = [0]
    assert await one_run(discord, adapter) == 1
    discord.commands.append({**command(discord, "help"), "name": "gone"})
    assert await one_run(discord, adapter) == 1
    del discord.commands[0]
    assert await one_run(discord, adapter) == 1
    assert [one["name"] for one in discord.commands] == [one["name"] for one in registered]


async def test_trouble_with_registering_is_not_the_end(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    discord.rest.fail_with("PUT", COMMANDS, Refusal(400, 30034, "Max number of daily application command creates"))
    with capture_logs() as logs:
        await one_run(discord, adapter)
    assert [entry["event"] for entry in logs] == ["discord.logged_in", "discord.commands_not_registered"]
    assert await one_run(discord, adapter) == 1
