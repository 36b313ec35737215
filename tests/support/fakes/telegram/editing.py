"""The methods that change and delete messages."""

import json
import time

from tests.support.fakes.telegram import payloads
from tests.support.fakes.telegram.payloads import Edit, Json, SentImage
from tests.support.fakes.telegram.sending import Messages, inline_keyboard, words
from tests.support.fakes.telegram.world import Form, Refusal, Uploads

TWO_DAYS = 48 * 3600
_MEDIA = ("photo", "document")


class Editing(Messages):
    """Like Telegram each method takes the keyboard away where the call brings none."""

    async def _editMessageText(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        message = self._editable(form)
        if "text" not in message:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        return self._edited(form, message, words(form, "text", "entities"), ("text", "entities"))

    async def _editMessageCaption(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        message = self._editable(form)
        if not any(kind in message for kind in _MEDIA):
            raise Refusal(400, "Bad Request: there is no caption in the message to edit")
        return self._edited(form, message, words(form), ("caption", "caption_entities"))

    async def _editMessageMedia(self, form: Form, uploads: Uploads) -> Json:  # noqa: N802
        message = self._editable(form)
        media = json.loads(form["media"])
        image = self._upload(media["media"], uploads, media["type"], spoiler=media.get("has_spoiler", False))
        old = (*_MEDIA, "text", "entities", "caption", "caption_entities", "has_media_spoiler")
        return self._edited(form, message, self._content(image, words(media)), old, (image,))

    async def _deleteMessages(self, form: Form, uploads: Uploads) -> bool:  # noqa: N802
        chat = self._chat(form)
        ids = json.loads(form["message_ids"])
        found = [self._world.messages[chat.id, number] for number in ids if (chat.id, number) in self._world.messages]
        if any(time.time() - message["date"] > TWO_DAYS for message in found):
            raise Refusal(400, "Bad Request: message can't be deleted for everyone")
        for message in found:
            del self._world.messages[chat.id, message["message_id"]]
        self._world.deletions.put_nowait({message["message_id"] for message in found})
        return True

    def _editable(self, form: Form) -> Json:
        message = self._world.messages.get((self._chat(form).id, int(form["message_id"])))
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if message.get("from", {}).get("id") != self._world.me.id:
            raise Refusal(400, "Bad Request: message can't be edited")
        return message

    def _edited(
        self, form: Form, message: Json, content: Json, replaced: tuple[str, ...], images: tuple[SentImage, ...] = ()
    ) -> Json:
        rest = {name: value for name, value in message.items() if name not in (*replaced, "reply_markup")}
        edited = rest | content | inline_keyboard(form)
        if edited == message:
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the"
                " same as a current content and reply markup of the message",
            )
        edited["edit_date"] = int(time.time())
        self._world.messages[edited["chat"]["id"], edited["message_id"]] = edited
        text = edited.get("text") or edited.get("caption") or ""
        self._world.edits.put_nowait(Edit(text, images, payloads.is_covered(edited, text), edited))
        return edited
