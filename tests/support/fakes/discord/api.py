"""What the fake knows, and how it answers the bot's requests that are no answers to interactions."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from discord.gateway import DiscordWebSocket
from yarl import URL

from tests.support.fakes.discord import payloads, posts, rest, world
from tests.support.fakes.discord.contract import Contract
from tests.support.fakes.discord.gateway import Gateway
from tests.support.fakes.discord.payloads import Payload
from tests.support.fakes.discord.rest import Call, Refusal, Rest
from tests.support.fakes.discord.world import Channel, Guild, Person, Sticker, Upload

TIMEOUT = 30.0
"""Seconds after which a test that waits for something gives up: a safety net, not a measurement."""
EPHEMERAL = 1 << 6


@dataclass(frozen=True)
class Sent:
    """A file of an answer."""

    filename: str
    data: bytes = field(repr=False)
    description: str | None = None


@dataclass(frozen=True)
class Answer:
    """What the bot has posted. `interaction` names the command that it answers, `reply_to` the message.

    `edits`: it has taken the place of what the message held before.
    """

    id: str
    content: str
    files: tuple[Sent, ...]
    channel: str
    reply_to: str | None = None
    interaction: str | None = None
    ephemeral: bool = False
    edits: bool = False
    request: Payload = field(default_factory=dict, repr=False)

    @property
    def labels(self) -> list[list[str]]:
        """What stands on its buttons and menus, row by row."""
        rows = self.request.get("components") or ()
        return [[one.get("label") or one["placeholder"] for one in row["components"]] for row in rows]


class Api:
    """One server with one bot: keeps what people and the bot do, and serves the bot."""

    def __init__(self, contract: Contract | None) -> None:
        self.token = "MTIwMDAw.fake-bot-token.never-to-be-logged"
        self.contract = contract
        self.bot = Person("whobot", bot=True)
        self.guild = Guild()
        self.alice = Person("alice")
        self.manager = Person("boss", manager=True)
        self.general = Channel("general")
        self.direct = Channel("alice", friend=self.alice)
        self.channels = [self.general]
        self.guilds = [self.guild]
        """The servers that a new session begins with."""
        self.listed = self.guilds
        """Those that the bot is told when it asks for a list."""
        self.out_of_order: set[str] = set()
        self.file_limit = payloads.FILE_LIMIT
        self.problems: list[str] = []
        self.commands: list[Payload] = []
        self.typing: list[str] = []
        self.gateway = Gateway(self.token, self.bot.id, self._check_event)
        self.gateway.welcome = self._welcome
        self.rest = Rest(self.token, contract, self.problems.extend)
        self.url = URL()
        self._media: dict[str, Upload | Sticker] = {}
        self._messages: dict[str, Payload] = {}
        self._people: dict[str, Person] = {}
        self._answers: asyncio.Queue[Answer] = asyncio.Queue()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2**26)
        route = self.rest.route
        app.add_routes(
            [
                route("GET", rest.ME, self._me),
                route("GET", rest.MY_GUILDS, self._my_guilds),
                route("GET", rest.APPLICATION, self._application),
                route("GET", rest.COMMANDS, self._list_commands),
                route("PUT", rest.COMMANDS, self._set_commands),
                route("POST", rest.MESSAGES, self._create_message),
                route("GET", rest.MESSAGES, self._list_messages),
                route("POST", rest.TYPING, self._type),
                route("GET", rest.MESSAGE, self._get_message),
                route("DELETE", rest.MESSAGE, self._delete_message),
                web.get("/gateway/", self.gateway.serve),
                web.get("/attachments/{id}/{filename}", self._serve_attachment),
                web.get("/stickers/{id}.{suffix}", self._serve_attachment),
            ]
        )
        return app

    async def _me(self, _: Call) -> tuple[int, Any]:
        return 200, payloads.myself(self.bot)

    async def _my_guilds(self, _: Call) -> tuple[int, Any]:
        return 200, [payloads.partial_guild(guild) for guild in self.listed]

    async def _application(self, _: Call) -> tuple[int, Any]:
        return 200, payloads.application(self.bot)

    async def _list_commands(self, call: Call) -> tuple[int, Any]:
        return 200, self.commands if call.query.get("with_localizations") == "true" else _unlocalised(self.commands)

    async def _set_commands(self, call: Call) -> tuple[int, Any]:
        self.commands = [_registered_form(definition, self.bot.id) for definition in call.json]
        return 200, self.commands

    async def _create_message(self, call: Call) -> tuple[int, Any]:
        where = next((one for one in (*self.channels, self.direct) if one.id == call.path["channel_id"]), None)
        if where is None:
            raise Refusal(404, 10003, "Unknown Channel")
        denied = (where.inside or where).denied
        needed = world.SEND_MESSAGES_IN_THREADS if where.inside else world.SEND_MESSAGES
        if denied & (needed | (world.ATTACH_FILES if call.files else 0)):
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

    async def _list_messages(self, call: Call) -> tuple[int, Any]:
        where = next((one for one in (*self.channels, self.direct) if one.id == call.path["channel_id"]), None)
        if where is None or (where.inside or where).denied & world.READ_MESSAGE_HISTORY:
            raise Refusal(403, 50001, "Missing Access")
        after, before = int(call.query.get("after", 0)), int(call.query.get("before", 1 << 63))
        here = [
            message
            for message in self._messages.values()
            if message["channel_id"] == where.id
            and after < int(message["id"]) < before
            and not message["flags"] & EPHEMERAL
        ]
        oldest_first = sorted(here, key=lambda message: int(message["id"]))
        limit = int(call.query.get("limit", 50))
        chosen = oldest_first[:limit] if "after" in call.query else oldest_first[-limit:]
        return 200, chosen[::-1]

    async def _get_message(self, call: Call) -> tuple[int, Any]:
        return 200, self._known(call)

    async def _delete_message(self, call: Call) -> tuple[int, Any]:
        message = self._known(call)
        if message["author"]["id"] != self.bot.id:
            raise Refusal(403, 50013, "Missing Permissions")
        await self.delete(message)
        return 204, None

    async def delete(self, message: Payload, *, told: bool = True) -> None:
        """Delete a message; without `told` the bot does not hear of it in time."""
        del self._messages[message["id"]]
        if told:
            where = {"channel_id": message["channel_id"]}
            if message["channel_id"] != self.direct.id:
                where["guild_id"] = self.guild.id
            await self.gateway.dispatch("MESSAGE_DELETE", {"id": message["id"], **where})

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something has become true that nothing else tells of."""
        async with asyncio.timeout(TIMEOUT):
            while not condition():  # noqa: ASYNC110 - conditions of any kind, also within discord.py
                await asyncio.sleep(0.001)

    def _known(self, call: Call) -> Payload:
        message = self._messages.get(call.path["message_id"])
        if message is None or message["flags"] & EPHEMERAL:
            raise Refusal(404, 10008, "Unknown Message")
        return message

    async def _serve_attachment(self, request: web.Request) -> web.Response:
        upload = self._media[request.match_info["id"]]
        kind = upload.content_type if isinstance(upload, Upload) else None
        return web.Response(body=upload.data, content_type=kind or "application/octet-stream")

    def _post_answer(
        self, call: Call, channel: str, *, reply_to: Payload | None = None, metadata: Payload | None = None,
        ephemeral: bool = False,
    ) -> Payload:  # fmt: skip
        """Keep what the bot posts, and hand it to whoever waits for it."""
        files = self._check_content(call)
        message = posts.message(
            self.bot,
            channel,
            content=call.json.get("content") or "",
            attachments=[self._attach(Upload(file.data, file.filename)) for file in files],
            rows=call.json.get("components") or (),
            reply_to=reply_to,
            metadata=metadata,
            flags=EPHEMERAL if ephemeral else 0,
        )
        self._messages[message["id"]] = message
        target, interaction = (one["id"] if one else None for one in (reply_to, metadata))
        self._answers.put_nowait(
            Answer(message["id"], message["content"], files, channel, target, interaction, ephemeral, request=call.json)
        )
        return message

    def _edit_answer(self, call: Call, message: Payload) -> Payload:
        """Change what a message of the bot holds: all that the request names, and nothing else."""
        files = self._check_content(call, message)
        if "content" in call.json:
            message["content"] = call.json["content"] or ""
        if "components" in call.json:
            message["components"] = posts.components(call.json["components"] or ())
        if "attachments" in call.json:
            message["attachments"] = [self._attach(Upload(file.data, file.filename)) for file in files]
        message["edited_timestamp"] = payloads.now()
        ephemeral = bool(message["flags"] & EPHEMERAL)
        self._answers.put_nowait(
            Answer(
                message["id"],
                message["content"],
                files,
                message["channel_id"],
                ephemeral=ephemeral,
                edits=True,
                request=call.json,
            )
        )
        return message

    def _check_content(self, call: Call, before: Payload | None = None) -> tuple[Sent, ...]:
        there = before and not call.files and "attachments" not in call.json and before["attachments"]
        if not (call.json.get("content") or call.files or there):
            raise Refusal(400, 50006, "Cannot send an empty message")
        if any(len(data) > self.file_limit for _, data in call.files.values()):
            raise Refusal(413, 40005, "Request entity too large")
        described = {f"files[{one['id']}]": one for one in call.json.get("attachments") or ()}
        return tuple(
            Sent(filename, data, described[field].get("description")) for field, (filename, data) in call.files.items()
        )

    def _attach(self, upload: Upload) -> Payload:
        attachment = posts.attachment(upload, str(self.url).rstrip("/"))
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
            ("READY", payloads.ready(self.bot, self.guilds, session, resume_url)),
            *(
                ("GUILD_CREATE", payloads.guild_create(guild, self._channels_of(guild), self.bot))
                for guild in self.guilds
                if guild.id not in self.out_of_order
            ),
        ]

    def _channels_of(self, guild: Guild) -> list[Channel]:
        return self.channels if guild is self.guild else []

    def _check_event(self, event: str, data: Payload) -> None:
        if self.contract is not None:
            self.problems += self.contract.event(event, data)


def _unlocalised(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unlocalised(inner) for key, inner in value.items() if not key.endswith("_localizations")}
    return [_unlocalised(inner) for inner in value] if isinstance(value, list) else value


def _registered_form(definition: Payload, application_id: str) -> Payload:
    """Write a definition back as Discord does: ids added, numbers of permissions as text, nothing where nothing is."""
    permissions = definition.get("default_member_permissions")
    registered = {
        "id": world.snowflake(),
        "application_id": application_id,
        "version": world.snowflake(),
        "dm_permission": True,
        "nsfw": False,
        "type": 1,
        "description": "",
        **definition,
        "name_localizations": definition.get("name_localizations") or None,
        "description_localizations": definition.get("description_localizations") or None,
        "contexts": sorted(definition["contexts"], reverse=True),
        "default_member_permissions": None if permissions is None else str(permissions),
    }
    registered["options"] = [
        {key: value for key, value in option.items() if value is not False and value not in (None, [], {})}
        for option in definition.get("options") or ()
    ]
    if not registered["options"]:
        del registered["options"]
    return registered
