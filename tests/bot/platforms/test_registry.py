"""What the list of platforms says of them is what their libraries say, and all that must be there is."""

import re

from discord.utils import DEFAULT_FILE_SIZE_LIMIT_BYTES
from telegram.constants import FileSizeLimit, MediaGroupLimit, MessageLimit

from bot.platforms.discord.platform import PLATFORM as DISCORD
from bot.platforms.registry import PLATFORMS, sections
from bot.platforms.telegram.platform import PLATFORM as TELEGRAM


def test_the_limits_of_discord_and_telegram_are_those_that_their_libraries_know() -> None:
    assert DISCORD.capabilities.image_bytes_limit == DEFAULT_FILE_SIZE_LIMIT_BYTES
    carried = TELEGRAM.capabilities
    assert carried.text_limit == MessageLimit.MAX_TEXT_LENGTH
    assert carried.caption_limit == MessageLimit.CAPTION_LENGTH
    assert carried.images_limit == MediaGroupLimit.MAX_MEDIA_LENGTH
    assert carried.image_bytes_limit == FileSizeLimit.FILESIZE_UPLOAD


def test_every_platform_has_a_name_of_its_own_and_says_how_to_start_it() -> None:
    assert len(sections()) == len(PLATFORMS)
    for platform in PLATFORMS:
        assert re.fullmatch("[a-z]+", platform.name)
        assert platform.title
        assert platform.how_to_start
