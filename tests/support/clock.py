"""A clock that stands still until a test sets it."""


class Clock:
    """Seconds; `now` is for tests to change."""

    now = 1000.0

    def __call__(self) -> float:
        """Return what time it is."""
        return self.now
