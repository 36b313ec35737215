"""The commands, the same on every platform: their names, what they take, who may use them, what they ask for.

Adapters register them from `COMMANDS` and, where people type them as text, read them with `split`, `typed_names` and
`parse`. Names and descriptions are keys of the catalogues, names in a `Naming` each: in English they stand for
themselves.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from bot.chat.model import Ask, Configure, Forget, Misuse, OptOut, Page, Picture, Request, Roster, Show, Teach, Trigger


def N_(text: str) -> str:  # noqa: N802 - what gettext's tools look for
    """Mark a text for translation, which is done where it is shown."""
    return text


class Naming(StrEnum):
    """Where a name stands, a context of the catalogues: platforms differ in what they take for one."""

    DISCORD_COMMAND = "command name on Discord"
    """Lower case, letters of any script, digits, "-" and "_"; at most 32."""
    DISCORD_OPTION = "option name on Discord"
    """The same."""
    TELEGRAM_COMMAND = "command name on Telegram"
    """Of a-z, 0-9 and "_"; at most 32."""


class Words(Protocol):
    """Says a text of the code in other languages."""

    def __call__(self, text: str, tag: str, context: Naming | None = None, /) -> str | None:
        """Return a text in the language of a BCP 47 tag; None where that is not known.

        Args:
            text: In English.
            tag: The language's.
            context: Where a name stands; None for all that is no name.
        """
        ...


def english_only(_text: str, _tag: str, _context: Naming | None = None) -> None:
    """Know no other language: `Words` for where there are no catalogues."""


class Kind(StrEnum):
    """What an option takes. Names are completed while somebody types, with what a `Suggest` is answered."""

    PICTURES = "pictures"
    """Beside the command, not in its text: one or more."""
    TEXT = "text"
    NAME = "name"
    """A character's name; new ones are fine."""
    TAUGHT_NAME = "taught name"
    """The name of a character that was taught in this chat."""
    SWITCH = "switch"
    """One of `SWITCH`."""
    PERCENT = "percent"
    """A number from 0 to 100, or `AUTOMATIC`."""
    LANGUAGE = "language"
    """A language's tag, or `AUTOMATIC`."""
    FLAG = "flag"
    """There, by its name, or not there."""


class Where(StrEnum):
    """In which chats a command makes sense."""

    ANYWHERE = "anywhere"
    GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One option of a command."""

    name: str
    description: str
    kind: Kind
    required: bool = True


@dataclass(frozen=True, slots=True)
class Command:
    """A command. `managers`: only for those who may change how the chat is set."""

    name: str
    description: str
    parameters: tuple[Parameter, ...] = ()
    managers: bool = False
    where: Where = Where.ANYWHERE

    @property
    def usage(self) -> str:
        """How it is written, as in ``/watch on|off``."""
        return " ".join([f"/{self.name}", *map(_usage, self.parameters)])


SWITCH: Mapping[str, bool] = {"on": True, "off": False}
AUTOMATIC: Final = "auto"
"""Said instead of a language's tag, or of a threshold: everybody's or the network's own."""

EVERYBODYS_OWN = N_("Everybody's own")
"""What `AUTOMATIC` means for a language, where it is chosen from a list."""

COMMANDS: tuple[Command, ...] = (
    Command(
        "who",
        N_("Who is in this picture?"),
        (
            Parameter("pictures", N_("Pictures with anime faces"), Kind.PICTURES),
            Parameter("private", N_("Show the answer to me alone"), Kind.FLAG, required=False),
        ),
    ),
    Command(
        "teach",
        N_("Teach me a character: I know them in this chat at once"),
        (
            Parameter("name", N_("Who it is"), Kind.NAME),
            Parameter("pictures", N_("Pictures that show their face"), Kind.PICTURES),
        ),
    ),
    Command(
        "forget",
        N_("Forget a character that was taught in this chat"),
        (Parameter("name", N_("Whom to forget"), Kind.TAUGHT_NAME),),
    ),
    Command(
        "roster",
        N_("Whom do I know?"),
        (Parameter("search", N_("A part of a name or series"), Kind.TEXT, required=False),),
    ),
    Command("settings", N_("See and change how I am set in this chat"), managers=True),
    Command(
        "language",
        N_("Choose the language that I speak in this chat"),
        (Parameter("tag", N_("A language, or auto for everybody's own"), Kind.LANGUAGE),),
        managers=True,
    ),
    Command(
        "watch",
        N_("Look at every picture posted here, or stop looking"),
        (Parameter("state", N_("on: answer every picture. off: only when asked"), Kind.SWITCH),),
        managers=True,
        where=Where.GROUPS,
    ),
    Command(
        "quiet",
        N_("While watching, speak only when I know somebody"),
        (Parameter("state", N_("on: known characters only. off: every face"), Kind.SWITCH),),
        managers=True,
        where=Where.GROUPS,
    ),
    Command(
        "threshold",
        N_("Choose how sure I must be to name a face"),
        (Parameter("percent", N_("From 0 to 100, or auto to leave it to me"), Kind.PERCENT),),
        managers=True,
    ),
    Command(
        "optout",
        N_("Have me ignore your pictures, or no longer ignore them"),
        (Parameter("state", N_("on: ignore my pictures. off: look at them again"), Kind.SWITCH, required=False),),
    ),
    Command("mydata", N_("See and delete what I keep about you")),
    Command("privacy", N_("What I keep, for how long, and where")),
    Command("stats", N_("How often I was right in this chat")),
    Command("history", N_("Who has taught and changed what in this chat"), managers=True),
    Command("about", N_("My version, and what I know")),
    Command("help", N_("How to ask")),
)
BY_NAME: Mapping[str, Command] = {command.name: command for command in COMMANDS}

