"""Where something that was taught holds, as two columns of a table."""

from sqlalchemy import ColumnElement, Table

from bot.storage.values import Scope


def in_scope(table: Table, scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a table's rows are of this scope."""
    return table.c.platform == scope.platform, table.c.home == scope.home
