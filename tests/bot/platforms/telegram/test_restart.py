"""What whobot remembers beyond a restart, and what it learns of the time while it was down."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import pytest
from structlog.testing import capture_logs

from bot.chat.links import Links, NoLinks
from bot.chat.model import Ask, Button, Chat, Left, Link, Placement, Press, Reply
from bot.chat.stored_links import keeping_links
from bot.errors import StoreError
from bot.platforms.telegram.adapter import TelegramAdapter
from bot.storage.store import Store
from tests.bot.platforms.telegram.conftest import Recorder, free_port, image, png, running, until
from tests.support.fakes.telegram import FakeTelegram
from tests.support.service_harness import REGISTRY

Live: TypeAlias = Callable[..., AbstractAsyncContextManager[None]]
DISLIKE = "👎"
BUTTONS = ((Button("More", "more:t"), Button("Delete", "delete:t")),)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with Store("sqlite+aiosqlite://") as store:
        yield store


@pytest.fixture
async def links(store: Store) -> AsyncIterator[Links]:
    async with keeping_links(store) as links:
        yield links


@pytest.fixture
def live(telegram: FakeTelegram, recorder: Recorder, links: Links) -> Live:
    """One life of the adapter, from its start to its stop."""

    @asynccontextmanager
    async def living(kept: Links = links) -> AsyncIterator[None]:
        telegram.world.polls = 0
        async with running(TelegramAdapter(telegram.settings(), recorder, REGISTRY, links=kept)):
            await telegram.connected()
            yield

    return living


# --- answers ---------------------------------------------------------------------------------------------------------


async def test_another_picture_gets_another_answer(
    telegram: FakeTelegram, recorder: Recorder, live: Live, links: Links
) -> None:
    recorder.reply = Reply("Two", (image(), image()), BUTTONS)
    async with live():
        question = await telegram.post_picture(png(), caption="/who", chat=telegram.group)
        old = await telegram.answer()
        words = await telegram.answer()
    sent = old.ids | words.ids
    recorder.reply = Reply("Blue")
    content, _ = telegram.picture(png(colour="blue"))
    await telegram.edit_message(question, photo=content["photo"])
    async with live():
        assert await telegram.deletion() == sent, "that it was edited while the bot was down is told afterwards"
        new = await telegram.answer()
        assert (new.text, new.reply_to) == ("Blue", question["message_id"])
    (link,) = await links.load("telegram")
    assert {id_ for reply in link.replies for id_ in reply} == {str(id_) for id_ in new.ids}


async def test_one_picture_of_an_album(telegram: FakeTelegram, recorder: Recorder, live: Live) -> None:
    async with live():
        _, second = await telegram.post_album([png(), png(9, 9)], caption="/who", chat=telegram.group)
        old = await telegram.answer()
    async with live():
        await telegram.edit_message(second, caption="lovely")
        assert await telegram.deletion() == old.ids
        await telegram.post("/help", chat=telegram.group)
        await telegram.answer()
    assert [type(seen.request) for seen in recorder.seen].count(Ask) == 1, "the rest of the album is not known"


async def test_only_the_asker_deletes_an_answer(telegram: FakeTelegram, live: Live, links: Links) -> None:
    async with live():
        await telegram.post_picture(png(), caption="/who", chat=telegram.group)
        answer = await telegram.answer()
    async with live():
        await telegram.react(answer.message, DISLIKE, author=telegram.manager)
        await telegram.react(answer.message, DISLIKE)
        assert await telegram.deletion() == answer.ids
        assert telegram.world.deletions.empty()
    assert await links.load("telegram") == []


async def test_the_delete_button(telegram: FakeTelegram, recorder: Recorder, live: Live) -> None:
    recorder.reply = Reply("Two", (image(), image()), BUTTONS)
    async with live():
        await telegram.post_picture(png(), caption="/who", chat=telegram.group)
        album, words = await telegram.answer(), await telegram.answer()
    recorder.reply = Reply(placement=Placement.DELETE)
    async with live():
        await telegram.press(words.message, "Delete", author=telegram.manager)
        await telegram.notice()
        assert await telegram.deletion() == album.ids | words.ids, "what was sent together goes together"
    press = recorder.seen[-1].request
    assert isinstance(press, Press)
    assert press.asker is not None
    assert press.asker.id == str(telegram.alice.id)


async def test_an_unknown_asker_stays_unknown(telegram: FakeTelegram, recorder: Recorder, live: Live) -> None:
    recorder.reply = Reply("Pink", buttons=BUTTONS)
    async with live(NoLinks()):
        await telegram.post_picture(png(), caption="/who", chat=telegram.group)
        answer = await telegram.answer()
    recorder.reply = Reply("That has expired.", placement=Placement.NOTICE)
    async with live(NoLinks()):
        await telegram.press(answer.message, "Delete")
        assert (await telegram.notice()).text == "That has expired."
    press = recorder.seen[-1].request
    assert isinstance(press, Press)
    assert press.asker is None


async def test_trouble_with_the_store_is_logged_and_nothing_else(telegram: FakeTelegram, live: Live) -> None:
    class Broken(Store):
        async def links(self, platform: str) -> Sequence[Link]:  # type: ignore[override]
            raise StoreError(f"no links of {platform}: the disk is full")

        async def keep_link(self, link: Link) -> None:
            raise StoreError(f"no link of {link.place}: the disk is full")

    with capture_logs() as logs:
        async with Broken("sqlite+aiosqlite://") as store, keeping_links(store) as broken, live(broken):
            await telegram.post_picture(png(), caption="/who", chat=telegram.group)
            answer = await telegram.answer()
            await telegram.react(answer.message, DISLIKE)
            assert await telegram.deletion() == answer.ids
            await broken.written()
    events = [entry["event"] for entry in logs]
    assert "links_not_loaded" in events
    assert "link_not_kept" in events


# --- removed ---------------------------------------------------------------------------------------------------------


async def test_removed_while_it_was_down(telegram: FakeTelegram, recorder: Recorder, live: Live) -> None:
    await telegram.change_place(telegram.group, "member", "kicked")
    async with live():
        await until(lambda: recorder.told)
    assert recorder.told == [Left(Chat("telegram", str(telegram.group.id)))]


async def test_a_webhook_leaves_the_updates_that_wait(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.change_place(telegram.group, "member", "kicked")
    settings = telegram.settings(webhook_port=free_port())
    async with running(TelegramAdapter(settings, recorder, REGISTRY)):
        await telegram.connected()
        assert telegram.world.webhook is not None
        assert "my_chat_member" in telegram.world.webhook["allowed_updates"]
        assert len(telegram.world.updates) == 1


@pytest.mark.parametrize(
    "reason",
    [
        "Forbidden: bot was kicked from the supergroup chat",
        "Forbidden: bot is not a member of the supergroup chat",
        "Forbidden: the group chat was deleted",
    ],
)
async def test_a_refusal_says_that_it_was_removed(
    telegram: FakeTelegram, recorder: Recorder, live: Live, reason: str
) -> None:
    telegram.world.closed[telegram.group.id] = reason
    recorder.accepts = False
    async with live():
        await telegram.post_picture(png(), caption="/who", chat=telegram.group)
        await until(lambda: recorder.told)
    assert recorder.told == [Left(Chat("telegram", str(telegram.group.id)))]


async def test_being_blocked_is_heard_of_too(telegram: FakeTelegram, recorder: Recorder, live: Live) -> None:
    telegram.world.closed[telegram.direct.id] = "Forbidden: bot was blocked by the user"
    recorder.accepts = False
    async with live():
        await telegram.post_picture(png())
        await until(lambda: recorder.told)
    assert recorder.told == [Left(Chat("telegram", str(telegram.direct.id), private=True))]


@pytest.mark.parametrize(
    "reason",
    [
        "Forbidden: CHAT_WRITE_FORBIDDEN",
        "Forbidden: bot can't send messages to the chat",
        "Forbidden: not enough rights to send text messages to the chat",
    ],
)
async def test_other_refusals_say_nothing_of_that(
    telegram: FakeTelegram, recorder: Recorder, live: Live, reason: str
) -> None:
    telegram.world.closed[telegram.group.id] = reason
    async with live():
        await telegram.post_picture(png(), caption="/who", chat=telegram.group)
        await telegram.post("/help")
        await telegram.answer()
    assert not recorder.told
