"""The command line: one module a command.

A command imports what it needs when it runs, so that ``whobot --help`` answers at once and ``whobot who`` never loads
a chat platform's library.
"""

from importlib.metadata import version
from typing import Annotated

import typer

from bot.cli.adopt import adopt
from bot.cli.backup import backup
from bot.cli.check import check
from bot.cli.export_dataset import export_dataset
from bot.cli.forget import forget
from bot.cli.health import health
from bot.cli.pack import app as pack
from bot.cli.promote import promote
from bot.cli.rollback import rollback
from bot.cli.roster import roster
from bot.cli.run import run
from bot.cli.settings import settings
from bot.cli.stats import stats
from bot.cli.teach import teach
from bot.cli.token import token
from bot.cli.who import who

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with **whobot run**, then open http://127.0.0.1:8080",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"whobot {version('whobot')}")
        raise typer.Exit


@app.callback()
def whobot(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Tells who is in an anime picture: in Discord, Telegram and a local web chat, on your own machine."""


COMMANDS = (
    *(run, who, teach, forget, roster, promote, export_dataset, adopt, rollback),
    *(backup, check, health, settings, stats),
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(token, name="token")
app.add_typer(pack, name="pack")
