"""The names and descriptions of commands in the languages of those who use them."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation

from bot.chat.commands import Words
from bot.platforms.discord.platform import COMMAND_NAMES
from bot.platforms.discord.render import cut

DESCRIPTION_LIMIT = 100
MENU_NAME_LIMIT = 32


class Localisation(app_commands.Translator):
    """Translates texts for discord.py. It leaves out what would have Discord refuse all commands."""

    def __init__(self, words: Words) -> None:
        self._words = words

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContext[Any, Any],
    ) -> str | None:
        """Return a text in a language; None where there is none."""
        naming = _naming(context)
        text = self._words(string.extras.get("key", string.message), locale.value, naming)
        if text is None:
            return None
        if naming is not None:
            name = text + string.extras.get("suffix", "")
            return name if COMMAND_NAMES.accept(name) else None
        if isinstance(context.data, app_commands.ContextMenu):
            return text if len(text) <= MENU_NAME_LIMIT else None
        return cut(text, DESCRIPTION_LIMIT)


def _naming(context: app_commands.TranslationContext[Any, Any]) -> str | None:
    match context.location:
        case TranslationContextLocation.command_name if not isinstance(context.data, app_commands.ContextMenu):
            return COMMAND_NAMES.command
        case TranslationContextLocation.parameter_name:
            return COMMAND_NAMES.option
        case _:
            return None
