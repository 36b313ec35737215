"""Nothing that was accepted is lost, and nothing is answered twice: over crashes, in new sessions, by two processes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.chat.model import Ask, Chat, Incoming, Missed, Reply, Trigger
from bot.chat.stored_inbox import StoredInbox, keeping_inbox
from bot.platforms.discord import delivery
from bot.platforms.discord.adapter import DiscordAdapter
from bot.storage.store import Store
from bot.storage.tables import inbox as letters
from tests.bot.platforms.discord.conftest import ANSWER, PNG, Recorder
from tests.support.fakes.discord import Channel, FakeDiscord
from tests.support.service_harness import REGISTRY

Live: TypeAlias = Callable[..., AbstractAsyncContextManager[StoredInbox]]
INTERRUPTED = Reply("I was interrupted.")


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    for name in ("aiosqlite", "alembic"):
        logging.getLogger(name).setLevel(logging.INFO)
    async with Store("sqlite+aiosqlite://") as store:
        yield store


@pytest.fixture
def live(discord: FakeDiscord, service: Recorder, store: Store) -> Live:
    """One life of the bot, which ends by being cut off in the midst of it."""

    async def watched(platform: str) -> Sequence[Chat]:
        return [Chat(platform, discord.general.id, home=discord.guild.id)]

    @asynccontextmanager
    async def living() -> AsyncIterator[StoredInbox]:
        async with keeping_inbox(store) as inbox:
            adapter = DiscordAdapter(SecretStr(discord.token), service, REGISTRY, inbox=inbox, watched=watched)
            task = asyncio.create_task(adapter.run())
            await discord.connected()
            yield inbox
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await discord.until(lambda: not discord.gateway.online.is_set())

    return living


def answered(incoming: Incoming) -> Reply:
    return INTERRUPTED if isinstance(incoming.request, Missed) else ANSWER


def kinds(service: Recorder) -> list[str]:
    return [type(one.request).__name__ for one in service.asked]


async def closed(store: Store) -> None:
    """Wait until nothing is open any more."""
    async with asyncio.timeout(30):
        while await written_down(store):  # noqa: ASYNC110 - the table sets no event
            await asyncio.sleep(0.01)


async def written_down(store: Store) -> list[dict[str, Any]]:
    async with store._transaction() as connection:
        return list((await connection.execute(select(letters.c.content))).scalars())


async def test_what_is_cut_off_is_answered_after_the_next_start_once(
    discord: FakeDiscord, service: Recorder, live: Live, store: Store
) -> None:
    service.may_answer.clear()
    async with live():
        question = await discord.post_picture(PNG, mention=True)
        private = await discord.post_picture(PNG, channel=discord.direct)
        await discord.until(lambda: len(service.asked) == 2)
        kept = await written_down(store)
    places = (discord.general.id, discord.direct.id)
    assert [(one["place"], one["message"]) for one in kept] == [
        (int(place), int(message["id"])) for place, message in zip(places, (question, private), strict=True)
    ]
    assert [set(one) for one in kept] == [{"place", "guild", "message"}] * 2, "ids, and nothing else"
    service.may_answer.set()
    async with live():
        got = {(await discord.answer()).reply_to for _ in range(2)}
        assert got == {question["id"], private["id"]}
        await closed(store)
    assert [(one.chat, one.user.id, one.chat.home) for one in service.asked[2:]] == [
        (one.chat, one.user.id, one.chat.home) for one in service.asked[:2]
    ]
    assert [one.request.trigger for one in service.asked[2:] if isinstance(one.request, Ask)] == [
        Trigger.MENTION,
        Trigger.PRIVATE,
    ]
    async with live():
        await discord.post_picture(PNG, mention=True)
        await discord.answer()
        await closed(store)
    assert len(service.asked) == 5
    assert discord.unread == 0


async def cut_off_while_sending(
    discord: FakeDiscord, service: Recorder, live: Live, monkeypatch: pytest.MonkeyPatch, *, arrives: bool
) -> dict[str, Any]:
    post, reached = delivery.post, asyncio.Event()

    async def never_returns(*args: Any) -> None:
        if arrives:
            await post(*args)
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as stuck:
        stuck.setattr(delivery, "post", never_returns)
        async with live():
            question = await discord.post_picture(PNG, mention=True)
            await reached.wait()
    return question


async def test_an_answer_that_has_arrived_is_not_sent_again(
    discord: FakeDiscord, service: Recorder, live: Live, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cut_off_while_sending(discord, service, live, monkeypatch, arrives=True)
    await discord.answer()
    async with live():
        await discord.until(lambda: any(call.query.get("after") for call in discord.rest.calls))
        await discord.post_picture(PNG, mention=True)
        await discord.answer()
        await closed(store)
    assert len(service.asked) == 2
    assert discord.unread == 0


async def test_an_answer_that_has_not_arrived_is_sent(
    discord: FakeDiscord, service: Recorder, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = await cut_off_while_sending(discord, service, live, monkeypatch, arrives=False)
    async with live():
        assert (await discord.answer()).reply_to == question["id"]
    assert kinds(service) == ["Ask", "Ask"]


async def test_a_command_cannot_be_answered_any_more_and_that_is_told(
    discord: FakeDiscord, service: Recorder, live: Live, store: Store
) -> None:
    service.reply = answered
    service.may_answer.clear()
    async with live():
        await discord.slash_who(PNG)
        await discord.slash_who(PNG, private=True)
        await discord.until(lambda: len(service.asked) == 2)
        tokens = [given.payload["token"] for given in discord.given.values()]
        assert not [token for token in tokens if token in str(await written_down(store))]
    service.may_answer.set()
    async with live():
        told = await discord.answer()
        assert (told.channel, told.content) == (discord.general.id, f"<@{discord.alice.id}> I was interrupted.")
        await closed(store)
    assert kinds(service) == ["Ask", "Ask", "Missed"], "what only the asker would have seen is told to nobody else"


async def test_what_was_posted_in_a_watched_channel_while_it_was_down(
    discord: FakeDiscord, service: Recorder, live: Live, store: Store
) -> None:
    discord.channels.append(other := Channel("unwatched"))
    await discord.post_picture(PNG, age=7200)
    async with live():
        await discord.post_picture(PNG)
        await discord.answer()
        await closed(store)
    missed = [await discord.post_picture(PNG), await discord.post_picture(PNG)]
    await discord.post("just words")
    await discord.post_picture(PNG, channel=other)
    async with live():
        assert [(await discord.answer()).reply_to for _ in missed] == [one["id"] for one in missed]
        await closed(store)
    async with live():
        await discord.post_picture(PNG, mention=True)
        await discord.answer()
    assert len(service.asked) == 4, "neither what was answered nor what was posted before it was ever there"
    assert discord.unread == 0


async def test_a_question_that_is_gone_is_left_out(
    discord: FakeDiscord, service: Recorder, live: Live, store: Store
) -> None:
    service.may_answer.clear()
    async with live():
        message = await discord.post_picture(PNG, mention=True)
        await service.started.wait()
    await discord.delete(message, told=False)
    async with live():
        await closed(store)
    assert kinds(service) == ["Ask"]


async def test_a_question_that_is_withdrawn_is_not_taken_up(
    discord: FakeDiscord, service: Recorder, live: Live, store: Store
) -> None:
    service.may_answer.clear()
    async with live() as inbox:
        message = await discord.post_picture(PNG, mention=True)
        await service.started.wait()
        await discord.delete(message)
        await service.cancelled.wait()
        await discord.post("hello", channel=discord.direct)
        await discord.until(lambda: len(service.asked) == 2)
        await inbox.written()
        assert [one["message"] for one in await written_down(store)] != [int(message["id"])]


async def test_two_processes_that_hear_the_same_answer_it_once(
    discord: FakeDiscord, service: Recorder, tmp_path: object
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/whobot.db"
    async with Store(url) as one, Store(url) as two, keeping_inbox(one) as first, keeping_inbox(two) as second:
        adapters = [
            DiscordAdapter(SecretStr(discord.token), service, REGISTRY, inbox=inbox) for inbox in (first, second)
        ]
        message = await discord.post_picture(PNG, mention=True)
        running = []
        for adapter in adapters:
            running.append(asyncio.create_task(adapter.run()))
            await discord.connected()
            event = discord._event(message, discord.alice, discord.general)
            await discord.gateway.dispatch("MESSAGE_CREATE", event)
            if adapter is adapters[0]:
                await discord.answer()
            await adapter.stop()
        await asyncio.gather(*running)
    assert len(service.asked) == 1
    assert discord.unread == 0
