"""What stays of a picture that somebody judges: three steps where there were two.

A chat that kept faces is led to the middle step, where only naming somebody keeps one. Settings are stored together, so
"on" says no more than that nobody had switched it off; a face that nobody teaches with shall not be stored; and whoever
wants confirmed faces can say so. No face that was kept before is touched: it counts on, until somebody has it removed.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Turn the switch into steps."""
    switch = sa.column("keep", sa.Boolean())
    _replace("steps", sa.String(16), sa.case((switch, "named"), else_="nothing"))


def downgrade() -> None:
    """Turn the steps into a switch: on, unless nothing was to be kept."""
    steps = sa.column("keep", sa.String(16))
    _replace("switch", sa.Boolean(), steps != "nothing")


def _replace(name: str, kind: sa.types.TypeEngine[Any], value: sa.ColumnElement[Any]) -> None:
    """Have another column take the place of `keep`: no database casts one to the other as it is meant here."""
    with op.batch_alter_table("chat_settings") as table:
        table.add_column(sa.Column(name, kind))
    settings = sa.table("chat_settings", sa.column(name, kind))
    op.execute(settings.update().values({name: value}))
    with op.batch_alter_table("chat_settings") as table:
        table.drop_column("keep")
    with op.batch_alter_table("chat_settings") as table:
        table.alter_column(name, new_column_name="keep", existing_type=kind, nullable=False)
