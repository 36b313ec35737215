"""Chats that whobot was removed from, or that go on elsewhere: what is kept of them goes or follows."""

from collections.abc import Sequence

import structlog

from bot.chat.memory import Forgetful
from bot.chat.model import Chat, Left, Moved, Present, User
from bot.storage.store import Store

log = structlog.get_logger(__name__)


class Departures:
    """Follows chats that go. There is nobody to tell."""

    def __init__(self, store: Store, memories: Sequence[Forgetful]) -> None:
        self._store = store
        self._memories = memories

    async def follow(self, chat: Chat, user: User, news: Left | Moved | Present) -> None:
        """Remove, or move, all that is kept of the chats that the news is about."""
        match news:
            case Left():
                await self._remove(chat)
                log.info("chat_gone", moved=False)
            case Moved(to):
                self._forget(chat)
                await self._store.move_chat(chat, to)
                log.info("chat_gone", moved=True)
            case Present(homes):
                await self._take_stock(user, homes)

    async def _take_stock(self, account: User, present: frozenset[str]) -> None:
        """Remove what is kept of the homes that the bot's account was in and is in no longer."""
        gone = sorted(await self._store.homes(account) - present)
        for home in gone:
            await self._remove(Chat(account.platform, home, home=home))
        await self._store.note_homes(account, present)
        log.info("homes_present", present=len(present), gone=len(gone))

    async def _remove(self, chat: Chat) -> None:
        self._forget(chat)
        await self._store.remove_chat(chat)

    def _forget(self, chat: Chat) -> None:
        for memory in self._memories:
            memory.forget_chat(chat)
