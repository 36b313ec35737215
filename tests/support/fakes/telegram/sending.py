"""The methods that send messages."""

import io
import json
from collections.abc import Mapping
from typing import Any

from PIL import Image

from tests.support.fakes.telegram import limits, payloads
from tests.support.fakes.telegram.payloads import Answer, Chat, Json, SentImage
from tests.support.fakes.telegram.world import Form, Refusal, Uploads, World


class Messages:
    """What all methods about messages need."""

    def __init__(self, world: World) -> None:
        self._world = world

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

    def _content(self, image: SentImage, caption: Json) -> Json:
        file = self._world.store(image.data)
        if image.kind == "document":
            return caption | {"document": payloads.document(file, image.filename, "image/png")}
        content = caption | {"photo": [payloads.photo_size(file)]}
        return content | ({"has_media_spoiler": True} if image.spoiler else {})


class Sending(Messages):
    """Each method sends, and notes what people see then."""

    async def _sendMessage(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        return self._sent(form, words(form, "text", "entities"), form["text"], ())

    async def _sendPhoto(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        self._may_send_photos(form)
        spoiler = form.get("has_spoiler") == "true"
        image = self._upload(form.get("photo", "attach://photo"), uploads, "photo", spoiler=spoiler)
        return self._sent(form, self._content(image, words(form)), form.get("caption", ""), (image,))

    async def _sendDocument(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        image = self._upload(form.get("document", "attach://document"), uploads, "document")
        return self._sent(form, self._content(image, words(form)), form.get("caption", ""), (image,))

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
            self._content(image, words(item)) | {"media_group_id": album}
            for image, item in zip(images, media, strict=True)
        ]
        messages = [self._message(form, content) for content in contents]
        self._note(form, messages, captions[0] if len(captions) == 1 else "", images)
        return messages

    def _sent(self, form: Form, content: Json, text: str, images: tuple[SentImage, ...]) -> Json:
        message = self._message(form, content | inline_keyboard(form))
        self._note(form, [message], text, images)
        return message

    def _note(self, form: Form, messages: list[Json], text: str, images: tuple[SentImage, ...]) -> None:
        forced = json.loads(form.get("reply_markup", "{}"))
        first = messages[0]
        self._world.answers.put_nowait(
            Answer(
                chat=first["chat"]["id"],
                text=text,
                images=images,
                reply_to=first.get("reply_to_message", {}).get("message_id"),
                thread=first.get("message_thread_id"),
                force_reply=forced.get("force_reply", False),
                placeholder=forced.get("input_field_placeholder", ""),
                covered=payloads.is_covered(first, text),
                messages=tuple(messages),
            )
        )

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


def words(form: Mapping[str, Any], text: str = "caption", entities: str = "caption_entities") -> Json:
    """Return the text or caption that a form brings, as a message holds it."""
    marked: object = form.get(entities, [])
    spans = json.loads(marked) if isinstance(marked, str) else marked
    return ({text: form[text]} if form.get(text) else {}) | ({entities: spans} if spans else {})


def inline_keyboard(form: Form) -> Json:
    """Return the keyboard that a form brings, as a message holds it: a forced reply leaves nothing there."""
    markup = json.loads(form.get("reply_markup", "{}"))
    return {"reply_markup": markup} if "inline_keyboard" in markup else {}


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