ASK_MENU = N_("Who is this?")
TEACH_MENU = N_("Teach this face")
"""Entries of the menu of a message, where a platform has one."""

ALIASES: Mapping[str, str] = {"start": "help"}
"""Telegram sends /start when somebody opens a chat."""

_PAGES: Mapping[str, Page] = {page.value: page for page in Page}


def split(message: str) -> tuple[str, str] | None:
    """Return a typed command's name and the text after it, or None where the message does not begin with a command.

    Full-width letters, as Japanese keyboards write them, are read as plain ones. The text after it stays as it is.
    """
    word, *rest = message.split(maxsplit=1) or [""]
    name = _plain(word)
    return (name[1:], "".join(rest).strip()) if name.startswith("/") and len(name) > 1 else None


def typed_names(words: Words, tags: Iterable[str]) -> dict[str, str]:
    """Return what may be typed for each command, as `split` gives it: its name in English, and in these languages."""
    names = {**ALIASES, **{name: name for name in BY_NAME}}
    for tag in tags:
        for command in COMMANDS:
            for context in (Naming.DISCORD_COMMAND, Naming.TELEGRAM_COMMAND):
                name = words(command.name, tag, context) or command.name
                names.setdefault(_plain(name), command.name)
    return names


def parse(name: str, text: str = "", pictures: Sequence[Picture] = ()) -> Request:  # noqa: PLR0911 - one for each command
    """Return what a command asks for; a `Misuse` where there is no such command or its text makes no sense.

    Args:
        name: Without the slash, in English; `typed_names` has it.
        text: What follows it; the words of its parameters.
        pictures: Those beside the command.
    """
    words = " ".join(_plain(text).split())
    match name:
        case "who":
            return Ask(tuple(pictures), Trigger.COMMAND, private=words == "private")
        case "teach" if text:
            return Teach(text, tuple(pictures))
        case "forget" if text:
            return Forget(text)
        case "roster":
            return Roster(text)
        case "language" if words:
            return Configure(language=words)
        case "watch" if words in SWITCH:
            return Configure(watch=SWITCH[words])
        case "quiet" if words in SWITCH:
            return Configure(quiet=SWITCH[words])
        case "threshold" if words == AUTOMATIC:
            return Configure(threshold=AUTOMATIC)
        case "threshold" if (probability := _probability(words)) is not None:
            return Configure(threshold=probability)
        case "optout" if words in SWITCH or not words:
            return OptOut(SWITCH.get(words, True))
        case _ if name in _PAGES:
            return Show(_PAGES[name])
        case _:
            return Misuse(name)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _probability(percent: str) -> float | None:
    """Read a percentage. Whoever writes 0.7 does not mean less than one percent."""
    try:
        value = float(percent.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        return None
    if not 0 <= value <= 100:  # nor is it "not a number"
        return None
    return value if 0 < value < 1 else value / 100


def _usage(parameter: Parameter) -> str:
    match parameter.kind:
        case Kind.SWITCH:
            word = "|".join(SWITCH)
        case Kind.PICTURES | Kind.FLAG:
            word = parameter.name
        case Kind.PERCENT | Kind.LANGUAGE:
            word = f"<{parameter.name}>|{AUTOMATIC}"
        case _:
            word = f"<{parameter.name}>" if parameter.required else parameter.name
    return word if parameter.required else f"[{word}]"
