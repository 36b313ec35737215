"""What was found, or why nothing was, in words, in the chat's language and within what its platform can carry."""

from bot.replies.answer import Finding, Result, compose
from bot.replies.commands import CommandWords
from bot.replies.languages import LANGUAGES, find_language, translations_for
from bot.replies.sentences import Bug, Sentences

__all__ = [
    "LANGUAGES",
    "Bug",
    "CommandWords",
    "Finding",
    "Result",
    "Sentences",
    "compose",
    "find_language",
    "translations_for",
]
