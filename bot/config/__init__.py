"""Settings: a TOML file, overridden by environment variables, parsed once into frozen values.

``WHOBOT_LIMITS__BYTES=5000000`` overrides ``bytes`` in ``[limits]``. Tokens and passwords come from the environment or
from a file of their own, never from the TOML file, and are never printed.
"""

from bot.config.example import example
from bot.config.keys import Key, Sections, keys, toml_value
from bot.config.load import CONFIG_VARIABLE, Configuration, Origin, load, locate
from bot.config.settings import (
    MODELS,
    Access,
    Answers,
    Inbox,
    Limits,
    Log,
    Models,
    Section,
    Sentry,
    Settings,
    Store,
    Workers,
)

__all__ = [
    "CONFIG_VARIABLE",
    "MODELS",
    "Access",
    "Answers",
    "Configuration",
    "Inbox",
    "Key",
    "Limits",
    "Log",
    "Models",
    "Origin",
    "Section",
    "Sections",
    "Sentry",
    "Settings",
    "Store",
    "Workers",
    "example",
    "keys",
    "load",
    "locate",
    "toml_value",
]
