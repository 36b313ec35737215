"""What whobot remembers beyond a restart."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.chat.links import Links, NoLinks
from bot.chat.model import Ask, Button, ButtonStyle, Link, Placement, Press, Reply
from bot.chat.stored_links import keeping_links
from bot.errors import StoreError
from bot.platforms.discord.adapter import DiscordAdapter
from bot.storage.store import Store
from tests.bot.platforms.discord.conftest import ANSWER, PNG, Recorder
from tests.support.fakes.discord import Answer, Channel, FakeDiscord, Person
from tests.support.fakes.discord.rest import MESSAGE
from tests.support.fakes.discord.world import READ_MESSAGE_HISTORY
from tests.support.service_harness import REGISTRY

Serve: TypeAlias = Callable[..., AbstractAsyncContextManager[None]]
WITH_DELETE = Reply("1: Kosaka Honoka", buttons=((Button("Delete", "delete:abc", ButtonStyle.DANGER),),))
FORGETFUL = Channel("forgetful", denied=READ_MESSAGE_HISTORY)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    for name in ("aiosqlite", "alembic"):
        logging.getLogger(name).setLevel(logging.INFO)
    async with Store("sqlite+aiosqlite://") as store:
        yield store


@pytest.fixture
async def links(store: Store) -> AsyncIterator[Links]:
    async with keeping_links(store) as links:
        yield links


@pytest.fixture
def serve(discord: FakeDiscord, service: Recorder, links: Links) -> Serve:
    """One life of the adapter, from its start to its stop."""
    discord.channels.append(FORGETFUL)

    @asynccontextmanager
    async def serving(kept: Links = links) -> AsyncIterator[None]:
        adapter = DiscordAdapter(SecretStr(discord.token), service, REGISTRY, links=kept)
        running = asyncio.create_task(adapter.run())
        await discord.connected()
        yield
        await adapter.stop()
        await running
        await discord.until(lambda: not discord.gateway.online.is_set())

    return serving


async def gone(discord: FakeDiscord, answer: Answer) -> None:
    await discord.until(lambda: answer.id not in {message["id"] for message in discord.messages()})


async def test_the_answer_goes_with_its_question(discord: FakeDiscord, serve: Serve, links: Links) -> None:
    async with serve():
        message = await discord.post_picture(PNG)
        answer = await discord.answer()
    async with serve():
        (link,) = await links.load("discord")
        assert (link.questions, link.replies, link.asker) == ((message["id"],), ((answer.id,),), discord.alice.id)
        assert (link.chat.home, link.place) == (discord.guild.id, discord.general.id)
        await discord.delete(message)
        await gone(discord, answer)
    assert await links.load("discord") == []


async def test_other_pictures_are_answered_anew(discord: FakeDiscord, serve: Serve, service: Recorder) -> None:
    async with serve():
        message = await discord.post_picture(PNG, mention=True)
        answer = await discord.answer()
    async with serve():
        await discord.edit(message, by_discord=True)
        await discord.edit(message, attachments=[message["attachments"][0] | {"id": "7"}])
        await gone(discord, answer)
        assert (await discord.answer()).reply_to == message["id"]
        assert [type(incoming.request) for incoming in service.asked] == [Ask, Ask]
        assert discord.unread == 0


async def test_more_answers_of_either_life_go_too(discord: FakeDiscord, serve: Serve, service: Recorder) -> None:
    service.reply = Reply("1: Kosaka Honoka", buttons=((Button("More", "more:abc"),),))
    answers = []
    async with serve():
        message = await discord.post_picture(PNG)
        answers.append(await discord.answer())
        service.reply = Reply("Other guesses")
        await discord.press(answers[0], "More")
        answers.append(await discord.answer())
    async with serve():
        await discord.press(answers[0], "More")
        answers.append(await discord.answer())
    async with serve():
        await discord.delete(message)
        for answer in answers:
            await gone(discord, answer)


async def test_only_the_asker_deletes_an_answer(discord: FakeDiscord, serve: Serve) -> None:
    async with serve():
        await discord.post_picture(PNG, channel=FORGETFUL)
        answer = await discord.answer()
    async with serve():
        await discord.react(answer, "❌", author=Person("nico"))
        await discord.react(answer, "❌")
        await gone(discord, answer)
        assert not any((call.method, call.route) == ("GET", MESSAGE) for call in discord.rest.calls)


async def test_a_press_names_the_asker(discord: FakeDiscord, serve: Serve, service: Recorder) -> None:
    service.reply = WITH_DELETE
    async with serve():
        await discord.post_picture(PNG, channel=FORGETFUL)
        posted = await discord.answer()
        await discord.slash_who(PNG)
        asked = await discord.answer()
    service.reply = Reply(placement=Placement.DELETE)
    async with serve():
        for answer in (posted, asked):
            await discord.press(answer, "Delete", author=discord.manager)
            await gone(discord, answer)
    presses = [incoming.request for incoming in service.asked[2:]]
    askers = [press.asker.id if isinstance(press, Press) and press.asker else None for press in presses]
    assert askers == [discord.alice.id] * 2


async def test_an_unknown_asker_stays_unknown(discord: FakeDiscord, serve: Serve, service: Recorder) -> None:
    service.reply = WITH_DELETE
    async with serve(NoLinks()):
        await discord.post_picture(PNG, channel=FORGETFUL)
        answer = await discord.answer()
    service.reply = Reply("That has expired.", placement=Placement.NOTICE)
    async with serve(NoLinks()):
        await discord.press(answer, "Delete")
        await discord.answer()
    press = service.asked[1].request
    assert isinstance(press, Press)
    assert press.asker is None


class Slow(NoLinks):
    """Takes its time to load."""

    def __init__(self, links: Links) -> None:
        self.links = links
        self.asked = asyncio.Event()
        self.may_load = asyncio.Event()

    async def load(self, platform: str) -> Sequence[Link]:
        self.asked.set()
        await self.may_load.wait()
        return await self.links.load(platform)


async def test_loading_blocks_nothing(discord: FakeDiscord, serve: Serve, links: Links) -> None:
    slow = Slow(links)
    async with serve():
        message = await discord.post_picture(PNG)
        answer = await discord.answer()
    async with serve(slow):
        await slow.asked.wait()
        await discord.delete(message)
        await discord.post_picture(PNG)
        assert (await discord.answer()).content == ANSWER.text
        assert answer.id in {one["id"] for one in discord.messages()}
        slow.may_load.set()
        await gone(discord, answer)


async def test_stopping_does_not_wait_for_it(discord: FakeDiscord, serve: Serve, links: Links) -> None:
    slow = Slow(links)
    async with serve(slow):
        await slow.asked.wait()
        await discord.delete(await discord.post_picture(PNG))


class Broken(Store):
    """A database that cannot be used."""

    async def links(self, platform: str) -> list[Link]:
        raise StoreError(f"no links of {platform}: the disk is full")

    async def keep_link(self, link: Link) -> None:
        raise StoreError(f"no link of {link.place}: the disk is full")


async def test_trouble_with_the_store_is_logged_and_nothing_else(discord: FakeDiscord, serve: Serve) -> None:
    async with Broken("sqlite+aiosqlite://") as store, keeping_links(store) as broken:
        with capture_logs() as logs:
            async with serve(broken):
                message = await discord.post_picture(PNG)
                answer = await discord.answer()
                await discord.delete(message)
                await gone(discord, answer)
            await broken.written()
    events = [entry["event"] for entry in logs]
    assert "links_not_loaded" in events
    assert "link_not_kept" in events
