"""What a command is, the same on every platform: its name, what it takes, who may use it, what it asks for.

`bot.chat.registry.Registry` has all of them. Names and descriptions are keys of the catalogues; in English they stand
for themselves. Platforms differ in what they take for a name, so a name is translated once for each of them, in the
context that the platform's rules give.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from gettext import NullTranslations
from typing import Final, Protocol

from bot.chat.model import Picture, Request
from bot.texts import N_


class Words(Protocol):
    """Says a text of the code in other languages."""

    def __call__(self, text: str, tag: str, context: str | None = None, /) -> str | None:
        """Return a text in the language of a BCP 47 tag; None where that is not known.

        Args:
            text: In English.
            tag: The language's.
            context: The context in the catalogues, for names; None for all other texts.
        """
        ...


def english_only(_text: str, _tag: str, _context: str | None = None) -> None:
    """Know no other language: `Words` for where there are no catalogues."""


class Kind(StrEnum):
    """What an option takes. Names are completed while people type: a `Suggest` asks for them."""

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


SWITCH: Mapping[str, bool] = {"on": True, "off": False}
AUTOMATIC: Final = "auto"
"""Said instead of a language's tag, or of a threshold: everybody's or the network's own."""

EVERYBODYS_OWN = N_("Everybody's own")
"""What `AUTOMATIC` means for a language, where it is chosen from a list."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What comes with a command: the text after it, which is the words of its parameters, and pictures beside it."""

    text: str = ""
    pictures: tuple[Picture, ...] = ()

    @property
    def words(self) -> str:
        """The text where spelling does not matter: in lower case, full-width letters as plain ones."""
        return " ".join(plain(self.text).split())


@dataclass(frozen=True, slots=True)
class Command:
    """A command: how it is named and described, what it takes, and what it asks for.

    Args:
        read: Makes the request; None where the arguments make no sense.
        managers: Only for those who may change how the chat is set.
        aliases: Other names that may be typed for it.
    """

    name: str
    description: str
    read: Callable[[Arguments], Request | None]
    parameters: tuple[Parameter, ...] = ()
    managers: bool = False
    where: Where = Where.ANYWHERE
    aliases: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """How it is written, as in ``/watch on|off``."""
        return " ".join([f"/{self.name}", *map(_usage, self.parameters)])


@dataclass(frozen=True, slots=True)
class MessageMenu:
    """An entry of the menu of a message, where a platform has one: it is about the message's pictures.

    Args:
        key: Its name between programs. It never changes: a dialogue may stay open over a restart.
        name: How it is called in the menu.
        read: Makes the request.
        prompt: What to ask for in words before that, if anything.
    """

    key: str
    name: str
    read: Callable[[Arguments], Request]
    prompt: str = ""


def help_line(t: NullTranslations, command: Command) -> str:
    """Say in a line what a command is for."""
    return t.gettext("{usage}: {description}").format(usage=command.usage, description=t.gettext(command.description))


def split(message: str) -> tuple[str, str] | None:
    """Return a typed command's name and the text after it, or None where the message does not begin with a command.

    The name is `plain`; the text after it stays as it is.
    """
    word, *rest = message.split(maxsplit=1) or [""]
    name = plain(word)
    return (name[1:], "".join(rest).strip()) if name.startswith("/") and len(name) > 1 else None


def plain(text: str) -> str:
    """Return a text in lower case, with full-width letters, as Japanese keyboards write them, as plain ones."""
    return unicodedata.normalize("NFKC", text).casefold()


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
