"""The tables, as this version of whobot wants them. `bot.store.migrations` leads there from every earlier version."""

from sqlalchemy import Boolean, Column, Double, MetaData, String, Table

PLATFORM = String(32)
ID = String(255)
LANGUAGE = String(35)
"""Long enough for any BCP 47 tag (RFC 5646, section 4.4.1)."""

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
    Column("watch", Boolean, nullable=False),
    Column("threshold", Double),
    Column("language", LANGUAGE),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("platform", PLATFORM, primary_key=True),
    Column("user_id", ID, primary_key=True),
)
