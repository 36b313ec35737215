"""What is remembered for a while, and never too much of it."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class ExpiringMap(Generic[K, V]):
    """A mapping that forgets an entry after `seconds`, and its oldest entry when it holds more than `size`."""

    def __init__(self, *, seconds: float, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._size = size
        self._clock = clock
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def put(self, key: K, value: V, *, age: float = 0.0) -> None:
        """Remember `value` from now on; of `age` seconds already, it is forgotten the sooner."""
        self._entries.pop(key, None)
        self._entries[key] = (self._clock() + self._seconds - age, value)
        if len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def get(self, key: K) -> V | None:
        """What is remembered under `key`, if it is."""
        expiry, value = self._entries.get(key, (float("-inf"), None))
        return value if self._clock() < expiry else None

    def pop(self, key: K) -> V | None:
        """Like `get`, and forget it."""
        value = self.get(key)
        self._entries.pop(key, None)
        return value
