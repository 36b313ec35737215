"""Which servers whobot says it is in, so that the data of others can go; and which data never goes by mistake."""

import asyncio

import pytest

from bot.platforms.discord.adapter import DiscordAdapter
from tests.bot.platforms.discord.conftest import PNG, Recorder
from tests.support.fakes.discord import FakeDiscord, Refusal
from tests.support.fakes.discord.rest import MY_GUILDS
from tests.support.fakes.discord.world import Guild


@pytest.fixture(params=["session", "list"])
def other(request: pytest.FixtureRequest, discord: FakeDiscord) -> Guild:
    """A server that only one of the two sources names."""
    guild = Guild("Manga club")
    discord.listed = list(discord.guilds)
    (discord.guilds if request.param == "session" else discord.listed).append(guild)
    return guild


async def told(discord: FakeDiscord, service: Recorder, times: int = 1) -> frozenset[str]:
    await discord.until(lambda: len(service.homes) == times)
    return service.homes[-1]


async def test_once_for_each_new_session(running: asyncio.Task[None], discord: FakeDiscord, service: Recorder) -> None:
    assert await told(discord, service) == {discord.guild.id}
    discord.gateway.drop()
    await discord.until(lambda: discord.gateway.resumed == 1)
    await discord.post_picture(PNG)
    await discord.answer()
    assert len(service.homes) == 1


async def test_a_server_that_one_source_alone_names_counts(
    other: Guild, running: asyncio.Task[None], discord: FakeDiscord, service: Recorder
) -> None:
    assert await told(discord, service) == {discord.guild.id, other.id}


async def test_a_server_that_is_out_of_order_counts(
    discord: FakeDiscord, adapter: DiscordAdapter, service: Recorder
) -> None:
    discord.listed = []
    discord.out_of_order.add(discord.guild.id)
    running = asyncio.create_task(adapter.run())
    assert await told(discord, service) == {discord.guild.id}
    await adapter.stop()
    await running


async def test_without_a_list_from_discord_no_event_is_sent(
    discord: FakeDiscord, adapter: DiscordAdapter, service: Recorder
) -> None:
    discord.rest.fail_with("GET", MY_GUILDS, Refusal(403, 50001, "Missing Access"))
    discord.guilds.clear()
    running = asyncio.create_task(adapter.run())
    await discord.until(lambda: any(call.route == MY_GUILDS for call in discord.rest.calls))
    await discord.connected()
    await discord.post_picture(PNG, channel=discord.direct)
    await discord.answer()
    assert service.homes == []
    await adapter.stop()
    await running


async def test_removed_while_it_was_down(discord: FakeDiscord, adapter: DiscordAdapter, service: Recorder) -> None:
    discord.guilds.clear()
    running = asyncio.create_task(adapter.run())
    assert await told(discord, service) == frozenset()
    # Until then discord.py takes it for a server that the session began with.
    await discord.until(lambda: adapter._client is not None and adapter._client.is_ready())
    await discord.invite_bot()
    assert await told(discord, service, 2) == {discord.guild.id}
    await adapter.stop()
    await running
