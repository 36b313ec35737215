"""The tokens by which programs use the API: of their secrets, only digests are stored."""

import hashlib
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Row, delete, select, update

from bot.errors import StoreError
from bot.storage.database import Database, insert_new
from bot.storage.tables import tokens
from bot.storage.values import Grant, Token

PREFIX = "whobot_"
"""Tells people, and those who look for leaked secrets, what a secret is."""
SECRET_BYTES = 32
NOTED_AGAIN = timedelta(minutes=1)
"""A use is noted no more often than that: reading shall not become writing."""


class Tokens(Database):
    """The tokens, by name and by the digest of their secret."""

    async def make_token(
        self, name: str, grants: Iterable[Grant], *, expires: datetime | None = None, chat: str | None = None
    ) -> tuple[Token, str] | None:
        """Make a token.

        Args:
            name: What to call it.
            grants: What it lets its holder do.
            expires: From when on it opens nothing.
            chat: The chat of an earlier token, to go on with what was taught there; a chat of its own without it.

        Returns:
            The token and its secret, which is not to be had again; None where another token has that name.
        """
        id_, secret = secrets.token_hex(4), PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        token = Token(id_, name, frozenset(grants), chat or id_, datetime.now(UTC), expires)
        row = {
            "id": token.id,
            "name": token.name,
            "digest": _digest(secret),
            "grants": sorted(token.grants),
            "chat_id": token.chat,
            "made": token.made,
            "expires": token.expires,
            "used": None,
        }
        async with self._transaction() as connection:
            return (token, secret) if await insert_new(connection, tokens, row) else None

    async def tokens(self) -> list[Token]:
        """Return all tokens, the oldest first."""
        async with self._reading() as connection:
            return [_read(row) for row in await connection.execute(select(tokens).order_by(tokens.c.made))]

    async def withdraw_token(self, id_: str) -> bool:
        """Have a token open nothing any more, and forget it; return whether there was one."""
        async with self._transaction() as connection:
            return (await connection.execute(delete(tokens).where(tokens.c.id == id_))).rowcount > 0

    async def token(self, secret: str) -> Token | None:
        """Return the token with this secret and note that it is used; None where there is none that holds now."""
        now = datetime.now(UTC)
        query = select(tokens).where(tokens.c.digest == _digest(secret))
        async with self._reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None or (row.expires is not None and row.expires <= now):
            return None
        if row.used is None or now - row.used >= NOTED_AGAIN:
            # A database that cannot be written keeps nobody out.
            with suppress(StoreError):
                async with self._transaction() as connection:
                    await connection.execute(update(tokens).where(tokens.c.id == row.id).values(used=now))
        return replace(_read(row), used=now)


def _digest(secret: str) -> str:
    """Digest a secret. It has 256 bits that nobody can guess: a slow hash, as for passwords, would protect nothing."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _read(row: Row[tuple[object, ...]]) -> Token:
    return Token(row.id, row.name, frozenset(map(Grant, row.grants)), row.chat_id, row.made, row.expires, row.used)
