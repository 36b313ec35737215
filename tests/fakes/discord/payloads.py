"""The objects of Discord's API, as Discord writes them."""

import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]

SEND_MESSAGES = 1 << 11
SEND_MESSAGES_IN_THREADS = 1 << 38
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MANAGE_CHANNELS = 1 << 4
VIEW_CHANNEL = 1 << 10
MEMBER_PERMISSIONS = VIEW_CHANNEL | SEND_MESSAGES | SEND_MESSAGES_IN_THREADS | ATTACH_FILES | READ_MESSAGE_HISTORY
FILE_LIMIT = 10 * 1024 * 1024
FORWARDED = (
    "type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags", "mentions", "mention_roles",
    "components", "sticker_items",
)  # fmt: skip
TIME = "2026-01-02T03:04:05.678000+00:00"

DISCORD_EPOCH = 1_420_070_400_000
_numbers = itertools.count()


def snowflake(*, age: float = 0.0) -> str:
    """Make an id that nothing else has. It holds the time at which it is made, less `age` in seconds."""
    milliseconds = int((time.time() - age) * 1000) - DISCORD_EPOCH
    return str((milliseconds << 22) + next(_numbers) % (1 << 22))


@dataclass(frozen=True)
class Person:
    """A user. `manager` may manage the channels of the guild."""

    name: str
    manager: bool = False
    bot: bool = False
    locale: str = "en-US"
    id: str = field(default_factory=snowflake)

    @property
    def permissions(self) -> int:
        """What they may do in every channel of the guild."""
        return MEMBER_PERMISSIONS | (MANAGE_CHANNELS if self.manager else 0)


@dataclass(frozen=True)
class Channel:
    """A text channel of the guild, a thread in one, or a private chat with a `friend`.

    `denied` to whobot are these permissions; a thread has those of the channel that it is `inside`.
    """

    name: str
    denied: int = 0
    friend: Person | None = None
    inside: "Channel | None" = None
    nsfw: bool = False
    id: str = field(default_factory=snowflake)


@dataclass(frozen=True)
class Upload:
    """A file that somebody attaches."""

    data: bytes = field(repr=False)
    filename: str = "picture.png"
    content_type: str | None = "image/png"
    spoiler: bool = False


@dataclass(frozen=True)
class Sticker:
    """A sticker of the guild; `format` is PNG (1), APNG (2), Lottie (3) or GIF (4)."""

    data: bytes = field(repr=False)
    name: str = "nico-nico-ni"
    format: int = 1
    id: str = field(default_factory=snowflake)


@dataclass(frozen=True)
class Guild:
    """The server that whobot is in; the manager's role lets its members manage channels."""

    name: str = "Anime club"
    locale: str = "en-US"
    id: str = field(default_factory=snowflake)
    manager_role: str = field(default_factory=snowflake)


