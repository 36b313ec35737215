"""Whom the operator lets in."""

from bot.chat.model import Chat, User
from bot.config import Access

EVERYBODY = "*"


class AccessCheck:
    """Knows the operator's lists of users, chats and servers."""

    def __init__(self, access: Access) -> None:
        self._allow = frozenset(access.allow)
        self._block = frozenset(access.block)

    def admits(self, chat: Chat, user: User) -> bool:
        """Whether this user may be answered in this chat."""
        ids = (user.id, chat.id, chat.home, EVERYBODY)
        names = {f"{chat.platform}:{id_}" for id_ in ids if id_ is not None}
        return names.isdisjoint(self._block) and (not self._allow or not names.isdisjoint(self._allow))
