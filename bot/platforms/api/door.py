"""Who asks, and what they may: bearer tokens, as RFC 6750 has them."""

import re
from typing import Final

from aiohttp import web

from bot.chat.tokens import Grant, Token, TokenBook
from bot.platforms.api.problems import Problem

SECRET: Final = re.compile(r"whobot_[\w-]{43}", re.ASCII)
"""What has no such shape need not be looked up."""
CHALLENGE: Final = 'Bearer realm="whobot"'


class Door:
    """Lets in those who bring a token that lets them do what they ask for."""

    def __init__(self, tokens: TokenBook) -> None:
        self._tokens = tokens

    async def admit(self, request: web.Request, grant: Grant) -> Token:
        """Return whose request it is. Nothing of its body has been read yet.

        Raises:
            Problem: there is no token, it opens nothing, or it does not go as far.
        """
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Problem("no_token", headers={"WWW-Authenticate": CHALLENGE})
        secret = secret.strip()
        token = await self._tokens.token(secret) if SECRET.fullmatch(secret) else None
        if token is None:
            raise Problem("bad_token", headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'})
        if not token.allows(grant):
            challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{grant}"'
            raise Problem("missing_scope", headers={"WWW-Authenticate": challenge}, scope=str(grant))
        return token
