"""What people say of answers, and the audit trail of what they teach."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Integer(), nullable=False),
        *_scope(),
        sa.Column("face", sa.String(64), nullable=False),
        sa.Column("said", sa.String(255)),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("bundle_id", sa.String(64), nullable=False),
        sa.Column("truth", sa.String(16), nullable=False),
        sa.Column("character", sa.String(255)),
        *_person(nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("image", sa.LargeBinary()),
        sa.Column("change", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_verdicts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_verdicts_platform", "verdicts", ["platform", "home", "face"])
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        *_scope(),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("character", sa.String(255), nullable=False),
        *_person(),
        sa.Column("added", sa.JSON(), nullable=False),
        sa.Column("reverts", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_changes_platform", "changes", ["platform", "home"])
    op.create_index("ix_changes_reverts", "changes", ["reverts"])
    op.create_table(
        "removed_examples",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *_scope(),
        sa.Column("character", sa.String(255), nullable=False),
        sa.Column("denied", sa.Boolean(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("embedding", sa.LargeBinary()),
        sa.Column("bundle_id", sa.String(64)),
        *_person(),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_removed_examples"),
    )
    op.create_index("ix_removed_examples_change", "removed_examples", ["change"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_removed_examples_change", "removed_examples")
    op.drop_table("removed_examples")
    op.drop_index("ix_changes_reverts", "changes")
    op.drop_index("ix_changes_platform", "changes")
    op.drop_table("changes")
    op.drop_index("ix_verdicts_platform", "verdicts")
    op.drop_table("verdicts")


def _scope() -> tuple[sa.Column[Any], ...]:
    return sa.Column("platform", sa.String(32), nullable=False), sa.Column("home", sa.String(255), nullable=False)


def _person(*, nullable: bool = True) -> tuple[sa.Column[Any], ...]:
    sizes = {"by_platform": 32, "by_id": 255, "by_name": 255}
    return tuple(sa.Column(name, sa.String(size), nullable=nullable) for name, size in sizes.items())
