"""What is written down of updates, and the updates again: ids and what was asked, nothing that others have said."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from telegram import Bot, Message, Update

from bot.chat.model import Chat, Letter
from bot.platforms.telegram.media import carries_picture
from bot.platforms.telegram.platform import NAME
from bot.platforms.telegram.translate import Reader, author_of

_KEPT = frozenset(
    {
        "animation",
        "caption",
        "caption_entities",
        "chat",
        "date",
        "document",
        "duration",
        "edit_date",
        "edited_message",
        "entities",
        "file_id",
        "file_name",
        "file_size",
        "file_unique_id",
        "first_name",
        "forward_origin",
        "from",
        "has_media_spoiler",
        "height",
        "id",
        "is_animated",
        "is_bot",
        "is_topic_message",
        "is_video",
        "language_code",
        "last_name",
        "length",
        "media_group_id",
        "message",
        "message_id",
        "message_thread_id",
        "mime_type",
        "offset",
        "photo",
        "reply_to_message",
        "sender_chat",
        "sender_user",
        "sticker",
        "text",
        "title",
        "type",
        "update_id",
        "user",
        "video",
        "video_note",
        "width",
    }
)
"""The fields of the Bot API that an answer depends on, wherever they stand."""
_WORDS = ("text", "entities", "caption", "caption_entities")
_SOMETHING = "-"
"""In the place of words that ask for nothing: what they were is nobody's business."""


def letter(update: Update, reader: Reader) -> Letter | None:
    """Return what is to be written down of an update; None where it can be handled twice or not at all.

    A press is noted without content: it is not carried out after a crash, when nobody waits for it any more.
    """
    message = update.message or update.edited_message
    chat = update.effective_chat
    if chat is None or (message is None and update.callback_query is None):
        return None
    asks = message is not None and message.migrate_to_chat_id is None and reader.may_ask(message)
    if message is not None and not asks and update.edited_message is None:
        return None
    author = author_of(message) if message else None
    return Letter(
        NAME,
        str(reader.me.id),
        str(update.update_id),
        Chat(NAME, str(chat.id)),
        author.id if author else None,
        _content(update, reader) if asks else None,
        datetime.now(UTC),
        unasked=message is not None and _is_posted(message, reader),
    )


def update_of(one: Letter, bot: Bot) -> Update:
    """Return the update that a letter was written of, as far as it was written down."""
    return Update.de_json(dict(one.content or {}), bot)


def _content(update: Update, reader: Reader) -> dict[str, Any]:
    content: dict[str, Any] = _pruned(update.to_dict())
    for kind, message in (("message", update.message), ("edited_message", update.edited_message)):
        if message is not None:
            _forget_words(content[kind], message, reader)
    return content


def _forget_words(content: dict[str, Any], message: Message, reader: Reader) -> None:
    """Keep the words of a message only where they ask for something, and none of the message that it replies to."""
    if message.reply_to_message is None and not reader.addresses_me(message):
        for name in _WORDS:
            content.pop(name, None)
        if message.text:
            content["text"] = _SOMETHING
    for name in ("text", "caption"):
        content.get("reply_to_message", {}).pop(name, None)


def _is_posted(message: Message, reader: Reader) -> bool:
    """Whether it is a picture, and no more."""
    private = message.chat.type == message.chat.PRIVATE
    return carries_picture(message) and not private and not reader.addresses_me(message)


def _pruned(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _pruned(one) for name, one in value.items() if name in _KEPT}
    if isinstance(value, list | tuple):
        return [_pruned(one) for one in value]
    return value
