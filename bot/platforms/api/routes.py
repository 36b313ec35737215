"""What the API can be asked, and how that is asked of the handler: as a user in a chat of the token's own."""

import base64
from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from bot.chat.model import Ask, Chat, Incoming, Reply, Request, Trigger, User
from bot.chat.tokens import Grant, Token
from bot.platforms.api.bodies import picture_in
from bot.platforms.api.description import ROOT, described
from bot.platforms.api.door import Door
from bot.platforms.api.platform import CAPABILITIES, NAME
from bot.platforms.api.problems import Problem
from bot.platforms.base import Host
from bot.platforms.shared.http import preferred_language

SWITCHES: Final = {"true": True, "false": False}


class Routes:
    """The requests of programs.

    Args:
        door: Knows who asks.
        host: Answers them.
        public_url: The address by which programs reach the API; empty where that is the one they have asked.
    """

    def __init__(self, door: Door, host: Host, public_url: str) -> None:
        self._door = door
        self._host = host
        self._description = described(public_url)
        self.stopping = False

    def all(self) -> list[web.RouteDef]:
        """Where each request arrives."""
        return [
            web.post(f"{ROOT}/ask", self.ask),
            web.get(f"{ROOT}/health", self.health, allow_head=False),
            web.get(f"{ROOT}/openapi.json", self.describe, allow_head=False),
        ]

    async def ask(self, request: web.Request) -> web.Response:
        """Tell who is in a picture."""
        token = await self._door.admit(request, Grant.ASK)
        annotated = _switch(request, "annotated")
        asked = Ask(picture_in(request), Trigger.COMMAND)
        reply = await self._handle(request, token, asked, images=int(annotated))
        answer, seen = _data(reply)["answer"], _data(reply)["pictures"][0]
        told = {"answer": answer, "text": reply.text, **seen}
        if annotated:
            told["annotated"] = _image(reply)
        return web.json_response(told)

    async def health(self, _request: web.Request) -> web.Response:
        """200 while whobot can answer somebody, 503 otherwise."""
        health = await self._host.health()
        report = {"ok": health.ok, "parts": dict(health.parts), "platforms": dict(health.platforms)}
        return web.json_response(report, status=200 if health.ok else 503)

    async def describe(self, _request: web.Request) -> web.Response:
        """Return the description of all this."""
        return web.json_response(self._description)

    async def _handle(self, request: web.Request, token: Token, asked: Request, *, images: int = 0) -> Reply:
        """Have a request answered.

        Args:
            images: How many the program wants with the answer.

        Raises:
            Problem: there is no answer.
        """
        if self.stopping:
            raise Problem("stopping")
        able = replace(CAPABILITIES, images_limit=images)
        chat = Chat(NAME, token.chat, private=True)
        user = User(NAME, token.id, manager=True, name=token.name)
        reply = await self._host.handler(Incoming(chat, user, asked, able, preferred_language(request)))
        if reply.failure is not None:
            raise Problem.of(reply.failure, reply.text)
        if reply.shown is None:
            raise Problem("not_admitted")
        return reply


def _data(reply: Reply) -> dict[str, Any]:
    """Return the data of an answer to a program."""
    return reply.shown if isinstance(reply.shown, dict) else {}


def _image(reply: Reply) -> dict[str, str] | None:
    """Return the annotated picture; None where no face was found."""
    for image in reply.images:
        return {"media_type": image.media_type, "data": base64.b64encode(image.data).decode()}
    return None


def _switch(request: web.Request, name: str) -> bool:
    """Read a switch of the query; off where it is not there.

    Raises:
        Problem: it is neither on nor off.
    """
    value = request.query.get(name, "false")
    if value not in SWITCHES:
        raise Problem("bad_request", f"{name} must be true or false", parameter=name)
    return SWITCHES[value]
