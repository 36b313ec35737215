"""Who may change a chat's settings and what whobot hears of it, by Telegram's own word."""

from cachetools import TTLCache
from telegram import Bot, Chat, Message
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

_MANAGERS = {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}


class Members:
    """Asks Telegram for a member's status, and remembers the answer for a minute."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._known: TTLCache[tuple[int, int], bool] = TTLCache(maxsize=10_000, ttl=60)

    async def wrote_as_manager(self, message: Message) -> bool:
        """Whether the author of `message` is an administrator of its chat. Not, where Telegram does not say."""
        if message.sender_chat is not None:
            # An administrator who posts as the group itself; anybody may post as their own channel.
            return message.sender_chat.id == message.chat.id
        return message.from_user is not None and await self.manages(message.chat, message.from_user.id)

    async def manages(self, chat: Chat, user_id: int) -> bool:
        """Whether a user is an administrator of a chat, or the chat is their own."""
        if chat.type == ChatType.PRIVATE:
            return True
        known = self._known.get((chat.id, user_id))
        if known is None:
            try:
                member = await self._bot.get_chat_member(chat.id, user_id)
            except TelegramError:
                return False
            known = member.status in _MANAGERS
            self._known[chat.id, user_id] = known
        return known

    def forget(self, chat: Chat, user_id: int) -> None:
        """Ask again next time: a member's place in a chat has changed."""
        self._known.pop((chat.id, user_id), None)

    async def hears_all(self, chat: Chat) -> bool:
        """Whether the bot gets all messages of a chat. Privacy mode keeps them from all bots but administrators."""
        return bool(self._bot.bot.can_read_all_group_messages) or await self.manages(chat, self._bot.id)
