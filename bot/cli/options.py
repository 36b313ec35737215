"""Options that the commands about what was taught share."""

from typing import Annotated, TypeAlias

import typer

StoreOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="FILE",
        help="Where what was taught is kept: an SQLite file, or a database's address. Without it, that of the bot.",
    ),
]
