"""A Discord with one server, one bot and a few people, on a loopback port."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from unittest import mock

from aiohttp.test_utils import TestServer
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.platforms.discord.adapter import DiscordAdapter
from tests.support.fakes.discord import payloads, posts, rest
from tests.support.fakes.discord.api import TIMEOUT, Answer
from tests.support.fakes.discord.contract import Contract
from tests.support.fakes.discord.payloads import Payload
from tests.support.fakes.discord.people import People
from tests.support.fakes.discord.world import Channel, Person, Sticker, Upload


class FakeDiscord(People):
    """See the package's docstring for how to use it."""

    # --- what people do ----------------------------------------------------------------------------------------------

    async def post(
        self,
        content: str = "",
        *uploads: Upload,
        author: Person | None = None,
        channel: Channel | None = None,
        reply_to: Payload | None = None,
        forwards: Payload | None = None,
        stickers: Sequence[Sticker] = (),
        embeds: Sequence[Payload] = (),
        mention: bool = False,
        mentioned: bool = False,
        webhook: bool = False,
        age: float = 0.0,
    ) -> Payload:
        """Post a message, and return it. Discord may call the bot `mentioned` without a typed `mention`.

        `age`: how many seconds ago it was posted.
        """
        where = channel or self.general
        self._media |= {sticker.id: sticker for sticker in stickers}
        if mention:
            content = f"<@{self.bot.id}> {content}"
        message = posts.message(
            author or self.alice,
            where.id,
            content=content,
            attachments=[self._attach(upload) for upload in uploads],
            mentions=[self.bot] if mention or mentioned else [],
            reply_to=reply_to,
            forwards=forwards,
            stickers=stickers,
            embeds=embeds,
            webhook=webhook,
            age=age,
        )
        self._messages[message["id"]] = message
        self._people[message["id"]] = author or self.alice
        await self.gateway.dispatch("MESSAGE_CREATE", self._event(message, author or self.alice, where))
        return message

    async def post_picture(self, data: bytes, filename: str = "picture.png", **how: Any) -> Payload:
        """Post one picture; `how` as in `post`."""
        return await self.post(how.pop("content", ""), Upload(data, filename), **how)

    async def edit(self, message: Payload, *, by_discord: bool = False, **changes: Any) -> None:
        """Change a message; `by_discord` where it is Discord that adds previews of links."""
        message.update(changes)
        if not by_discord:
            message["edited_timestamp"] = payloads.now()
        where = next(one for one in (*self.channels, self.direct) if one.id == message["channel_id"])
        await self.gateway.dispatch("MESSAGE_UPDATE", self._event(message, self._people[message["id"]], where))

    def attach(self, upload: Upload) -> Payload:
        """Upload a file for a message that is edited."""
        return self._attach(upload)

    def preview(self, link: str, picture: bytes, **how: Any) -> Payload:
        """Make Discord's preview of a link to a picture, which it has copied."""
        return posts.embed(link, self._attach(Upload(picture, "copy.png"))["proxy_url"], **how)

    async def react(self, answer: Answer, emoji: str, *, author: Person | None = None) -> None:
        """Put a sign to a message of the bot."""
        data: Payload = {
            "user_id": (author or self.alice).id,
            "channel_id": answer.channel,
            "message_id": answer.id,
            "message_author_id": self.bot.id,
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        if answer.channel != self.direct.id:
            person = payloads.member(author or self.alice, self.guild)
            data |= {"guild_id": self.guild.id, "member": person}
        await self.gateway.dispatch("MESSAGE_REACTION_ADD", data)

    async def remove_bot(self, *, outage: bool = False) -> None:
        """Throw the bot out of the server; an `outage` resembles that."""
        data = {"id": self.guild.id}
        await self.gateway.dispatch("GUILD_DELETE", data | ({"unavailable": True} if outage else {}))

    async def invite_bot(self) -> None:
        """Let the bot into the server again."""
        await self.gateway.dispatch("GUILD_CREATE", payloads.guild_create(self.guild, self.channels, self.bot))

    async def delete_channel(self, channel: Channel) -> None:
        """Delete a channel of the server."""
        self.channels.remove(channel)
        await self.gateway.dispatch("CHANNEL_DELETE", payloads.channel(channel, self.guild, self.bot))

    # --- what one may wait for ---------------------------------------------------------------------------------------

    async def connected(self) -> None:
        """Wait until the bot receives events."""
        async with asyncio.timeout(TIMEOUT):
            await self.gateway.online.wait()

    async def answer(self) -> Answer:
        """Wait for the next thing that the bot posts."""
        async with asyncio.timeout(TIMEOUT):
            return await self._answers.get()

    def messages(self) -> list[Payload]:
        """Return all messages, oldest first."""
        return list(self._messages.values())

    def message(self, answer: Answer) -> Payload:
        """Return the message that holds an answer, as it is now."""
        return self._messages[answer.id]

    @property
    def unread(self) -> int:
        """How many answers no test has waited for."""
        return self._answers.qsize()


@contextmanager
def led_to(url: URL) -> Iterator[None]:
    """Have discord.py and whobot's adapter in this process speak to the fake at an address and to nothing else."""
    base, gateway = str(url).rstrip("/"), URL(f"ws://{url.host}:{url.port}/gateway/")
    with (
        mock.patch.object(Route, "BASE", base + rest.API),
        mock.patch.object(Asset, "BASE", base),
        mock.patch.object(DiscordWebSocket, "DEFAULT_GATEWAY", gateway),
        mock.patch.object(DiscordAdapter, "media_hosts", DiscordAdapter.media_hosts | {str(url.host)}),
    ):
        yield


@asynccontextmanager
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    """Run a fake Discord, and have discord.py and whobot's adapter speak to it and to nothing else.

    Raises:
        AssertionError: at the end, for every request of ours and every answer or event of the fake that Discord's own
            descriptions do not allow.
    """
    fake = FakeDiscord(Contract.find())
    async with TestServer(fake.app()) as server:
        fake.url = server.make_url("/")
        with led_to(fake.url):
            yield fake
        await fake.gateway.close()
    assert not fake.problems, "not as Discord describes it:\n" + "\n".join(fake.problems)
