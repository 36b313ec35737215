"""Which pictures an answer is about: whoever asks about the answer means those, and not how whobot has drawn them."""

from collections.abc import Awaitable
from dataclasses import replace

import discord
from cachetools import FIFOCache

from bot.chat.model import Picture, PictureRequest, Request, User

LIMIT = 5000
"""Answers. The oldest are forgotten first, and all with a restart."""


class AnsweredPictures:
    """The pictures of the last answers."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._shown: FIFOCache[int, tuple[Picture, ...]] = FIFOCache(limit)

    async def noted(
        self, delivering: Awaitable[discord.Message | None], request: Request, asker: User
    ) -> discord.Message | None:
        """Wait for an answer to arrive, and remember the pictures of what was asked, each with who had posted it."""
        message = await delivering
        pictures = request.pictures if isinstance(request, PictureRequest) else ()
        if message is not None and pictures:
            self._shown[message.id] = tuple(replace(one, author=one.author or asker) for one in pictures)
        return message

    def by(self, answer: discord.Message, asker: User) -> tuple[Picture, ...]:
        """Return the pictures that an answer is about, for `asker` to ask about; none where that is forgotten."""
        return tuple(
            replace(one, author=None) if one.author and one.author.id == asker.id else one
            for one in self._shown.get(answer.id, ())
        )
