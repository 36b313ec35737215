"""What flows between platforms and features: in as an `Incoming` request or an `Event`, out as a `Reply`."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bot.errors import UserError
from bot.storage.values import Chat, Letter, Link, User

__all__ = [
    "ACTION_LIMIT",
    "OPTIONS_LIMIT",
    "Ask",
    "Bug",
    "Button",
    "ButtonStyle",
    "Capabilities",
    "Chat",
    "Event",
    "Failure",
    "Handler",
    "Help",
    "Incoming",
    "Left",
    "Letter",
    "Link",
    "Menu",
    "Missed",
    "Misuse",
    "Moved",
    "Opener",
    "Option",
    "Picture",
    "PictureRequest",
    "Placement",
    "Present",
    "Press",
    "Progress",
    "Prompt",
    "Reply",
    "ReplyImage",
    "Request",
    "Stage",
    "Suggest",
    "Trigger",
    "Unstored",
    "User",
]

Opener: TypeAlias = Callable[[], AbstractAsyncContextManager[AsyncIterator[bytes]]]
"""Starts a transfer and yields its bytes in chunks; raises `bot.errors.DownloadFailed` where the platform fails."""


class Trigger(StrEnum):
    """Why whobot analyses a picture. Nobody has asked for a `POSTED` one: whobot may stay silent about it."""

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


class Request:
    """What somebody asks for. Those that platforms make by themselves are here, the others with their features."""

    __slots__ = ()

    @property
    def unasked(self) -> bool:
        """Whether nobody waits for an answer: then a failure is not reported."""
        return False

    @property
    def confidential(self) -> bool:
        """Whether only the asker may see the answer."""
        return False


@dataclass(frozen=True, slots=True)
class PictureRequest(Request):
    """A request about pictures."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Ask(PictureRequest):
    """Who is this? `private` asks for an answer that only the asker sees."""

    trigger: Trigger
    private: bool = False

    @property
    def unasked(self) -> bool:
        """Whether the pictures were posted, and no more."""
        return self.trigger is Trigger.POSTED

    @property
    def confidential(self) -> bool:
        """Whether that was said with the question."""
        return self.private


@dataclass(frozen=True, slots=True)
class Press(Request):
    """Somebody pressed a button or chose from a menu; `text` is what they wrote where it had a `Prompt`.

    `asker` is who asked for the answer with the button, where the platform knows.
    """

    action: str
    text: str | None = None
    asker: User | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Suggest(Request):
    """Which names begin with `text`? They complete what is typed; `taught` limits them to those taught here."""

    text: str
    taught: bool = False

    @property
    def unasked(self) -> bool:
        """Nobody waits for suggestions."""
        return True


@dataclass(frozen=True, slots=True)
class Help(Request):
    """How is whobot used? Also what is made of words in a private chat that ask for nothing."""


@dataclass(frozen=True, slots=True)
class Misuse(Request):
    """A command that does not exist or is incomplete: the answer says how it is meant."""

    command: str


@dataclass(frozen=True, slots=True)
class Missed(Request):
    """Somebody has asked for what is not answered any more after a crash: they are told.

    `late`: it was too long ago. Else it is not known whether an answer has reached them.
    """

    late: bool


# --- events ----------------------------------------------------------------------------------------------------------


class Event(ABC):
    """Something that has happened to chats. There is no asker, and no answer."""

    __slots__ = ()

    @property
    @abstractmethod
    def platform(self) -> str:
        """Where it has happened."""


@dataclass(frozen=True, slots=True)
class Left(Event):
    """whobot was removed from this chat, or from the whole server where the chat's id is its `home`."""

    chat: Chat

    @property
    def platform(self) -> str:
        """Where that was."""
        return self.chat.platform


@dataclass(frozen=True, slots=True)
class Moved(Event):
    """This chat goes on under another id."""

    chat: Chat
    to: Chat

    @property
    def platform(self) -> str:
        """Where that was."""
        return self.chat.platform


@dataclass(frozen=True, slots=True)
class Present(Event):
    """These are all the homes that whobot is in, by its `account`.

    What is out of order for a while is among them. Never sent on a doubt: what is kept of homes that were among them
    before goes. Private chats are no homes, and stay.
    """

    account: User
    homes: frozenset[str]

    @property
    def platform(self) -> str:
        """Where the account is."""
        return self.account.platform


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
    """What a reply may carry on a platform. Characters are counted as the platform counts them.

    Whoever makes a reply keeps to it: no adapter is asked for what it has not declared.
    """

    text_limit: int
    caption_limit: int
    """Longest text beside an image."""
    images_limit: int
    """Most images in one answer."""
    image_bytes_limit: int
    alt_text: bool = False
    buttons: bool = False
    """Buttons, menus and prompts; the message with a button that was pressed can be replaced."""
    thumbnails: bool = False
    """Buttons and options may bear a small picture."""
    private_replies: bool = False
    """An answer can be shown to the asker alone."""
    context_menus: bool = False
    age_restricted_chats: bool = False
    kept_minutes: int = 0
    """How long whobot itself keeps the pictures of a chat, in memory; 0 where the platform keeps them."""
    own: bool = False
    """The chat is a page of whoever runs whobot, and of those they let in: not a place where many people meet."""
    data: bool = False
    """It is a program that asks: an answer brings its facts as data, and is remembered for verdicts."""
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
    """Pressing it sends `action` back in a `Press`. An action is at most `ACTION_LIMIT` ASCII characters.

    `picture` is a small encoded image that stands on it, on platforms with thumbnails.
    """

    label: str
    action: str
    style: ButtonStyle = ButtonStyle.PLAIN
    prompt: Prompt | None = None
    picture: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a menu; choosing it sends `action` back in a `Press`. `picture` is as of a `Button`."""

    label: str
    action: str
    selected: bool = False
    picture: bytes = field(default=b"", repr=False)


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


@dataclass(frozen=True, slots=True)
class Bug:
    """Something that should not have happened; the log knows it by `id`."""

    id: str

    @property
    def kind(self) -> str:
        """What it is called among the kinds of errors."""
        return "internal"


@dataclass(frozen=True, slots=True)
class Unstored(Bug):
    """The database could not be used; the log knows the reason by `id`."""


Failure: TypeAlias = UserError | Bug
"""Why there is no answer."""


class Placement(StrEnum):
    """Where a reply goes.

    `EDIT`: in place of the message whose button was pressed; its images stay unless the reply brings some.
    `NOTICE`: a short text for the one who pressed, seen by them alone where the platform can do that.
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
        shown: What a page or a program is answered with, which reads values instead of words.
        failure: Why nothing came of the request, where the text says so; also where that stays unsaid.
        times: Times as they stand in the text, in UTC: platforms that know the reader's clock show them by that.
    """

    text: str = ""
    images: tuple[ReplyImage, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    menus: tuple[Menu, ...] = ()
    placement: Placement = Placement.NEW
    private: bool = False
    spoiler: bool = False
    suggestions: tuple[str, ...] = ()
    shown: object = None
    failure: Failure | None = field(default=None, compare=False)
    times: tuple[tuple[str, datetime], ...] = ()

    @property
    def silent(self) -> bool:
        """Whether there is nothing to send or to do."""
        return self.placement is not Placement.DELETE and not self.text and not self.images


Handler: TypeAlias = Callable[[Incoming | Event], Awaitable[Reply]]
"""What a platform is handed: it always returns a reply, silence to an event, and never raises, cancellation apart."""
