"""The fake itself: an HTTP server for the bot, and what people do in their chats."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from bot.config import Telegram
from tests.fakes.telegram import limits, payloads
from tests.fakes.telegram.api import Api, Refusal, World, parameters
from tests.fakes.telegram.contract import Contract
from tests.fakes.telegram.payloads import Answer, Chat, File, Json, Person

TOKEN = ":".join(("123456789", "AAFake-token_for_the_loopback_server0"))
SECRET = "webhook-secret_of_the_fake"
PATIENCE = 20.0
BREAKS_OFF = -1
"""As the status of a file: the connection ends in the middle of it."""
_HEADERS = {"Content-Type": "application/json"}


class FakeTelegram:
    """See the package's docstring."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.token = TOKEN
        self.me = Person(4242, "whobot", "whobot_bot", language_code=None, bot=True)
        self.world = World(self.me)
        self.alice = Person(1001, "Alice", "alice")
        self.boss = Person(1002, "Boss", language_code="de")
        self.direct = self.add(Chat(self.alice.id, "private", "Alice"))
        self.group = self.add(Chat(-1000001, "supergroup", "Club", admins=(self.boss,)))
        self.forum = self.add(Chat(-1000002, "supergroup", "Forum", admins=(self.boss,), forum=True))
        self.violations: list[str] = []
        self.calls: list[str] = []
        self._contract = Contract.find()
        self._api = Api(self.world)
        self._troubles: defaultdict[str, deque[Refusal]] = defaultdict(deque)
        self._webhook_port: int | None = None

    # --- what a test prepares ----------------------------------------------------------------------------------------

    def settings(self, *, webhook_port: int | None = None, token: str = TOKEN) -> Telegram:
        """Return settings that lead a bot here, by polling or by a webhook that listens on a port."""
        self._webhook_port = webhook_port
        if webhook_port is None:
            return Telegram(token=SecretStr(token), api=self.address)
        return Telegram(
            token=SecretStr(token),
            api=self.address,
            webhook_url="https://whobot.example.org/hook/telegram",
            webhook_secret=SecretStr(SECRET),
            webhook_port=webhook_port,
        )

    def add(self, chat: Chat) -> Chat:
        """Have the bot be in a chat."""
        self.world.chats[chat.id] = chat
        return chat

    def trouble(self, method: str, *refusals: Refusal) -> None:
        """Have the next calls of a method refused."""
        self._troubles[method].extend(refusals)

    async def connected(self) -> None:
        """Wait until the bot polls, or has set its webhook."""
        async with asyncio.timeout(PATIENCE), self.world.changed:
            await self.world.changed.wait_for(lambda: self.world.polls or self.world.webhook is not None)

    # --- what people do ----------------------------------------------------------------------------------------------

    async def post(
        self,
        text: str = "",
        *,
        chat: Chat | None = None,
        author: Person | None = None,
        reply_to: Json | None = None,
        **more: Any,
    ) -> Json:
        """Post a message (to the bot in private, if nothing else is said), and return it."""
        if text:
            more |= {"text": text, "entities": payloads.entities(text)}
        message = self.write(chat=chat, author=author, reply_to=reply_to, **more)
        await self.deliver(message)
        return message

    async def post_picture(self, data: bytes, *, caption: str = "", **more: Any) -> Json:
        """Post a picture as a photo; see `picture` and `post` for more."""
        content, rest = self.picture(data, caption=caption, **more)
        return await self.post(**content, **rest)

    async def post_album(self, pictures: Sequence[bytes], *, caption: str = "", **more: Any) -> list[Json]:
        """Post an album: messages of their own with one id in common, the caption under the first."""
        album = str(self.world.number())
        captions = [caption, *[""] * (len(pictures) - 1)]
        return [
            await self.post_picture(data, caption=text, media_group_id=album, **more)
            for data, text in zip(pictures, captions, strict=True)
        ]

    def picture(
        self,
        data: bytes,
        *,
        kind: str = "photo",
        caption: str = "",
        spoiler: bool = False,
        size: int | None = None,
        status: int = 200,
        mime_type: str = "image/png",
        **rest: Any,
    ) -> tuple[Json, Json]:
        """Return the content of a message with a picture as photo, document, sticker or animated sticker."""
        file = self.world.store(data, size=size, status=status)
        content: Json = {"caption": caption, "caption_entities": payloads.entities(caption)} if caption else {}
        match kind:
            case "photo":
                content["photo"] = [*self._smaller(data), payloads.photo_size(file)]
            case "document":
                content["document"] = payloads.document(file, "picture.png", mime_type)
            case _:
                content["sticker"] = payloads.sticker(file, animated=kind == "animated sticker")
        return content | ({"has_media_spoiler": True} if spoiler else {}), rest

    def write(
        self, *, chat: Chat | None = None, author: Person | None = None, reply_to: Json | None = None, **more: Any
    ) -> Json:
        """Make a message without delivering it."""
        chat = chat or self.direct
        if reply_to is not None:
            # Telegram shows what is answered, but not what that in turn had answered.
            more["reply_to_message"] = {k: v for k, v in reply_to.items() if k != "reply_to_message"}
        message = payloads.message(chat, self.world.number(), author or self.alice, **more)
        self.world.messages[chat.id, message["message_id"]] = message
        return message

    async def deliver(self, message: Json, *, secret: str = SECRET, kind: str = "message") -> int | None:
        """Send a message to the bot, if it may see it; in webhook mode the answer's status is returned."""
        if not self._visible(message):
            return None
        update = {"update_id": self.world.number(), kind: message}
        if self._contract:
            self.violations += self._contract.value("Update", update)
        wanted = json.loads(self.world.webhook["allowed_updates"]) if self.world.webhook else [kind]
        if kind not in wanted:
            return None
        if self.world.webhook:
            return await self._call_webhook(update, secret)
        async with self.world.changed:
            self.world.updates.append(update)
            self.world.changed.notify_all()
        return None

    def delete(self, message: Json) -> None:
        """Delete a message: it cannot be replied to any more."""
        del self.world.messages[message["chat"]["id"], message["message_id"]]

    # --- what the bot does -------------------------------------------------------------------------------------------

    async def answer(self) -> Answer:
        """Wait for the bot's next answer."""
        async with asyncio.timeout(PATIENCE):
            return await self.world.answers.get()

    async def action(self) -> tuple[int, int | None]:
        """Wait until the bot shows that it is busy; return chat and topic."""
        async with asyncio.timeout(PATIENCE):
            return await self.world.actions.get()

    # --- the server --------------------------------------------------------------------------------------------------

    async def serve_call(self, request: web.Request) -> web.Response:
        """Answer a call of a method."""
        method = request.match_info["method"]
        self.calls.append(method)
        form, uploads = await _read(request)
        try:
            self._refuse(request.match_info["token"], method)
            self._check(method, form, uploads)
            result = await self._api.call(method, form, uploads)
        except Refusal as refusal:
            return web.json_response(parameters(refusal), status=refusal.status)
        if self._contract:
            self.violations += self._contract.response(method, result)
        return web.json_response({"ok": True, "result": result})

    async def serve_file(self, request: web.Request) -> web.StreamResponse:
        """Hand out a file."""
        for file in self.world.files.values():
            if file.path == request.match_info["path"] and request.match_info["token"] == self.token:
                if file.status == BREAKS_OFF:
                    return await _broken_off(request)
                return web.Response(body=file.data, status=file.status, content_type="application/octet-stream")
        return web.Response(status=404)

    def _refuse(self, token: str, method: str) -> None:
        if token != self.token:
            raise Refusal(401, "Unauthorized")
        if self._troubles[method]:
            raise self._troubles[method].popleft()

    def _check(self, method: str, form: dict[str, str], uploads: dict[str, tuple[str, bytes]]) -> None:
        found = list(limits.problems(method, form))
        if self._contract:
            found += self._contract.request(method, form, uploads)
        self.violations += found
        if found:
            raise Refusal(400, f"Bad Request: {found[0]}")

    def _smaller(self, data: bytes) -> list[Json]:
        small = payloads.thumbnail(data)
        return [payloads.photo_size(self.world.store(small))] if small else []

    def _visible(self, message: Json) -> bool:
        """Privacy mode hides from the bot what is no command, does not mention it and is no reply to it."""
        if self.world.sees_everything or message["chat"]["type"] == "private":
            return True
        text = message.get("text") or message.get("caption") or ""
        answered = message.get("reply_to_message", {}).get("from", {}).get("id")
        return text.startswith("/") or f"@{self.me.username}" in text or answered == self.me.id

    async def _call_webhook(self, update: Json, secret: str) -> int:
        address = f"http://127.0.0.1:{self._webhook_port}/hook/telegram"
        headers = _HEADERS | {"X-Telegram-Bot-Api-Secret-Token": secret}
        async with aiohttp.ClientSession() as session, asyncio.timeout(PATIENCE):
            while True:
                try:
                    async with session.post(address, data=json.dumps(update), headers=headers) as response:
                        return response.status
                except aiohttp.ClientConnectionError:
                    # The bot listens only once its webhook has been set; Telegram, too, tries again.
                    await asyncio.sleep(0.02)


