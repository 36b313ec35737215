"""The way from any earlier schema to the present one, run whenever the store opens.

A change of `bot.storage.tables` goes with a new file in ``versions/``, written by hand; a test holds that the two
agree, and that every step can be undone.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import StoreError


def configure(connection: Connection) -> Config:
    """Alembic's settings for migrations over `connection`, in its transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade(connection: Connection) -> None:
    """Bring the database to the present schema.

    Raises:
        StoreError: a newer whobot has already brought it further.
    """
    config = configure(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    unknown = set(MigrationContext.configure(connection).get_current_heads()) - known
    if unknown:
        raise StoreError(
            f"the database has schema {', '.join(sorted(unknown))}, which this version of whobot does not know: "
            "it was written by a newer one. Upgrade whobot, or restore the backup that you made before upgrading."
        )
    command.upgrade(config, "head")
