"""What was accepted and is not answered yet, and which events were handled."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "handled",
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("account", sa.String(255), nullable=False),
        sa.Column("event", sa.String(255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("platform", "account", "event", name="pk_handled"),
    )
    op.create_index("ix_handled_at", "handled", ["at"])
    op.create_table(
        "inbox",
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("account", sa.String(255), nullable=False),
        sa.Column("event", sa.String(255), nullable=False),
        sa.Column("chat_id", sa.String(255), nullable=False),
        sa.Column("home", sa.String(255)),
        sa.Column("asker", sa.String(255)),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holder", sa.String(32)),
        sa.Column("held_until", sa.DateTime(timezone=True)),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sending", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "account", "event", name="pk_inbox"),
    )
    op.create_index("ix_inbox_holder", "inbox", ["holder"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_inbox_holder", "inbox")
    op.drop_table("inbox")
    op.drop_index("ix_handled_at", "handled")
    op.drop_table("handled")
