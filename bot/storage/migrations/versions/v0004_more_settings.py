"""More settings of each chat, and the server that it belongs to."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; chats that have set something already get the defaults of the rest."""
    with op.batch_alter_table("chat_settings") as table:
        table.add_column(sa.Column("home", sa.String(255)))
        for column in _columns(defaults=True):
            table.add_column(column)
    with op.batch_alter_table("chat_settings") as table:
        for column in _columns():
            table.alter_column(column.name, server_default=None)
    op.create_index("ix_chat_settings_platform", "chat_settings", ["platform", "home"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_chat_settings_platform", "chat_settings")
    with op.batch_alter_table("chat_settings") as table:
        for column in _columns():
            table.drop_column(column.name)
        table.drop_column("home")


def _columns(*, defaults: bool = False) -> list[sa.Column[Any]]:
    kinds: dict[str, tuple[sa.types.TypeEngine[Any], Any]] = {
        "quiet": (sa.Boolean(), sa.false()),
        "adults_only": (sa.Boolean(), sa.false()),
        "teachers": (sa.String(16), "everyone"),
        "keep": (sa.Boolean(), sa.true()),
        "confirm": (sa.Boolean(), sa.false()),
    }
    return [
        sa.Column(name, kind, nullable=False, server_default=default if defaults else None)
        for name, (kind, default) in kinds.items()
    ]
