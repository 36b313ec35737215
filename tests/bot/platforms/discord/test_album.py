from unittest import mock

import aiohttp
import pytest
from discord import Attachment

from bot.chat.analysis import fetch
from bot.errors import DownloadFailed
from bot.platforms.discord.adapter import DiscordAdapter
from bot.platforms.discord.album import Album


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a.png",
        "http://cdn.discordapp.com/a.png",
        "https://cdn.discordapp.com.example.org/a.png",
        "http://127.0.0.1/a.png",
    ],
)
async def test_pictures_come_from_discord_s_own_hosts_only(url: str) -> None:
    payload = {"id": "1", "filename": "a.png", "size": 3, "url": url, "proxy_url": url, "content_type": "image/png"}
    async with aiohttp.ClientSession() as session:
        attachment = Attachment(data=payload, state=mock.Mock())  # type: ignore[arg-type]
        (picture,) = Album(session, DiscordAdapter.media_hosts).attached([attachment])
        with pytest.raises(DownloadFailed):
            await fetch(picture, max_bytes=10, seconds=30)
