"""The methods of the Bot API, as far as whobot calls them: what each checks, changes and answers."""

import asyncio
import io
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from tests.fakes.telegram import limits, payloads
from tests.fakes.telegram.payloads import Answer, Chat, File, Json, Person, SentImage

Form = Mapping[str, str]
Uploads = Mapping[str, tuple[str, bytes]]


class Refusal(Exception):
    """An answer that is not ok: a status, a sentence, and sometimes parameters."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


@dataclass
class World:
    """All that Telegram knows."""

    me: Person
    chats: dict[int, Chat] = field(default_factory=dict)
    messages: dict[tuple[int, int], Json] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    closed: dict[int, str] = field(default_factory=dict)
    """Chats that the bot cannot send to, and what Telegram says then."""
    no_photos: set[int] = field(default_factory=set)
    updates: deque[Json] = field(default_factory=deque)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    webhook: Form | None = None
    polls: int = 0
    answers: asyncio.Queue[Answer] = field(default_factory=asyncio.Queue)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    actions: asyncio.Queue[tuple[int, int | None]] = field(default_factory=asyncio.Queue)
    sees_everything: bool = True
    last_number: int = 0

    def number(self) -> int:
        """Return a new id."""
        self.last_number += 1
        return self.last_number

    def store(self, data: bytes, *, size: int | None = None, status: int = 200) -> File:
        """Keep a file."""
        number = self.number()
        # Telegram's paths are tame, but a careless client would trip over one that is not.
        file = File(f"file{number}", data, f"photos/file {number}.bin", len(data) if size is None else size, status)
        self.files[file.id] = file
        return file


class Api:
    """One method of the Bot API is one method here."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def call(self, method: str, form: Form, uploads: Uploads) -> object:
        """Carry out a call and return its result; raises `Refusal`."""
        return await getattr(self, f"_{method}")(form, uploads)

    async def _getMe(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        return self._world.me.payload() | {
            "can_join_groups": True,
            "can_read_all_group_messages": self._world.sees_everything,
            "supports_inline_queries": False,
        }

    async def _getUpdates(self, form: Form, uploads: Uploads) -> list[Json]:  # noqa: N802
        world = self._world
        if world.webhook is not None:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        world.polls = mine = world.polls + 1
        updates, changed = world.updates, world.changed
        async with changed:
            changed.notify_all()
            while updates and updates[0]["update_id"] < int(form.get("offset", 0)):
                updates.popleft()
            try:
                async with asyncio.timeout(int(form.get("timeout", 0))):
                    await changed.wait_for(lambda: updates or world.polls != mine)
            except TimeoutError:
                return []
            if world.polls != mine:
                raise Refusal(409, "Conflict: terminated by other getUpdates request")
            return list(updates)[: int(form.get("limit", 100))]

    async def _setWebhook(self, form: Form, uploads: Uploads) -> bool:  # noqa: N802
        async with self._world.changed:
            self._world.webhook = form
            self._world.changed.notify_all()
        return True

    async def _deleteWebhook(self, form: Form, uploads: Uploads) -> bool:  # noqa: N802
        self._world.webhook = None
        return True

    async def _setMyCommands(self, form: Form, uploads: Uploads) -> bool:  # noqa: N802
        scope = json.loads(form.get("scope", '{"type": "default"}'))["type"]
        self._world.commands[scope] = json.loads(form["commands"])
        return True

    async def _getChatMember(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        chat = self._chat(form)
        asked = int(form["user_id"])
        for person in chat.admins:
            if person.id == asked:
                return payloads.member(person, admin=True)
        return payloads.member(Person(asked, "Somebody"), admin=False)

    async def _getFile(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        file = self._world.files.get(form["file_id"])
        if file is None:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if file.size > 20_000_000:
            raise Refusal(400, "Bad Request: file is too big")
        facts = {"file_id": file.id, "file_unique_id": f"unique{file.id}"}
        return facts | {"file_size": file.size, "file_path": file.path}

    async def _sendChatAction(self, form: Form, uploads: Uploads) -> bool:  # noqa: N802
        chat = self._chat(form)
        self._world.actions.put_nowait((chat.id, json.loads(form.get("message_thread_id", "null"))))
        return True

    async def _sendMessage(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        forced = json.loads(form.get("reply_markup", "{}")).get("force_reply", False)
        return self._sent(form, {"text": form["text"]}, form["text"], (), force_reply=forced)

    async def _sendPhoto(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        self._may_send_photos(form)
        spoiler = form.get("has_spoiler") == "true"
        image = self._upload(form.get("photo", "attach://photo"), uploads, "photo", spoiler=spoiler)
        return self._sent(form, self._content(image, form.get("caption")), form.get("caption", ""), (image,))

    async def _sendDocument(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        image = self._upload(form.get("document", "attach://document"), uploads, "document")
        return self._sent(form, self._content(image, form.get("caption")), form.get("caption", ""), (image,))

    async def _sendMediaGroup(self, form: Form, uploads: Uploads) -> list[Json]:  # noqa: N802
        self._may_send_photos(form)
        album = str(self._world.number())
        media = json.loads(form["media"])
        images = tuple(
            self._upload(item["media"], uploads, item["type"], spoiler=item.get("has_spoiler", False)) for item in media
        )
        # Several captions are not shown under the album: there is but one where there should be one.
        captions = [item["caption"] for item in media if item.get("caption")]
        contents = [
            self._content(image, item.get("caption")) | {"media_group_id": album}
            for image, item in zip(images, media, strict=True)
        ]
        first = self._sent(form, contents[0], captions[0] if len(captions) == 1 else "", images)
        return [first, *(self._message(form, content) for content in contents[1:])]

    def _chat(self, form: Form) -> Chat:
        chat = self._world.chats.get(int(form["chat_id"]))
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        if chat.id in self._world.closed:
            raise Refusal(403, self._world.closed[chat.id])
        return chat

    def _may_send_photos(self, form: Form) -> None:
        if self._chat(form).id in self._world.no_photos:
            raise Refusal(400, "Bad Request: not enough rights to send photos to the chat")

    def _upload(self, where: str, uploads: Uploads, kind: str, *, spoiler: bool = False) -> SentImage:
        filename, data = uploads[where.removeprefix("attach://")]
        if len(data) > limits.FILE_BYTES:
            raise Refusal(413, "Request Entity Too Large")
        if kind == "photo":
            _check_photo(data)
        return SentImage(data, filename, kind, spoiler)

    def _content(self, image: SentImage, caption: str | None) -> Json:
        file = self._world.store(image.data)
        content: Json = {"caption": caption} if caption else {}
        if image.kind == "document":
            return content | {"document": payloads.document(file, image.filename, "image/png")}
        content["photo"] = [payloads.photo_size(file)]
        return content | ({"has_media_spoiler": True} if image.spoiler else {})

    def _sent(
        self, form: Form, content: Json, text: str, images: tuple[SentImage, ...], *, force_reply: bool = False
    ) -> Json:
        message = self._message(form, content)
        self._world.answers.put_nowait(
            Answer(
                chat=message["chat"]["id"],
                text=text,
                images=images,
                reply_to=message.get("reply_to_message", {}).get("message_id"),
                thread=message.get("message_thread_id"),
                force_reply=force_reply,
                covered=_is_covered(form, text),
                message=message,
            )
        )
        return message

    def _message(self, form: Form, content: Json) -> Json:
        chat = self._chat(form)
        more = dict(content)
        if "message_thread_id" in form:
            if not chat.forum:
                raise Refusal(400, "Bad Request: message thread not found")
            more |= {"message_thread_id": int(form["message_thread_id"]), "is_topic_message": True}
        if "reply_parameters" in form:
            reply = json.loads(form["reply_parameters"])
            answered = self._world.messages.get((chat.id, reply["message_id"]))
            if answered is not None:
                more["reply_to_message"] = {k: v for k, v in answered.items() if k != "reply_to_message"}
            elif not reply.get("allow_sending_without_reply"):
                raise Refusal(400, "Bad Request: message to be replied not found")
        message = payloads.message(chat, self._world.number(), self._world.me, **more)
        self._world.messages[chat.id, message["message_id"]] = message
        return message


def _is_covered(form: Form, text: str) -> bool:
    marked = [form, *json.loads(form.get("media", "[]"))]
    entities = [item.get("entities") or item.get("caption_entities") or [] for item in marked]
    spans = [span for found in entities for span in (json.loads(found) if isinstance(found, str) else found)]
    return any((s["type"], s["offset"], s["length"]) == ("spoiler", 0, limits.units(text)) for s in spans)


def _check_photo(data: bytes) -> None:
    if len(data) > limits.PHOTO_BYTES:
        raise Refusal(413, "Request Entity Too Large")
    try:
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
    except OSError:
        raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED") from None
    if width + height > limits.PHOTO_SIDES or max(width, height) > limits.PHOTO_RATIO * min(width, height):
        raise Refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")


def parameters(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as Telegram sends it."""
    body = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    return body | ({"parameters": refusal.parameters} if refusal.parameters else {})
