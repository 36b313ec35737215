"""``whobot check``: what is right, and what to do about what is not."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import FAILED, ConfigOption, JsonOption, endings, read_configuration
from bot.config import Configuration

if TYPE_CHECKING:
    from bot.finding import Finding


def check(
    config: ConfigOption = None,
    online: Annotated[bool, typer.Option("--online", help="Also ask the platforms about the tokens.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check the settings, the networks and their runtime, fonts, tokens and the database. Nothing is changed.

    Exit codes:

    - 0: whobot can run; there may be hints
    - 1: something is not right
    - 2: wrong arguments, or a mistake in the settings
    """
    with endings():
        configuration = read_configuration(config)
        findings = _findings(configuration, online=online)
        if as_json:
            typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            _print(findings)
        if any(finding.status == "fail" for finding in findings):
            raise typer.Exit(FAILED)


def _findings(configuration: Configuration, *, online: bool) -> list["Finding"]:
    # Only now: whobot --help does not wait for the networks' runtime and the database's library.
    import asyncio  # noqa: PLC0415

    from bot.cli import checks  # noqa: PLC0415

    settings = configuration.settings
    findings = [
        *checks.check_settings(configuration),
        checks.check_runtime(),
        checks.check_models(settings),
        checks.check_fonts(settings),
        asyncio.run(checks.check_store(settings)),
        *checks.check_platforms(settings),
        *checks.check_sentry(settings),
    ]
    if not online:
        return findings
    asked = asyncio.run(checks.check_online(settings))
    # What a platform says of a token replaces a good guess from its shape.
    known = {finding.subject for finding in asked}
    return [finding for finding in findings if finding.subject not in known or finding.status != "ok"] + asked


def _print(findings: list["Finding"]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    styles = {"ok": "green", "warn": "yellow", "fail": "bold red"}
    table = Table(box=None, show_header=False, padding=(0, 1))
    for finding in findings:
        words = Text(finding.message)
        if finding.advice:
            words.append(f"\n-> {finding.advice}", style="dim" if finding.status == "ok" else styles[finding.status])
        table.add_row(Text(finding.status, style=styles[finding.status]), Text(finding.subject, style="bold"), words)
    Console(highlight=False).print(table)
