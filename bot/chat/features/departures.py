"""Chats that whobot was removed from, or that go on elsewhere: what is kept of them goes or follows."""

import structlog

from bot.chat.model import Chat, Left, Moved, Present
from bot.chat.registry import EventHandler, Feature, Parts

log = structlog.get_logger(__name__)


class Departures:
    """Follows chats that go. Nobody is answered."""

    def __init__(self, parts: Parts) -> None:
        self._store = parts.store
        self._memories = parts.memories

    async def left(self, event: Left) -> None:
        """Remove all that is kept of a chat, or of a server."""
        await self._remove(event.chat)
        log.info("chat_gone", moved=False)

    async def moved(self, event: Moved) -> None:
        """Have all that is kept of a chat belong to it under its new id."""
        await self._memories.forget_chat(event.chat)
        await self._store.move_chat(event.chat, event.to)
        log.info("chat_gone", moved=True)

    async def present(self, event: Present) -> None:
        """Remove what is kept of the homes that the bot's account was in and is in no longer."""
        account = event.account
        gone = sorted(await self._store.homes(account) - event.homes)
        for home in gone:
            await self._remove(Chat(account.platform, home, home=home))
        await self._store.note_homes(account, event.homes)
        log.info("homes_present", present=len(event.homes), gone=len(gone))

    async def _remove(self, chat: Chat) -> None:
        await self._memories.forget_chat(chat)
        await self._store.remove_chat(chat)


FEATURE = Feature(
    make=Departures,
    events=(
        EventHandler(Left, Departures.left),
        EventHandler(Moved, Departures.moved),
        EventHandler(Present, Departures.present),
    ),
)
