"""Which commands are registered, and when."""

import asyncio
import copy
from typing import Any

from structlog.testing import capture_logs

from bot.adapters.discord import DiscordAdapter
from tests.fakes.discord import FakeDiscord, Refusal
from tests.fakes.discord.rest import COMMANDS


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
    assert names == [(1, "who"), (1, "watch"), (1, "optout"), (1, "help"), (3, "Who is this?")]
    pictures = command(discord, "who")["options"]
    assert [one["name"] for one in pictures] == ["picture", "picture2", "picture3", "picture4", "picture5"]
    assert [one.get("required", False) for one in pictures] == [True, False, False, False, False]
    for one in discord.commands:
        assert sorted(one["contexts"]) == ([0] if one["name"] == "watch" else [0, 1])
        assert one["integration_types"] == [0]


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
    discord.rest.trouble("PUT", COMMANDS, Refusal(400, 30034, "Max number of daily application command creates"))
    with capture_logs() as logs:
        await one_run(discord, adapter)
    assert [entry["event"] for entry in logs] == ["discord.logged_in", "discord.commands_not_registered"]
    assert await one_run(discord, adapter) == 1
