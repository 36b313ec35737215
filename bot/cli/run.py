"""``whobot run``: start the bot and keep it running."""

import asyncio
from importlib.metadata import version

import structlog
import typer

from bot import sentry
from bot.cli.common import FAILED, UNUSABLE, ConfigOption, endings, read_configuration
from bot.errors import OperatorError


def run(config: ConfigOption = None) -> None:
    """Start the bot: the web chat, and Discord and Telegram where a token is given.

    Without any settings that is a web chat on http://127.0.0.1:8080. Tokens come from WHOBOT_DISCORD__TOKEN and
    WHOBOT_TELEGRAM__TOKEN, or from files named in the settings.

    SIGTERM or Ctrl-C finishes what is in hand, within ten seconds; a second one ends at once.

    Exit codes:

    - 0: stopped as asked
    - 1: every platform has refused its token, or something hung while stopping
    - 2: wrong arguments or settings, a model or database that cannot be used, a port that is taken
    """
    with endings():
        configuration = read_configuration(config, quiet=False)
        log = structlog.get_logger(__name__)
        log.info("settings_read", file=str(configuration.path or "none"))
        for warning in configuration.warnings:
            log.warning("settings_unwise", problem=warning)
        try:
            sentry.start(configuration.settings.sentry, f"whobot@{version('whobot')}", configuration.secrets())
            # Only now: whobot --help need not wait for the networks' runtime and the database's library.
            from bot import app  # noqa: PLC0415

            asked = asyncio.run(app.serve(configuration.settings))
        except OperatorError as error:
            if configuration.settings.log.format != "json":
                raise
            # Who reads the log with a program would miss the one line that says why it ended.
            log.critical("cannot_run", kind=type(error).__name__, problem=str(error))
            raise typer.Exit(UNUSABLE) from None
        if not asked:
            raise typer.Exit(FAILED)
