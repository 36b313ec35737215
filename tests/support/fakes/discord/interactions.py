"""How the fake takes the bot's answers to interactions: acknowledgements, answers, dialogues, suggestions."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.support.fakes.discord import rest, world
from tests.support.fakes.discord.api import EPHEMERAL, Api
from tests.support.fakes.discord.payloads import Payload
from tests.support.fakes.discord.rest import Call, Refusal

THINK, ACKNOWLEDGE, SUGGEST, ASK = 5, 6, 8, 9
STATES = {THINK: "thinking", ACKNOWLEDGE: "acknowledged", SUGGEST: "suggested", ASK: "asked"}
"""What the bot can do first with an interaction, and what becomes of it."""
ALLOWED = {2: {THINK, ASK}, 3: {THINK, ACKNOWLEDGE, ASK}, 4: {SUGGEST}, 5: {THINK, ACKNOWLEDGE}}
"""Which of it Discord takes for a command, a component, a name that is typed, a dialogue."""


@dataclass
class Given:
    """An interaction that a user has begun, and how far the bot has come with it.

    `original` is the message that answers a command, or holds the component that was used.
    """

    payload: Payload
    state: str = "new"
    ephemeral: bool = False
    original: str | None = None
    said: Payload = field(default_factory=dict)

    @property
    def metadata(self) -> Payload:
        """What a message tells of the interaction that it answers."""
        payload = self.payload
        person = payload.get("user") or payload["member"]["user"]
        data = {
            "id": payload["id"],
            "type": payload["type"],
            "user": person,
            "authorizing_integration_owners": payload["authorizing_integration_owners"],
        }
        if payload["type"] == 3:
            data["interacted_message_id"] = payload["message"]["id"]
        if payload["type"] == 5:
            data["triggering_interaction_metadata"] = {**data, "id": world.snowflake(), "type": 2}
        return data


class InteractionApi(Api):
    """Adds the routes by which interactions are answered."""

    given: dict[str, Given]

    def app(self) -> web.Application:
        app = super().app()
        self.given = {}
        route = self.rest.route
        app.add_routes(
            [
                route("POST", rest.CALLBACK, self._callback),
                route("PATCH", rest.ORIGINAL, self._edit_original),
                route("DELETE", rest.ORIGINAL, self._delete_original),
                route("POST", rest.FOLLOW_UP, self._follow_up),
            ]
        )
        return app

    async def _callback(self, call: Call) -> tuple[int, Any]:
        given = self.given.get(call.path["interaction_id"])
        if given is None or given.payload["token"] != call.path["interaction_token"]:
            raise Refusal(404, 10062, "Unknown interaction")
        if given.state != "new":
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        kind = call.json["type"]
        if kind not in ALLOWED[given.payload["type"]] or (kind == ACKNOWLEDGE and "message" not in given.payload):
            raise Refusal(400, 50035, "Invalid Form Body: this interaction cannot be answered so")
        given.state = STATES[kind]
        given.said = call.json.get("data") or {}
        given.ephemeral = bool((given.said.get("flags") or 0) & EPHEMERAL)
        if kind == ACKNOWLEDGE:
            given.original = given.payload["message"]["id"]
        if call.query.get("with_response") != "1":
            return 204, None
        return 200, {"interaction": {"id": call.path["interaction_id"], "type": given.payload["type"]}}

    async def _edit_original(self, call: Call) -> tuple[int, Any]:
        given = self._answerable(call)
        if given.original is None:
            message = self._post_answer(
                call, given.payload["channel_id"], metadata=given.metadata, ephemeral=given.ephemeral
            )
            given.state, given.original = "answered", message["id"]
        elif given.original not in self._messages:
            raise Refusal(404, 10008, "Unknown Message")
        else:
            message = self._edit_answer(call, self._messages[given.original])
        return 200, message

    async def _delete_original(self, call: Call) -> tuple[int, Any]:
        given = self._answerable(call)
        given.state = "deleted"
        if given.original is not None:
            if given.original not in self._messages:
                raise Refusal(404, 10008, "Unknown Message")
            await self.delete(self._messages[given.original], told=not given.ephemeral)
        return 204, None

    async def _follow_up(self, call: Call) -> tuple[int, Any]:
        given = self._answerable(call, even_if_deleted=True)
        # What follows while the bot is thinking takes the place of that, as public or private as it is.
        thinking = given.state == "thinking"
        ephemeral = given.ephemeral if thinking else bool((call.json.get("flags") or 0) & EPHEMERAL)
        message = self._post_answer(call, given.payload["channel_id"], metadata=given.metadata, ephemeral=ephemeral)
        if thinking:
            given.state, given.original = "answered", message["id"]
        return (200, message) if call.query.get("wait") == "1" else (204, None)

    def _answerable(self, call: Call, *, even_if_deleted: bool = False) -> Given:
        for given in self.given.values():
            if given.payload["token"] == call.path["webhook_token"]:
                if given.state in {"thinking", "answered", "acknowledged"} or even_if_deleted:
                    return given
                raise Refusal(404, 10008, "Unknown Message")
        raise Refusal(404, 10015, "Unknown Webhook")
