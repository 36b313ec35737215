"""The declarations of all sections, seen as a table: one `Key` for each line of the TOML file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.config.settings import Section, Settings

PREFIX = "WHOBOT_"

Sections: TypeAlias = Mapping[str, type[Section]]
"""Declarations of sections by name."""


@dataclass(frozen=True)
class Key:
    """One setting: where it stands, and what was declared about it."""

    section: str
    name: str
    field: FieldInfo

    def __str__(self) -> str:
        return f"{self.section}.{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable that overrides it."""
        return f"{PREFIX}{self.section}__{self.name}".upper()

    @property
    def meaning(self) -> str:
        """What it is for, in a sentence or two."""
        return self.field.description or ""

    @property
    def default(self) -> Any:
        """What holds where nothing is set."""
        return self.field.default

    @property
    def example(self) -> Any:
        """A value to show: a declared example, or else the default."""
        return self.field.examples[0] if self.field.examples else self.default

    @property
    def secret(self) -> bool:
        """Whether it may stand in the environment or in a file of its own only."""
        return SecretStr in self._types

    @property
    def path(self) -> bool:
        """Whether it names a file or folder."""
        return Path in self._types

    @property
    def several(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.default, tuple)

    @property
    def switch(self) -> bool:
        """Whether it is either true or false."""
        return bool in self._types

    @property
    def _types(self) -> tuple[Any, ...]:
        return (self.field.annotation, *get_args(self.field.annotation))


def sections(platforms: Sections) -> dict[str, type[Section]]:
    """Every section by its name: those of the platforms, then all others in the order of declaration."""
    others = {name: field.default for name, field in Settings.model_fields.items()}
    return {**platforms, **{name: type(one) for name, one in others.items() if isinstance(one, Section)}}


def keys(platforms: Sections) -> dict[tuple[str, str], Key]:
    """Every key by its section and name, in the same order."""
    return {
        (section, name): Key(section, name, field)
        for section, declaration in sections(platforms).items()
        for name, field in declaration.model_fields.items()
    }


def toml_value(value: Any) -> str:
    """Write a setting's value as TOML: switches, numbers, texts, paths and lists of them."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(toml_value, value))}]"
    # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
