"""Bring the catalogues of sentences up to date with the code: ``python -m tests.checks.catalogues``.

New sentences are added without a translation, gone ones are dropped, and what is missing is listed. Nothing is guessed:
a sentence that resembles another one gets no translation from it.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.chat.features import FEATURES
from bot.chat.words.languages import LANGUAGES, TRANSLATED
from bot.platforms.base import CommandNames
from bot.platforms.registry import PLATFORMS

CODE = Path(__file__).resolve().parents[2] / "bot"
LOCALES = CODE / "chat" / "locales"
KEYWORDS = {"N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def template() -> Catalog:
    """All sentences in the code, and the names of commands and of their options."""
    catalogue = Catalog(project="whobot", charset="utf-8")
    for name, line, message, comments, context in extract_from_dir(
        CODE, [("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        catalogue.add(message, None, [(f"bot/{name}", line)], auto_comments=comments, context=context)
    for name, context, _ in names():
        catalogue.add(name, None, [("bot/chat/commands.py", 1)], context=context)
    for entry in catalogue:
        entry.locations.sort()  # they come in the order of the folder on this disk, and messages are ordered by them
    return catalogue


def names() -> Iterator[tuple[str, str, CommandNames]]:
    """The names of commands and options, each with the context and the rules of every platform that has its own."""
    platforms = [platform.command_names for platform in PLATFORMS if platform.command_names]
    for command in (command for feature in FEATURES for command in feature.commands):
        yield from ((command.name, rules.command, rules) for rules in platforms)
        for rules in platforms:
            if rules.option:
                yield from ((parameter.name, rules.option, rules) for parameter in command.parameters)


def catalogue(language: str) -> Catalog:
    """A language's catalogue as it is on disk; an empty one where there is none yet."""
    path = LOCALES / f"{language}.po"
    locale = language.replace("-hans", "_Hans").replace("-", "_")
    content = path.read_bytes() if path.exists() else b""
    return read_po(BytesIO(content), locale=locale, charset="utf-8")


def missing(one: Catalog) -> Iterator[Message]:
    """The sentences of a catalogue that are not translated in all their forms."""
    for message in one:
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not (forms and all(forms)):
            yield message


def without_dates(content: bytes) -> bytes:
    """Drop the header's lines that change with every run or name nobody."""
    said = (b'"Language: ', b'"Plural-Forms: ', b'"MIME', b'"Content-')
    head, blank, rest = content.partition(b"\n\n")
    lines = [line for line in head.split(b"\n") if not line.startswith(b'"') or line.startswith(said)]
    return b"\n".join(lines) + blank + rest


def main() -> int:
    """Update every catalogue, list what is missing; return 1 where something is."""
    sentences, gaps = template(), 0
    for language in TRANSLATED:
        one = catalogue(language)
        one.update(sentences, no_fuzzy_matching=True)
        one.obsolete.clear()
        one.fuzzy = False
        one.header_comment = f"# whobot in {LANGUAGES[language]}"
        written = BytesIO()
        write_po(written, one, width=100, omit_header=False, sort_by_file=True, include_lineno=False)
        LOCALES.mkdir(exist_ok=True)
        (LOCALES / f"{language}.po").write_bytes(without_dates(written.getvalue()))
        lacking = list(missing(one))
        gaps += len(lacking)
        print(f"{language}: {len(lacking)} of {len(one)} sentences to translate")
    return int(gaps > 0)


if __name__ == "__main__":
    sys.exit(main())
