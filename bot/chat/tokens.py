"""Who a program is, by the secret that it brings: the port, and what knows nobody. The store is what knows them."""

from typing import Protocol

from bot.storage.values import Grant, Token

__all__ = ["Grant", "NoTokens", "Token", "TokenBook"]


class TokenBook(Protocol):
    """Knows tokens. `bot.storage.store.Store` is one."""

    async def token(self, secret: str) -> Token | None:
        """Return the token with this secret and note that it is used; None where there is none that holds now.

        Raises:
            StoreError: it cannot be looked up.
        """
        ...


class NoTokens:
    """Knows no token: satisfies `TokenBook`."""

    async def token(self, secret: str) -> Token | None:  # noqa: ARG002
        """Return None."""
        return None
