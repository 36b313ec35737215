"""Faces that nobody knew, in groups of those that look alike, and whether a chat keeps them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the tables and the setting; no chat keeps any before it says so."""
    op.create_table(
        "strangers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("home", sa.String(255), nullable=False),
        sa.Column("chat_id", sa.String(255), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.Column("bundle_id", sa.String(64), nullable=False),
        sa.Column("by_platform", sa.String(32)),
        sa.Column("by_id", sa.String(255)),
        sa.Column("by_name", sa.String(255)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_strangers_group_id", "strangers", ["group_id"])
    op.create_index("ix_strangers_at", "strangers", ["at"])
    op.create_index("ix_strangers_platform", "strangers", ["platform", "home"])
    op.create_table(
        "stranger_groups",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("home", sa.String(255), nullable=False),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("total", sa.LargeBinary(), nullable=False),
        sa.Column("bundle_id", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stranger_groups_platform", "stranger_groups", ["platform", "home", "faces"])
    with op.batch_alter_table("chat_settings") as table:
        table.add_column(sa.Column("gather", sa.String(16), nullable=False, server_default="nothing"))
    with op.batch_alter_table("chat_settings") as table:
        table.alter_column("gather", server_default=None)


def downgrade() -> None:
    """Drop them, with every face."""
    with op.batch_alter_table("chat_settings") as table:
        table.drop_column("gather")
    op.drop_table("stranger_groups")
    op.drop_table("strangers")
