"""``whobot health``: ask the running bot how it is, as a container's health check does."""

import json

import typer

from bot.cli.common import FAILED, ConfigOption, endings, read_configuration


def health(config: ConfigOption = None) -> None:
    """Ask the running bot whether it is well, and print what it says: for health checks.

    It asks at the address that the settings name. Where the web chat is off, it asks the bot's process itself.

    Exit codes:

    - 0: it is well
    - 1: it is not, or it does not answer
    - 2: wrong arguments, or a mistake in the settings
    """
    with endings():
        settings = read_configuration(config).settings
        from bot.health import ask  # noqa: PLC0415

        try:
            found = ask(settings)
        except (OSError, ValueError) as error:
            typer.echo(f"whobot does not answer: {error}", err=True)
            raise typer.Exit(FAILED) from None
        typer.echo(json.dumps(found))
        if not found["ok"]:
            raise typer.Exit(FAILED)
