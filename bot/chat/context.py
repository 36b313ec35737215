"""A request together with what holds in its chat: what every use case is handed."""

from dataclasses import dataclass, field
from gettext import NullTranslations

from bot.chat.model import Capabilities, Chat, Incoming, Progress, Stage, User
from bot.chat.words import Sentences
from bot.fair import Share
from bot.recognition.characters import Characters
from bot.storage.values import ChatSettings, Teachers


@dataclass(frozen=True, slots=True)
class Context:
    """One request on its way through a use case.

    `catalogue` holds the words of the language that its chat, or else its author, reads.
    """

    incoming: Incoming
    settings: ChatSettings
    catalogue: NullTranslations
    characters: Characters = field(default_factory=Characters)
    """Whom the running bundle knows, and how their names are written."""

    @property
    def chat(self) -> Chat:
        """Where it was asked."""
        return self.incoming.chat

    @property
    def user(self) -> User:
        """Who asked."""
        return self.incoming.user

    @property
    def share(self) -> Share:
        """Whose work it is, where several wait for the same: the chat's, and in it the one's who asks."""
        return (self.chat.platform, self.chat.id), (self.user.platform, self.user.id)

    @property
    def capabilities(self) -> Capabilities:
        """What the platform can carry."""
        return self.incoming.capabilities

    @property
    def sentences(self) -> Sentences:
        """The words of answers. Other groups of words are made of `catalogue` in the same way."""
        return Sentences(self.catalogue, self.settings.least_guess, self.characters)

    @property
    def manages(self) -> bool:
        """Whether the one who asks may change how this chat is set: in a private chat everybody may."""
        return self.chat.private or self.user.manager

    @property
    def teaches(self) -> bool:
        """Whether the one who asks may teach and correct here."""
        match self.settings.teachers:
            case Teachers.EVERYONE:
                return True
            case Teachers.MANAGERS:
                return self.manages
            case Teachers.NOBODY:
                return False

    @property
    def can_be_private(self) -> bool:
        """Whether an answer can be for the one who asks alone."""
        return self.chat.private or self.capabilities.private_replies

    def is_user(self, user: User) -> bool:
        """Whether it is this user who asks, whatever they may do in this chat."""
        return (self.user.platform, self.user.id) == (user.platform, user.id)

    async def report(self, stage: Stage, number: int, count: int) -> None:
        """Show how far the request has come."""
        await self.incoming.progress(Progress(stage, number, count))
