"""What was found, or why nothing was, in words, in the chat's language and within what its platform can carry."""

from bot.chat.words.answer import Finding, Result, compose, count_pages, give_away, turn_to
from bot.chat.words.languages import LANGUAGES, TRANSLATED, find_language, translate, translations_for
from bot.chat.words.records import told
from bot.chat.words.sentences import Sentences
from bot.chat.words.teaching import TeachingWords

__all__ = [
    "LANGUAGES",
    "TRANSLATED",
    "Finding",
    "Result",
    "Sentences",
    "TeachingWords",
    "compose",
    "count_pages",
    "find_language",
    "give_away",
    "told",
    "translate",
    "translations_for",
    "turn_to",
]