async def _broken_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"only a beginning")
    assert request.transport is not None
    request.transport.close()
    return response


async def _read(request: web.Request) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    form: dict[str, str] = {}
    uploads: dict[str, tuple[str, bytes]] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            uploads[name] = (value.filename, value.file.read())
        else:
            form[name] = str(value)
    return form, uploads


@asynccontextmanager
async def fake_telegram() -> AsyncIterator[FakeTelegram]:
    """Run a Telegram; leaving it fails if the bot, or the fake, has said what Telegram's description does not allow."""
    application = web.Application(client_max_size=100_000_000)
    # A client that goes away has its long poll end, as at Telegram.
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=1, access_log=None)
    telegram: FakeTelegram

    async def call(request: web.Request) -> web.Response:
        return await telegram.serve_call(request)

    async def file(request: web.Request) -> web.StreamResponse:
        return await telegram.serve_file(request)

    application.router.add_route("*", "/bot{token}/{method}", call)
    application.router.add_get("/file/bot{token}/{path:.+}", file)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    telegram = FakeTelegram(runner.addresses[0][1])
    try:
        yield telegram
    finally:
        await runner.cleanup()
    assert not telegram.violations, "\n".join(telegram.violations)


__all__ = ["Answer", "Chat", "FakeTelegram", "File", "Person", "Refusal", "fake_telegram"]
