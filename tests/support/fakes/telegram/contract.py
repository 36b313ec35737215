"""Holds what goes to and fro between whobot and the fake against Telegram's own description of the Bot API.

The description lies in ``../shared/specs``. Where it is missing nothing is held against it (`Contract.find` returns
None): the tests of behaviour run all the same, and ``test_contract.py`` skips and says so.
"""

import functools
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

SPEC = Path(__file__).resolve().parents[5] / "shared" / "specs" / "telegram" / "api.min.json"
_CONSTANT = re.compile(r"(?:always|must be) \"?(\w+)\"?$")
_ARRAY = "Array of "


class Contract:
    """The methods and types of the Bot API."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        self._methods = description["methods"]
        self._types = description["types"]

    @classmethod
    @functools.cache
    def find(cls) -> "Contract | None":
        """Return the contract where the description lies beside the checkout. Read once, since that takes its time."""
        return cls(json.loads(SPEC.read_text("utf-8"))) if SPEC.is_file() else None

    def request(self, method: str, form: Mapping[str, str], files: Collection[str]) -> list[str]:
        """Return what is wrong with a call; `files` are the names of its form's file fields."""
        if method not in self._methods:
            return [f"Telegram has no method {method}"]
        fields = {field["name"]: field for field in self._methods[method].get("fields", ())}
        attached = {name for text in form.values() for name in re.findall(r"attach://([\w.-]+)", text)}
        problems = [f"{method}: no parameter {name}" for name in form if name not in fields]
        problems += [f"{method}: nothing needs the file {name}" for name in files if name not in attached | set(fields)]
        problems += [f"{method}: the file {name} is not attached" for name in attached if name not in files]
        for name, field in fields.items():
            if name in files:
                if "InputFile" not in field["types"]:
                    problems.append(f"{method}.{name} is a file")
            elif name in form:
                problems += self._any_of(field["types"], _parsed(form[name], field["types"]), f"{method}.{name}")
            elif field["required"]:
                problems.append(f"{method}: {name} is missing")
        return problems

    def response(self, method: str, result: object) -> list[str]:
        """Return what is wrong with the result that the fake gives."""
        return self._any_of(self._methods[method]["returns"], result, f"result of {method}")

    def value(self, kind: str, value: object) -> list[str]:
        """Return what is wrong with a value of a type, for example an update."""
        return list(self._problems(kind, value, kind))

    def _any_of(self, kinds: list[str], value: object, where: str) -> list[str]:
        problems = [list(self._problems(kind, value, where)) for kind in kinds]
        return min(problems, key=len)

    def _problems(self, kind: str, value: object, where: str) -> Iterator[str]:
        if kind.startswith(_ARRAY):
            if not isinstance(value, list):
                yield f"{where} is no array"
                return
            for index, item in enumerate(value):
                yield from self._problems(kind.removeprefix(_ARRAY), item, f"{where}[{index}]")
        elif kind in _SCALARS:
            if not _SCALARS[kind](value):
                yield f"{where}: {value!r} is no {kind}"
        elif "subtypes" in self._types[kind]:
            yield from self._any_of(self._types[kind]["subtypes"], value, where)
        else:
            yield from self._object_problems(kind, value, where)

    def _object_problems(self, kind: str, value: object, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is no {kind}"
            return
        fields = {field["name"]: field for field in self._types[kind].get("fields", ())}
        for name in value.keys() - fields.keys():
            yield f"{where}: {kind} has no field {name}"
        for name, field in fields.items():
            if name in value:
                yield from self._any_of(field["types"], value[name], f"{where}.{name}")
                constant = _CONSTANT.search(field["description"]) if field["types"] == ["String"] else None
                if constant and value[name] != constant.group(1):
                    yield f"{where}.{name}: {value[name]!r} is not {constant.group(1)!r}"
            elif field["required"]:
                yield f"{where}: {kind} needs {name}"


_SCALARS: dict[str, Callable[[object], bool]] = {
    "String": lambda value: isinstance(value, str),
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "Boolean": lambda value: isinstance(value, bool),
    "InputFile": lambda _: False,
}
"""A file comes in a form field of its own, never as a value."""


def _parsed(text: str, kinds: list[str]) -> object:
    """A form's value: strings are as they are, everything else is JSON."""
    if kinds == ["String"]:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
