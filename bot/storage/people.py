"""Who did something, as three columns of a table."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Table

from bot.storage.values import User

LONGEST_NAME = 255
"""Characters. What is beyond is cut off."""


def person(user: User | None) -> dict[str, str | None]:
    """Return what a row says of the one who made it; nothing of the operator, who has no account."""
    if user is None:
        return {"by_platform": None, "by_id": None, "by_name": None}
    return {"by_platform": user.platform, "by_id": user.id, "by_name": user.name[:LONGEST_NAME]}


def read_person(row: Row[Any]) -> User | None:
    """Return who made a row; None where it was the operator, or a user who had their data removed."""
    return None if row.by_id is None else User(row.by_platform, row.by_id, name=row.by_name)


def is_by(table: Table, user: User) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a table's rows were made by this user."""
    return table.c.by_platform == user.platform, table.c.by_id == user.id
