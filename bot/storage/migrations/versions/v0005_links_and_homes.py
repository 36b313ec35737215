"""Which answers belong to which questions, and the servers that whobot is in."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "homes",
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("account", sa.String(255), nullable=False),
        sa.Column("home", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("platform", "account", "home", name="pk_homes"),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("place", sa.String(255), nullable=False),
        sa.Column("first", sa.String(255), nullable=False),
        sa.Column("chat_id", sa.String(255), nullable=False),
        sa.Column("home", sa.String(255)),
        sa.Column("asker", sa.String(255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("replies", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_links_platform", "links", ["platform", "place", "first"], unique=True)
    op.create_index("ix_links_at", "links", ["at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_links_at", "links")
    op.drop_index("ix_links_platform", "links")
    op.drop_table("links")
    op.drop_table("homes")