def user(person: Person) -> Payload:
    return {
        "id": person.id,
        "username": person.name,
        "discriminator": "0",
        "global_name": person.name.title(),
        "avatar": None,
        "bot": person.bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def myself(person: Person) -> Payload:
    return {**user(person), "mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}


def application(bot: Person) -> Payload:
    return {
        "id": bot.id,
        "name": bot.name,
        "icon": None,
        "description": "",
        "type": None,
        "verify_key": "00" * 32,
        "flags": 1 << 19,
        "flags_new": str(1 << 19),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(Person("operator", id=bot.id)),
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["bot"],
        "bot_public": False,
        "bot_require_code_grant": False,
    }


def member(person: Person, guild: Guild) -> Payload:
    return {
        "user": user(person),
        "roles": [guild.manager_role] if person.manager else [],
        "joined_at": TIME,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def channel(one: Channel, guild: Guild, bot: Person) -> Payload:
    if one.friend is not None:
        return {"id": one.id, "type": 1, "name": None, "recipients": [user(one.friend)], "last_message_id": None}
    if one.inside is not None:
        return {
            "id": one.id,
            "type": 11,
            "guild_id": guild.id,
            "parent_id": one.inside.id,
            "owner_id": bot.id,
            "name": one.name,
            "last_message_id": None,
            "rate_limit_per_user": 0,
            "message_count": 1,
            "member_count": 1,
            "total_message_sent": 1,
            "flags": 0,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 1440,
                "archive_timestamp": TIME,
                "locked": False,
            },
        }
    overwrites = [{"id": bot.id, "type": 1, "allow": "0", "deny": str(one.denied)}] if one.denied else []
    return {
        "id": one.id,
        "type": 0,
        "guild_id": guild.id,
        "name": one.name,
        "position": 0,
        "permission_overwrites": overwrites,
        "nsfw": one.nsfw,
        "parent_id": None,
        "topic": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "flags": 0,
    }


def role(role_id: str, name: str, permissions: int) -> Payload:
    return {
        "id": role_id,
        "name": name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0,
        "permissions": str(permissions),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def guild_create(guild: Guild, channels: Sequence[Channel], bot: Person) -> Payload:
    empty_lists = (
        "emojis", "features", "guild_scheduled_events", "presences", "soundboard_sounds", "stage_instances",
        "voice_states",
    )  # fmt: skip
    nothing = (
        "afk_channel_id", "application_id", "banner", "description", "discovery_splash", "hub_type", "icon",
        "incidents_data", "public_updates_channel_id", "rules_channel_id", "safety_alerts_channel_id", "splash",
        "system_channel_id", "vanity_url_code",
    )  # fmt: skip
    zeros = (
        "default_message_notifications", "explicit_content_filter", "mfa_level", "nsfw_level", "premium_tier",
        "system_channel_flags", "verification_level",
    )  # fmt: skip
    return {
        **{key: [] for key in empty_lists},
        **dict.fromkeys(nothing),
        **dict.fromkeys(zeros, 0),
        "id": guild.id,
        "name": guild.name,
        "owner_id": snowflake(),
        "afk_timeout": 300,
        "joined_at": TIME,
        "large": False,
        "member_count": 3,
        "preferred_locale": guild.locale,
        "premium_progress_bar_enabled": False,
        "stickers": [],
        "members": [member(bot, guild)],
        "roles": [
            role(guild.id, "@everyone", MEMBER_PERMISSIONS),
            role(guild.manager_role, "managers", MANAGE_CHANNELS),
        ],
        "channels": [channel(one, guild, bot) for one in channels if one.inside is None],
        "threads": [channel(one, guild, bot) for one in channels if one.inside is not None],
    }


def ready(bot: Person, guild: Guild, session: str, resume_url: str) -> Payload:
    return {
        "v": 10,
        "user": {key: value for key, value in user(bot).items() if key != "primary_guild"},
        "guilds": [{"id": guild.id, "unavailable": True}],
        "session_id": session,
        "resume_gateway_url": resume_url,
        "application": {"id": bot.id, "flags": 1 << 19, "flags_new": str(1 << 19)},
    }


def attachment(upload: Upload, media_url: str) -> Payload:
    attachment_id = snowflake()
    filename = f"SPOILER_{upload.filename}" if upload.spoiler else upload.filename
    url = f"{media_url}/attachments/{attachment_id}/{filename}?ex=1&is=2&hm=3"
    payload = {
        "id": attachment_id,
        "filename": filename,
        "size": len(upload.data),
        "url": url,
        "proxy_url": url,
        "flags": 0,
    }
    if upload.content_type:
        payload["content_type"] = upload.content_type
    return payload


def components(rows: Sequence[Payload]) -> list[Payload]:
    """Rows of buttons and menus as Discord writes them back: numbered, and `required` is a word for dialogues only."""
    numbers = itertools.count(1)

    def written(one: Payload) -> Payload:
        return {**{key: value for key, value in one.items() if key != "required"}, "id": next(numbers)}

    return [{**written(row), "components": [written(one) for one in row["components"]]} for row in rows]


def embed(url: str, copy: str, *, kind: str = "image", where: str = "thumbnail") -> Payload:
    """The preview of a link, with Discord's own `copy` of the picture; `where` it is shown."""
    picture = {"url": url, "proxy_url": copy, "width": 640, "height": 480, "flags": 0}
    return {"type": kind, "url": url, where: picture}


def sticker(one: Sticker) -> Payload:
    return {"id": one.id, "name": one.name, "format_type": one.format}


def message(
    author: Person,
    channel_id: str,
    *,
    content: str = "",
    attachments: Sequence[Payload] = (),
    stickers: Sequence[Sticker] = (),
    embeds: Sequence[Payload] = (),
    rows: Sequence[Payload] = (),
    flags: int = 0,
    metadata: Payload | None = None,
    mentions: Sequence[Person] = (),
    reply_to: Mapping[str, Any] | None = None,
    forwards: Mapping[str, Any] | None = None,
    webhook: bool = False,
    age: float = 0.0,
) -> Payload:
    payload: Payload = {
        "id": snowflake(age=age),
        "channel_id": channel_id,
        "author": user(author),
        "content": content,
        "timestamp": TIME,
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [user(one) for one in mentions],
        "mention_roles": [],
        "attachments": list(attachments),
        "embeds": list(embeds),
        "components": components(rows),
        "sticker_items": [sticker(one) for one in stickers],
        "pinned": False,
        "flags": flags,
        "type": 0,
    }
    if metadata is not None:
        payload["interaction_metadata"] = metadata
    if webhook:
        payload["webhook_id"] = author.id
    if reply_to is not None:
        payload["type"] = 19
        payload["message_reference"] = {"type": 0, "channel_id": channel_id, "message_id": reply_to["id"]}
        payload["referenced_message"] = {key: value for key, value in reply_to.items() if key != "referenced_message"}
    if forwards is not None:
        payload["message_reference"] = {"type": 1, "channel_id": forwards["channel_id"], "message_id": forwards["id"]}
        snapshot = {key: forwards[key] for key in FORWARDED}
        payload["message_snapshots"] = [{"message": {**snapshot, "stickers": []}}]
    return payload


def interaction(
    data: Payload,
    asker: Person,
    where: Channel,
    guild: Guild,
    bot: Person,
    *,
    kind: int = 2,
    message: Payload | None = None,
    size_limit: int = FILE_LIMIT,
) -> Payload:
    private = where.friend is not None
    payload: Payload = {
        "id": snowflake(),
        "application_id": bot.id,
        "type": kind,
        "token": f"interaction-token-{snowflake()}",
        "version": 1,
        "data": data,
        "channel_id": where.id,
        "channel": {key: value for key, value in channel(where, guild, bot).items() if key != "permission_overwrites"},
        "app_permissions": str(MEMBER_PERMISSIONS & ~(where.inside or where).denied),
        "locale": asker.locale,
        "entitlements": [],
        "authorizing_integration_owners": {"0": "0" if private else guild.id},
        "context": 1 if private else 0,
        "attachment_size_limit": size_limit,
    }
    if message is not None:
        payload["message"] = message
    if private:
        return {**payload, "user": user(asker)}
    return {
        **payload,
        "guild_id": guild.id,
        "guild_locale": guild.locale,
        "guild": {"id": guild.id, "locale": guild.locale, "features": []},
        "member": {**member(asker, guild), "permissions": str(asker.permissions)},
    }
