"""The commands that whobot registers with Discord, and what each of them asks."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol

import discord
import structlog
from discord import app_commands

from bot.adapters.discord.delivery import TROUBLE, incident
from bot.adapters.discord.translate import Album
from bot.domain import Ask, Configure, OptOut, Page, Picture, Request, Show, Trigger

log = structlog.get_logger(__name__)

SET_BY_DISCORD = frozenset({"id", "application_id", "version", "guild_id", "dm_permission"})
"""Keys of a registered command that are no part of its definition (`contexts` has taken the last one's place)."""

UNORDERED = frozenset({"contexts", "integration_types"})


class Answer(Protocol):
    """Takes a command's request on, and answers it."""

    async def __call__(self, interaction: discord.Interaction, request: Request, *, ephemeral: bool) -> None:
        """Answer; `ephemeral` shows the answer to nobody but the one who asked."""


class Commands(app_commands.CommandTree[discord.Client]):
    """whobot's commands, in servers that have invited it and in private chats with it."""

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        """Log what should not have happened; the connection goes on."""
        log.error("discord.command_failed", exc_info=error, interaction=interaction.id, id=incident())


def build(client: discord.Client, album: Album, answer: Answer) -> Commands:
    """Make the commands, and have the client listen for them."""
    tree = Commands(
        client,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    async def ask(interaction: discord.Interaction, pictures: tuple[Picture, ...], trigger: Trigger) -> None:
        # That there is nothing to look at need not be told to the whole channel.
        await answer(interaction, Ask(pictures, trigger), ephemeral=not pictures)

    @tree.command(description="Who is in this picture?")
    @app_commands.describe(
        picture="A picture with anime faces",
        picture2="Another picture",
        picture3="Another picture",
        picture4="Another picture",
        picture5="Another picture",
    )
    async def who(
        interaction: discord.Interaction,
        picture: discord.Attachment,
        picture2: discord.Attachment | None = None,
        picture3: discord.Attachment | None = None,
        picture4: discord.Attachment | None = None,
        picture5: discord.Attachment | None = None,
    ) -> None:
        attachments = [one for one in (picture, picture2, picture3, picture4, picture5) if one is not None]
        await ask(interaction, album.pictures(attachments), Trigger.COMMAND)

    @tree.context_menu(name="Who is this?")
    async def who_is_this(interaction: discord.Interaction, message: discord.Message) -> None:
        await ask(interaction, album.posted(message, interaction.user), Trigger.MENU)

    @tree.command(description="Look at every picture posted in this channel, or stop looking")
    @app_commands.describe(state="on: answer every picture that shows a face. off: answer only when asked")
    @app_commands.default_permissions(manage_channels=True)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def watch(interaction: discord.Interaction, state: Literal["on", "off"]) -> None:
        # A change is for everybody to see, since it is their pictures that are looked at; a refusal is not.
        await answer(interaction, Configure(watch=state == "on"), ephemeral=not interaction.permissions.manage_channels)

    @tree.command(description="Have whobot ignore your pictures, or no longer ignore them")
    @app_commands.describe(
        state="on: ignore my pictures (this is meant where nothing is chosen). off: look at them again"
    )
    async def optout(interaction: discord.Interaction, state: Literal["on", "off"] = "on") -> None:
        await answer(interaction, OptOut(out=state == "on"), ephemeral=True)

    @tree.command(name="help", description="How to ask who is in a picture")
    async def help_(interaction: discord.Interaction) -> None:
        await answer(interaction, Show(Page.HELP), ephemeral=True)

    return tree


async def publish(tree: Commands) -> None:
    """Register the commands where they differ from those that are registered: Discord allows 200 changes a day.

    Trouble is logged: whobot can go on with what is registered, and with mentions and private messages anyway.
    """
    client = tree.client
    try:
        registered = await client.http.get_global_commands(client.application_id or 0)
        if _definitions(registered) != _definitions(command.to_dict(tree) for command in tree.get_commands()):
            await tree.sync()
            log.info("discord.commands_registered")
    except TROUBLE as error:
        log.warning("discord.commands_not_registered", error=str(error), id=incident())


def _definitions(commands: Iterable[Mapping[str, Any]]) -> dict[tuple[int, str], object]:
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
        case _:
            return str(value)
