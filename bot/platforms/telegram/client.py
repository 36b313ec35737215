"""The Bot API client. The token is put into an address only on its way to the socket.

The Bot API wants the token in the path of every address, and httpx logs the addresses that it calls. So
python-telegram-bot and httpx are given `PLACEHOLDER` in the token's place, and the transport, the last step before the
socket, swaps it: neither their logs nor their errors can tell what they have not been told.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from pydantic import SecretStr
from telegram import Bot, Update
from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

from bot.platforms.telegram.expulsion import Listener, ListeningRequest

PLACEHOLDER = "TOKEN"
_CONNECTIONS = 50
"""For the answers (`questions.ANSWERS_AT_ONCE`) and presses (`presses.PRESSES_AT_ONCE`), each with its chat action, and
for what is being delivered."""


class MaskedStr(str):
    """A string that shows itself only to those who ask for its text: logs print the `repr` of what they hold."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'**********'"


class TokenTransport(httpx.AsyncBaseTransport):
    """Sends each request to the address with the token in it, and hides that address again when sending fails."""

    def __init__(self, token: SecretStr, inner: httpx.AsyncBaseTransport) -> None:
        self._token = token
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`, with the token in place of the placeholder."""
        try:
            return await self._inner.handle_async_request(self._with_token(request))
        except httpx.HTTPError as error:
            # The frames below hold the address; a traceback with local variables would show it.
            raise error.with_traceback(None) from None

    def _with_token(self, request: httpx.Request) -> httpx.Request:
        path = request.url.raw_path.replace(
            f"/bot{PLACEHOLDER}/".encode(), f"/bot{self._token.get_secret_value()}/".encode(), 1
        )
        return httpx.Request(
            request.method,
            request.url.copy_with(raw_path=path),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class Client(Bot):
    """python-telegram-bot's client, which also tells `on_poll` how each poll went: its error, or None.

    What a poll brings is handed to `on_updates` first, which returns what has kept it from taking them. Telegram hears
    with the next poll that they have arrived, and so not before they are taken.
    """

    def __init__(
        self,
        api: str,
        token: SecretStr,
        on_poll: Callable[[TelegramError | None], None],
        on_updates: Callable[[Sequence[Update]], Awaitable[Exception | None]],
    ) -> None:
        super().__init__(
            token=PLACEHOLDER,
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            request=_request(api, token, _CONNECTIONS, self._hear),
            get_updates_request=_request(api, token, 1, self._hear),
        )
        self._on_poll = on_poll
        self._on_updates = on_updates
        self._on_expelled: Listener | None = None

    def tell_expulsions(self, listener: Listener) -> None:
        """From now on tell a listener which chats refuse the bot because it is no longer in them."""
        self._on_expelled = listener

    def _hear(self, chat_id: int) -> None:
        if self._on_expelled is not None:
            self._on_expelled(chat_id)

    async def get_updates(self, *args: Any, **options: Any) -> tuple[Update, ...]:
        """Poll once. The updater keeps some errors to itself, so this is the place to hear of all of them."""
        try:
            updates = await super().get_updates(*args, **options)
        except TelegramError as error:
            self._on_poll(error)
            raise
        if updates and (problem := await self._on_updates(updates)):
            untaken = NetworkError(f"updates cannot be written down: {problem}")
            self._on_poll(untaken)
            raise untaken
        self._on_poll(None)
        return updates


def _request(api: str, token: SecretStr, connections: int, listener: Listener) -> HTTPXRequest:
    inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=connections), proxy=_proxy(api))
    return ListeningRequest(
        listener,
        connections,
        connect_timeout=10,
        read_timeout=20,
        write_timeout=20,
        media_write_timeout=60,
        pool_timeout=30,
        httpx_kwargs={"transport": TokenTransport(token, inner)},
    )


def _proxy(api: str) -> str | None:
    """The environment's proxy for this address, which httpx reads only for transports of its own making."""
    address = urlsplit(api)
    if proxy_bypass(address.hostname or ""):
        return None
    proxies = getproxies()
    return proxies.get(address.scheme) or proxies.get("all")
