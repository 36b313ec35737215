"""A Discord with one server, one bot and a few people, on a loopback port."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any
from unittest import mock

from aiohttp.test_utils import TestServer
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.adapters.discord import DiscordAdapter
from tests.fakes.discord import payloads, rest
from tests.fakes.discord.api import Answer, Api, Command
from tests.fakes.discord.contract import Contract
from tests.fakes.discord.payloads import Channel, Payload, Person, Upload

PATIENCE = 30.0
"""Seconds after which a test that waits for something gives up: a safety net, not a measurement."""
ATTACHMENT, STRING = 11, 3


class FakeDiscord(Api):
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
        mention: bool = False,
        mentioned: bool = False,
        webhook: bool = False,
    ) -> Payload:
        """Post a message, and return it. Discord may call the bot `mentioned` where nobody typed a `mention`."""
        where = channel or self.general
        if mention:
            content = f"<@{self.bot.id}> {content}"
        message = payloads.message(
            author or self.alice,
            where.id,
            content=content,
            attachments=[self._attach(upload) for upload in uploads],
            mentions=[self.bot] if mention or mentioned else [],
            reply_to=reply_to,
            forwards=forwards,
            webhook=webhook,
        )
        self._messages[message["id"]] = message
        await self.gateway.dispatch("MESSAGE_CREATE", self._event(message, author or self.alice, where))
        return message

    async def post_picture(self, data: bytes, filename: str = "picture.png", **how: Any) -> Payload:
        """Post one picture; `how` as in `post`."""
        return await self.post(how.pop("content", ""), Upload(data, filename), **how)

    async def delete(self, message: Payload, *, told: bool = True) -> None:
        """Delete a message; without `told` the bot does not hear of it in time."""
        del self._messages[message["id"]]
        if told:
            data = {"id": message["id"], "channel_id": message["channel_id"], "guild_id": self.guild.id}
            await self.gateway.dispatch("MESSAGE_DELETE", data)

    async def slash(
        self,
        name: str,
        options: Mapping[str, Upload | str] = MappingProxyType({}),
        *,
        author: Person | None = None,
        channel: Channel | None = None,
    ) -> str:
        """Give a slash command as it is registered, and return the interaction's id."""
        command = self._registered(1, name)
        known = {option["name"]: option for option in command.get("options", ())}
        data: Payload = {"id": command["id"], "name": name, "type": 1, "options": []}
        attachments = {}
        for key, value in options.items():
            kind = known[key]["type"]
            if isinstance(value, Upload):
                assert kind == ATTACHMENT
                attachment = self._attach(value)
                attachments[attachment["id"]] = attachment
                data["options"].append({"name": key, "type": kind, "value": attachment["id"]})
            else:
                assert kind == STRING
                assert value in [choice["value"] for choice in known[key]["choices"]]
                data["options"].append({"name": key, "type": kind, "value": value})
        missing = [key for key, option in known.items() if option.get("required") and key not in options]
        assert not missing, f"/{name} cannot be sent without {missing}"
        if attachments:
            data["resolved"] = {"attachments": attachments}
        return await self._give(data, author, channel)

    async def slash_who(self, *pictures: bytes | Upload, **how: Any) -> str:
        """Give /who with one to five pictures; `how` as in `slash`."""
        names = ["picture", "picture2", "picture3", "picture4", "picture5"]
        uploads = [one if isinstance(one, Upload) else Upload(one) for one in pictures]
        return await self.slash("who", dict(zip(names, uploads, strict=False)), **how)

    async def menu(
        self, name: str, message: Payload, *, author: Person | None = None, channel: Channel | None = None
    ) -> str:
        """Choose a command of the context menu of a message."""
        command = self._registered(3, name)
        data = {"id": command["id"], "name": name, "type": 3, "target_id": message["id"]}
        return await self._give({**data, "resolved": {"messages": {message["id"]: message}}}, author, channel)

    # --- what one may wait for ---------------------------------------------------------------------------------------

    async def connected(self) -> None:
        """Wait until the bot receives events."""
        async with asyncio.timeout(PATIENCE):
            await self.gateway.online.wait()

    async def answer(self) -> Answer:
        """Wait for the next thing that the bot posts."""
        async with asyncio.timeout(PATIENCE):
            return await self._answers.get()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something has become true that nothing else tells of."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - conditions of any kind, also within discord.py
                await asyncio.sleep(0.001)

    def messages(self) -> list[Payload]:
        """Return all messages, oldest first."""
        return list(self._messages.values())

    @property
    def unread(self) -> int:
        """How many answers nobody has waited for."""
        return self._answers.qsize()

    async def _give(self, data: Payload, author: Person | None, channel: Channel | None) -> str:
        payload = payloads.interaction(data, author or self.alice, channel or self.general, self.guild, self.bot)
        self.given[payload["id"]] = Command(payload)
        await self.gateway.dispatch("INTERACTION_CREATE", payload)
        return str(payload["id"])

    def _registered(self, kind: int, name: str) -> Payload:
        return next(one for one in self.commands if (one["type"], one["name"]) == (kind, name))


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
        with (
            mock.patch.object(Route, "BASE", str(fake.url).rstrip("/") + rest.API),
            mock.patch.object(DiscordWebSocket, "DEFAULT_GATEWAY", URL(f"ws://{server.host}:{server.port}/gateway/")),
            mock.patch.object(DiscordAdapter, "media_hosts", DiscordAdapter.media_hosts | {str(server.host)}),
        ):
            yield fake
        await fake.gateway.close()
    assert not fake.problems, "not as Discord describes it:\n" + "\n".join(fake.problems)
