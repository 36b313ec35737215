"""What goes back to a platform."""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ReplyImage:
    """An encoded image to send; `alt` says in words what it shows."""

    data: bytes = field(repr=False)
    media_type: str
    filename: str
    alt: str = ""
    spoiler: bool = False


class ButtonStyle(StrEnum):
    """How a button looks, where the platform knows the difference."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words to ask for before a press counts: a dialogue on Discord, a forced reply on Telegram."""

    title: str
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """Pressing it sends `action` back in a `Press`. An action is at most `ACTION_LIMIT` ASCII characters."""

    label: str
    action: str
    style: ButtonStyle = ButtonStyle.PLAIN
    prompt: Prompt | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a menu; choosing it sends `action` back in a `Press`."""

    label: str
    action: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """Choices of which one is made: a select on Discord, rows of buttons on Telegram. At most `OPTIONS_LIMIT`."""

    label: str
    options: tuple[Option, ...]


ACTION_LIMIT = 60
"""Characters. Telegram, the strictest, carries 64 bytes."""
OPTIONS_LIMIT = 25
"""Discord's, the strictest."""


class Placement(StrEnum):
    """Where a reply goes.

    `EDIT`: in place of the message whose button was pressed; its images stay unless the reply brings some.
    `NOTICE`: a short word to the one who pressed, seen by nobody else where the platform can do that.
    `DELETE`: nowhere; the message whose button was pressed, and the images that belong to it, go away.
    """

    NEW = "new"
    EDIT = "edit"
    NOTICE = "notice"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in plain text (the adapter escapes markup) with its images. An empty new reply asks for silence.

    Args:
        buttons: Rows of buttons under the answer, at most five of at most five.
        menus: Menus under the buttons; Discord gives each a row of its own, and has five rows in all.
        private: Whether only the one who asked may see it, where the platform can do that.
        spoiler: Whether the text gives away what was hidden, with or without images that do.
        suggestions: What a `Suggest` is answered with; nothing else is read then.
    """

    text: str = ""
    images: tuple[ReplyImage, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    menus: tuple[Menu, ...] = ()
    placement: Placement = Placement.NEW
    private: bool = False
    spoiler: bool = False
    suggestions: tuple[str, ...] = ()

    @property
    def silent(self) -> bool:
        """Whether there is nothing to send or to do."""
        return self.placement is not Placement.DELETE and not self.text and not self.images
