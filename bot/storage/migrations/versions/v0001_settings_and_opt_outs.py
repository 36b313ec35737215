"""The settings of each chat, and who has opted out."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "chat_settings",
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("chat_id", sa.String(255), nullable=False),
        sa.Column("watch", sa.Boolean(), nullable=False),
        sa.Column("threshold", sa.Double()),
        sa.Column("language", sa.String(35)),
        sa.PrimaryKeyConstraint("platform", "chat_id", name="pk_chat_settings"),
    )
    op.create_table(
        "opt_outs",
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("platform", "user_id", name="pk_opt_outs"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("opt_outs")
    op.drop_table("chat_settings")
