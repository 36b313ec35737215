"""Run by Alembic itself, for every one of its commands, with the connection that `configure` was given."""

from alembic import context

from bot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # The store opens SQLite so that this holds there too: a migration that breaks off leaves nothing behind.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
