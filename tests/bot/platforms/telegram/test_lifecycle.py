"""Connecting, receiving by polling and by webhook, losing the connection, stopping."""

import asyncio
import json
import socket
from collections.abc import Sequence

import aiohttp
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.chat.features.teaching import Teach
from bot.chat.inbox import LocalInbox
from bot.chat.model import Event, Help, Incoming, Letter, Reply, Trigger
from bot.errors import AdapterError, ConfigError, LoginRefused
from bot.platforms.telegram import questions, retry
from bot.platforms.telegram.adapter import TelegramAdapter
from bot.platforms.telegram.platform import Telegram
from tests.bot.platforms.telegram.conftest import Recorder, Serve, free_port, image, png, until
from tests.support.fakes.telegram import SECRET, FakeTelegram, Refusal
from tests.support.service_harness import REGISTRY


async def test_connected_says_whether_updates_arrive(telegram: FakeTelegram, recorder: Recorder, serve: Serve) -> None:
    adapter = TelegramAdapter(telegram.settings(), recorder, REGISTRY)
    assert not adapter.connected
    async with serve() as serving:
        await until(lambda: serving.connected)
        telegram.fail_with("getUpdates", Refusal(500, "Internal Server Error"))
        with capture_logs() as logs:
            await telegram.post("/help")
            await telegram.answer()
            await until(lambda: not serving.connected)
            await telegram.post("/help")
            await until(lambda: serving.connected)
        assert [entry["event"] for entry in logs] == ["no updates arrive, trying on", "updates arrive"]
    assert not serving.connected


async def test_a_refused_token(telegram: FakeTelegram, recorder: Recorder) -> None:
    adapter = TelegramAdapter(telegram.settings(token="123456789:wrong"), recorder, REGISTRY)
    with pytest.raises(LoginRefused, match="@BotFather"):
        await adapter.run()


async def test_a_token_that_is_revoked_on_the_way(telegram: FakeTelegram, recorder: Recorder) -> None:
    adapter = TelegramAdapter(telegram.settings(), recorder, REGISTRY)
    running = asyncio.create_task(adapter.run())
    await telegram.connected()
    telegram.fail_with("getUpdates", Refusal(401, "Unauthorized"))
    await telegram.post("/help")
    with pytest.raises(LoginRefused):
        await running
    assert not adapter.connected


def test_no_token(recorder: Recorder) -> None:
    with pytest.raises(ConfigError, match="WHOBOT_TELEGRAM__TOKEN"):
        TelegramAdapter(Telegram(), recorder, REGISTRY)


@pytest.mark.parametrize("api", ["http://bot-api.example.org", "ftp://127.0.0.1", "api.telegram.org"])
def test_an_address_on_which_others_could_read_the_token(recorder: Recorder, api: str) -> None:
    with pytest.raises(ConfigError, match="https://"):
        TelegramAdapter(Telegram(token=SecretStr("123:abc"), api=api), recorder, REGISTRY)


@pytest.mark.parametrize("api", ["https://api.telegram.org", "http://localhost:8081", "http://[::1]:8081/"])
def test_an_address_that_is_safe(recorder: Recorder, api: str) -> None:
    assert not TelegramAdapter(Telegram(token=SecretStr("123:abc"), api=api), recorder, REGISTRY).connected


