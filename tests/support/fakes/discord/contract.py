"""Holds what goes to and fro between whobot and the fake against Discord's own descriptions of its API.

The descriptions lie in ``../shared/specs``. Where they are missing nothing is held against them (`Contract.find`
returns None): the tests of behaviour run all the same, and ``test_contract.py`` skips and says so.
"""

import copy
import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7, DRAFT202012

SPECS = Path(__file__).resolve().parents[5] / "shared" / "specs"
OPENAPI = "urn:discord:openapi"
EVENTS = {
    "READY": "Ready",
    "GUILD_CREATE": "GuildCreate",
    "MESSAGE_CREATE": "Msg",
    "MESSAGE_UPDATE": "Msg",
    "INTERACTION_CREATE": "Interaction",
}
UNDESCRIBED_EVENTS = frozenset(
    {"RESUMED", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK", "MESSAGE_REACTION_ADD", "GUILD_DELETE", "CHANNEL_DELETE"}
)


class Contract:
    """Discord's OpenAPI description of requests and responses, and discord-api-types' schemas of gateway events."""

    def __init__(self, specs: Path) -> None:
        self._openapi = json.loads((specs / "discord" / "openapi.json").read_text("utf-8"))
        _mend_openapi(self._openapi)
        resources = [(OPENAPI, Resource.from_contents(self._openapi, default_specification=DRAFT202012))]
        for name in [*EVENTS.values(), "PostMessage"]:
            schema = json.loads((specs / "discord-api-types" / f"{name}.json").read_text("utf-8"))
            _mend_types(schema)
            resources.append((f"urn:discord:{name}", Resource.from_contents(schema, default_specification=DRAFT7)))
        self._registry: Registry[Any] = Registry().with_resources(resources).crawl()
        self._validators: dict[str, Any] = {}

    @classmethod
    @functools.cache
    def find(cls) -> "Contract | None":
        """Return the contract where the specs lie beside the checkout. Read once, since that takes its time."""
        return cls(SPECS) if SPECS.is_dir() else None

    def request(self, method: str, route: str, body: object) -> list[str]:
        """Return what is wrong with the JSON (or ``payload_json``) of a request."""
        operation = self._openapi["paths"].get(route, {}).get(method.lower())
        if operation is None:
            return [f"Discord has no {method} {route}"]
        if "requestBody" not in operation:
            return [] if body is None else [f"{method} {route} takes no body"]
        where = _pointer("paths", route, method.lower(), "requestBody", "content", "application/json", "schema")
        problems = self._problems(f"{OPENAPI}#{where}", body)
        if (method, route) == ("POST", "/channels/{channel_id}/messages"):
            problems += self._problems("urn:discord:PostMessage", _as_typed(body))
        return problems

    def response(self, method: str, route: str, status: int, body: object) -> list[str]:
        """Return what is wrong with an answer of the fake."""
        if status >= 500:
            return []
        responses = self._openapi["paths"][route][method.lower()]["responses"]
        key = str(status) if str(status) in responses else "4XX"
        if key not in responses:
            return [f"{method} {route} does not answer {status}"]
        response = responses[key]
        where = _pointer("paths", route, method.lower(), "responses", key)
        if "$ref" in response:
            where = response["$ref"].removeprefix("#")
            response = self._openapi["components"]["responses"][where.rsplit("/", 1)[1]]
        if "content" not in response:
            return [] if body is None else [f"{method} {route} answers {status} without a body"]
        return self._problems(f"{OPENAPI}#{where}{_pointer('content', 'application/json', 'schema')}", body)

    def event(self, name: str, data: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with a gateway event of the fake."""
        if name in UNDESCRIBED_EVENTS:
            return []
        if name in {
            "MESSAGE_CREATE",
            "MESSAGE_UPDATE",
        }:  # The event adds two keys to the message that its schema describes.
            data = {key: value for key, value in data.items() if key not in {"guild_id", "member"}}
        return self._problems(f"urn:discord:{EVENTS[name]}", data)

    def _problems(self, uri: str, value: object) -> list[str]:
        if uri not in self._validators:
            draft = jsonschema.Draft202012Validator if uri.startswith(OPENAPI) else jsonschema.Draft7Validator
            self._validators[uri] = draft({"$ref": uri}, registry=self._registry)
        error = best_match(self._validators[uri].iter_errors(value))
        if error is None:
            return []
        # Of a union's members, the one that came furthest was meant.
        while error.context:
            error = max(error.context, key=lambda inner: len(inner.absolute_path))
        said = error.message if len(error.message) < 500 else f"{error.message[:250]} … {error.message[-250:]}"
        return [f"{uri}: {error.json_path}: {said}"]


def _mend_openapi(openapi: dict[str, Any]) -> None:
    """Make unknown keys an error, and put right what the description leaves out."""
    schemas = openapi["components"]["schemas"]
    # In requests discord.py writes snowflakes as integers, which Discord takes.
    schemas["SnowflakeType"]["type"] = ["string", "integer"]
    # In prose a reference may also be a forward (1).
    schemas["MessageReferenceType"]["oneOf"].append({"title": "FORWARD", "const": 1})
    # Described in prose (and sent by discord.py), missing here.
    schemas["ApplicationCommandUpdateRequest"]["properties"]["nsfw"] = {"type": ["boolean", "null"]}
    parts = {
        part["$ref"].rsplit("/", 1)[1]
        for schema in _walk(openapi)
        for part in schema.get("allOf", ())
        if isinstance(part, dict) and "$ref" in part
    }
    left_open = [schemas[name] for name in parts]
    left_open += [part for schema in _walk(openapi) for part in schema.get("allOf", ()) if isinstance(part, dict)]
    for schema in list(_walk(openapi)):
        if schema.get("type") == "object" and not any(schema is one for one in left_open):
            if "allOf" in schema:
                schema["unevaluatedProperties"] = False
            elif "properties" in schema:
                schema.setdefault("additionalProperties", False)


def _mend_types(schema: dict[str, Any]) -> None:
    """Put right what the generator of the schemas got wrong: flags are sums, some lists and types came out empty."""
    for part in _walk(schema):
        if part.get("enum") == []:
            del part["enum"]
    for name in schema["definitions"]:
        if name.endswith("Flags"):
            schema["definitions"][name] = {"type": "number"}
        elif name.startswith("_AddUndefined"):
            schema["definitions"][name] = {}
        elif name == "APIMessageSnapshotFields":  # "the same as in a message" came out as "a message"
            fields = schema["definitions"][name]
            message = schema["definitions"]["APIMessage"]["properties"]
            fields["properties"] = {key: message[key] for key in fields["properties"]}


def _walk(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        value = value.values()
    elif not isinstance(value, list):
        return
    for inner in value:
        yield from _walk(inner)


def _pointer(*steps: str) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _as_typed(body: Any) -> Any:
    """Write a request as strictly as discord-api-types does: snowflakes as strings, nothing where there is nothing."""
    body = {key: copy.deepcopy(value) for key, value in body.items() if value is not None}
    for part in (body, body.get("message_reference", {}), *body.get("attachments", ())):
        for key in ("id", "message_id", "channel_id", "guild_id"):
            if isinstance(part.get(key), int):
                part[key] = str(part[key])
    return body
