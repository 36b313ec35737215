"""The objects of Discord's API, as Discord writes them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tests.support.fakes.discord.world import MANAGE_CHANNELS, MEMBER_PERMISSIONS, Channel, Guild, Person, snowflake

Payload = dict[str, Any]

FILE_LIMIT = 10 * 1024 * 1024
TIME = "2026-01-02T03:04:05.678000+00:00"


def now() -> str:
    """Write the time."""
    return datetime.now(UTC).isoformat()


def partial_guild(guild: Guild) -> Payload:
    """A server as it stands in a list."""
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": False,
        "permissions": str(MEMBER_PERMISSIONS),
        "features": [],
    }


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


def ready(bot: Person, guilds: Sequence[Guild], session: str, resume_url: str) -> Payload:
    return {
        "v": 10,
        "user": {key: value for key, value in user(bot).items() if key != "primary_guild"},
        "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
        "session_id": session,
        "resume_gateway_url": resume_url,
        "application": {"id": bot.id, "flags": 1 << 19, "flags_new": str(1 << 19)},
    }


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
