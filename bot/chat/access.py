"""Who may use whobot at all, and what people may do in a chat."""

from enum import StrEnum

from bot.chat.context import Context
from bot.chat.model import Chat, User
from bot.config import Access
from bot.errors import NotAllowed, TeachingOff
from bot.storage.values import Teachers

EVERYBODY = "*"


class AccessCheck:
    """Knows the operator's lists of users, chats and servers."""

    def __init__(self, access: Access) -> None:
        self._allow = frozenset(access.allow)
        self._block = frozenset(access.block)

    def admits(self, chat: Chat, user: User) -> bool:
        """Whether this user may be answered in this chat."""
        if user.operator:
            return True
        ids = (user.id, chat.id, chat.home, EVERYBODY)
        names = {f"{chat.platform}:{id_}" for id_ in ids if id_ is not None}
        return names.isdisjoint(self._block) and (not self._allow or not names.isdisjoint(self._allow))


class Rights(StrEnum):
    """Who may have something done, and whether the answer depends on what the asker may do in the chat."""

    ANYBODY = "anybody"
    """The answer is the same for everybody."""
    SHOWN = "shown"
    """Everybody may ask; the answer depends on what the asker may do."""
    TEACHERS = "teachers"
    """Those who may teach, correct and confirm in the chat."""
    MANAGERS = "managers"
    """Those who may change how the chat is set."""
    OPERATOR = "operator"
    """Whoever runs the whole bot."""


def check_rights(context: Context, rights: Rights) -> None:
    """Refuse those who may not have something done.

    Raises:
        TeachingOff: teaching is switched off.
        NotAllowed: only those may who manage the chat.
    """
    match rights, context.settings.teachers:
        case Rights.TEACHERS, Teachers.NOBODY:
            raise TeachingOff
        case Rights.OPERATOR, _ if not context.user.operator:
            raise NotAllowed
        case (Rights.MANAGERS, _) | (Rights.TEACHERS, Teachers.MANAGERS) if not context.manages:
            raise NotAllowed
