"""A reply as Telegram messages, within what Telegram carries. Nothing here is sent."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeAlias

import structlog
from PIL import Image, UnidentifiedImageError
from telegram import InlineKeyboardMarkup
from telegram.constants import FileSizeLimit

from bot.chat.model import Reply, ReplyImage
from bot.platforms.telegram.keyboards import keyboard
from bot.platforms.telegram.platform import CAPABILITIES

log = structlog.get_logger(__name__)

_NO_WORDS = "⬆"
"""Stands over a keyboard where a reply has no words: Telegram hangs keyboards on messages, but not on albums."""
_PHOTO_SIDES = 10_000
_PHOTO_RATIO = 20
_PHOTO_FORMATS = {"JPEG", "PNG", "WEBP"}


@dataclass(frozen=True, slots=True)
class Media:
    """One message with an image, or an album of up to ten: photos, or files where a photo cannot be that large."""

    images: tuple[ReplyImage, ...]
    as_files: bool = False
    caption: str = ""
    covered: bool = False
    """Whether the caption is hidden until it is tapped."""
    keyboard: InlineKeyboardMarkup | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """One message of text, `covered` where it is hidden until it is tapped."""

    text: str
    covered: bool = False
    keyboard: InlineKeyboardMarkup | None = None


Outgoing: TypeAlias = Media | Words


def render(reply: Reply, *, covered: bool = False) -> list[Outgoing]:
    """Cut a reply into messages. The text goes under the first image where it is short enough, else it comes last.

    The keyboard hangs on the last message; where that would be an album or a second picture, the text is put there.
    The words of an answer to a spoiler are covered like its image, since a name would give it away; so are they with
    `covered`, for those of an answer whose images stay as they are.
    """
    buttons = keyboard(reply)
    outgoing = _without_keyboard(reply, one_message=buttons is not None, covered=covered)
    if buttons and outgoing:
        outgoing[-1] = replace(outgoing[-1], keyboard=buttons)
    return outgoing


def _without_keyboard(reply: Reply, *, one_message: bool, covered: bool) -> list[Outgoing]:
    text = _without_pings(reply.text)
    covered = covered or reply.spoiler or any(image.spoiler for image in reply.images)
    media: list[Media] = []
    for as_files, images in groupby(_presentable(reply.images), key=lambda image: not fits_photo(image)):
        media += [Media(group, as_files) for group in _chunks(tuple(images))]
    several = len(media) > 1 or any(len(group.images) > 1 for group in media)
    if not media:
        return [Words(part, covered) for part in split(text)]
    if units(text) <= CAPABILITIES.caption_limit and not (one_message and several):
        return [replace(media[0], caption=text, covered=covered), *media[1:]]
    return [*media, *(Words(part, covered) for part in split(text or _NO_WORDS))]


def units(text: str) -> int:
    """Length of a text as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, limit: int = CAPABILITIES.text_limit) -> Iterator[str]:
    """Cut a text into parts of up to `limit` code units: at a line's end, else between words, else anywhere."""
    text = text.strip()
    while units(text) > limit:
        head = text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")
        end = max(head.rfind("\n"), 0) or max(head.rfind(" "), 0) or len(head)
        yield text[:end].rstrip()
        text = text[end:].lstrip()
    if text:
        yield text


def fits_photo(image: ReplyImage) -> bool:
    """Whether Telegram takes an image as a photo: up to 10 MB, sides of up to 10,000 together, no stripe."""
    if len(image.data) > FileSizeLimit.PHOTOSIZE_UPLOAD:
        return False
    try:
        with Image.open(io.BytesIO(image.data)) as header:
            (width, height), kind = header.size, header.format
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError):
        return False
    return (
        kind in _PHOTO_FORMATS
        and width + height <= _PHOTO_SIDES
        and max(width, height) <= _PHOTO_RATIO * min(width, height)
    )


def _presentable(images: tuple[ReplyImage, ...]) -> Iterator[ReplyImage]:
    for image in images:
        if image.spoiler and not fits_photo(image):
            # A file cannot be covered, and its preview would show what was covered on purpose.
            log.warning("left out an image: too large to be covered as a spoiler", platform="telegram")
        else:
            yield image


def _chunks(images: tuple[ReplyImage, ...]) -> Iterator[tuple[ReplyImage, ...]]:
    size = CAPABILITIES.images_limit
    for start in range(0, len(images), size):
        yield images[start : start + size]


def _without_pings(text: str) -> str:
    """Telegram turns every @name into a mention that notifies; a word joiner after the @ prevents it, unseen."""
    return re.sub(r"@(?=\w)", "@\u2060", text)
