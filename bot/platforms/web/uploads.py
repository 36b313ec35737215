"""A posted message, read part by part and counted while it arrives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.chat.model import Picture
from bot.platforms.web.refusal import Refusal

MAX_FILES: Final = 20
MAX_TEXT_BYTES: Final = 16_000
OVERHEAD: Final = 64_000
RECEIVE_SECONDS: Final = 300.0
CHUNK: Final = 64 * 1024
LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file."""

    name: str
    data: bytes = field(repr=False)
    spoiler: bool = False

    def as_picture(self) -> Picture:
        """The file as a picture that is still to be fetched, so that it goes through the same limits as any other."""

        @asynccontextmanager
        async def open_again() -> AsyncIterator[AsyncIterator[bytes]]:
            yield self._chunks()

        return Picture(name=self.name, open=open_again, size=len(self.data), spoiler=self.spoiler)

    async def _chunks(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.data), CHUNK):
            yield self.data[start : start + CHUNK]


@dataclass(frozen=True, slots=True)
class Post:
    """What the page's form holds."""

    text: str
    files: tuple[File, ...]


async def receive(request: web.Request, max_bytes: int) -> Post:
    """Read a multipart form with one ``text`` and any number of pictures, in fields ``picture`` or ``spoiler``.

    `max_bytes` is the size of all files together; aiohttp's own client_max_size does not cover a form that is read part
    by part, and a Content-Length may be missing or lie.

    Raises:
        Refusal: the form is malformed, too large, too slow or holds too many files.
    """
    if not request.content_type.startswith("multipart/"):
        raise Refusal(415, "form")
    if (request.content_length or 0) > max_bytes + OVERHEAD:
        raise Refusal(413, "too_large", megabytes=round(max_bytes / 1e6))
    try:
        async with asyncio.timeout(RECEIVE_SECONDS):
            return await _receive(request, max_bytes)
    except TimeoutError:
        raise Refusal(408, "slow") from None
    except (ValueError, HttpProcessingError):
        raise Refusal(400, "form") from None


async def _receive(request: web.Request, max_bytes: int) -> Post:
    text = ""
    files: list[File] = []
    left = max_bytes
    form = await request.multipart()
    while (part := await form.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise Refusal(400, "form")
        if part.name == "text":
            data = await _read(part, MAX_TEXT_BYTES)
            if data is None:
                raise Refusal(413, "long_text")
            text = data.decode("utf-8", "replace")
        elif part.name in {"picture", "spoiler"}:
            if len(files) == MAX_FILES:
                raise Refusal(413, "too_many_files", limit=MAX_FILES)
            data = await _read(part, left)
            if data is None:
                raise Refusal(413, "too_large", megabytes=round(max_bytes / 1e6))
            left -= len(data)
            name = (part.filename or "picture")[:LONGEST_NAME]
            files.append(File(name, data, spoiler=part.name == "spoiler"))
        else:
            raise Refusal(400, "form")
    return Post(text.strip(), tuple(files))


async def _read(part: BodyPartReader, limit: int) -> bytes | None:
    """All bytes of a part, or None as soon as there are more than the limit."""
    data = bytearray()
    while chunk := await part.read_chunk(CHUNK):
        data += chunk
        if len(data) > limit:
            return None
    return bytes(data)
