"""What the commands share: the --config option, reading the settings, and how a command ends."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from bot import logs
from bot.config import Configuration, load, locate
from bot.errors import OperatorError

FAILED = 1
"""Exit code: it ran, but not all is well."""
UNUSABLE = 2
"""Exit code: it could not start, for its arguments, its configuration or a bundle."""
INTERRUPTED = 130
"""Exit code: Ctrl-C."""

ConfigOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        help="The settings' file. Without it WHOBOT_CONFIG, else config.toml in this folder, else the defaults.",
    ),
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def read_configuration(config: Path | None, *, quiet: bool = True) -> Configuration:
    """Read the settings and set up logging by them: where `quiet`, from warnings on.

    Raises:
        ConfigError: there is a mistake in them.
    """
    logs.configure("warning")  # until the settings are known
    from bot.platforms.registry import sections  # noqa: PLC0415 - whobot --help need not wait for it

    configuration = load(locate(config, os.environ, Path()), os.environ, sections())
    log = configuration.settings.log
    level = "warning" if quiet and log.level == "info" else log.level
    logs.configure(level, log.format, configuration.secrets())
    return configuration


@contextlib.contextmanager
def endings() -> Iterator[None]:
    """End a command well: trouble in one clear message, Ctrl-C and a closed pipe without a word."""
    try:
        yield
        sys.stdout.flush()
    except OperatorError as error:
        typer.secho(f"whobot: {error}", err=True, fg="red" if sys.stderr.isatty() else None)
        raise typer.Exit(UNUSABLE) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # Python flushes standard output once more at its end: give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(FAILED) from None
