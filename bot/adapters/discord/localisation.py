"""The names and descriptions of commands in the languages of those who use them."""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation

from bot.adapters.discord.render import cut

Words: TypeAlias = Callable[[str, str], str | None]
"""Says an English text of `bot.commands` in the language of a BCP 47 tag; None where it cannot."""

DESCRIPTION_LIMIT = 100
MENU_NAME_LIMIT = 32
NAME = re.compile(r"[-_'\w]{1,32}")
"""What Discord takes for the name of a command or an option, in lower case."""


def english_only(_text: str, _tag: str) -> None:
    """Know no other language: `Words` for where there are no catalogues."""


class Localisation(app_commands.Translator):
    """Has discord.py look texts up. What Discord would not take is left out: all commands would be refused with it."""

    def __init__(self, words: Words) -> None:
        self._words = words

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContext[Any, Any],
    ) -> str | None:
        """Return a text in a language; None where there is none."""
        text = self._words(string.extras.get("key", string.message), locale.value)
        if text is None:
            return None
        match context.location:
            case TranslationContextLocation.command_description | TranslationContextLocation.parameter_description:
                return cut(text, DESCRIPTION_LIMIT)
            case TranslationContextLocation.command_name if isinstance(context.data, app_commands.ContextMenu):
                return text if len(text) <= MENU_NAME_LIMIT else None
            case _:
                name = text + string.extras.get("suffix", "")
                return name if NAME.fullmatch(name) and name == name.lower() else None
