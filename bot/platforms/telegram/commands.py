"""The menu of commands that Telegram shows beside the text field, and how the bot presents itself."""

from collections.abc import Callable, Iterable
from functools import partial

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.constants import BotCommandLimit, BotDescriptionLimit
from telegram.error import TelegramError

from bot.chat.commands import Command, Where, Words, english_only
from bot.chat.registry import Registry
from bot.platforms.telegram.platform import COMMAND_NAMES
from bot.platforms.telegram.retry import with_retries
from bot.texts import N_

log = structlog.get_logger(__name__)

_SHORT_DESCRIPTION = N_("Who is this? I find the faces in anime pictures and say who they are.")
_DESCRIPTION = N_(
    "Send me a picture with anime faces: I find them and say who each one is, and how sure I am. In a group, reply to a"
    " picture with /who."
)
_SCOPES: tuple[tuple[BotCommandScope, Callable[[Command], bool]], ...] = (
    (BotCommandScopeAllPrivateChats(), lambda command: command.where is not Where.GROUPS),
    (BotCommandScopeAllGroupChats(), lambda command: not command.managers),
    (BotCommandScopeAllChatAdministrators(), lambda _: True),
)


async def present(bot: Bot, registry: Registry, words: Words, languages: Iterable[str]) -> None:
    """Tell Telegram, in each language, which commands there are and what the bot is. Failure is logged, never raised.

    Telegram shows what is told without a language to those whose language is not among `languages`.
    """
    try:
        await _present(bot, registry, english_only, "", None)
        for tag in languages:
            # Telegram knows languages by their two letters alone.
            await _present(bot, registry, words, tag, tag.split("-")[0])
    except TelegramError as error:
        log.warning("the menu of commands could not be set", platform="telegram", reason=error.message)


async def _present(bot: Bot, registry: Registry, words: Words, tag: str, language: str | None) -> None:
    for scope, shown in _SCOPES:
        menu = [_entry(command, words, tag) for command in filter(shown, registry.commands)]
        await with_retries(partial(bot.set_my_commands, menu, scope, language))
    short = _say(words, tag, _SHORT_DESCRIPTION)[: BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH]
    await with_retries(lambda: bot.set_my_short_description(short, language))
    description = _say(words, tag, _DESCRIPTION)[: BotDescriptionLimit.MAX_DESCRIPTION_LENGTH]
    await with_retries(lambda: bot.set_my_description(description, language))


def _say(words: Words, tag: str, text: str) -> str:
    return words(text, tag) or text


def _entry(command: Command, words: Words, tag: str) -> BotCommand:
    name = words(command.name, tag, COMMAND_NAMES.command) or ""
    description = _say(words, tag, command.description)[: BotCommandLimit.MAX_DESCRIPTION]
    return BotCommand(name if COMMAND_NAMES.accept(name) else command.name, description)
