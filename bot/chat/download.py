"""Receive a picture's file: capped while it arrives, timed as a whole."""

import asyncio

from bot.chat.model import Picture
from bot.errors import DownloadTimeout, TooManyBytes


async def fetch(picture: Picture, *, max_bytes: int, seconds: float) -> bytes:
    """Receive a picture's file. What the sender declares can only have it refused early, never let more through.

    Raises:
        TooManyBytes: more than `max_bytes` were declared or received.
        DownloadTimeout: it took longer than `seconds` altogether.
        DownloadFailed: the platform did not deliver.
    """
    if picture.size is not None and picture.size > max_bytes:
        raise TooManyBytes(max_bytes)
    received = bytearray()
    try:
        async with asyncio.timeout(seconds), picture.open() as chunks:
            async for chunk in chunks:
                if len(received) + len(chunk) > max_bytes:
                    raise TooManyBytes(max_bytes)
                received += chunk
    except TimeoutError:
        raise DownloadTimeout(seconds) from None
    return bytes(received)
