"""What people do in their chats, and what they see the bot do."""

import asyncio
import time
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from tests.support.fakes.telegram import payloads
from tests.support.fakes.telegram.contract import Contract
from tests.support.fakes.telegram.payloads import Answer, Chat, Edit, Json, Notice, Person
from tests.support.fakes.telegram.world import World

KINDS = ("photo", "document", "sticker", "animated sticker", "video sticker", "animation", "video", "video note")
"""What a picture can be posted as."""
TIMEOUT = 20.0
SECRET = "webhook-secret_of_the_fake"


class People:
    """Alice and the boss, in a private chat, a group and a forum."""

    def __init__(self) -> None:
        self.me = Person(4242, "whobot", "whobot_bot", language_code=None, bot=True)
        self.world = World(self.me)
        self.alice = Person(1001, "Alice", "alice")
        self.manager = Person(1002, "Boss", language_code="de")
        self.direct = self.add(Chat(self.alice.id, "private", "Alice"))
        self.group = self.add(Chat(-1000001, "supergroup", "Club", admins=(self.manager,)))
        self.forum = self.add(Chat(-1000002, "supergroup", "Forum", admins=(self.manager,), forum=True))
        self._contract = Contract.find()

    def add(self, chat: Chat) -> Chat:
        """Have the bot be in a chat."""
        self.world.chats[chat.id] = chat
        return chat

    @abstractmethod
    async def announce(self, kind: str, what: Json, *, secret: str = SECRET) -> int | None:
        """Send an update to the bot."""

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
        """Return the content of a message with a picture, of a kind named in the package's docstring."""
        file = self.world.store(data, size=size, status=status)
        content: Json = {"caption": caption, "caption_entities": payloads.entities(caption)} if caption else {}
        match kind:
            case "photo":
                content["photo"] = [*self._smaller(data), payloads.photo_size(file)]
            case "document":
                content["document"] = payloads.document(file, "picture.png", mime_type)
            case "video":
                content["video"] = payloads.clip(file, mime_type="video/mp4")
            case "animation":
                content["animation"] = payloads.clip(file, file_name="moves.mp4", mime_type="video/mp4")
                content["document"] = payloads.document(file, "moves.mp4", "video/mp4")
            case "video note":
                content["video_note"] = payloads.video_note(file)
            case _:
                kinds = {"animated": kind == "animated sticker", "video": kind == "video sticker"}
                content["sticker"] = payloads.sticker(file, **kinds)
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
        """Send a message to the bot, if it may see it."""
        return await self.announce(kind, message, secret=secret) if self._visible(message) else None

    async def edit_message(self, message: Json, **changes: Any) -> Json:
        """Edit a message; `changes` are fields of the Bot API's Message."""
        if "caption" in changes:
            changes["caption_entities"] = payloads.entities(changes["caption"])
        edited = message | changes | {"edit_date": int(time.time())}
        self.world.messages[edited["chat"]["id"], edited["message_id"]] = edited
        await self.deliver(edited, kind="edited_message")
        return edited

    async def press(self, message: Json, label: str, *, author: Person | None = None, long_ago: bool = False) -> str:
        """Press a button; return the press's id. `long_ago`: Telegram does not tell what the message was any more."""
        data = _data_of(message, label)
        if long_ago:
            message = {"chat": message["chat"], "message_id": message["message_id"], "date": 0}
        query = f"query{self.world.number()}"
        self.world.queries.add(query)
        who = (author or self.alice).payload()
        await self.announce(
            "callback_query", {"id": query, "from": who, "message": message, "chat_instance": "1", "data": data}
        )
        return query

    async def react(self, message: Json, emoji: str, *, author: Person | None = None) -> None:
        """React to a message."""
        who = {"chat": message["chat"], "message_id": message["message_id"], "user": (author or self.alice).payload()}
        reactions = {"old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": emoji}]}
        await self.announce("message_reaction", who | reactions | {"date": int(time.time())})

    async def change_place(self, chat: Chat, old: str, new: str, *, author: Person | None = None) -> None:
        """Make the bot another kind of member of a chat: "member", "administrator", "left", "kicked"."""
        change = {"chat": chat.payload(), "from": (author or self.manager).payload(), "date": int(time.time())}
        members = {
            "old_chat_member": payloads.member(self.me, old),
            "new_chat_member": payloads.member(self.me, new),
        }
        await self.announce("my_chat_member", change | members)

    def delete(self, message: Json) -> None:
        """Delete a message: it cannot be replied to any more."""
        del self.world.messages[message["chat"]["id"], message["message_id"]]

    def make_old(self, message: Json) -> None:
        """Let three days pass over a message of the bot."""
        stored = self.world.messages[message["chat"]["id"], message["message_id"]]
        stored["date"] -= 3 * 86_400

    # --- what people see of the bot ------------------------------------------------------------------------------

    async def answer(self) -> Answer:
        """Wait for the bot's next answer."""
        async with asyncio.timeout(TIMEOUT):
            return await self.world.answers.get()

    async def action(self) -> tuple[int, int | None]:
        """Wait until the bot shows that it is busy; return chat and topic."""
        async with asyncio.timeout(TIMEOUT):
            return await self.world.actions.get()

    async def edit(self) -> Edit:
        """Wait until the bot has edited a message."""
        async with asyncio.timeout(TIMEOUT):
            return await self.world.edits.get()

    async def notice(self) -> Notice:
        """Wait until the bot has answered a press."""
        async with asyncio.timeout(TIMEOUT):
            return await self.world.notices.get()

    async def deletion(self) -> set[int]:
        """Wait until the bot has deleted messages; return their ids."""
        async with asyncio.timeout(TIMEOUT):
            return await self.world.deletions.get()

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


def _data_of(message: Json, label: str) -> str:
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        for button in row:
            if button["text"] == label:
                return str(button["callback_data"])
    raise AssertionError(f"no button {label!r} among {payloads.keyboard(message)}")
