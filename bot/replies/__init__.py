"""What was found, or why nothing was, in words, in the chat's language and within what its platform can carry."""

from bot.replies.answer import Finding, Result, compose, count_pages, give_away, turn_to
from bot.replies.buttons import ButtonWords
from bot.replies.commands import CommandWords
from bot.replies.languages import LANGUAGES, TRANSLATED, find_language, translate, translations_for
from bot.replies.pages import PageWords
from bot.replies.records import RecordWords
from bot.replies.sentences import Bug, Sentences
from bot.replies.settings import SettingsWords
from bot.replies.teaching import TeachingWords

__all__ = [
    "LANGUAGES",
    "TRANSLATED",
    "Bug",
    "ButtonWords",
    "CommandWords",
    "Finding",
    "PageWords",
    "RecordWords",
    "Result",
    "Sentences",
    "SettingsWords",
    "TeachingWords",
    "compose",
    "count_pages",
    "find_language",
    "give_away",
    "translate",
    "translations_for",
    "turn_to",
]
