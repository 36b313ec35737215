"""Telling Discord of whobot's commands, and only where it has to be told: it allows 200 changes a day."""

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from discord.http import Route

from bot.chat.commands import Words
from bot.platforms.discord.commands import Commands
from bot.platforms.discord.delivery import DISCORD_ERRORS, incident
from bot.platforms.discord.localisation import Localisation

log = structlog.get_logger(__name__)

SET_BY_DISCORD = frozenset(
    {"id", "application_id", "version", "guild_id", "dm_permission", "name_localized", "description_localized"}
)
"""Keys of a registered command that are no part of its definition (`contexts` has taken the place of one of them)."""

UNORDERED = frozenset({"contexts", "integration_types"})


async def publish(tree: Commands, words: Words) -> None:
    """Register the commands where they differ from those that are registered.

    Trouble is logged: whobot can go on with what is registered, and with mentions and private messages anyway.
    """
    http, me = tree.client.http, tree.client.application_id or 0
    localisation = Localisation(words)
    try:
        definitions = [await command.get_translated_payload(tree, localisation) for command in tree.get_commands()]
        route = Route("GET", "/applications/{application_id}/commands", application_id=me)
        registered = await http.request(route, params={"with_localizations": "true"})
        if _by_name(registered) != _by_name(definitions):
            await http.bulk_upsert_global_commands(me, definitions)
            log.info("discord.commands_registered")
    except DISCORD_ERRORS as error:
        log.warning("discord.commands_not_registered", error=str(error), id=incident())


def _by_name(commands: Iterable[Mapping[str, Any]]) -> dict[tuple[int, str], object]:
    return {(command["type"], command["name"]): _definition(command) for command in commands}


def _definition(value: Any) -> object:
    """Reduce a definition to what it says: defaults left out, numbers as Discord writes them, sets in order."""
    match value:
        case Mapping():
            return {
                key: sorted(inner) if key in UNORDERED and inner else _definition(inner)
                for key, inner in value.items()
                if inner and key not in SET_BY_DISCORD
            }
        case list():
            return [_definition(inner) for inner in value]
        case bool():
            return value
        case float():
            return f"{value:g}"
        case _:
            return str(value)
