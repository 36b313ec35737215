"""Changes and deletes messages of the bot; what Telegram does not let it change is sent anew."""

from collections.abc import Collection
from contextlib import suppress
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

import structlog
from telegram import Bot, MaybeInaccessibleMessage, Message, MessageEntity
from telegram.error import BadRequest, TelegramError

from bot.chat.model import Reply
from bot.platforms.telegram.delivery import NO_PREVIEW, Address, cover, deliver, input_media
from bot.platforms.telegram.exchanges import Key, key
from bot.platforms.telegram.platform import CAPABILITIES
from bot.platforms.telegram.render import Media, Outgoing, Words, render, units
from bot.platforms.telegram.retry import with_retries

log = structlog.get_logger(__name__)

_GONE = "🗑"
"""What is left of a message that is too old to be deleted."""


async def edit(bot: Bot, reply: Reply, message: MaybeInaccessibleMessage, group: Collection[Key]) -> list[Message]:
    """Put a reply in the place of a message, and of those sent together with it where it brings images.

    Returns:
        The messages that stand in its place, none where the message itself could be changed. Failure is logged and
        never raised.
    """
    if not isinstance(message, Message):
        return await deliver(bot, reply, Address.of(message))
    covered = is_covered(message)
    outgoing = render(reply, covered=covered)
    if len(outgoing) == 1 and await _changed(bot, outgoing[0], message, alone=len(group) == 1):
        return []
    if reply.images:
        await remove(bot, group)
    elif message.text:
        await remove(bot, [key(message)])
    else:
        await _strip(bot, message)
        return [message, *await deliver(bot, reply, Address.of(message), covered=covered)]
    return await deliver(bot, reply, _place_of(message), covered=covered)


async def remove(bot: Bot, messages: Collection[Key]) -> bool:
    """Delete messages of one chat; those that are too old for that lose their words and buttons.

    Returns:
        False where Telegram could not be asked, so that asking again may help. Failure is logged and never raised.
    """
    asked = True
    for chat_id, group in groupby(sorted(messages), key=itemgetter(0)):
        ids = [message_id for _, message_id in group]
        try:
            await with_retries(partial(bot.delete_messages, chat_id, ids))
        except BadRequest:
            for message_id in ids:
                await _blank(bot, chat_id, message_id)
        except TelegramError as error:
            log.warning("could not delete an answer", platform="telegram", chat=chat_id, reason=error.message)
            asked = False
    return asked


async def _changed(bot: Bot, outgoing: Outgoing, message: Message, *, alone: bool) -> bool:
    """Change a message as its kind allows it; False where it does not, or Telegram refuses."""
    where: dict[str, Any] = {"chat_id": message.chat.id, "message_id": message.message_id}
    try:
        match outgoing:
            case Words(text, covered, keyboard) if message.text:
                await with_retries(
                    lambda: bot.edit_message_text(
                        text,
                        **where,
                        entities=cover(text, covered=covered),
                        link_preview_options=NO_PREVIEW,
                        reply_markup=keyboard,
                    )
                )
            case Words(text, covered, keyboard) if units(text) <= CAPABILITIES.caption_limit:
                await with_retries(
                    lambda: bot.edit_message_caption(
                        **where, caption=text, caption_entities=cover(text, covered=covered), reply_markup=keyboard
                    )
                )
            case Media((image,), as_file, caption, covered, keyboard) if alone:
                media = input_media(image, caption, covered=covered, as_file=as_file)
                await with_retries(lambda: bot.edit_message_media(media, **where, reply_markup=keyboard))
            case _:
                return False
    except TelegramError as error:
        if "not modified" in error.message.lower():
            return True
        log.info("sending it anew", platform="telegram", chat=message.chat.id, reason=error.message)
        return False
    return True


async def _strip(bot: Bot, message: Message) -> None:
    """Take the words and buttons from an image."""
    try:
        await with_retries(lambda: bot.edit_message_caption(message.chat.id, message.message_id))
    except TelegramError as error:
        log.info("an old answer keeps its words", platform="telegram", chat=message.chat.id, reason=error.message)


async def _blank(bot: Bot, chat_id: int, message_id: int) -> None:
    try:
        await with_retries(lambda: bot.edit_message_text(_GONE, chat_id, message_id))
    except TelegramError:
        with suppress(TelegramError):
            await with_retries(lambda: bot.edit_message_caption(chat_id, message_id, caption=_GONE))


def is_covered(message: Message) -> bool:
    """Whether a message hides its image or words as a spoiler."""
    entities = message.entities or message.caption_entities
    return bool(message.has_media_spoiler) or any(entity.type == MessageEntity.SPOILER for entity in entities)


def _place_of(message: Message) -> Address:
    """Where a message stands, and what it is a reply to."""
    answered = message.reply_to_message
    place = Address.of(message)
    return Address(place.chat_id, place.thread_id, answered.message_id if answered else None)
