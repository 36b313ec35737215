"""What a message asks for: Telegram's words in, whobot's out. Nothing here waits or remembers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from telegram import Document, Message, PhotoSize, Sticker
from telegram import User as TelegramUser
from telegram.constants import ChatType, FileSizeLimit, MessageEntityType

from bot.domain import Ask, Configure, Opener, OptOut, Page, Picture, Request, Show, Trigger, User

PLATFORM = "telegram"
_SWITCH = {"on": True, "off": False}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads messages for the bot `me`; `opener` makes a file's opener from its id."""

    me: TelegramUser
    opener: Callable[[str], Opener]

    def read(self, messages: Sequence[Message], *, expected: bool = False) -> Request | None:
        """Make a request of a message, or of all messages of one album. None where the bot is not meant.

        `expected` tells that the author has just asked for a picture to be looked at, and this is the one.
        """
        command, argument = self._command(messages)
        match command:
            case "help" | "start":
                return Show(Page.HELP)
            case "watch":
                return Configure(watch=_SWITCH[argument]) if argument in _SWITCH else Show(Page.HELP)
            case "optout":
                return OptOut(_SWITCH[argument or "on"]) if (argument or "on") in _SWITCH else Show(Page.HELP)
        own = tuple(picture for message in messages for picture in self._pictures(message))
        trigger = Trigger.COMMAND if command == "who" or (expected and own) else None
        if trigger is None and any(self._mentions_me(message) for message in messages):
            trigger = Trigger.MENTION
        return self._ask(messages[0], own, trigger)

    def _ask(self, message: Message, own: tuple[Picture, ...], trigger: Trigger | None) -> Request | None:
        answered = message.reply_to_message
        by_me = answered is not None and answered.from_user is not None and answered.from_user.id == self.me.id
        there = self._pictures(answered, asked_by=message) if answered else ()
        if trigger is Trigger.COMMAND:
            return Ask(own or there, trigger)
        if trigger is Trigger.MENTION and (own or there):
            return Ask(own or there, trigger if own else Trigger.REPLY)
        if message.chat.type == ChatType.PRIVATE:
            return _ask_in_private(message, own, () if by_me else there)
        if own and by_me:
            return Ask(own, Trigger.MENTION)
        if own and not _moves(message.sticker):
            return Ask(own, Trigger.POSTED)
        return None

    def _command(self, messages: Sequence[Message]) -> tuple[str | None, str]:
        """Name and argument of the command that a text or caption begins with, if it is meant for this bot."""
        for message in messages:
            text = message.text or message.caption or ""
            for entity in message.entities or message.caption_entities:
                if entity.type == MessageEntityType.BOT_COMMAND and entity.offset == 0:
                    name, _, addressee = text[1 : entity.length].partition("@")
                    if not addressee or addressee.casefold() == (self.me.username or "").casefold():
                        return name.casefold(), text[entity.length :].strip().casefold()
        return None, ""

    def _mentions_me(self, message: Message) -> bool:
        kinds: list[str | None] = [MessageEntityType.MENTION, MessageEntityType.TEXT_MENTION]
        entities = message.parse_entities(kinds) if message.text else message.parse_caption_entities(kinds)
        name = f"@{self.me.username}".casefold()
        return any(
            (entity.user is not None and entity.user.id == self.me.id) or text.casefold() == name
            for entity, text in entities.items()
        )

    def _pictures(self, message: Message, *, asked_by: Message | None = None) -> tuple[Picture, ...]:
        file = _file(message)
        if file is None:
            return ()
        author = author_of(message) if asked_by else None
        return (
            Picture(
                name=getattr(file, "file_name", None) or f"{type(file).__name__.lower()}-{message.message_id}",
                open=self.opener(file.file_id),
                size=file.file_size,
                spoiler=bool(message.has_media_spoiler),
                author=author if asked_by and author != author_of(asked_by) else None,
            ),
        )


def carries_picture(message: Message) -> bool:
    """Whether a message has a picture of its own."""
    return _file(message) is not None


def author_of(message: Message, *, manager: bool = False) -> User | None:
    """Who speaks in a message: a person, or the group or channel in whose name it was posted."""
    speaker = message.sender_chat or message.from_user
    return User(PLATFORM, str(speaker.id), manager) if speaker else None


def _ask_in_private(message: Message, own: tuple[Picture, ...], there: tuple[Picture, ...]) -> Request | None:
    if own:
        return Ask(own, Trigger.PRIVATE)
    if there:
        return Ask(there, Trigger.REPLY)
    if message.text:
        return Show(Page.HELP)
    return Ask((), Trigger.PRIVATE) if message.effective_attachment else None


def _file(message: Message) -> PhotoSize | Document | Sticker | None:
    if message.photo:
        return _largest(message.photo)
    if message.document and (message.document.mime_type or "").startswith("image/"):
        return message.document
    # A sticker that moves is handed on too when somebody asks: whoever opens the file can say what is wrong with it.
    return message.sticker


def _largest(sizes: Sequence[PhotoSize]) -> PhotoSize:
    """The largest that a bot may fetch, else the smallest: Telegram offers each photo in a few sizes."""
    by_pixels = sorted(sizes, key=lambda size: size.width * size.height)
    fitting = [size for size in by_pixels if (size.file_size or 0) <= FileSizeLimit.FILESIZE_DOWNLOAD]
    return fitting[-1] if fitting else by_pixels[0]


def _moves(sticker: Sticker | None) -> bool:
    return sticker is not None and (sticker.is_animated or sticker.is_video)
