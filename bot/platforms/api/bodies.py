"""Pictures in the bodies of requests, which are read no further than they are wanted."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Final

from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError
from multipart import MultipartSegment, PushMultipartParser, parse_options_header

from bot.chat.model import Opener, Picture
from bot.errors import DownloadFailed, NoPicture
from bot.platforms.api.problems import Problem

FORM: Final = "multipart/form-data"
BYTES: Final = "application/octet-stream"
FIELD: Final = "picture"
OVERHEAD: Final = 64_000
"""Bytes that a form may have beside its pictures."""
LONGEST_HEADER: Final = 8190
HEADERS: Final = 8
"""Of a field: programs send two or three."""


def picture_in(request: web.Request) -> tuple[Picture, ...]:
    """Return the picture of a request, of which nothing has been read yet; none where the body is empty.

    It is the body itself, or the first field called `FIELD` of a form.

    Raises:
        Problem: the body is of another kind.
    """
    kind = request.content_type
    if kind == FORM:
        return (Picture("picture", _opener(_first_file, request), _least(request)),)
    if kind != BYTES and kind.partition("/")[0] not in {"image", "video"}:
        raise Problem("unsupported_media_type", f"Send the picture itself ({BYTES}, image/*, video/*), or a {FORM}.")
    return (Picture("picture", _opener(_chunks, request), request.content_length),) if request.can_read_body else ()


def _least(request: web.Request) -> int | None:
    """What a form's picture has at least, in bytes, if all of the form is that picture."""
    return None if request.content_length is None else max(0, request.content_length - OVERHEAD)


def _opener(receive: Callable[[web.Request], AsyncGenerator[bytes]], request: web.Request) -> Opener:
    """Return what begins to receive a request's picture, and stops where it is left."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[AsyncIterator[bytes]]:
        async with aclosing(receive(request)) as chunks:
            yield chunks

    return opened


async def _chunks(request: web.Request) -> AsyncGenerator[bytes]:
    """Yield a body as it arrives.

    Raises:
        DownloadFailed: it breaks off, or is not what its headers say.
    """
    try:
        async for chunk in request.content.iter_any():
            yield chunk
    except (OSError, HttpProcessingError, ClientPayloadError) as error:
        raise DownloadFailed(type(error).__name__) from None


async def _events(request: web.Request) -> AsyncGenerator[MultipartSegment | bytes | None]:
    """Yield what a form's parser finds: the beginning of a field, some of its bytes, or (None) its end."""
    _, options = parse_options_header(request.headers.get("Content-Type", ""))
    try:
        parser = PushMultipartParser(
            options.get("boundary", ""), max_header_size=LONGEST_HEADER, max_header_count=HEADERS, strict=True
        )
        with parser:
            async with aclosing(_chunks(request)) as chunks:
                async for chunk in chunks:
                    for event in parser.parse(chunk):
                        yield event
    except ValueError as error:
        raise DownloadFailed(type(error).__name__) from None


async def _first_file(request: web.Request) -> AsyncGenerator[bytes]:
    """Yield the bytes of the first picture in a form."""
    wanted = False
    async with aclosing(_events(request)) as events:
        async for event in events:
            if isinstance(event, MultipartSegment):
                wanted = event.name == FIELD
            elif not wanted:
                continue
            elif event is None:
                return
            else:
                yield event
    raise NoPicture
