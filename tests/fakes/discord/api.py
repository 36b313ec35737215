"""What the fake knows, and how it answers the bot's requests."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from discord.gateway import DiscordWebSocket
from yarl import URL

from tests.fakes.discord import payloads, rest
from tests.fakes.discord.contract import Contract
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.payloads import Channel, Guild, Payload, Person, Upload
from tests.fakes.discord.rest import Call, Refusal, Rest

EPHEMERAL = 1 << 6


@dataclass(frozen=True)
class Sent:
    """A file of an answer."""

    filename: str
    data: bytes = field(repr=False)
    description: str | None = None


@dataclass(frozen=True)
class Answer:
    """What the bot has posted. `interaction` names the command that it answers, `reply_to` the message."""

    content: str
    files: tuple[Sent, ...]
    channel: str
    reply_to: str | None = None
    interaction: str | None = None
    ephemeral: bool = False
    request: Payload = field(default_factory=dict, repr=False)


@dataclass
class Command:
    """A command that somebody has given, and how far the bot has come with it."""

    payload: Payload
    state: str = "new"
    ephemeral: bool = False


class Api:
    """One server with one bot: keeps what people and the bot do, and serves the bot."""

    def __init__(self, contract: Contract | None) -> None:
        self.token = "MTIwMDAw.fake-bot-token.never-to-be-logged"
        self.contract = contract
        self.bot = Person("whobot", bot=True)
        self.guild = Guild()
        self.alice = Person("alice")
        self.boss = Person("boss", manager=True)
        self.general = Channel("general")
        self.direct = Channel("alice", friend=self.alice)
        self.channels = [self.general]
        self.file_limit = payloads.FILE_LIMIT
        self.problems: list[str] = []
        self.commands: list[Payload] = []
        self.typing: list[str] = []
        self.given: dict[str, Command] = {}
        self.gateway = Gateway(self.token, self.bot.id, self._check_event)
        self.gateway.welcome = self._welcome
        self.rest = Rest(self.token, contract, self.problems.extend)
        self.url = URL()
        self._media: dict[str, Upload] = {}
        self._messages: dict[str, Payload] = {}
        self._answers: asyncio.Queue[Answer] = asyncio.Queue()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2**26)
        route = self.rest.route
        app.add_routes(
            [
                route("GET", rest.ME, self._me),
                route("GET", rest.APPLICATION, self._application),
                route("GET", rest.COMMANDS, self._list_commands),
                route("PUT", rest.COMMANDS, self._set_commands),
                route("POST", rest.MESSAGES, self._create_message),
                route("POST", rest.TYPING, self._type),
                route("POST", rest.CALLBACK, self._callback),
                route("PATCH", rest.ORIGINAL, self._edit_original),
                route("DELETE", rest.ORIGINAL, self._delete_original),
                web.get("/gateway/", self.gateway.serve),
                web.get("/attachments/{id}/{filename}", self._serve_attachment),
            ]
        )
        return app

    async def _me(self, _: Call) -> tuple[int, Any]:
        return 200, payloads.myself(self.bot)

    async def _application(self, _: Call) -> tuple[int, Any]:
        return 200, payloads.application(self.bot)

    async def _list_commands(self, _: Call) -> tuple[int, Any]:
        return 200, self.commands

    async def _set_commands(self, call: Call) -> tuple[int, Any]:
        self.commands = [_registered_form(definition, self.bot.id) for definition in call.json]
        return 200, self.commands

    async def _create_message(self, call: Call) -> tuple[int, Any]:
        where = next((one for one in (*self.channels, self.direct) if one.id == call.path["channel_id"]), None)
        if where is None:
            raise Refusal(404, 10003, "Unknown Channel")
        denied = (where.inside or where).denied
        needed = payloads.SEND_MESSAGES_IN_THREADS if where.inside else payloads.SEND_MESSAGES
        if denied & (needed | (payloads.ATTACH_FILES if call.files else 0)):
            raise Refusal(403, 50013, "Missing Permissions")
        reference = call.json.get("message_reference")
        target = self._messages.get(str(reference["message_id"])) if reference else None
        if reference and target is None and reference.get("fail_if_not_exists", True):
            raise Refusal(400, 50035, "Invalid Form Body: message_reference: Unknown message")
        message = self._post_answer(call, where.id, reply_to=target)
        await self.gateway.dispatch("MESSAGE_CREATE", self._event(message, self.bot, where))
        return 200, message

    async def _type(self, call: Call) -> tuple[int, Any]:
        self.typing.append(call.path["channel_id"])
        return 204, None

    async def _callback(self, call: Call) -> tuple[int, Any]:
        command = self.given.get(call.path["interaction_id"])
        if command is None or command.payload["token"] != call.path["interaction_token"]:
            raise Refusal(404, 10062, "Unknown interaction")
        if command.state != "new":
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        command.state = "thinking"
        command.ephemeral = bool(((call.json.get("data") or {}).get("flags") or 0) & EPHEMERAL)
        if call.query.get("with_response") != "1":
            return 204, None
        return 200, {"interaction": {"id": call.path["interaction_id"], "type": 2}}

    async def _edit_original(self, call: Call) -> tuple[int, Any]:
        command = self._thinking(call)
        command.state = "answered"
        payload = command.payload
        return 200, self._post_answer(
            call, payload["channel_id"], interaction=payload["id"], ephemeral=command.ephemeral
        )

    async def _delete_original(self, call: Call) -> tuple[int, Any]:
        self._thinking(call).state = "deleted"
        return 204, None

    async def _serve_attachment(self, request: web.Request) -> web.Response:
        upload = self._media[request.match_info["id"]]
        return web.Response(body=upload.data, content_type=upload.content_type or "application/octet-stream")

    def _thinking(self, call: Call) -> Command:
        for command in self.given.values():
            if command.payload["token"] == call.path["webhook_token"]:
                if command.state in {"thinking", "answered"}:
                    return command
                raise Refusal(404, 10008, "Unknown Message")
        raise Refusal(404, 10015, "Unknown Webhook")

    def _post_answer(
        self, call: Call, channel: str, *, reply_to: Payload | None = None, interaction: str | None = None,
        ephemeral: bool = False,
    ) -> Payload:  # fmt: skip
        content = call.json.get("content") or ""
        if not content and not call.files:
            raise Refusal(400, 50006, "Cannot send an empty message")
        if any(len(data) > self.file_limit for _, data in call.files.values()):
            raise Refusal(413, 40005, "Request entity too large")
        described = {f"files[{one['id']}]": one for one in call.json.get("attachments") or ()}
        uploads = [Upload(data, filename) for filename, data in call.files.values()]
        message = payloads.message(
            self.bot, channel, content=content, attachments=[self._attach(one) for one in uploads], reply_to=reply_to
        )
        files = tuple(
            Sent(filename, data, described[field].get("description")) for field, (filename, data) in call.files.items()
        )
        self._messages[message["id"]] = message
        target = reply_to["id"] if reply_to else None
        self._answers.put_nowait(Answer(content, files, channel, target, interaction, ephemeral, call.json))
        return message

    def _attach(self, upload: Upload) -> Payload:
        attachment = payloads.attachment(upload, str(self.url).rstrip("/"))
        self._media[attachment["id"]] = upload
        return attachment

    def _event(self, message: Payload, author: Person, where: Channel) -> Payload:
        if where.friend is not None:
            return message
        member = {key: value for key, value in payloads.member(author, self.guild).items() if key != "user"}
        return {**message, "guild_id": self.guild.id} | ({} if "webhook_id" in message else {"member": member})

    def _welcome(self, session: str) -> list[tuple[str, Payload]]:
        resume_url = str(DiscordWebSocket.DEFAULT_GATEWAY)
        return [
            ("READY", payloads.ready(self.bot, self.guild, session, resume_url)),
            ("GUILD_CREATE", payloads.guild_create(self.guild, self.channels, self.bot)),
        ]

    def _check_event(self, event: str, data: Payload) -> None:
        if self.contract is not None:
            self.problems += self.contract.event(event, data)


def _registered_form(definition: Payload, application_id: str) -> Payload:
    """Write a definition back as Discord does: ids added, numbers of permissions as text, nothing where nothing is."""
    permissions = definition.get("default_member_permissions")
    registered = {
        "id": payloads.snowflake(),
        "application_id": application_id,
        "version": payloads.snowflake(),
        "dm_permission": True,
        "nsfw": False,
        "type": 1,
        "description": "",
        "name_localizations": None,
        "description_localizations": None,
        **definition,
        "contexts": sorted(definition["contexts"], reverse=True),
        "default_member_permissions": None if permissions is None else str(permissions),
    }
    registered["options"] = [
        {key: value for key, value in option.items() if value not in (False, None, [])}
        for option in definition.get("options") or ()
    ]
    if not registered["options"]:
        del registered["options"]
    return registered
