"""The smallest guess that is shown, of each chat."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; chats that have set something already get the default."""
    with op.batch_alter_table("chat_settings") as table:
        table.add_column(sa.Column("least_guess", sa.Double(), nullable=False, server_default="0.15"))
    with op.batch_alter_table("chat_settings") as table:
        table.alter_column("least_guess", server_default=None)


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("chat_settings") as table:
        table.drop_column("least_guess")
