"""Who may change a chat's settings, by Telegram's own word."""

from telegram import Bot, Message
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.adapters.telegram.recent import Recent

_MANAGERS = {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}


class Members:
    """Asks Telegram for a member's status, and remembers the answer for a minute."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._known: Recent[tuple[int, int], bool] = Recent(seconds=60, size=10_000)

    async def manages(self, message: Message) -> bool:
        """Whether the author of `message` is an administrator of its chat. Not, where Telegram does not say."""
        chat, author = message.chat, message.from_user
        if chat.type == ChatType.PRIVATE:
            return True
        if message.sender_chat is not None:
            # An administrator who posts as the group itself; anybody may post as their own channel.
            return message.sender_chat.id == chat.id
        if author is None:
            return False
        known = self._known.get((chat.id, author.id))
        if known is None:
            try:
                member = await self._bot.get_chat_member(chat.id, author.id)
            except TelegramError:
                return False
            known = member.status in _MANAGERS
            self._known.put((chat.id, author.id), known)
        return known
