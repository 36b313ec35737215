"""What whobot can analyse in a message: photos, stickers, animations, short videos, and files of these kinds."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from telegram import Animation, Document, Message, PhotoSize, Sticker, Video, VideoNote
from telegram.constants import FileSizeLimit

from bot.chat.model import Opener, Picture, User
from bot.recognition import formats

Media: TypeAlias = PhotoSize | Animation | Video | VideoNote | Sticker | Document


def pictures(
    message: Message, opener: Callable[[str], Opener], *, author: User | None = None, origin: User | None = None
) -> tuple[Picture, ...]:
    """The picture of a message, if it has one.

    Args:
        message: Holds it or not.
        opener: Makes a file's opener from its id.
        author: Who posted it, where that is not the one who asks.
        origin: Who had posted it before it was forwarded, where Telegram tells.
    """
    file = _file(message)
    if file is None:
        return ()
    return (
        Picture(
            name=getattr(file, "file_name", None) or f"{type(file).__name__.lower()}-{message.message_id}",
            open=opener(file.file_id),
            size=file.file_size,
            spoiler=bool(message.has_media_spoiler),
            author=author,
            origin=origin,
        ),
    )


def carries_picture(message: Message) -> bool:
    """Whether a message has a picture of its own."""
    return _file(message) is not None


def identity(message: Message) -> str | None:
    """What tells a message's picture from any other, however often it is posted."""
    file = _file(message)
    return file.file_unique_id if file else None


def moves(sticker: Sticker | None) -> bool:
    """Whether a sticker is one of those that move."""
    return sticker is not None and (sticker.is_animated or sticker.is_video)


def _file(message: Message) -> Media | None:
    if message.photo:
        return _largest(message.photo)
    # Telegram describes an animation as a document too.
    file = message.animation or message.video or message.video_note or message.sticker
    return file or (message.document if _is_picture(message.document) else None)


def _is_picture(document: Document | None) -> bool:
    return document is not None and formats.is_offered(document.mime_type or "")


def _largest(sizes: Sequence[PhotoSize]) -> PhotoSize:
    """The largest that a bot may fetch, else the smallest: Telegram offers each photo in a few sizes."""
    by_pixels = sorted(sizes, key=lambda size: size.width * size.height)
    fitting = [size for size in by_pixels if (size.file_size or 0) <= FileSizeLimit.FILESIZE_DOWNLOAD]
    return fitting[-1] if fitting else by_pixels[0]
