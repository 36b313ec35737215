"""The fake's HTTP API: checks each request as Discord does, answers as Discord does, and remembers what was said."""

import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.support.fakes.discord import limits
from tests.support.fakes.discord.contract import Contract

API = "/api/v10"
MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
TYPING = "/channels/{channel_id}/typing"
COMMANDS = "/applications/{application_id}/commands"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
FOLLOW_UP = "/webhooks/{webhook_id}/{webhook_token}"
ME = "/users/@me"
MY_GUILDS = "/users/@me/guilds"
APPLICATION = "/oauth2/applications/@me"


@dataclass
class Refusal(Exception):
    """An error that Discord answers with."""

    status: int
    code: int = 0
    message: str = "Something went wrong"
    retry_after: float | None = None

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.retry_after is not None:
            body |= {"retry_after": self.retry_after, "global": False}
        return body


@dataclass(frozen=True)
class Call:
    """A request to the API: its route as Discord's description names it, its JSON and its files."""

    method: str
    route: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    json: Any = None
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict, repr=False)


Handler = Callable[[Call], Awaitable[tuple[int, Any]]]


class Rest:
    """Routes calls to their handlers. `fail_with` may be arranged for the next calls of a route."""

    def __init__(self, token: str, contract: Contract | None, report: Callable[[list[str]], None]) -> None:
        self.calls: list[Call] = []
        self._token = token
        self._contract = contract
        self._report = report
        self._failures: dict[tuple[str, str], deque[Refusal]] = defaultdict(deque)

    def fail_with(self, method: str, route: str, refusal: Refusal, *, times: int = 1) -> None:
        """Have the next calls of a route refused."""
        self._failures[method, route].extend([refusal] * times)

    def route(self, method: str, route: str, handler: Handler) -> web.RouteDef:
        async def serve(request: web.Request) -> web.Response:
            try:
                status, body = await self._serve(request, route, handler)
            except Refusal as refusal:
                status, body = refusal.status, refusal.body
            if self._contract is not None:
                self._report(self._contract.response(method, route, status, body))
            headers = {"Via": "1.1 google", "X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "49"}
            headers |= {"X-RateLimit-Reset-After": "0.01", "X-RateLimit-Bucket": f"{method}{route}"}
            if body is None:
                return web.Response(status=status, headers=headers)
            # discord.py takes nothing but exactly this type for JSON.
            return web.Response(
                status=status, headers=headers, body=json.dumps(body).encode(), content_type="application/json"
            )

        return web.route(method, API + route, serve)

    async def _serve(self, request: web.Request, route: str, handler: Handler) -> tuple[int, Any]:
        by_interaction = route in {CALLBACK, ORIGINAL, FOLLOW_UP}
        if not by_interaction and request.headers.get("Authorization") != f"Bot {self._token}":
            raise Refusal(401, 0, "401: Unauthorized")
        body, files = await _read(request)
        call = Call(request.method, route, request.match_info, request.query, body, files)
        self.calls.append(call)
        problems = _prose_problems(call)
        if self._contract is not None:
            problems += self._contract.request(call.method, route, call.json)
        self._report(problems)
        if self._failures[call.method, route]:
            raise self._failures[call.method, route].popleft()
        if problems:
            raise Refusal(400, 50035, "Invalid Form Body")
        return await handler(call)


def _prose_problems(call: Call) -> list[str]:
    if (call.method, call.route) in {("POST", MESSAGES), ("PATCH", ORIGINAL), ("POST", FOLLOW_UP)}:
        return limits.message_problems(call.json, call.files)
    if (call.method, call.route) == ("PUT", COMMANDS):
        return limits.commands_problems(call.json)
    return []


async def _read(request: web.Request) -> tuple[Any, dict[str, tuple[str, bytes]]]:
    if request.content_type == "application/json":
        return await request.json(), {}
    body: Any = None
    files = {}
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            if part.name == "payload_json":
                body = await part.json()
            else:
                files[str(part.name)] = (str(part.filename), bytes(await part.read()))
    return body, files
