"""A posted message, counted while it arrives."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from multipart import MultipartSegment, PushMultipartParser, parse_options_header

from bot.chat.model import Picture
from bot.platforms.web.body import Arriving
from bot.platforms.web.refusal import Refusal

MAX_FILES: Final = 20
MAX_TEXT_BYTES: Final = 16_000
OVERHEAD: Final = 64_000
RECEIVE_SECONDS: Final = 300.0
CHUNK: Final = 64 * 1024
LONGEST_NAME: Final = 120
LONGEST_HEADER: Final = 8190
HEADERS: Final = 8
"""Of a field: browsers send two."""


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


async def receive(request: web.Request, max_bytes: int, arrived: Callable[[int], None] = lambda _count: None) -> Post:
    """Read a multipart form with at most one ``text`` and `MAX_FILES` pictures, in fields ``picture`` or ``spoiler``.

    `max_bytes` is the size of all files together. All is counted while it arrives: a Content-Length may be missing or
    lie. `arrived` is told how many bytes have come, and may refuse them.

    Raises:
        Refusal: the form is malformed, too large, too slow or holds too many files.
    """
    if not request.content_type.startswith("multipart/"):
        raise Refusal(415, "form")
    if (request.content_length or 0) > max_bytes + OVERHEAD:
        raise Refusal(413, "too_large", megabytes=round(max_bytes / 1e6))
    try:
        async with asyncio.timeout(RECEIVE_SECONDS):
            return await _receive(request, max_bytes, arrived)
    except TimeoutError:
        raise Refusal(408, "slow") from None
    except (ValueError, HttpProcessingError):
        raise Refusal(400, "form") from None


async def _receive(request: web.Request, max_bytes: int, arrived: Callable[[int], None]) -> Post:
    _, options = parse_options_header(request.headers.get("Content-Type", ""))
    parser = PushMultipartParser(
        options.get("boundary", ""), max_header_size=LONGEST_HEADER, max_header_count=HEADERS, strict=True
    )
    form, arriving = Form(max_bytes), Arriving(request)
    with parser:
        while chunk := await arriving.read():
            arrived(len(chunk))
            for event in parser.parse(chunk):
                form.take(event)
    return form.post()


class Form:
    """The fields of a form, as far as they have arrived."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._left = max_bytes
        self._text: bytearray | None = None
        self._files: list[tuple[MultipartSegment, bytearray]] = []
        self._data = bytearray()

    def take(self, event: MultipartSegment | bytes | None) -> None:
        """Go on with what the parser has found: the beginning of a field, some of its bytes, or (None) its end."""
        if isinstance(event, MultipartSegment):
            self._begin(event)
        elif event is not None:
            self._add(event)

    def post(self) -> Post:
        """All of it."""
        files = (
            File((field.filename or "picture")[:LONGEST_NAME], bytes(data), spoiler=field.name == "spoiler")
            for field, data in self._files
        )
        return Post((self._text or b"").decode("utf-8", "replace").strip(), tuple(files))

    def _begin(self, field: MultipartSegment) -> None:
        if field.name == "text" and self._text is None:
            self._data = self._text = bytearray()
        elif field.name in {"picture", "spoiler"} and not (field.content_type or "").startswith("multipart/"):
            if len(self._files) == MAX_FILES:
                raise Refusal(413, "too_many_files", limit=MAX_FILES)
            self._data = bytearray()
            self._files.append((field, self._data))
        else:
            raise Refusal(400, "form")

    def _add(self, data: bytes) -> None:
        self._data += data
        if self._data is self._text:
            if len(self._text) > MAX_TEXT_BYTES:
                raise Refusal(413, "long_text")
            return
        self._left -= len(data)
        if self._left < 0:
            raise Refusal(413, "too_large", megabytes=round(self._max_bytes / 1e6))
