"""Sends replies, and takes Telegram's refusals as what they are: a reason to send otherwise, or to give up quietly."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from telegram import (
    Bot,
    ForceReply,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    MaybeInaccessibleMessage,
    Message,
    MessageEntity,
    ReplyParameters,
    User,
)
from telegram.constants import ReplyLimit
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from bot.chat.model import Prompt, Reply, ReplyImage
from bot.platforms.telegram.render import Media, Outgoing, Words, render, units
from bot.platforms.telegram.retry import with_retries

log = structlog.get_logger(__name__)

_PLACEHOLDER_LIMIT = int(ReplyLimit.MAX_INPUT_FIELD_PLACEHOLDER)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Address:
    """Where an answer goes: a chat, its topic, and the message that is answered."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None

    @classmethod
    def of(cls, message: MaybeInaccessibleMessage) -> "Address":
        """The place of `message`."""
        if not isinstance(message, Message):
            return cls(message.chat.id, reply_to=message.message_id)
        # Outside of topics the thread's id is that of a chain of replies, which cannot be posted to.
        return cls(message.chat.id, message.message_thread_id if message.is_topic_message else None, message.message_id)


async def deliver(
    bot: Bot, reply: Reply, address: Address, *, ask_back: bool = False, covered: bool = False
) -> list[Message]:
    """Send a reply and return its messages. Failure is logged and never raised.

    `ask_back` opens the reply field of the one who is answered: a reply to the bot reaches it even in a group where
    privacy mode hides other messages from it. `covered` hides the words as a spoiler.
    """
    sent: list[Message] = []
    for outgoing in render(reply, covered=covered):
        try:
            messages = await _send_somehow(bot, outgoing, _under(sent, outgoing) or address, ask_back=ask_back)
        except Forbidden as error:
            log.info("may not answer in this chat", platform="telegram", chat=address.chat_id, reason=error.message)
            break
        except TelegramError as error:
            log.warning("could not answer", platform="telegram", chat=address.chat_id, reason=error.message)
            break
        sent += messages
        # A group that has become a supergroup has messages of its own under the old numbers: there is none to reply to.
        if messages[0].chat.id != address.chat_id:
            address = Address(messages[0].chat.id)
    return sent


async def ask_for_words(bot: Bot, prompt: Prompt, person: User, address: Address, *, private: bool) -> Message | None:
    """Open the reply field of a person with a prompt's question. Failure is logged and never raised.

    In a group the person is named: Telegram opens the field for those who are mentioned.
    """
    name = "" if private else person.full_name
    text = f"{name}: {prompt.title}" if name else prompt.title
    field = ForceReply(selective=True, input_field_placeholder=prompt.placeholder[:_PLACEHOLDER_LIMIT] or None)
    mention = MessageEntity(MessageEntity.TEXT_MENTION, 0, units(name), user=person)
    try:
        return await with_retries(
            lambda: bot.send_message(
                **_where(address),
                text=text,
                entities=[mention] if name else None,
                reply_markup=field,
            )
        )
    except TelegramError as error:
        log.info("could not ask for words", platform="telegram", chat=address.chat_id, reason=error.message)
        return None


def _under(sent: Sequence[Message], outgoing: Outgoing) -> Address | None:
    """The words with the keyboard of an album are a reply to it."""
    return Address.of(sent[0]) if sent and outgoing.keyboard else None


async def _send_somehow(bot: Bot, outgoing: Outgoing, address: Address, *, ask_back: bool) -> Sequence[Message]:
    """Send in the best way that Telegram takes."""
    try:
        return await with_retries(lambda: _send(bot, outgoing, address, ask_back=ask_back))
    except ChatMigrated as error:
        if error.new_chat_id == address.chat_id:
            raise
        return await _send_somehow(bot, outgoing, Address(error.new_chat_id), ask_back=ask_back)
    except NetworkError as error:
        poorer = _poorer(outgoing) if _is_refusal(error) else None
        if poorer is None:
            raise
        log.info("sending it otherwise", platform="telegram", chat=address.chat_id, reason=error.message)
        return await _send_somehow(bot, poorer, address, ask_back=ask_back)


def _is_refusal(error: NetworkError) -> bool:
    """Whether Telegram did not want what it was sent, in particular more bytes than it takes (413)."""
    return isinstance(error, BadRequest) or "too large" in error.message.lower()


def _poorer(outgoing: Outgoing) -> Outgoing | None:
    """The next best way to say the same: photos, files, words. A file cannot be covered as a spoiler."""
    match outgoing:
        case Media(images, as_files=False) if not any(image.spoiler for image in images):
            return replace(outgoing, as_files=True)
        case Media(images, caption=caption, covered=covered, keyboard=keyboard):
            text = caption or "\n".join(image.alt for image in images if image.alt)
            return Words(text, covered, keyboard) if text else None
    return None


async def _send(bot: Bot, outgoing: Outgoing, address: Address, *, ask_back: bool) -> Sequence[Message]:
    where = _where(address)
    match outgoing:
        case Words(text, covered, keyboard):
            forced = ForceReply(selective=True) if ask_back else None
            message = await bot.send_message(
                **where,
                text=text,
                entities=cover(text, covered=covered),
                link_preview_options=NO_PREVIEW,
                reply_markup=keyboard or forced,
            )
            return (message,)
        case Media((image,), as_files=True, caption=caption, keyboard=keyboard):
            message = await bot.send_document(
                **where,
                document=image.data,
                filename=image.filename,
                caption=caption or None,
                reply_markup=keyboard,
            )
            return (message,)
        case Media((image,), caption=caption, covered=covered, keyboard=keyboard):
            message = await bot.send_photo(
                **where,
                photo=image.data,
                filename=image.filename,
                caption=caption or None,
                caption_entities=cover(caption, covered=covered),
                has_spoiler=image.spoiler or None,
                reply_markup=keyboard,
            )
            return (message,)
        case Media(images, as_files, caption, covered):
            return await bot.send_media_group(
                **where, media=_album(images, caption, covered=covered, as_files=as_files)
            )


def _where(address: Address) -> dict[str, Any]:
    where: dict[str, Any] = {"chat_id": address.chat_id, "message_thread_id": address.thread_id}
    if address.reply_to is not None:
        where["reply_parameters"] = ReplyParameters(address.reply_to, allow_sending_without_reply=True)
    return where


def cover(text: str, *, covered: bool) -> list[MessageEntity] | None:
    """Mark a text as a spoiler from end to end."""
    return [MessageEntity(MessageEntity.SPOILER, 0, units(text))] if covered and text else None


def input_media(
    image: ReplyImage, caption: str, *, covered: bool, as_file: bool
) -> InputMediaDocument | InputMediaPhoto:
    """An image as a part of an album, or as what takes another one's place."""
    if as_file:
        return InputMediaDocument(image.data, filename=image.filename, caption=caption or None)
    return InputMediaPhoto(
        image.data,
        filename=image.filename,
        caption=caption or None,
        caption_entities=cover(caption, covered=covered),
        has_spoiler=image.spoiler or None,
    )


def _album(images: Sequence[ReplyImage], caption: str, *, covered: bool, as_files: bool) -> list[Any]:
    """Make an album of images. A caption under its first picture, and no other, is shown under the album."""
    captions = [caption, *[""] * (len(images) - 1)]
    return [
        input_media(image, text, covered=covered, as_file=as_files)
        for image, text in zip(images, captions, strict=True)
    ]
