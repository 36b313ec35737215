"""The password at the door, and the slow-down for those who guess it."""

import base64
import hashlib
import hmac
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from cachetools import LRUCache
from pydantic import SecretStr

from bot.platforms.web.addresses import Addresses
from bot.platforms.web.refusal import Refusal

FREE_FAILURES: Final = 3
LONGEST_WAIT: Final = 60.0
MOST_FAILURES: Final = 9
"""Those after which the wait is longest; more are not counted."""
FORGIVEN_SECONDS: Final = 300.0
"""For each of these without another, one failure is forgotten."""
ADDRESSES_REMEMBERED: Final = 1024


@dataclass(frozen=True, slots=True)
class _Failures:
    """How many there were at a moment, `at`, in seconds."""

    count: int = 0
    at: float = 0.0

    def left(self, now: float) -> int:
        """How many still count."""
        return max(0, self.count - int((now - self.at) / FORGIVEN_SECONDS))

    def wait(self, now: float) -> float:
        """Seconds until another attempt is accepted; zero or less where it is accepted now."""
        doubled = self.count - FREE_FAILURES
        return self.at + min(2.0**doubled, LONGEST_WAIT) - now if doubled >= 0 else 0.0


class Login:
    """Compares passwords in constant time; after three wrong ones an address waits 1, 2, 4… up to 60 seconds.

    Each address has failures of its own, so that nobody waits for what others do. They are forgotten with time.
    """

    def __init__(self, password: SecretStr | None, clock: Callable[[], float], addresses: Addresses) -> None:
        self._password = password if password and password.get_secret_value() else None
        self._clock = clock
        self._addresses = addresses
        self._failures: LRUCache[str, _Failures] = LRUCache(ADDRESSES_REMEMBERED)

    @property
    def required(self) -> bool:
        """Whether there is a password at all."""
        return self._password is not None

    def check(self, request: web.Request, attempt: str | None) -> None:
        """Let the right password in.

        Raises:
            Refusal: there is no attempt, it is wrong, or it comes too soon after wrong ones.
        """
        if self._password is None:
            return
        if attempt is None:
            raise Refusal(401, "password")
        now = self._clock()
        address = self._addresses.of(request)
        failures = self._failures.get(address, _Failures())
        wait = failures.wait(now)
        if wait > 0:
            raise Refusal(429, "slow_down", retry_after=wait, seconds=math.ceil(wait))
        if not hmac.compare_digest(_digest(attempt), _digest(self._password.get_secret_value())):
            self._failures[address] = _Failures(min(failures.left(now) + 1, MOST_FAILURES), now)
            raise Refusal(401, "wrong_password")
        self._failures.pop(address, None)

    def check_basic(self, request: web.Request) -> None:
        """The same for programs, which send the password with HTTP Basic authentication under any user name."""
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        try:
            decoded = base64.b64decode(credentials, validate=True).decode() if scheme.lower() == "basic" else ""
        except ValueError:
            decoded = ""
        _, colon, password = decoded.partition(":")
        self.check(request, password if colon else None)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
