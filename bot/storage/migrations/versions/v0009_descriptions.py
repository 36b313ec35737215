"""What else taught characters are called and where they are from, and what changes of that were."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table and the columns of the history."""
    op.create_table(
        "descriptions",
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("home", sa.String(255), nullable=False),
        sa.Column("character", sa.String(255), nullable=False),
        sa.Column("series", sa.String(255)),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "home", "character", name="pk_descriptions"),
    )
    with op.batch_alter_table("changes") as table:
        table.add_column(sa.Column("other", sa.String(255)))
        table.add_column(sa.Column("before", sa.JSON()))


def downgrade() -> None:
    """Drop them, and with them the entries of the history that an earlier whobot has no words for."""
    changes = sa.table("changes", sa.column("action", sa.String))
    new = ("renamed", "merged", "moved", "removed", "described", "imported")
    op.execute(changes.delete().where(changes.c.action.in_(new)))
    with op.batch_alter_table("changes") as table:
        table.drop_column("before")
        table.drop_column("other")
    op.drop_table("descriptions")
