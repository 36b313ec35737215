"""How the web chat says no to a request before anything reaches the handler."""

import math

from aiohttp import web


class Refusal(Exception):
    """A request that is not taken: the HTTP status, a name for programs and a sentence for people."""

    def __init__(self, status: int, kind: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind
        self.message = message
        self.retry_after = retry_after

    def response(self) -> web.Response:
        """The refusal as a JSON answer."""
        headers = {} if self.retry_after is None else {"Retry-After": str(math.ceil(self.retry_after))}
        return web.json_response({"error": self.kind, "message": self.message}, status=self.status, headers=headers)
