"""From a TOML file and the environment to `Settings`. Every mistake is reported at once, with what to write instead."""

import difflib
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from bot.config.keys import PREFIX, Key, Sections, keys, sections, toml_value
from bot.config.settings import PLATFORMS, Section, Settings
from bot.errors import ConfigError
from bot.redact import Redactor

CONFIG_VARIABLE = "WHOBOT_CONFIG"
DEFAULT_NAME = "config.toml"
PLACEHOLDERS = frozenset({"the token", "your token", "token", "a password of your own", "password"})
"""What instructions write where a secret belongs."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from; `place` is a file (with the line, where known) or an environment variable."""

    source: Literal["default", "file", "environment"]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings, the file they were read from, where each comes from, and what the operator should know.

    `keys` are all that can be set, in the order in which they are shown.
    """

    settings: Settings
    keys: tuple[Key, ...]
    path: Path | None = None
    origins: Mapping[tuple[str, str], Origin] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def value(self, key: Key) -> Any:
        """What holds for `key`."""
        platforms = self.settings.platforms
        section = platforms[key.section] if key.section in platforms else getattr(self.settings, key.section)
        return getattr(section, key.name)

    def origin(self, key: Key) -> Origin:
        """Where the value of `key` comes from."""
        return self.origins.get((key.section, key.name), Origin("default"))

    def secrets(self) -> tuple[str, ...]:
        """Every secret, in clear: for the one who keeps them out of the logs."""
        values = (self.value(key) for key in self.keys if key.secret)
        return tuple(value.get_secret_value() for value in values if value is not None)


def locate(option: Path | None, environment: Mapping[str, str], directory: Path) -> Path | None:
    """Which file to read: the one named on the command line, else WHOBOT_CONFIG, else config.toml where it exists."""
    if option is not None:
        return option
    if named := environment.get(CONFIG_VARIABLE):
        return Path(named)
    usual = directory / DEFAULT_NAME
    return usual if usual.is_file() else None


def load(path: Path | None, environment: Mapping[str, str], platforms: Sections) -> Configuration:
    """Read and check the configuration: defaults, then the file at `path`, then ``WHOBOT_`` variables.

    Paths in the file are relative to the file; those in the environment to the working directory.

    Args:
        path: The TOML file, if any.
        environment: The environment variables.
        platforms: The section of each platform, by the platform's name.

    Raises:
        ConfigError: the file cannot be read, or something in it or in the environment is wrong.
    """
    draft = _Draft(platforms)
    if path is not None:
        draft.add_file(path)
    draft.add_environment(environment)
    draft.add_secret_files()
    settings = draft.finish()
    return Configuration(settings, tuple(draft.keys.values()), path, draft.origins, tuple(draft.warnings))


class _Draft:
    """Values as they come together, and what is wrong with them."""

    def __init__(self, platforms: Sections) -> None:
        self.platforms = platforms
        self.sections = sections(platforms)
        self.keys = keys(platforms)
        self.values: dict[str, dict[str, Any]] = {name: {} for name in self.sections}
        self.origins: dict[tuple[str, str], Origin] = {}
        self.problems: list[str] = []
        self.warnings: list[str] = []

    def add_file(self, path: Path) -> None:
        try:
            text = path.read_text("utf-8-sig")
            tables = tomllib.loads(text)
        except OSError as error:
            raise ConfigError(f"cannot read the configuration {path}: {error.strerror}") from error
        except ValueError as error:  # not TOML, or not UTF-8
            raise ConfigError(f"{path} is not valid TOML: {error}") from error
        lines = _line_numbers(text)
        base = path.resolve().parent
        for section, table in tables.items():
            place = _place(path, lines, section)
            if section not in self.values:
                self.problems.append(f"{place}: {self._no_section(section)}")
            elif not isinstance(table, dict):
                self.problems.append(f'{place}: "{section}" is a section: write [{section}] and its keys below')
            else:
                for name, value in table.items():
                    place = _place(path, lines, section, name)
                    if (section, name) not in self.keys:
                        self.problems.append(f"{place}: {self._no_key(section, name)}")
                    else:
                        self._add_from_file(self.keys[section, name], value, place, base)

    def _add_from_file(self, key: Key, value: Any, place: str, base: Path) -> None:
        values = value if isinstance(value, list) else [value]
        if key.secret or any(isinstance(text, str) and Redactor()(text) != text for text in values):
            instead = f"the environment variable {key.variable}"
            if (key.section, f"{key.name}_file") in self.keys:
                instead += f", or write it into a file of its own and name that in {key.name}_file"
            self.problems.append(f"{place}: {key} must not hold a secret; remove it here and set {instead}")
            return
        if isinstance(value, bool) and not key.switch:
            self.problems.append(f"{place}: {key} cannot be true or false. {_explain(key)}")
            return
        if key.path:
            values = [str(base / Path(text).expanduser()) if isinstance(text, str) else text for text in values]
            value = values if isinstance(value, list) else values[0]
        self._set(key, value, Origin("file", place))

    def add_environment(self, environment: Mapping[str, str]) -> None:
        by_variable = {key.variable: key for key in self.keys.values()}
        for variable, text in environment.items():
            if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE:
                continue
            if (key := by_variable.get(variable)) is None:
                guess = _nearest(variable, [*by_variable, CONFIG_VARIABLE])
                hint = f"Did you mean {guess}?" if guess else f"Variables look like {next(iter(by_variable))}."
                self.problems.append(f"{variable}: there is no such setting. {hint}")
            elif text:  # an empty variable is how compose files say "not set"
                value = [part.strip() for part in text.split(",") if part.strip()] if key.several else text
                self._set(key, value, Origin("environment", variable))

    def add_secret_files(self) -> None:
        for key in self.keys.values():
            values = self.values[key.section]
            file = values.get(f"{key.name}_file")
            if not key.secret or file is None:
                continue
            if key.name in values:
                here = self.origins[key.section, key.name].place
                there = self.origins[key.section, f"{key.name}_file"].place
                self.problems.append(f"{key} is given twice, by {here} and by {key.name}_file ({there}): remove one")
                continue
            path = Path(file)
            try:
                secret = path.read_text().strip()
                readable_by_all = bool(path.stat().st_mode & stat.S_IROTH)
            except (OSError, ValueError) as error:
                self.problems.append(f"{key.section}.{key.name}_file: cannot read {path}: {_why_unreadable(error)}")
                continue
            if not secret and key.name == "token":
                continue  # a container's secrets have to exist: an empty file leaves the platform off
            if secret.strip("\"'<>").lower() in PLACEHOLDERS:
                self.problems.append(
                    f"{key.section}.{key.name}_file: {path} still holds the placeholder of the instructions; write"
                    f" the real {key.name} into it"
                    + (f", or empty the file to leave {key.section} off" if key.name == "token" else "")
                )
                continue
            # A password may be several words; what a platform gives out never is.
            if len(secret.splitlines() if key.name.endswith("password") else secret.split()) != 1:
                self.problems.append(f"{key.section}.{key.name}_file: {path} must hold the {key.name} and nothing else")
                continue
            # Container engines mount secrets there, readable by all within the container and by none outside.
            if readable_by_all and not path.is_relative_to("/run/secrets"):
                self.warnings.append(
                    f"every user of this machine can read {path}; put that right with: chmod 600 {path}"
                )
            self._set(key, secret, Origin("file", str(path)))

    def finish(self) -> Settings:
        read: dict[str, Section] = {}
        for name, declaration in self.sections.items():
            try:
                read[name] = declaration.model_validate(self.values[name], context={PLATFORMS: tuple(self.platforms)})
            except ValidationError as error:
                # hide_input_in_errors keeps the values, which may be secret, out of the message and out of the cause.
                details = error.errors(include_input=False)
                self.problems += [self._word((name, *detail["loc"]), detail["msg"]) for detail in details]
        if not self.problems:
            own = {name: section for name, section in read.items() if name not in self.platforms}
            return Settings(platforms={name: read[name] for name in self.platforms}, **own)
        count = "a mistake" if len(self.problems) == 1 else f"{len(self.problems)} mistakes"
        listed = "\n".join(f"- {problem}" for problem in self.problems)
        raise ConfigError(f"the configuration has {count}:\n{listed}")

    def _set(self, key: Key, value: Any, origin: Origin) -> None:
        self.values[key.section][key.name] = value
        self.origins[key.section, key.name] = origin

    def _word(self, location: tuple[int | str, ...], message: str) -> str:
        message = message.removeprefix("Value error, ")
        section, *names = map(str, location)
        key = self.keys.get((section, names[0])) if names else None
        if key is None:
            return f"[{section}]: {message}"
        place = self.origins[section, key.name].place
        return f"{place}: {key}: {message[:1].lower()}{message[1:]}. {_explain(key)}"

    def _no_section(self, section: str) -> str:
        homes = [key for key in self.keys.values() if key.name == section]
        if homes:
            return f'"{section}" must stand in a section: {" or ".join(f"[{key.section}]" for key in homes)}'
        guess = _nearest(section, self.values)
        listed = ", ".join(f"[{name}]" for name in self.values)
        return f"there is no section [{section}]. " + (f"Did you mean [{guess}]?" if guess else f"There are {listed}.")

    def _no_key(self, section: str, name: str) -> str:
        known = [key.name for key in self.keys.values() if key.section == section]
        if guess := _nearest(name, known):
            hint = f'Did you mean "{guess}"?'
        elif homes := [f"[{key.section}]" for key in self.keys.values() if key.name == name]:
            hint = f"It belongs in {' or '.join(homes)}."
        else:
            hint = f"There are {', '.join(known)}."
        return f'[{section}] has no key "{name}". {hint}'


def _why_unreadable(error: OSError | ValueError) -> str:
    match error:
        case PermissionError() if hasattr(os, "geteuid"):
            user = os.geteuid()
            return (
                f"{error.strerror}. whobot runs as user {user}: give that user the file with chown {user}, in a"
                " container on the file outside"
            )
        case IsADirectoryError():
            return (
                "it is a folder, which container engines make where a mounted file is missing; remove it and write the"
                " file"
            )
        case OSError():
            return error.strerror or type(error).__name__
    return "it is not text"


def _explain(key: Key) -> str:
    example = f" For example: {key.name} = {toml_value(key.example)}" if key.example not in (None, ()) else ""
    return f"It means: {key.meaning}{example}"


def _nearest(word: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word, list(known), n=1)), None)


def _place(path: Path, lines: Mapping[tuple[str, str], int], section: str, name: str = "") -> str:
    line = lines.get((section, name)) or lines.get((section, ""))
    return f"{path}, line {line}" if line else str(path)


def _line_numbers(text: str) -> dict[tuple[str, str], int]:
    """Find the lines of sections and keys: tomllib does not tell, and for pointing at a mistake this scan will do."""
    lines: dict[tuple[str, str], int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            table = header[1]
            lines.setdefault((table, ""), number)
        elif entry := re.match(r"\s*([\w.-]+)\s*=", line):
            section, _, name = f"{table}.{entry[1]}".strip(".").partition(".")
            lines.setdefault((section, name), number)
    return lines
