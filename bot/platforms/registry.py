"""The platforms that ship, a line each."""

from collections.abc import Sequence
from typing import Any

from bot.config import Sections
from bot.platforms.api.platform import PLATFORM as API
from bot.platforms.base import Platform
from bot.platforms.discord.platform import PLATFORM as DISCORD
from bot.platforms.telegram.platform import PLATFORM as TELEGRAM
from bot.platforms.web.platform import PLATFORM as WEB

PLATFORMS: tuple[Platform[Any], ...] = (DISCORD, TELEGRAM, WEB, API)


def sections(platforms: Sequence[Platform[Any]] = PLATFORMS) -> Sections:
    """Return what each platform declares can be set, by the platform's name."""
    return {platform.name: platform.section for platform in platforms}


def name_contexts(platforms: Sequence[Platform[Any]] = PLATFORMS) -> list[str]:
    """Return the contexts in which the catalogues translate names of commands."""
    return [platform.command_names.command for platform in platforms if platform.command_names]
