"""People, chats and files of the fake, and how Telegram describes them."""

import io
import time
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from tests.support.fakes.telegram.limits import units

Json = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """A user; `bot` for other bots."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = "en"
    bot: bool = False

    def payload(self) -> Json:
        """Return Telegram's User."""
        facts = {"id": self.id, "is_bot": self.bot, "first_name": self.first_name}
        return facts | _given(username=self.username, language_code=self.language_code)


@dataclass(frozen=True)
class Chat:
    """A private chat with a person, or a group. `forum` is a group with topics."""

    id: int
    type: str
    title: str
    admins: tuple[Person, ...] = ()
    forum: bool = False

    def payload(self) -> Json:
        """Return Telegram's Chat."""
        name = "first_name" if self.type == "private" else "title"
        return {"id": self.id, "type": self.type, name: self.title} | _given(is_forum=self.forum or None)


@dataclass
class File:
    """A file on the fake's server. `status` is what fetching it answers, `size` what Telegram says of it."""

    id: str
    data: bytes
    path: str
    size: int
    status: int = 200


@dataclass(frozen=True)
class SentImage:
    """An image that the bot has sent."""

    data: bytes
    filename: str
    kind: str
    spoiler: bool


@dataclass(frozen=True)
class Answer:
    """What the bot has sent in one call: `text` is the message's, or the caption's."""

    chat: int
    text: str
    images: tuple[SentImage, ...] = ()
    reply_to: int | None = None
    thread: int | None = None
    force_reply: bool = False
    placeholder: str = ""
    """Stands in the field of a forced reply."""
    covered: bool = False
    """Whether all of the text is hidden as a spoiler."""
    messages: tuple[Json, ...] = field(default=(), repr=False)
    """More than one for an album."""

    @property
    def message(self) -> Json:
        """The message, or an album's first."""
        return self.messages[0]

    @property
    def ids(self) -> set[int]:
        """The numbers of the messages."""
        return {message["message_id"] for message in self.messages}

    @property
    def keyboard(self) -> list[list[str]]:
        """The labels of the buttons, by row."""
        return keyboard(self.message)


@dataclass(frozen=True)
class Edit:
    """What the bot has made of one of its messages."""

    text: str
    images: tuple[SentImage, ...]
    covered: bool
    message: Json = field(repr=False)

    @property
    def keyboard(self) -> list[list[str]]:
        """The labels of the buttons, by row."""
        return keyboard(self.message)


@dataclass(frozen=True)
class Notice:
    """How the bot has answered a press: with nothing, with a text, or with one that must be closed (`alert`)."""

    query: str
    text: str
    alert: bool


def keyboard(message: Json) -> list[list[str]]:
    """Return the labels of a message's buttons."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [[button["text"] for button in row] for row in rows]


def is_covered(message: Json, text: str) -> bool:
    """Whether all of a message's text is marked as a spoiler."""
    spans = message.get("entities") or message.get("caption_entities") or []
    return any((s["type"], s["offset"], s["length"]) == ("spoiler", 0, units(text)) for s in spans)


def message(chat: Chat, number: int, author: Person | None, **more: Any) -> Json:
    """Return Telegram's Message without its content."""
    facts = {"message_id": number, "date": int(time.time()), "chat": chat.payload()}
    return facts | _given(**{"from": author.payload() if author else None}, **more)


def entities(text: str) -> list[Json]:
    """Return the commands and mentions in a text, as Telegram marks them."""
    found = []
    offset = 0
    for word in text.split(" "):
        kind = {"/": "bot_command", "@": "mention"}.get(word[:1])
        if kind and len(word) > 1:
            found.append({"type": kind, "offset": offset, "length": len(word.encode("utf-16-le")) // 2})
        offset += len(word.encode("utf-16-le")) // 2 + 1
    return found


def photo_size(file: File) -> Json:
    """Return Telegram's PhotoSize, which is also the beginning of a Sticker."""
    try:
        with Image.open(io.BytesIO(file.data)) as image:
            width, height = image.size
    except OSError:
        width = height = 1
    return {
        "file_id": file.id,
        "file_unique_id": f"unique{file.id}",
        "width": width,
        "height": height,
        "file_size": file.size,
    }


def document(file: File, name: str, mime_type: str) -> Json:
    """Return Telegram's Document."""
    facts = {"file_id": file.id, "file_unique_id": f"unique{file.id}"}
    return facts | {"file_name": name, "mime_type": mime_type, "file_size": file.size}


def sticker(file: File, *, animated: bool = False, video: bool = False) -> Json:
    """Return Telegram's Sticker."""
    return photo_size(file) | {"type": "regular", "is_animated": animated, "is_video": video, "emoji": "🙂"}


def clip(file: File, **more: Any) -> Json:
    """Return Telegram's Video or Animation."""
    return photo_size(file) | {"duration": 2} | more


def video_note(file: File) -> Json:
    """Return Telegram's VideoNote."""
    facts = {"file_id": file.id, "file_unique_id": f"unique{file.id}"}
    return facts | {"length": 240, "duration": 2, "file_size": file.size}


def thumbnail(data: bytes, side: int = 90) -> bytes | None:
    """Return a smaller version, as Telegram makes one of each photo."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            small = image.convert("RGBA").convert("RGB")
    except OSError:
        return None
    small.thumbnail((side, side))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG")
    return buffer.getvalue()


def member(person: Person, status: str) -> Json:
    """Return Telegram's ChatMember."""
    facts = {"status": status, "user": person.payload()}
    if status == "kicked":
        return facts | {"until_date": 0}
    if status != "administrator":
        return facts
    rights = (
        "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
        "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"
    )
    return facts | dict.fromkeys(rights.split(), False)


def _given(**facts: Any) -> Json:
    return {name: value for name, value in facts.items() if value is not None}
