"""The face crops that people teach characters with."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "examples",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("home", sa.String(255), nullable=False),
        sa.Column("character", sa.String(255), nullable=False),
        sa.Column("denied", sa.Boolean(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("embedding", sa.LargeBinary()),
        sa.Column("bundle_id", sa.String(64)),
        sa.Column("by_platform", sa.String(32)),
        sa.Column("by_id", sa.String(255)),
        sa.Column("by_name", sa.String(255)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_examples"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_examples_platform", "examples", ["platform", "home", "character"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_examples_platform", "examples")
    op.drop_table("examples")
