"""Requests to Telegram: as many at a time as there are connections, and heard where one tells that the bot is gone."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeAlias

from telegram.request import HTTPXRequest

Listener: TypeAlias = Callable[[int], None]

_SIGNS = (
    b"bot was kicked",
    b"bot is not a member",
    b"bot was blocked by the user",
    b"user is deactivated",
    b"chat was deleted",
)
"""What a refusal says then. Others are about a right that is missing, which may be given again."""


class ListeningRequest(HTTPXRequest):
    """Sends requests; tells `listener` from which chats the bot was removed, where no update has told of it.

    Args:
        connections: How many requests at a time. The others wait for as long as it takes: httpx would let them fail
            after a while, and an answer with them.
    """

    def __init__(self, listener: Listener, connections: int, **options: Any) -> None:
        super().__init__(**options)
        self._listener = listener
        self._connections = asyncio.Semaphore(connections)

    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        """Send one request; python-telegram-bot makes of the answer what it is to mean."""
        async with self._connections:
            status, payload = await super().do_request(*args, **options)
        data = options.get("request_data")
        chat = data.parameters.get("chat_id") if data else None
        if status == HTTPStatus.FORBIDDEN and isinstance(chat, int) and any(sign in payload for sign in _SIGNS):
            self._listener(chat)
        return status, payload
