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
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from bot.adapters.telegram.patience import patiently
from bot.adapters.telegram.render import Media, Outgoing, Words, render, units
from bot.domain import Reply, ReplyImage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where an answer goes: a chat, its topic, and the message that is answered."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None

    @classmethod
    def of(cls, message: Message) -> "Address":
        """The place of `message`."""
        # Outside of topics the thread's id is that of a chain of replies, which cannot be posted to.
        return cls(message.chat.id, message.message_thread_id if message.is_topic_message else None, message.message_id)


async def deliver(bot: Bot, reply: Reply, address: Address, *, ask_back: bool = False) -> None:
    """Send a reply. Failure is logged and never raised.

    `ask_back` opens the reply field of the one who is answered: a reply to the bot reaches it even in a group where
    privacy mode hides other messages from it.
    """
    for outgoing in render(reply):
        try:
            address = await _send_somehow(bot, outgoing, address, ask_back=ask_back)
        except Forbidden as error:
            log.info("may not answer in this chat", platform="telegram", chat=address.chat_id, reason=error.message)
            return
        except TelegramError as error:
            log.warning("could not answer", platform="telegram", chat=address.chat_id, reason=error.message)
            return


async def _send_somehow(bot: Bot, outgoing: Outgoing, address: Address, *, ask_back: bool) -> Address:
    """Send in the best way that Telegram takes; gives the address that worked."""
    try:
        await patiently(lambda: _send(bot, outgoing, address, ask_back=ask_back))
    except ChatMigrated as error:
        if error.new_chat_id == address.chat_id:
            raise
        # The new chat has messages of its own under the old numbers, so there is nothing to reply to.
        return await _send_somehow(bot, outgoing, Address(error.new_chat_id), ask_back=ask_back)
    except NetworkError as error:
        poorer = _poorer(outgoing) if _is_refusal(error) else None
        if poorer is None:
            raise
        log.info("sending it otherwise", platform="telegram", chat=address.chat_id, reason=error.message)
        return await _send_somehow(bot, poorer, address, ask_back=ask_back)
    return address


def _is_refusal(error: NetworkError) -> bool:
    """Whether Telegram did not want what it was sent, in particular more bytes than it takes (413)."""
    return isinstance(error, BadRequest) or "too large" in error.message.lower()


def _poorer(outgoing: Outgoing) -> Outgoing | None:
    """The next best way to say the same: photos, files, words. A file cannot be covered as a spoiler."""
    match outgoing:
        case Media(images, as_files=False) if not any(image.spoiler for image in images):
            return replace(outgoing, as_files=True)
        case Media(images, caption=caption, covered=covered):
            text = caption or "\n".join(image.alt for image in images if image.alt)
            return Words(text, covered) if text else None
    return None


async def _send(bot: Bot, outgoing: Outgoing, address: Address, *, ask_back: bool) -> None:
    where: dict[str, Any] = {"chat_id": address.chat_id, "message_thread_id": address.thread_id}
    if address.reply_to is not None:
        where["reply_parameters"] = ReplyParameters(address.reply_to, allow_sending_without_reply=True)
    match outgoing:
        case Words(text, covered):
            await bot.send_message(
                **where,
                text=text,
                entities=_cover(text, covered=covered),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=ForceReply(selective=True) if ask_back else None,
            )
        case Media((image,), as_files=True, caption=caption):
            await bot.send_document(**where, document=image.data, filename=image.filename, caption=caption or None)
        case Media((image,), caption=caption, covered=covered):
            await bot.send_photo(
                **where,
                photo=image.data,
                filename=image.filename,
                caption=caption or None,
                caption_entities=_cover(caption, covered=covered),
                has_spoiler=image.spoiler or None,
            )
        case Media(images, as_files, caption, covered):
            entities = _cover(caption, covered=covered)
            await bot.send_media_group(**where, media=_album(images, caption, entities, as_files=as_files))


def _cover(text: str, *, covered: bool) -> list[MessageEntity] | None:
    """Mark a text as a spoiler from end to end."""
    return [MessageEntity(MessageEntity.SPOILER, 0, units(text))] if covered and text else None


def _album(
    images: Sequence[ReplyImage], caption: str, entities: Sequence[MessageEntity] | None, *, as_files: bool
) -> list[InputMediaDocument] | list[InputMediaPhoto]:
    """Make an album of images. A caption under its first picture, and no other, is shown under the album."""
    captions = [caption or None, *[None] * (len(images) - 1)]
    if as_files:
        return [
            InputMediaDocument(image.data, filename=image.filename, caption=text)
            for image, text in zip(images, captions, strict=True)
        ]
    return [
        InputMediaPhoto(
            image.data,
            filename=image.filename,
            caption=text,
            caption_entities=entities if text else None,
            has_spoiler=image.spoiler or None,
        )
        for image, text in zip(images, captions, strict=True)
    ]
