"""A request that the web chat does not take."""

import math


class Refusal(Exception):
    """A request that is not taken: the HTTP status, a name for programs, and the facts that its sentence tells.

    `bot.platforms.web.phrases` has the sentence for each kind.
    """

    def __init__(self, status: int, kind: str, *, retry_after: float | None = None, **facts: int) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind
        self.facts = facts
        self.headers = {} if retry_after is None else {"Retry-After": str(math.ceil(retry_after))}
