"""From whobot's words to Discord's: plain text becomes message content, images become files."""

import io

import discord

from bot.domain import Reply, ReplyImage

CONTENT_LIMIT = 2000
"""Characters in a message."""
FILES_LIMIT = 10
"""Attachments of a message."""
ALT_LIMIT = 1024
"""Characters that describe an attachment."""
ELLIPSIS = "…"


def content(text: str) -> str | None:
    """Write plain text so that Discord shows it as it is; what markup adds to its length may cut its end off."""
    escaped = discord.utils.escape_markdown(text)
    if len(escaped) <= CONTENT_LIMIT:
        return escaped or None
    # Escaping does not get shorter with more text, so the longest beginning that fits is found by halving.
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if len(discord.utils.escape_markdown(text[:middle])) < CONTENT_LIMIT:
            fits = middle
        else:
            too_long = middle
    return discord.utils.escape_markdown(text[:fits]) + ELLIPSIS


def files(images: tuple[ReplyImage, ...]) -> list[discord.File]:
    """Pack images up for one attempt to send them: discord.py closes them behind it."""
    return [
        discord.File(
            io.BytesIO(image.data),
            filename=image.filename,
            spoiler=image.spoiler,
            description=_cut(image.alt, ALT_LIMIT) or None,
        )
        for image in images[:FILES_LIMIT]
    ]


def in_words(reply: Reply) -> Reply:
    """Return the same reply without its images: their descriptions stand in where it has no text of its own."""
    return Reply(reply.text or "\n".join(image.alt for image in reply.images if image.alt))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - len(ELLIPSIS)] + ELLIPSIS
