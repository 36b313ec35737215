"""``whobot settings``: what holds, and where it comes from."""

import json
from typing import Annotated, Any

import typer

from bot.cli.common import ConfigOption, JsonOption, endings, read_configuration
from bot.config import Configuration, Key, example, toml_value
from bot.redact import Redactor

MASK = "**********"


def settings(
    config: ConfigOption = None,
    as_json: JsonOption = False,
    show_example: Annotated[
        bool, typer.Option("--example", help="Print config.example.toml instead: every key, explained.")
    ] = False,
) -> None:
    """Show the settings that hold and where each comes from. Secrets are masked.

    What is printed is a valid config.toml.

    Exit codes:

    - 0: the settings are right
    - 2: wrong arguments, or a mistake in the settings
    """
    with endings():
        if show_example:
            from bot.platforms.registry import sections  # noqa: PLC0415 - only where they are shown

            typer.echo(example(sections()), nl=False)
            return
        configuration = read_configuration(config)
        typer.echo(_as_json(configuration) if as_json else _as_toml(configuration))


def _shown(configuration: Configuration, key: Key) -> Any:
    value = configuration.value(key)
    if key.secret:
        return None if value is None else MASK
    if isinstance(value, tuple):
        return [Redactor()(str(part)) for part in value]
    return value if value is None or isinstance(value, bool | int | float) else Redactor()(str(value))


def _as_json(configuration: Configuration) -> str:
    tables: dict[str, dict[str, Any]] = {}
    for key in configuration.keys:
        origin = configuration.origin(key)
        tables.setdefault(key.section, {})[key.name] = {
            "value": _shown(configuration, key),
            "source": origin.source,
            "place": origin.place or None,
        }
    file = None if configuration.path is None else str(configuration.path)
    return json.dumps({"file": file, "settings": tables}, indent=2)


def _as_toml(configuration: Configuration) -> str:
    lines = [f"# file: {configuration.path or 'none'}"]
    section = ""
    for key in configuration.keys:
        if key.section != section:
            section = key.section
            lines += ["", f"[{section}]"]
        value = _shown(configuration, key)
        origin = configuration.origin(key)
        source = origin.place or origin.source
        if value is None:
            lines.append(f"# {key.name} is not set")
        elif key.secret:
            lines.append(f"# {key.name} = {MASK}  # {source}")
        else:
            lines.append(f"{key.name} = {toml_value(value)}  # {source}")
    return "\n".join(lines)
