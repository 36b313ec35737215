"""What a message asks for: Telegram's words in, whobot's out. Nothing here waits or remembers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from telegram import Message, MessageOriginUser
from telegram import User as TelegramUser
from telegram.constants import ChatType, MessageEntityType

from bot.chat.commands import split
from bot.chat.model import Ask, Help, Opener, Picture, PictureRequest, Request, Trigger, User
from bot.chat.registry import Registry
from bot.platforms.telegram.media import carries_picture, moves, pictures
from bot.platforms.telegram.platform import NAME


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads messages for the bot `me`; `opener` makes a file's opener from its id.

    `registry` has the commands, `names` what may be typed for them.
    """

    me: TelegramUser
    opener: Callable[[str], Opener]
    registry: Registry
    names: Mapping[str, str]

    def read(
        self, messages: Sequence[Message], *, owed: PictureRequest | None = None, shown: tuple[Picture, ...] = ()
    ) -> Request | None:
        """Make a request of a message, or of all messages of one album. None where the bot is not meant.

        Args:
            messages: One message, or an album's.
            owed: What the author has just asked for without a picture: this is it, where it has one.
            shown: The pictures that the message replied to is about, where it is an answer of the bot.
        """
        own = tuple(one for message in messages for one in pictures(message, self.opener, origin=_origin(message)))
        there = shown or self._pictures_replied_to(messages[0])
        command = next(filter(None, map(self._command, messages)), None)
        if command is not None:
            return self.registry.parse(*command, own or there)
        if owed is not None and own:
            return replace(owed, pictures=own)
        return self._ask(messages[0], own, there, mentioned=any(map(self._mentions_me, messages)))

    def may_ask(self, message: Message) -> bool:
        """Whether a message can be meant for the bot, be it for a picture that is to follow or was shown before."""
        return (
            message.chat.type == ChatType.PRIVATE
            or carries_picture(message)
            or self._answers_me(message)
            or self.addresses_me(message)
        )

    def addresses_me(self, message: Message) -> bool:
        """Whether its words are a command of the bot's, or mention it."""
        return self._command(message) is not None or self._mentions_me(message)

    def _answers_me(self, message: Message) -> bool:
        answered = message.reply_to_message
        return answered is not None and answered.from_user is not None and answered.from_user.id == self.me.id

    def _ask(
        self, message: Message, own: tuple[Picture, ...], there: tuple[Picture, ...], *, mentioned: bool
    ) -> Request | None:
        by_me = self._answers_me(message)
        if mentioned and (own or there):
            return Ask(own or there, Trigger.MENTION if own else Trigger.REPLY)
        if message.chat.type == ChatType.PRIVATE:
            return _ask_in_private(message, own, () if by_me else there)
        if own and by_me:
            return Ask(own, Trigger.MENTION)
        if own and not moves(message.sticker):
            return Ask(own, Trigger.POSTED)
        return None

    def _pictures_replied_to(self, message: Message) -> tuple[Picture, ...]:
        """Not those that the bot has drawn: whose they are, and so who may have opted out, is forgotten."""
        answered = message.reply_to_message
        if answered is None or self._answers_me(message):
            return ()
        author = author_of(answered)
        author = author if author != author_of(message) else None
        return pictures(answered, self.opener, author=author, origin=_origin(answered))

    def _command(self, message: Message) -> tuple[str, str] | None:
        """Name and text of the command that a text or caption begins with, if it is meant for this bot."""
        found = split(message.text or message.caption or "")
        if found is None:
            return None
        name, _, addressee = found[0].partition("@")
        if addressee and addressee != (self.me.username or "").casefold():
            return None
        # What is none of our commands may be another bot's.
        alone = addressee or message.chat.type == ChatType.PRIVATE
        return (self.names.get(name, name), found[1]) if alone or name in self.names else None

    def _mentions_me(self, message: Message) -> bool:
        kinds: list[str | None] = [MessageEntityType.MENTION, MessageEntityType.TEXT_MENTION]
        entities = message.parse_entities(kinds) if message.text else message.parse_caption_entities(kinds)
        name = f"@{self.me.username}".casefold()
        return any(
            (entity.user is not None and entity.user.id == self.me.id) or text.casefold() == name
            for entity, text in entities.items()
        )


def author_of(message: Message) -> User | None:
    """Who speaks in a message: a person, or the group or channel in whose name it was posted."""
    if message.sender_chat is not None:
        return User(NAME, str(message.sender_chat.id), name=message.sender_chat.title or "")
    return user_of(message.from_user) if message.from_user else None


def user_of(person: TelegramUser) -> User:
    """A person in whobot's words; their rights in a chat are not known here."""
    return User(NAME, str(person.id), name=person.full_name)


def _origin(message: Message) -> User | None:
    """Who had posted what is forwarded; those who hide that from Telegram's users hide it from bots."""
    forwarded = message.forward_origin
    return user_of(forwarded.sender_user) if isinstance(forwarded, MessageOriginUser) else None


def _ask_in_private(message: Message, own: tuple[Picture, ...], there: tuple[Picture, ...]) -> Request | None:
    if own:
        return Ask(own, Trigger.PRIVATE)
    if there:
        return Ask(there, Trigger.REPLY)
    if message.text:
        return Help()
    return Ask((), Trigger.PRIVATE) if message.effective_attachment else None
