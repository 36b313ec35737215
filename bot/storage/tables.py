"""The tables, as this version of whobot wants them. `bot.storage.migrations` leads there from every earlier version."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

from bot.storage.values import DEFAULTS, SETTINGS, Values

PLATFORM = String(32)
ID = String(255)
LANGUAGE = String(35)
"""Long enough for any BCP 47 tag (RFC 5646, section 4.4.1)."""

WORD = String(16)
"""One of a few words that the code knows."""
HOLDER = String(32)
"""The id that a process gives itself."""
SETTING_TYPES: Mapping[Values, TypeEngine[Any]] = {
    Values.SWITCH: Boolean(),
    Values.PROBABILITY: Double(),
    Values.LANGUAGE: LANGUAGE,
    Values.WORD: WORD,
}
"""What holds a chat's setting."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, aware of it on every database: SQLite alone would lose the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Convert what is to be stored to UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back the zone that SQLite has dropped."""
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC)


metadata = MetaData(
    # PostgreSQL names constraints by itself, SQLite does not: a migration can only drop what has a known name.
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

chat_settings = Table(
    "chat_settings",
    metadata,
    Column("platform", PLATFORM, primary_key=True),
    Column("chat_id", ID, primary_key=True),
    Column("home", ID),
    *(Column(name, SETTING_TYPES[one.values], nullable=DEFAULTS[name] is None) for name, one in SETTINGS.items()),
    Index(None, "platform", "home"),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("platform", PLATFORM, primary_key=True),
    Column("user_id", ID, primary_key=True),
)

examples = Table(
    "examples",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", PLATFORM, nullable=False),
    Column("home", ID, nullable=False),
    Column("character", ID, nullable=False),
    Column("denied", Boolean, nullable=False),
    Column("image", LargeBinary, nullable=False),
    Column("embedding", LargeBinary),
    Column("bundle_id", String(64)),
    Column("by_platform", PLATFORM),
    Column("by_id", ID),
    Column("by_name", ID),
    Column("at", Moment, nullable=False),
    Column("state", WORD, nullable=False),
    Column("origin", WORD, nullable=False),
    Index(None, "platform", "home", "character"),
    # An id that was taken back must never mean another example.
    sqlite_autoincrement=True,
)

descriptions = Table(
    "descriptions",
    metadata,
    Column("platform", PLATFORM, primary_key=True),
    Column("home", ID, primary_key=True),
    Column("character", ID, primary_key=True),
    Column("series", ID),
    Column("aliases", JSON, nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", PLATFORM, nullable=False),
    Column("home", ID, nullable=False),
    Column("face", String(64), nullable=False),
    Column("said", ID),
    Column("probability", Double, nullable=False),
    Column("bundle_id", String(64), nullable=False),
    Column("truth", WORD, nullable=False),
    Column("character", ID),
    Column("by_platform", PLATFORM, nullable=False),
    Column("by_id", ID, nullable=False),
    Column("by_name", ID, nullable=False),
    Column("at", Moment, nullable=False),
    Column("image", LargeBinary),
    Column("change", Integer),
    Index(None, "platform", "home", "face"),
    sqlite_autoincrement=True,
)

changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", PLATFORM, nullable=False),
    Column("home", ID, nullable=False),
    Column("at", Moment, nullable=False),
    Column("action", WORD, nullable=False),
    Column("character", ID, nullable=False),
    Column("by_platform", PLATFORM),
    Column("by_id", ID),
    Column("by_name", ID),
    Column("added", JSON, nullable=False),
    Column("reverts", Integer, index=True),
    Column("other", ID),
    Column("before", JSON(none_as_null=True)),
    Index(None, "platform", "home"),
    sqlite_autoincrement=True,
)

removed_examples = Table(
    "removed_examples",
    metadata,
    *(
        Column(c.name, c.type, primary_key=c.primary_key, autoincrement=False, nullable=c.nullable)
        for c in examples.columns
    ),
    Column("change", Integer, nullable=False, index=True),
)

homes = Table(
    "homes",
    metadata,
    Column("platform", PLATFORM, primary_key=True),
    Column("account", ID, primary_key=True),
    Column("home", ID, primary_key=True),
)

strangers = Table(
    "strangers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", PLATFORM, nullable=False),
    Column("home", ID, nullable=False),
    Column("chat_id", ID, nullable=False),
    Column("group_id", Integer, nullable=False, index=True),
    Column("image", LargeBinary, nullable=False),
    Column("embedding", LargeBinary, nullable=False),
    Column("bundle_id", String(64), nullable=False),
    Column("by_platform", PLATFORM),
    Column("by_id", ID),
    Column("by_name", ID),
    Column("at", Moment, nullable=False, index=True),
    Index(None, "platform", "home"),
    sqlite_autoincrement=True,
)

stranger_groups = Table(
    "stranger_groups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", PLATFORM, nullable=False),
    Column("home", ID, nullable=False),
    Column("faces", Integer, nullable=False),
    Column("total", LargeBinary, nullable=False),
    Column("bundle_id", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "platform", "home", "faces"),
    sqlite_autoincrement=True,
)

links = Table(
    "links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", PLATFORM, nullable=False),
    Column("place", ID, nullable=False),
    Column("first", ID, nullable=False),
    Column("chat_id", ID, nullable=False),
    Column("home", ID),
    Column("asker", ID, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("questions", JSON, nullable=False),
    Column("replies", JSON, nullable=False),
    Index(None, "platform", "place", "first", unique=True),
    sqlite_autoincrement=True,
)

handled = Table(
    "handled",
    metadata,
    Column("platform", PLATFORM, primary_key=True),
    Column("account", ID, primary_key=True),
    Column("event", ID, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)

inbox = Table(
    "inbox",
    metadata,
    Column("platform", PLATFORM, primary_key=True),
    Column("account", ID, primary_key=True),
    Column("event", ID, primary_key=True),
    Column("chat_id", ID, nullable=False),
    Column("home", ID),
    Column("asker", ID),
    Column("content", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    Column("holder", HOLDER, index=True),
    Column("held_until", Moment),
    Column("tries", Integer, nullable=False),
    Column("sending", Boolean, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", WORD, primary_key=True),
    Column("name", ID, nullable=False, unique=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("grants", JSON, nullable=False),
    Column("chat_id", ID, nullable=False),
    Column("made", Moment, nullable=False),
    Column("expires", Moment),
    Column("used", Moment),
)

clock = Table(
    "clock",
    metadata,
    # There is one row at most.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("steady_since", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
)
