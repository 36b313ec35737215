"""Puts requests into `Incoming`: who asks, where, with which rights, in which language."""

from dataclasses import replace

import telegram
from telegram import Message
from telegram.constants import ChatType

from bot.chat.model import Chat, Incoming, Request, User
from bot.chat.registry import Registry
from bot.platforms.telegram.members import Members
from bot.platforms.telegram.platform import CAPABILITIES, NAME
from bot.platforms.telegram.translate import user_of


class Envelopes:
    """Makes `Incoming` of requests; asks Telegram for rights only where the answer can depend on them."""

    def __init__(self, members: Members, registry: Registry) -> None:
        self._members = members
        self._registry = registry

    async def from_message(self, message: Message, author: User, request: Request) -> Incoming:
        """A request that `author` wrote."""
        manager = self._registry.depends_on_rights(request) and await self._members.wrote_as_manager(message)
        return await self._incoming(message.chat, replace(author, manager=manager), message.from_user, request)

    async def from_person(self, person: telegram.User, chat: telegram.Chat, request: Request) -> Incoming:
        """A request made by pressing a button."""
        manager = self._registry.depends_on_rights(request) and await self._members.manages(chat, person.id)
        return await self._incoming(chat, replace(user_of(person), manager=manager), person, request)

    async def _incoming(
        self, chat: telegram.Chat, user: User, person: telegram.User | None, request: Request
    ) -> Incoming:
        private = chat.type == ChatType.PRIVATE
        hears_all = not self._registry.depends_on_rights(request) or await self._members.hears_all(chat)
        return Incoming(
            chat=Chat(NAME, str(chat.id), private, hears_all=hears_all),
            user=user,
            request=request,
            capabilities=CAPABILITIES,
            locale=person.language_code if person else None,
        )
