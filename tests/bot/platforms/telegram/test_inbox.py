"""Nothing that was accepted is lost, and nothing is answered twice: over crashes, and by two processes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import pytest
from sqlalchemy import select

from bot.chat.inbox import Inbox
from bot.chat.model import Ask, Missed, Reply, Trigger
from bot.chat.stored_inbox import keeping_inbox
from bot.config import Inbox as InboxSettings
from bot.errors import StoreError, StoreOutgrown
from bot.platforms.telegram.adapter import TelegramAdapter
from bot.storage.store import Store
from bot.storage.tables import inbox as letters
from tests.bot.platforms.telegram.conftest import Recorder, free_port, png, until
from tests.support.fakes.telegram import FakeTelegram
from tests.support.service_harness import REGISTRY

Live: TypeAlias = Callable[..., AbstractAsyncContextManager[Inbox]]


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with Store("sqlite+aiosqlite://") as store:
        yield store


@pytest.fixture
def live(telegram: FakeTelegram, recorder: Recorder, store: Store) -> Live:
    """One life of the bot, which ends by being cut off in the midst of it."""

    @asynccontextmanager
    async def living(settings: InboxSettings | None = None) -> AsyncIterator[Inbox]:
        telegram.world.polls = 0
        async with keeping_inbox(store, settings) as inbox:
            adapter = TelegramAdapter(telegram.settings(), recorder, REGISTRY, inbox=inbox)
            task = asyncio.create_task(adapter.run())
            await telegram.connected()
            yield inbox
            await inbox.written()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    return living


async def written_down(store: Store) -> list[str]:
    """What stands in the table, each letter as text."""
    async with store._transaction() as connection:
        return [json.dumps(content) for content in (await connection.execute(select(letters.c.content))).scalars()]


async def nothing_more(telegram: FakeTelegram, store: Store) -> None:
    """See that all is answered, and nothing twice."""
    await telegram.post("/help", chat=telegram.group)
    await telegram.answer()
    assert telegram.world.answers.empty()


async def test_what_is_cut_off_is_answered_after_the_next_start_once(
    telegram: FakeTelegram, recorder: Recorder, live: Live, store: Store
) -> None:
    recorder.hold()
    async with live():
        question = await telegram.post_picture(png())
        await until(lambda: recorder.fetched)
    assert telegram.world.answers.empty()
    recorder.release()
    async with live():
        answer = await telegram.answer()
        assert (answer.text, answer.reply_to) == ("It is Pink.", question["message_id"])
        assert recorder.fetched == [png(), png()]
    async with live():
        await nothing_more(telegram, store)
    assert await written_down(store) == []


async def test_an_album_stays_together(telegram: FakeTelegram, recorder: Recorder, live: Live) -> None:
    recorder.hold()
    async with live():
        await telegram.post_album([png(), png(9, 9), png(5, 5)], caption="/who", chat=telegram.group)
        await until(lambda: recorder.seen)
    recorder.release()
    async with live():
        await telegram.answer()
        assert len(recorder.asked.pictures) == 3
        assert recorder.asked.trigger is Trigger.COMMAND
    assert len(recorder.seen) == 2


async def test_a_reply_to_a_picture_still_means_that_picture(
    telegram: FakeTelegram, recorder: Recorder, live: Live
) -> None:
    recorder.hold()
    async with live():
        picture = await telegram.post_picture(png(colour="blue"), chat=telegram.group, author=telegram.manager)
        await until(lambda: recorder.seen)
        await telegram.post("/who", chat=telegram.group, reply_to=picture)
        await until(lambda: len(recorder.seen) > 1)
    recorder.release()
    before = [(seen.user, seen.chat, seen.locale, seen.request) for seen in recorder.seen]
    async with live():
        await until(lambda: len(recorder.seen) == 4)
    after = [(seen.user, seen.chat, seen.locale, seen.request) for seen in recorder.seen[2:]]
    for was, now in zip(before, after, strict=True):
        assert now[:3] == was[:3]
        assert isinstance(was[3], Ask)
        assert isinstance(now[3], Ask)
        assert (now[3].trigger, [one.author for one in now[3].pictures]) == (
            was[3].trigger,
            [one.author for one in was[3].pictures],
        )


async def test_who_may_have_got_an_answer_is_told_so(
    telegram: FakeTelegram, recorder: Recorder, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    with monkeypatch.context() as stuck:
        stuck.setattr("bot.platforms.telegram.questions.deliver", never)
        async with live():
            await telegram.post_picture(png())
            await telegram.post_picture(png(), chat=telegram.group)  # nobody has asked about it
            await recorder.asked_once()
            await until(lambda: len(recorder.seen) > 1)
    recorder.reply = Reply("I was interrupted.")
    async with live():
        assert (await telegram.answer()).text == "I was interrupted."
    assert [type(seen.request) for seen in recorder.seen] == [Ask, Ask, Missed]
    assert recorder.seen[-1].request == Missed(late=False)


async def test_who_has_asked_too_long_ago_is_told_so(
    telegram: FakeTelegram, recorder: Recorder, live: Live, store: Store
) -> None:
    recorder.hold()
    async with live():
        await telegram.post("/who", chat=telegram.group, reply_to=await telegram.post_picture(png()))
        await until(lambda: len(recorder.seen) > 1)
    recorder.release()
    async with live(InboxSettings(seconds=1e-6, late="tell")):
        await until(lambda: len(recorder.seen) > 3)
        assert [seen.request for seen in recorder.seen[2:]] == [Missed(late=True)] * 2
    async with live():
        await until(lambda: telegram.world.answers.qsize() == 2)
    assert await written_down(store) == []


async def test_only_what_asks_is_written_down_and_no_token(
    telegram: FakeTelegram, recorder: Recorder, live: Live, store: Store
) -> None:
    recorder.hold()
    async with live():
        await telegram.post("secret one", chat=telegram.group)
        said = await telegram.post("secret two", chat=telegram.group)
        await telegram.post("/help me", chat=telegram.group, reply_to=said)
        await telegram.post("secret three")
        await telegram.post_picture(png(), caption="secret four", chat=telegram.group)
        await until(lambda: len(recorder.seen) == 3)
        kept = await written_down(store)
    assert len(kept) == 3
    assert "/help me" in kept[0]
    assert not [one for one in kept if "secret" in one or telegram.token in one or "photos/" in one]
    recorder.release()
    async with live():
        await until(lambda: len(recorder.seen) == 6)
    assert sorted(type(seen.request).__name__ for seen in recorder.seen[3:]) == ["Ask", "Help", "Help"]


async def test_two_processes_that_are_given_the_same_update_answer_it_once(
    telegram: FakeTelegram, recorder: Recorder, tmp_path: object
) -> None:
    port = free_port()
    url = f"sqlite+aiosqlite:///{tmp_path}/whobot.db"
    for _ in range(2):
        async with Store(url) as store, keeping_inbox(store) as inbox:
            adapter = TelegramAdapter(telegram.settings(webhook_port=port), recorder, REGISTRY, inbox=inbox)
            task = asyncio.create_task(adapter.run())
            await telegram.connected()
            if not recorder.seen:
                await telegram.post_picture(png())
                await telegram.answer()
            assert await telegram.announce_again() == 200
            await adapter.stop()
            await task
    assert len(recorder.seen) == 1
    assert telegram.world.answers.empty()


async def test_what_cannot_be_written_down_is_answered_all_the_same(
    telegram: FakeTelegram, recorder: Recorder, live: Live, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StoreError("the disk is full")

    async with live():
        with monkeypatch.context() as trouble:
            trouble.setattr(store, "write_letters", full)
            await telegram.post_picture(png())
            assert (await telegram.answer()).text == "It is Pink."
    assert len(recorder.seen) == 1


async def test_what_a_newer_whobot_is_to_have_stays_with_telegram(
    telegram: FakeTelegram, recorder: Recorder, live: Live, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def outgrown(*_: object) -> None:
        raise StoreOutgrown("a newer whobot is here")

    async with live():
        with monkeypatch.context() as trouble:
            trouble.setattr(store, "write_letters", outgrown)
            await telegram.post_picture(png())
            await until(lambda: telegram.calls.count("getUpdates") > 2)
            assert not recorder.seen
            assert telegram.world.updates, "Telegram still has it"
        assert (await telegram.answer()).text == "It is Pink."
    assert len(recorder.seen) == 1
