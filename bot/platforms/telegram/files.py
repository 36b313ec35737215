"""Pictures that lie on Telegram's servers. The address of each holds the token: it never leaves this module."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote, urlsplit

import aiohttp
from pydantic import SecretStr
from telegram import Bot
from telegram.constants import FileSizeLimit
from telegram.error import TelegramError

from bot.chat.model import Opener
from bot.errors import DownloadFailed, TooManyBytes
from bot.platforms.shared import openers
from bot.platforms.telegram.retry import with_retries


class Files:
    """Makes openers for the files of one Bot API server."""

    def __init__(self, bot: Bot, session: aiohttp.ClientSession, api: str, token: SecretStr) -> None:
        self._bot = bot
        self._session = session
        self._api = api
        self._token = token

    def opener(self, file_id: str) -> Opener:
        """How to fetch a file. It raises `TooManyBytes` for more than bots may fetch, else `DownloadFailed`."""

        @asynccontextmanager
        async def transfer() -> AsyncIterator[AsyncIterator[bytes]]:
            path = await self._path(file_id)
            async with self._at(path)() as chunks:
                yield chunks

        return transfer

    def _at(self, path: str) -> Opener:
        hosts = {urlsplit(self._api).hostname or ""}
        # The address is never given a name: a traceback with local variables would show it.
        return openers.opener(
            self._session, f"{self._api}/file/bot{self._token.get_secret_value()}/{quote(path)}", hosts
        )

    async def _path(self, file_id: str) -> str:
        try:
            file = await with_retries(lambda: self._bot.get_file(file_id))
        except TelegramError as error:
            if "too big" in error.message.lower():
                raise TooManyBytes(int(FileSizeLimit.FILESIZE_DOWNLOAD)) from None
            raise DownloadFailed(f"Telegram does not tell where the file is: {error.message}") from None
        if not file.file_path:
            raise DownloadFailed("Telegram does not tell where the file is")
        return file.file_path.removeprefix(f"{self._bot.base_file_url}/")
