"""What a platform sends: one `Incoming`, with one `Request` in it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

Opener: TypeAlias = Callable[[], AbstractAsyncContextManager[AsyncIterator[bytes]]]
"""Starts a transfer and yields its bytes in chunks; raises `bot.errors.DownloadFailed` where the platform fails."""

_UNRULY = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
"""Ends of lines, controls, and what turns the direction of the words that follow."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A channel, group or private chat of one platform.

    `home` is the id of the server that a channel belongs to, where there is one: what is taught in one channel is known
    in all channels of its home. `hears_all` is False where the platform lets whobot read only what is addressed to it.
    """

    platform: str
    id: str
    private: bool = False
    home: str | None = field(default=None, compare=False)
    age_restricted: bool = field(default=False, compare=False)
    hears_all: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class User:
    """Who asks. `manager`: by the platform's own rules they may change this chat's settings. `name` is for people."""

    platform: str
    id: str
    manager: bool = False
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        # It is theirs to choose, and stands in lines that say who did what.
        object.__setattr__(self, "name", _UNRULY.sub(" ", self.name).strip())


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


class Teachers(StrEnum):
    """Who may teach and correct in a chat."""

    EVERYONE = "everyone"
    MANAGERS = "managers"
    NOBODY = "nobody"


class Keeping(StrEnum):
    """What stays of a picture when somebody judges an answer. What somebody teaches with stays in any case."""

    NOTHING = "nothing"
    NAMED = "named"
    """The face, if somebody says who it is: that is teaching."""
    JUDGED = "judged"
    """The face, also if somebody says no more than that an answer was right or wrong."""


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

    What is False here is said in the README's table, and handled by who makes the reply: no adapter is asked for it.
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
