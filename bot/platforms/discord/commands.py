"""whobot's commands as Discord knows them: made from the registry that all platforms share."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import discord
import structlog
from discord import app_commands
from discord.app_commands import locale_str

from bot.chat.commands import AUTOMATIC, EVERYBODYS_OWN, Command, Kind, MessageMenu, Parameter, Where, Words
from bot.chat.model import OPTIONS_LIMIT, Prompt, Suggest
from bot.chat.registry import Registry
from bot.platforms.discord.delivery import incident
from bot.platforms.discord.interactions import Interactions
from bot.platforms.discord.render import cut

log = structlog.get_logger(__name__)

PICTURES_LIMIT = 5
"""Pictures that a command takes: Discord has no option for many, so there are as many options."""

TEXT_LIMIT = 100

TYPES: dict[Kind, Any] = {
    Kind.PICTURES: discord.Attachment,
    Kind.TEXT: app_commands.Range[str, 1, TEXT_LIMIT],
    Kind.NAME: app_commands.Range[str, 1, TEXT_LIMIT],
    Kind.TAUGHT_NAME: app_commands.Range[str, 1, TEXT_LIMIT],
    Kind.SWITCH: Literal["on", "off"],
    Kind.PERCENT: app_commands.Range[str, 1, TEXT_LIMIT],
    Kind.LANGUAGE: str,
    Kind.FLAG: bool,
}
"""What discord.py calls the kinds of parameters."""

COMPLETED = frozenset({Kind.TEXT, Kind.NAME, Kind.TAUGHT_NAME})


class Commands(app_commands.CommandTree[discord.Client]):
    """whobot's commands, in servers that have invited it and in private chats with it."""

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        """Log what should not have happened; the connection goes on."""
        log.error("discord.command_failed", exc_info=error, interaction=interaction.id, id=incident())


@dataclass(frozen=True, slots=True)
class _Option:
    """A parameter as Discord has it; where it holds several pictures, the one with that number."""

    parameter: Parameter
    number: int = 1

    @property
    def name(self) -> str:
        if self.parameter.kind is not Kind.PICTURES:
            return self.parameter.name
        return f"picture{self.suffix}"

    @property
    def suffix(self) -> str:
        return str(self.number) if self.number > 1 else ""

    @property
    def required(self) -> bool:
        return self.parameter.required and self.number == 1

    def signature(self) -> inspect.Parameter:
        return inspect.Parameter(
            self.name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=TYPES[self.parameter.kind],
            default=inspect.Parameter.empty if self.required else None,
        )


def build(
    client: discord.Client, registry: Registry, interactions: Interactions, words: Words, languages: Mapping[str, str]
) -> Commands:
    """Make the commands, and have the client listen for them; `languages` can be chosen, by tag, each by its name."""
    tree = Commands(
        client,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
    for command in registry.commands:
        tree.add_command(_slash(command, registry, interactions, languages))
    for menu in registry.menus:
        tree.add_command(_context_menu(menu, interactions, words))
    return tree


def _context_menu(menu: MessageMenu, interactions: Interactions, words: Words) -> app_commands.ContextMenu:
    async def invoke(interaction: discord.Interaction, message: discord.Message) -> None:
        if not menu.prompt:
            await interactions.asked_of(interaction, message, menu)
            return
        title, label = (words(text, interaction.locale.value) or text for text in (menu.name, menu.prompt))
        await interactions.words_for(interaction, message, menu, Prompt(title, label))

    return app_commands.ContextMenu(name=menu.name, callback=invoke)


def _slash(
    command: Command, registry: Registry, interactions: Interactions, languages: Mapping[str, str]
) -> app_commands.Command[Any, ..., None]:
    async def invoke(interaction: discord.Interaction, **values: Any) -> None:
        text = " ".join(filter(None, (_as_typed(one, values.get(one.name)) for one in command.parameters)))
        attachments = [value for value in values.values() if isinstance(value, discord.Attachment)]
        request = registry.parse(command.name, text, interactions.album.attached(attachments))
        await interactions.command(interaction, request)

    options = sorted(_options(command), key=lambda option: not option.required)
    # discord.py reads off the function what a command takes.
    caller = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_ONLY, annotation=discord.Interaction)
    signature = inspect.Signature([caller, *(option.signature() for option in options)])
    callback: Any = invoke
    callback.__signature__ = signature
    app_commands.describe(**{option.name: option.parameter.description for option in options})(callback)
    app_commands.rename(
        **{one.name: locale_str(one.name, key=one.parameter.name, suffix=one.suffix) for one in options}
    )(callback)
    for option in options:
        if option.parameter.kind is Kind.LANGUAGE and languages:
            app_commands.choices(**{option.name: _choices(languages)})(callback)
    slash: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=command.name, description=command.description, callback=callback
    )
    if command.managers:
        slash.default_permissions = discord.Permissions(manage_channels=True)
    if command.where is Where.GROUPS:
        slash.allowed_contexts = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
    for option in options:
        if option.parameter.kind in COMPLETED:
            _complete(slash, option.parameter, interactions)
    return slash


def _options(command: Command) -> Iterator[_Option]:
    for parameter in command.parameters:
        many = parameter.kind is Kind.PICTURES
        yield from (_Option(parameter, number) for number in range(1, PICTURES_LIMIT + 1 if many else 2))


def _choices(languages: Mapping[str, str]) -> list[app_commands.Choice[str]]:
    """Each language by the name that its speakers know: those names are the same in all languages."""
    automatic = app_commands.Choice(name=locale_str(EVERYBODYS_OWN), value=AUTOMATIC)
    return [automatic, *(app_commands.Choice(name=name, value=tag) for tag, name in languages.items())]


def _complete(slash: app_commands.Command[Any, ..., None], parameter: Parameter, interactions: Interactions) -> None:
    taught = parameter.kind is Kind.TAUGHT_NAME

    @slash.autocomplete(parameter.name)
    async def complete(interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        names = await interactions.suggestions(interaction, Suggest(text, taught))
        return [
            app_commands.Choice(name=cut(name, TEXT_LIMIT), value=cut(name, TEXT_LIMIT))
            for name in names[:OPTIONS_LIMIT]
        ]


def _as_typed(parameter: Parameter, value: Any) -> str:
    """Write a value as people type it where commands are text."""
    match parameter.kind, value:
        case (Kind.PICTURES, _) | (_, None | False):
            return ""
        case Kind.FLAG, _:
            return parameter.name
        case _:
            return str(value)
