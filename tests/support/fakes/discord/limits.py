"""Limits that Discord's documentation states in prose, and its machine-readable description does not."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

CONTENT = 2000
ALT_TEXT = 1024
FILES = 10
ACTION_ROWS = 5
COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")
COMMAND_DESCRIPTION = 100
OPTIONS = 25
CHAT_INPUT = 1
BUTTON = 2
SUBCOMMANDS = (1, 2)


def message_problems(payload: Mapping[str, Any], files: Collection[str]) -> list[str]:
    """Return what is wrong with a message; `files` are the names of its form's file fields."""
    problems = []
    if len(payload.get("content") or "") > CONTENT:
        problems.append("content: must be 2000 or fewer in length")
    if sum(component.get("type") == 1 for component in payload.get("components") or ()) > ACTION_ROWS:
        problems.append("components: more than 5 action rows")
    problems += _component_problems(payload.get("components") or ())
    attachments = payload.get("attachments") or []
    if len(attachments) > FILES:
        problems.append("attachments: more than 10")
    if any(len(attachment.get("description") or "") > ALT_TEXT for attachment in attachments):
        problems.append("attachments: a description of more than 1024 characters")
    if {f"files[{attachment['id']}]" for attachment in attachments} != set(files):
        problems.append(f"attachments {attachments} do not belong to the files {sorted(files)}")
    return problems


def _component_problems(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    problems = []
    inside = [component for row in rows for component in row.get("components", ())]
    ids = [component["custom_id"] for component in inside]
    if len(set(ids)) < len(ids):
        problems.append("components: a custom_id is used twice")
    if any(
        row["components"][0]["type"] != BUTTON and len(row["components"]) > 1 for row in rows if "components" in row
    ):
        problems.append("components: a menu has a row of its own")
    for menu in inside:
        options = menu.get("options", ())
        if len({option["value"] for option in options}) < len(options):
            problems.append("components: a menu has two options of the same value")
        if sum(bool(option.get("default")) for option in options) > 1:
            problems.append("components: more options are selected than can be")
    return problems


def commands_problems(commands: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what is wrong with the definitions of commands."""
    names = [(command.get("type", CHAT_INPUT), command["name"]) for command in commands]
    problems = ["commands: a name is used twice"] if len(set(names)) < len(names) else []
    for command in commands:
        if command.get("type", CHAT_INPUT) == CHAT_INPUT:
            problems += _definition_problems(command, command["name"])
        else:
            if not 1 <= len(command["name"]) <= 32:
                problems.append(f"{command['name']}: a name has 1 to 32 characters")
            if command.get("description"):
                problems.append(f"{command['name']}: only slash commands have a description")
    return problems


def _definition_problems(definition: Mapping[str, Any], path: str) -> list[str]:
    problems = []
    name = definition["name"]
    if not COMMAND_NAME.fullmatch(name) or name != name.lower():
        problems.append(f"{path}: not a name for a command or option")
    if not 1 <= len(definition.get("description") or "") <= COMMAND_DESCRIPTION:
        problems.append(f"{path}: a description has 1 to 100 characters")
    options = definition.get("options") or []
    required = [bool(option.get("required")) for option in options if option["type"] not in SUBCOMMANDS]
    if required != sorted(required, reverse=True):
        problems.append(f"{path}: required options come first")
    if len(options) > OPTIONS:
        problems.append(f"{path}: more than 25 options")
    for option in options:
        problems += _definition_problems(option, f"{path} {option['name']}")
    return problems
