"""Logging in, staying connected, and leaving."""

import asyncio
import traceback

import pytest
from discord.http import Route
from pydantic import SecretStr
from structlog.testing import capture_logs
from yarl import URL

from bot.errors import AdapterError, LoginRefused
from bot.platforms.discord.adapter import DiscordAdapter
from tests.bot.platforms.discord.conftest import PNG, WRONG_TOKEN, Recorder
from tests.support.fakes.discord import FakeDiscord, Refusal
from tests.support.fakes.discord.gateway import ALL_INTENTS, MESSAGE_CONTENT
from tests.support.fakes.discord.rest import ME, MESSAGES
from tests.support.fakes.discord.world import MEMBER_PERMISSIONS
from tests.support.service_harness import REGISTRY


async def test_the_least_intents(running: asyncio.Task[None], discord: FakeDiscord) -> None:
    assert discord.gateway.intents == ALL_INTENTS


async def test_the_operator_is_told_how_to_invite_the_bot(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    with capture_logs() as logs:
        running = asyncio.create_task(adapter.run())
        await discord.connected()
    await adapter.stop()
    await running
    invite = URL(next(entry["invite"] for entry in logs if entry["event"] == "discord.logged_in"))
    assert invite.query["client_id"] == discord.bot.id
    assert invite.query["scope"] == "bot applications.commands"
    assert int(invite.query["permissions"]) == MEMBER_PERMISSIONS


async def test_connected(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    assert not adapter.connected
    running = asyncio.create_task(adapter.run())
    await discord.until(lambda: adapter.connected)
    await adapter.stop()
    await running
    assert not adapter.connected


async def test_a_lost_connection_is_resumed_and_nothing_is_missed(
    running: asyncio.Task[None], discord: FakeDiscord, adapter: DiscordAdapter
) -> None:
    discord.gateway.drop()
    message = await discord.post_picture(PNG)
    assert (await discord.answer()).reply_to == message["id"]
    message = await discord.post_picture(PNG)
    assert (await discord.answer()).reply_to == message["id"]
    assert (discord.gateway.identified, discord.gateway.resumed) == (1, 1)
    await discord.until(lambda: adapter.connected)


async def test_connected_tells_of_a_lost_connection(
    running: asyncio.Task[None], discord: FakeDiscord, adapter: DiscordAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await discord.until(lambda: adapter.connected)
    discord.gateway.may_resume.clear()
    discord.gateway.drop()
    await discord.until(lambda: not adapter.connected)
    discord.gateway.may_resume.set()
    await discord.until(lambda: adapter.connected)


async def test_an_invalid_token(discord: FakeDiscord, service: Recorder) -> None:
    adapter = DiscordAdapter(SecretStr(WRONG_TOKEN), service, REGISTRY)
    with pytest.raises(LoginRefused, match="Reset Token") as refused:
        await adapter.run()
    shown = "".join(traceback.TracebackException.from_exception(refused.value, capture_locals=True).format())
    assert WRONG_TOKEN not in shown + repr(adapter) + repr(vars(adapter))


async def test_a_token_that_is_reset_while_the_bot_runs(running: asyncio.Task[None], discord: FakeDiscord) -> None:
    await discord.gateway.close(4004)
    with pytest.raises(LoginRefused, match="Reset Token"):
        await running


async def test_disallowed_intents(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    discord.gateway.allowed_intents &= ~MESSAGE_CONTENT
    with pytest.raises(LoginRefused, match=r'Switch on "Message Content Intent" .* Privileged Gateway Intents'):
        await adapter.run()


async def test_any_other_final_close(running: asyncio.Task[None], discord: FakeDiscord) -> None:
    await discord.gateway.close(4011)
    with pytest.raises(AdapterError, match="code 4011") as error:
        await running
    assert not isinstance(error.value, LoginRefused)


async def test_running_again_after_a_failure(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    discord.rest.fail_with("GET", ME, Refusal(503))
    with pytest.raises(AdapterError, match="status 503"):
        await adapter.run()
    running = asyncio.create_task(adapter.run())
    await discord.connected()
    await discord.slash_who(PNG)
    await discord.answer()
    await adapter.stop()
    await running


async def test_an_unreachable_discord(
    discord: FakeDiscord, adapter: DiscordAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:9/api/v10")
    with pytest.raises(AdapterError, match="cannot be reached"):
        await adapter.run()


@pytest.mark.parametrize("ask", ["post_picture", "slash_who"])
async def test_stopping_finishes_the_answer_in_hand(
    running: asyncio.Task[None], discord: FakeDiscord, adapter: DiscordAdapter, service: Recorder, ask: str
) -> None:
    service.may_answer.clear()
    await getattr(discord, ask)(PNG)
    await service.started.wait()
    stopping = asyncio.create_task(adapter.stop())
    await asyncio.sleep(0)
    await discord.post_picture(PNG)
    await discord.slash_who(PNG)
    assert not running.done()
    service.may_answer.set()
    await stopping
    assert (await discord.answer()).files[0].data == b"annotated"
    await running
    assert len(service.asked) == 1
    assert discord.unread == 0


async def test_stopping_an_idle_adapter(adapter: DiscordAdapter) -> None:
    await adapter.stop()
    await adapter.run()
    assert not adapter.connected


async def test_stopping_while_logging_in(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    running = asyncio.create_task(adapter.run())
    await discord.until(lambda: bool(discord.rest.calls))
    await adapter.stop()
    await running


async def test_cancelling_gives_up_what_is_in_hand(
    running: asyncio.Task[None], discord: FakeDiscord, service: Recorder
) -> None:
    service.may_answer.clear()
    await discord.post_picture(PNG)
    await service.started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert service.cancelled.is_set()
    assert not any(call.route == MESSAGES for call in discord.rest.calls)
