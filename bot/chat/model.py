"""What flows between a platform and the features: in as an `Incoming` with a `Request`, out again as a `Reply`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

from bot.storage.values import Chat, Keeping, Link, Teachers, User

__all__ = [
    "ACTION_LIMIT",
    "OPTIONS_LIMIT",
    "Ask",
    "Button",
    "ButtonStyle",
    "Capabilities",
    "Chat",
    "Configure",
    "Forget",
    "Handler",
    "Incoming",
    "Keeping",
    "Left",
    "Link",
    "Menu",
    "Misuse",
    "Moved",
    "Opener",
    "OptOut",
    "Option",
    "Page",
    "Picture",
    "Placement",
    "Present",
    "Press",
    "Progress",
    "Prompt",
    "Reply",
    "ReplyImage",
    "Request",
    "Roster",
    "Show",
    "Stage",
    "Suggest",
    "Teach",
    "Teachers",
    "Trigger",
    "User",
]

Opener: TypeAlias = Callable[[], AbstractAsyncContextManager[AsyncIterator[bytes]]]
"""Starts a transfer and yields its bytes in chunks; raises `bot.errors.DownloadFailed` where the platform fails."""


class Trigger(StrEnum):
    """Why whobot looks at a picture. `POSTED` is the only one that nobody asked for: it may be met with silence."""

    COMMAND = "command"
    MENU = "menu"
    MENTION = "mention"
    REPLY = "reply"
    PRIVATE = "private"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, sticker or short video that has not been fetched yet.

    `size` is what the platform declares, in bytes: good enough to refuse early, never to be trusted.
    `author` is who posted the picture, where that is known and is not the one who asks; `origin` is who had posted it
    first, where it was forwarded and the platform tells.
    """

    name: str
    open: Opener = field(repr=False)
    size: int | None = None
    spoiler: bool = False
    author: User | None = None
    origin: User | None = None


# --- requests --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """Who is this? `private` asks for an answer that nobody else sees."""

    pictures: tuple[Picture, ...]
    trigger: Trigger
    private: bool = False


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button or chose from a menu; `text` is what they wrote where it had a `Prompt`.

    `asker` is who asked for the answer with the button, where the platform knows.
    """

    action: str
    text: str | None = None
    asker: User | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Teach:
    """These pictures show `name`."""

    name: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Forget:
    """Unlearn the character `name` that was taught in this chat."""

    name: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Whom does whobot know? `query` is a part of a name, an alias or a series; empty for all."""

    query: str = ""


@dataclass(frozen=True, slots=True)
class Suggest:
    """Which names begin like `text`? For completion while somebody types; `taught` limits it to what `Forget` takes."""

    text: str
    taught: bool = False


@dataclass(frozen=True, slots=True)
class Configure:
    """Change this chat's settings; None leaves a setting as it is.

    Args:
        watch: Look at every picture posted.
        quiet: In a watched chat, speak only when a known character is found.
        threshold: The probability from which a face is named; "auto" for the network's own.
        language: A BCP 47 tag; "auto" for everybody's own.
        adults_only: Stay silent unless the platform marks the chat as age-restricted.
        teachers: Who may teach and correct.
        keep: Which judgements keep the face crop, so that they count as examples.
        confirm: Whether what one person teaches is provisional until a second one or a manager confirms it.
    """

    watch: bool | None = None
    quiet: bool | None = None
    threshold: float | Literal["auto"] | None = None
    language: str | None = None
    adults_only: bool | None = None
    teachers: Teachers | None = None
    keep: Keeping | None = None
    confirm: bool | None = None


@dataclass(frozen=True, slots=True)
class OptOut:
    """The user wants their pictures ignored from now on (`out`), or no longer ignored."""

    out: bool


class Page(StrEnum):
    """Something to read, some of it with buttons to act on it."""

    HELP = "help"
    ABOUT = "about"
    PRIVACY = "privacy"
    SETTINGS = "settings"
    MY_DATA = "mydata"
    STATS = "stats"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Show:
    """Show a page."""

    page: Page


@dataclass(frozen=True, slots=True)
class Misuse:
    """Somebody typed a command that is none, or that is not finished: they are told how it is meant."""

    command: str


@dataclass(frozen=True, slots=True)
class Left:
    """whobot was removed from this chat, or from the whole server where the chat's id is its `home`."""


@dataclass(frozen=True, slots=True)
class Moved:
    """This chat goes on under another id."""

    to: Chat


@dataclass(frozen=True, slots=True)
class Present:
    """These are all the homes that whobot is in, by the account that is this request's user.

    What is out of order for a while is among them. Never sent on a doubt: what is kept of homes that were among them
    before goes. Private chats are no homes, and stay.
    """

    homes: frozenset[str]


Request: TypeAlias = (
    Ask | Press | Teach | Forget | Roster | Suggest | Configure | OptOut | Show | Misuse | Left | Moved | Present
)


# --- how it arrives --------------------------------------------------------------------------------------------------


class Stage(StrEnum):
    """How far an `Ask` has come. `ACCEPTED` means that an answer will follow: the moment to show that one is coming."""

    ACCEPTED = "accepted"
    DOWNLOADING = "downloading"
    ANALYSING = "analysing"


@dataclass(frozen=True, slots=True)
class Progress:
    """`picture` counts from 1 to `pictures`."""

    stage: Stage
    picture: int
    pictures: int


async def _ignore(progress: Progress) -> None:
    """The default listener: most platforms have nowhere to show progress."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can carry and do. Characters are counted as the platform counts them.

    What is False here is said in the documents' table, and handled by who makes the reply: no adapter is asked for it.
    """

    text_limit: int
    caption_limit: int
    """Longest text beside an image."""
    images_limit: int
    """Most images in one answer."""
    image_bytes_limit: int
    spoilers: bool = False
    alt_text: bool = False
    buttons: bool = False
    """Buttons, menus and prompts."""
    edits: bool = False
    """A message whose button was pressed can be replaced."""
    private_replies: bool = False
    """An answer can be shown to the asker alone."""
    sees_deletions: bool = False
    """The platform tells when a message is deleted, so that the answer to it can go too."""
    sees_edits: bool = False
    context_menus: bool = False
    completion: bool = False
    """Names are suggested while somebody types."""
    age_restricted_chats: bool = False
    shared_chats: bool = False
    """There are chats of many people, which can be watched."""
    previews: bool = False
    """The pictures of links that the platform shows are handed to the bot."""
    reactions: bool = False
    """The asker can take an answer away with a reaction to it."""
    chat_link: str = ""
    """The address that opens a chat of a server, with ``{home}`` and ``{id}``; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request from a platform, in neutral words. `locale` is the author's or chat's BCP 47 tag, where known."""

    chat: Chat
    user: User
    request: Request
    capabilities: Capabilities
    locale: str | None = None
    progress: Callable[[Progress], Awaitable[None]] = field(default=_ignore, repr=False)


# --- the answer -------------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class ReplyImage:
    """An encoded image to send; `alt` says in words what it shows."""

    data: bytes = field(repr=False)
    media_type: str
    filename: str
    alt: str = ""
    spoiler: bool = False


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


Handler: TypeAlias = Callable[[Incoming], Awaitable[Reply]]
"""What a platform is handed: it always returns a reply and never raises, cancellation apart."""