async def test_an_unreachable_server(recorder: Recorder) -> None:
    settings = Telegram(token=SecretStr("123:abc"), api=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(AdapterError, match=r"at 127\.0\.0\.1 cannot be used") as caught:
        await TelegramAdapter(settings, recorder, REGISTRY).run()
    assert not isinstance(caught.value, LoginRefused)


async def test_another_program_with_the_same_token(telegram: FakeTelegram, recorder: Recorder) -> None:
    adapter = TelegramAdapter(telegram.settings(), recorder, REGISTRY)
    running = asyncio.create_task(adapter.run())
    await telegram.connected()
    async with aiohttp.ClientSession() as rival, rival.post(f"{telegram.address}/bot{telegram.token}/getUpdates"):
        with pytest.raises(AdapterError, match="another program"):
            await running

    running = asyncio.create_task(adapter.run())
    await telegram.post("/help")
    assert (await telegram.answer()).text == "It is Pink.", "run can be called again"
    await adapter.stop()
    await running


async def test_stopping_finishes_what_is_in_hand(telegram: FakeTelegram) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Incoming | Event) -> Reply:
        begun.set()
        await go_on.wait()
        return Reply("at last")

    adapter = TelegramAdapter(telegram.settings(), slow, REGISTRY)
    running = asyncio.create_task(adapter.run())
    await telegram.post_picture(png())
    await begun.wait()
    stopping = asyncio.create_task(adapter.stop())
    await until(lambda: not adapter.connected)
    await telegram.post_picture(png())
    go_on.set()
    await stopping
    await running

    assert (await telegram.answer()).text == "at last"
    assert telegram.world.answers.empty()
    assert len(telegram.world.updates) == 1, "what came later waits for the next start; what was answered does not"


async def test_what_is_being_written_down_is_in_hand(telegram: FakeTelegram, recorder: Recorder) -> None:
    class Slow(LocalInbox):
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def accept(self, letters: Sequence[Letter]) -> list[Letter]:
            self.begun.set()
            await self.go_on.wait()
            return await super().accept(letters)

    adapter = TelegramAdapter(telegram.settings(), recorder, REGISTRY, inbox=(inbox := Slow()))
    running = asyncio.create_task(adapter.run())
    await telegram.post_picture(png())
    await inbox.begun.wait()
    stopping = asyncio.create_task(adapter.stop())
    await until(lambda: not adapter.connected)
    inbox.go_on.set()
    await stopping
    await running

    assert (await telegram.answer()).text == "It is Pink."


async def test_an_album_that_is_arriving_is_in_hand(telegram: FakeTelegram, recorder: Recorder) -> None:
    adapter = TelegramAdapter(telegram.settings(), recorder, REGISTRY)
    running = asyncio.create_task(adapter.run())
    await telegram.connected()
    await telegram.post_album([png(), png()])
    await until(lambda: telegram.world.polls > 1)
    await adapter.stop()
    await running

    assert len(recorder.asked.pictures) == 2
    assert not telegram.world.answers.empty()


async def test_being_cut_off_leaves_nothing_behind(telegram: FakeTelegram) -> None:
    begun, cut = asyncio.Event(), asyncio.Event()

    async def endless(_: Incoming | Event) -> Reply:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cut.set()
        return Reply()

    adapter = TelegramAdapter(telegram.settings(), endless, REGISTRY)
    running = asyncio.create_task(adapter.run())
    await telegram.post_picture(png())
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert cut.is_set()
    await adapter.stop()


async def test_stopping_while_connecting_or_not_running(telegram: FakeTelegram, recorder: Recorder) -> None:
    adapter = TelegramAdapter(telegram.settings(), recorder, REGISTRY)
    running = asyncio.create_task(adapter.run())
    await adapter.stop()
    await running
    assert not telegram.calls

    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        settings = Telegram(token=SecretStr("123:abc"), api=f"http://127.0.0.1:{deaf.getsockname()[1]}")
        adapter = TelegramAdapter(settings, recorder, REGISTRY)
        running = asyncio.create_task(adapter.run())
        connection = await asyncio.to_thread(deaf.accept)
        await adapter.stop()
        await running
        connection[0].close()


async def test_a_webhook(telegram: FakeTelegram, recorder: Recorder, serve: Serve) -> None:
    async with serve(telegram.settings(webhook_port=free_port())) as adapter:
        await telegram.post_picture(png())
        answer = await telegram.answer()
        assert adapter.connected

    assert answer.text == "It is Pink."
    assert recorder.asked.trigger is Trigger.PRIVATE
    assert recorder.fetched == [png()]
    assert telegram.world.webhook is not None
    assert telegram.world.webhook["url"] == "https://whobot.example.org/hook/telegram"
    assert telegram.world.webhook["secret_token"] == SECRET
    assert "getUpdates" not in telegram.calls


