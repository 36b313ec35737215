"""From whobot's words to Discord's: plain text becomes message content, images become files."""

import io
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import discord

from bot.chat.model import Reply, ReplyImage

CONTENT_LIMIT = 2000
"""Characters in a message."""
FILES_LIMIT = 10
"""Attachments of a message."""
ALT_LIMIT = 1024
"""Characters that describe an attachment."""
ELLIPSIS = "…"
SPOILER = "||"
REFERENCE = re.compile(r"<(?=[@#/:]|a:|t:|id:)")
"""Begins what Discord shows as a user, a channel, a command, an emoji, a time or a guide."""


def content(text: str, *, spoiler: bool = False, times: Iterable[tuple[str, datetime]] = ()) -> str | None:
    """Write plain text so that Discord shows it as it is, or hides it until it is clicked on.

    What markup adds to the length may cut off the end of a text that had the right length before. Times are shown by
    the reader's own clock; that makes them no longer.
    """
    if not text:
        return None
    bars = SPOILER if spoiler else ""
    limit = CONTENT_LIMIT - 2 * len(bars)
    escaped = _escape(text)
    if len(escaped) > limit:
        # Escaping does not get shorter with more text: the longest beginning that fits is found by halving.
        fits = bisect_right(range(len(text)), limit - len(ELLIPSIS), key=lambda end: len(_escape(text[:end])))
        escaped = _escape(text[: fits - 1]) + ELLIPSIS
    for written, at in times:
        escaped = escaped.replace(written, f"<t:{int(at.timestamp())}:f>")
    return bars + escaped + bars


def is_spoiler(reply: Reply) -> bool:
    """Tell whether a reply's words would give away what its images hide."""
    return reply.spoiler or any(image.spoiler for image in reply.images)


def files(images: tuple[ReplyImage, ...]) -> list[discord.File]:
    """Pack images up for one attempt to send them: discord.py closes them behind it."""
    return [
        discord.File(
            io.BytesIO(image.data),
            filename=image.filename,
            spoiler=image.spoiler,
            description=cut(image.alt, ALT_LIMIT) or None,
        )
        for image in images[:FILES_LIMIT]
    ]


def in_words(reply: Reply) -> Reply:
    """Return the same reply without its images: their descriptions stand in where it has no text of its own."""
    words = reply.text or "\n".join(image.alt for image in reply.images if image.alt)
    return replace(reply, text=words, images=())


def _escape(text: str) -> str:
    return REFERENCE.sub(r"\<", discord.utils.escape_markdown(text))


def cut(text: str, limit: int) -> str:
    """Shorten a text to what a field holds."""
    return text if len(text) <= limit else text[: limit - len(ELLIPSIS)] + ELLIPSIS
