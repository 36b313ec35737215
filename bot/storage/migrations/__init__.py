"""The way from any earlier schema to the present one, run whenever the store opens.

A change of `bot.storage.tables` goes with a new file in ``versions/``, written by hand; a test holds that the two
agree, and that every step can be undone.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from bot.errors import StoreError

LOCK = 0x77686F626F74
"""The number of PostgreSQL's advisory lock of migrations: "whobot" in ASCII. Whoever else migrates waits for it."""


def configure(connection: Connection) -> Config:
    """Alembic's settings for migrations over `connection`, in its transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade(connection: Connection) -> None:
    """Bring the database to the present schema, where another process has not done so meanwhile.

    On SQLite, the transaction must have the file to itself; on PostgreSQL, this waits for the lock of migrations.

    Raises:
        StoreError: a newer whobot has already brought it further.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    if is_due(connection):
        command.upgrade(configure(connection), "head")


def is_due(connection: Connection) -> bool:
    """Return whether the database has an earlier schema than the present one, or none yet.

    Raises:
        StoreError: a newer whobot has already brought it further.
    """
    scripts = ScriptDirectory.from_config(configure(connection))
    present = schema(connection)
    unknown = present - {script.revision for script in scripts.walk_revisions()}
    if unknown:
        raise StoreError(
            f"the database has schema {', '.join(sorted(unknown))}, which a newer whobot wrote and this one cannot "
            "read: upgrade whobot, or restore the backup that you made before upgrading"
        )
    return present != set(scripts.get_heads())


def schema(connection: Connection) -> frozenset[str]:
    """Return the schema that the database has; none where nobody has used it yet."""
    return frozenset(MigrationContext.configure(connection).get_current_heads())
