"""The life of the Telegram bot: connect, receive, finish what is in hand, leave."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
import structlog
from telegram import Update
from telegram.constants import UpdateType
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Updater

from bot.chat.commands import Words, english_only
from bot.chat.inbox import Inbox, LocalInbox
from bot.chat.links import Links, NoLinks
from bot.chat.model import Handler
from bot.chat.registry import Registry
from bot.errors import AdapterError, ConfigError
from bot.platforms.shared.intake import Intake
from bot.platforms.shared.prompts import LocalPrompts, Prompts
from bot.platforms.telegram import commands
from bot.platforms.telegram.client import Client, MaskedStr
from bot.platforms.telegram.dispatch import Dispatcher
from bot.platforms.telegram.exchanges import Memory
from bot.platforms.telegram.files import Files
from bot.platforms.telegram.keyboards import Buttons
from bot.platforms.telegram.platform import NAME, Telegram
from bot.platforms.telegram.startup_errors import explain

log = structlog.get_logger(__name__)

UPDATES = [
    UpdateType.MESSAGE,
    UpdateType.EDITED_MESSAGE,
    UpdateType.CALLBACK_QUERY,
    UpdateType.MY_CHAT_MEMBER,
    UpdateType.MESSAGE_REACTION,
]
"""What Telegram is asked for; reactions come only from chats where the bot is an administrator."""
_LONG_POLL = timedelta(seconds=10)
_FAREWELL = 3.0
"""Seconds to tell Telegram which updates have arrived: untold, they come once more after the next start."""


class TelegramAdapter:
    """Serves one bot account, by polling or by webhook. Satisfies `bot.platforms.base.Adapter`.

    Args:
        settings: The token, and how updates come.
        handler: Answers requests.
        registry: All that can be asked for.
        words: Names and describes the commands, and describes the bot, in other languages than English.
        languages: The tags of those languages.
        links: Keeps which answers belong to which questions, beyond a restart.
        inbox: Keeps what was accepted until it is answered; in this process alone where there is none.
        prompts: Remembers which buttons ask for words; this process's own where there is none.
        names: What may be typed for commands, with their names; the English ones without it.
    """

    name = NAME

    def __init__(
        self,
        settings: Telegram,
        handler: Handler,
        registry: Registry,
        *,
        words: Words = english_only,
        languages: Sequence[str] = (),
        links: Links | None = None,
        inbox: Inbox | None = None,
        prompts: Prompts | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        if settings.token is None:
            raise ConfigError("Telegram needs a token: set WHOBOT_TELEGRAM__TOKEN or telegram.token_file")
        if not _is_private(settings.api):
            raise ConfigError(
                "telegram.api must begin with https://, or with http:// if the Bot API server runs on this machine:"
                " the bot's token is part of every address"
            )
        self._settings = settings
        self._token = settings.token
        self._api = settings.api.rstrip("/")
        self._handler = handler
        self._registry = registry
        self._words = words
        self._languages = languages
        self._links = links or NoLinks()
        self._prompts = prompts or LocalPrompts()
        self._names = names or registry.typed_names(english_only, (), ())
        self._inbox = inbox or LocalInbox()
        self._updater: Updater | None = None
        self._dispatcher: Dispatcher | None = None
        self._connected = False
        self._failure: AdapterError | None = None
        self._ending = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def connected(self) -> bool:
        """Whether the last poll went well, or the webhook listens."""
        return self._connected

    async def run(self) -> None:
        """Connect and serve until `stop`; broken connections are taken up again on the way.

        Raises:
            AdapterError: Telegram cannot be reached, another program polls, or the webhook's port is taken.
            LoginRefused: Telegram refuses the token.
        """
        self._idle.clear()
        self._failure = None
        try:
            await self._serve()
        finally:
            self._connected = False
            self._ending.clear()
            self._idle.set()
        if self._failure is not None:
            raise self._failure

    async def stop(self) -> None:
        """Take no new updates, finish the answers in hand, disconnect.

        Called while nothing runs, it has the next `run` end at once: the two may be called in one breath.
        """
        self._ending.set()
        await self._idle.wait()

    async def _serve(self) -> None:
        bot = Client(self._api, self._token, self._polled, self._fetched)
        self._updater = updater = Updater(bot, _Door(self._called))
        async with aiohttp.ClientSession(trust_env=True) as session, _closing(bot, updater):
            if not await self._tried(updater.initialize()):
                return
            async with asyncio.TaskGroup() as answers:
                files = Files(bot, session, self._api, self._token)
                memory, buttons = Memory(self._links), Buttons(bot, self._prompts)
                intake = Intake(self._inbox, NAME)
                self._dispatcher = dispatcher = Dispatcher(
                    bot, self._handler, self._registry, files, self._names, memory, buttons, answers, intake
                )
                bot.tell_expulsions(dispatcher.expelled)
                async with (
                    _beside(memory.recall()),
                    _beside(dispatcher.take_over()),
                    _until_fetching_ends(updater),
                ):
                    if not await self._tried(self._connect(bot, updater)):
                        return
                    async with _beside(commands.present(bot, self._registry, self._words, self._languages)):
                        self._connected = True
                        await self._ending.wait()
                        self._connected = False

    async def _tried(self, connecting: Coroutine[None, None, None]) -> bool:
        """Connect; return False where it did not work, or is not wanted any more."""
        try:
            return await _unless(self._ending, connecting)
        except (TelegramError, OSError) as error:
            self._failure = explain(error, self._api)
            return False

    async def _connect(self, bot: Client, updater: Updater) -> None:
        if self._settings.webhook_url is None:
            await updater.start_polling(timeout=_LONG_POLL, allowed_updates=UPDATES, error_callback=lambda _: None)
        else:
            await self._listen(updater, self._settings.webhook_url)
        log.info(
            "connected",
            platform=self.name,
            bot=bot.name,
            by="webhook" if self._settings.webhook_url else "polling",
            sees_all_group_messages=bool(bot.bot.can_read_all_group_messages),
        )

    async def _fetched(self, updates: Sequence[Update]) -> Exception | None:
        """Take in what a poll has brought."""
        # The last poll only tells Telegram what has arrived: the updater leaves what it brings for the next start.
        fetching = self._updater is not None and self._updater.running
        return await self._dispatcher.take(updates) if self._dispatcher and fetching else None

    async def _called(self, update: Update) -> None:
        """Take in what Telegram has called the webhook with; it calls again where this raises."""
        if self._settings.webhook_url is not None and self._dispatcher is not None:
            problem = await self._dispatcher.take([update])
            if problem is not None:
                raise problem

    async def _listen(self, updater: Updater, url: str) -> None:
        secret = self._settings.webhook_secret
        # Bound before Telegram is told to call.
        listener = _listener(self._settings.webhook_host, self._settings.webhook_port)
        try:
            await updater.start_webhook(
                unix=listener,
                url_path=urlsplit(url).path.lstrip("/"),
                webhook_url=url,
                allowed_updates=UPDATES,
                secret_token=MaskedStr(secret.get_secret_value()) if secret else None,
            )
        except BaseException:
            listener.close()
            raise

    def _polled(self, error: TelegramError | None) -> None:
        """Hear how a poll went. The updater goes on after errors, so those that it cannot get over end the run."""
        if self._ending.is_set():
            return
        match error:
            case InvalidToken() | Conflict():
                self._failure = explain(error, self._api)
                self._ending.set()
            case None if not self._connected:
                log.info("updates arrive", platform=self.name)
            case TelegramError() if self._connected:
                log.warning("no updates arrive, trying on", platform=self.name, reason=error.message)
        self._connected = error is None


def _is_private(api: str) -> bool:
    """Whether nobody on the way can read along, who would read the token. The same rule holds for downloads."""
    address = urlsplit(api)
    if address.scheme != "http":
        return address.scheme == "https"
    try:
        return ip_address(address.hostname or "").is_loopback
    except ValueError:
        return address.hostname == "localhost"


def _listener(host: str, port: int) -> socket.socket:
    """Open a listening socket. The updater calls its parameter for one "unix", but any kind will do."""
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setblocking(False)
    return listener


@asynccontextmanager
async def _closing(bot: Client, updater: Updater) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await _stop_fetching(updater)
        await bot.shutdown()


class _Door(asyncio.Queue[object]):
    """Where the updater puts updates: who puts one there waits until it is taken in."""

    def __init__(self, take: Callable[[Update], Awaitable[None]]) -> None:
        super().__init__()
        self._take = take

    async def put(self, item: object) -> None:
        """Have an update taken in."""
        if isinstance(item, Update):
            await self._take(item)


@asynccontextmanager
async def _until_fetching_ends(updater: Updater) -> AsyncIterator[None]:
    """Take no more updates from the end of the block on."""
    try:
        yield
    finally:
        await _stop_fetching(updater)


@asynccontextmanager
async def _beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Have `work` done during the block; what is not done by its end is left."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _stop_fetching(updater: Updater) -> None:
    # The updater raises what ended its polling, which has been heard already.
    if updater.running:
        with suppress(TimeoutError, TelegramError):
            await asyncio.wait_for(updater.stop(), _FAREWELL)


async def _unless(ending: asyncio.Event, work: Coroutine[None, None, None]) -> bool:
    """Do `work` unless `ending` is set first: False then."""
    task, ended = asyncio.create_task(work), asyncio.create_task(ending.wait())
    try:
        await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            return False
        await task
        return True
    finally:
        task.cancel()
        ended.cancel()
        await asyncio.gather(task, ended, return_exceptions=True)
