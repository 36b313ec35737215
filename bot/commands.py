"""The commands, the same on every platform: their names, what they take, who may use them, what they ask for.

Adapters register them from `COMMANDS` and, where people type them as text, read them with `split` and `parse`. Names
and descriptions are keys of the catalogues: in English they stand for themselves.
"""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import Ask, Configure, Forget, Misuse, OptOut, Page, Picture, Request, Roster, Show, Teach, Trigger


def N_(text: str) -> str:  # noqa: N802 - what gettext's tools look for
    """Mark a text for translation, which is done where it is shown."""
    return text


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
    """A number from 0 to 100."""
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
AUTOMATIC = "auto"
"""Said instead of a language's tag: the chat's or the reader's own."""

COMMANDS: tuple[Command, ...] = (
    Command(
        N_("who"),
        N_("Who is in this picture?"),
        (
            Parameter(N_("pictures"), N_("Pictures with anime faces"), Kind.PICTURES),
            Parameter(N_("private"), N_("Show the answer to me alone"), Kind.FLAG, required=False),
        ),
    ),
    Command(
        N_("teach"),
        N_("Teach me a character: I know them in this chat at once"),
        (
            Parameter(N_("name"), N_("Who it is"), Kind.NAME),
            Parameter(N_("pictures"), N_("Pictures that show their face"), Kind.PICTURES),
        ),
    ),
    Command(
        N_("forget"),
        N_("Forget a character that was taught in this chat"),
        (Parameter(N_("name"), N_("Whom to forget"), Kind.TAUGHT_NAME),),
    ),
    Command(
        N_("roster"),
        N_("Whom do I know?"),
        (Parameter(N_("search"), N_("A part of a name or series"), Kind.TEXT, required=False),),
    ),
    Command(N_("settings"), N_("See and change how I am set in this chat"), managers=True),
    Command(
        N_("language"),
        N_("Choose the language that I speak in this chat"),
        (Parameter(N_("tag"), N_("A language, or auto for everybody's own"), Kind.LANGUAGE),),
        managers=True,
    ),
    Command(
        N_("watch"),
        N_("Look at every picture posted here, or stop looking"),
        (Parameter(N_("state"), N_("on: answer every picture. off: only when asked"), Kind.SWITCH),),
        managers=True,
        where=Where.GROUPS,
    ),
    Command(
        N_("quiet"),
        N_("While watching, speak only when I know somebody"),
        (Parameter(N_("state"), N_("on: known characters only. off: every face"), Kind.SWITCH),),
        managers=True,
        where=Where.GROUPS,
    ),
    Command(
        N_("threshold"),
        N_("Choose how sure I must be to name a face"),
        (Parameter(N_("percent"), N_("From 0 to 100"), Kind.PERCENT),),
        managers=True,
    ),
    Command(
        N_("optout"),
        N_("Have me ignore your pictures, or no longer ignore them"),
        (Parameter(N_("state"), N_("on: ignore my pictures. off: look at them again"), Kind.SWITCH, required=False),),
    ),
    Command(N_("mydata"), N_("See and delete what I keep about you")),
    Command(N_("privacy"), N_("What I keep, for how long, and where")),
    Command(N_("stats"), N_("How often I was right in this chat")),
    Command(N_("history"), N_("Who has taught and changed what in this chat"), managers=True),
    Command(N_("about"), N_("My version, and what I know")),
    Command(N_("help"), N_("How to ask")),
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


def parse(name: str, text: str = "", pictures: Sequence[Picture] = ()) -> Request:  # noqa: PLR0911 - one for each command
    """Return what a command asks for; a `Misuse` where there is no such command or its text makes no sense.

    Args:
        name: Without the slash.
        text: What follows it; the words of its parameters.
        pictures: Those beside the command.
    """
    name = ALIASES.get(name, name)
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
    if not math.isfinite(value):
        return None
    return value if 0 < value < 1 else value / 100


def _usage(parameter: Parameter) -> str:
    match parameter.kind:
        case Kind.SWITCH:
            word = "|".join(SWITCH)
        case Kind.PICTURES | Kind.FLAG:
            word = parameter.name
        case _:
            word = f"<{parameter.name}>"
    return word if parameter.required else f"[{word}]"
