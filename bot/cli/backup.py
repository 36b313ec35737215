"""``whobot backup``: a copy of the database, while the bot runs."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import ConfigOption, endings, read_configuration
from bot.cli.options import StoreOption


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy. It must not exist yet.")],
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Copy the database to a file, as it is at this moment. A running bot goes on.

    To restore it, stop whobot and put the copy in the database's place; remove the files beside it that end in -wal and
    -shm. PostgreSQL has pg_dump.

    Exit codes:

    - 0: done
    - 2: wrong arguments or settings, a database that cannot be used, or a file that exists already
    """
    with endings():
        # Only now: whobot --help does not wait for the database's library.
        from bot.cli.taught import address_of  # noqa: PLC0415
        from bot.storage.backup import back_up  # noqa: PLC0415

        back_up(address_of(read_configuration(config).settings, store), file)
        typer.echo(f"wrote {file}, {file.stat().st_size / 1_000_000:.1f} MB")