async def test_an_update_that_comes_twice_counts_once(telegram: FakeTelegram, recorder: Recorder, serve: Serve) -> None:
    async with serve(telegram.settings(webhook_port=free_port())):
        await telegram.post("/teach Honoka", chat=telegram.group)
        await telegram.answer()
        assert await telegram.announce_again() == 200
        await telegram.post("/help", chat=telegram.group)
        await telegram.answer()
    assert [type(seen.request) for seen in recorder.seen] == [Teach, Help]
    assert telegram.world.answers.empty()


async def test_only_where_it_is_the_turn_an_answer_is_announced(
    telegram: FakeTelegram, recorder: Recorder, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "ANSWERS_AT_ONCE", 2)
    recorder.hold()
    async with serve():
        for _ in range(3):
            await telegram.post_picture(png(), caption="/who", chat=telegram.group)
        await telegram.post_picture(png())
        await until(lambda: len(recorder.seen) == 2)
        assert {seen.chat.id for seen in recorder.seen} == {str(telegram.group.id), str(telegram.direct.id)}
        announced = {await telegram.action() for _ in range(2)}
        assert announced == {(telegram.group.id, None), (telegram.direct.id, None)}
        assert telegram.world.actions.empty(), "two wait, and nothing is said of them"
        recorder.release()
        for _ in range(4):
            await telegram.answer()


@pytest.mark.filterwarnings("ignore:.*retry_after.*")  # python-telegram-bot announces another type for it
async def test_a_chat_that_telegram_holds_back_holds_up_no_other(
    telegram: FakeTelegram, recorder: Recorder, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "ANSWERS_AT_ONCE", 2)
    held_back, free = asyncio.Event(), asyncio.Event()

    async def wait(_seconds: float) -> None:
        held_back.set()
        await free.wait()

    monkeypatch.setattr(retry, "pause", wait)
    async with serve():
        telegram.fail_with("sendMessage", Refusal(429, "Too Many Requests: retry after 20", retry_after=20))
        await telegram.post_picture(png(), caption="/who", chat=telegram.group)
        await held_back.wait()
        await telegram.post_picture(png(), caption="/who", chat=telegram.group)
        await telegram.post_picture(png())
        answer = await telegram.answer()
        assert answer.chat == telegram.direct.id, "the group's second waits behind its first"
        assert len(recorder.seen) == 2
        free.set()
        assert {(await telegram.answer()).chat for _ in range(2)} == {telegram.group.id}


async def test_a_webhook_call_without_the_secret(telegram: FakeTelegram, recorder: Recorder, serve: Serve) -> None:
    port = free_port()
    async with serve(telegram.settings(webhook_port=port)):
        message = telegram.write(**telegram.picture(png())[0])
        assert await telegram.deliver(message, secret="guessed") == 403
        async with (
            aiohttp.ClientSession() as stranger,
            stranger.post(
                f"http://127.0.0.1:{port}/hook/telegram",
                data=json.dumps({"update_id": 1}),
                headers={"Content-Type": "application/json"},
            ) as response,
        ):
            assert response.status == 403
        assert await telegram.deliver(message) == 200
        await telegram.answer()

    assert len(recorder.seen) == 1


async def test_a_webhook_port_that_is_taken(telegram: FakeTelegram, recorder: Recorder) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = telegram.settings(webhook_port=taken.getsockname()[1])
        with pytest.raises(AdapterError, match="cannot listen"):
            await TelegramAdapter(settings, recorder, REGISTRY).run()


async def test_an_update_that_the_bot_has_not_asked_for_is_not_sent(
    telegram: FakeTelegram, recorder: Recorder, serve: Serve
) -> None:
    async with serve():
        await telegram.deliver(telegram.write(text="news"), kind="channel_post")
        await telegram.post("/help")
        await telegram.answer()

    assert len(recorder.seen) == 1


async def test_many_at_once(telegram: FakeTelegram, recorder: Recorder, serve: Serve) -> None:
    recorder.reply = Reply("Pink", (image(),))
    async with serve():
        await asyncio.gather(*(telegram.post_picture(png()) for _ in range(100)))
        answers = [await telegram.answer() for _ in range(100)]

    assert len({answer.reply_to for answer in answers}) == 100
