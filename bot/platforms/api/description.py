"""The API's OpenAPI 3.1 description."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any, Final

from bot.chat.tokens import Grant
from bot.platforms.api.bodies import BYTES, FIELD, FORM
from bot.platforms.api.problems import KINDS, MEDIA_TYPE, type_of

ROOT: Final = "/api/v1"
Json = dict[str, Any]

TOKEN: Final = ("no_token", "bad_token", "missing_scope", "not_admitted")
PICTURE: Final = (
    "no_picture",
    "download_failed",
    "download_timeout",
    "unsupported_media_type",
    "unsupported_format",
    "broken_picture",
    "too_many_bytes",
    "too_many_pixels",
    "side_too_long",
    "too_many_frames",
    "too_long",
    "opted_out",
    "analysis_timeout",
    "busy",
)
ANY: Final = ("bad_request", "rate_limited", "stopping", "internal")


def described(public_url: str) -> Json:
    """Return the description of an API that programs reach at `public_url`, or at the address they have asked."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "whobot",
            "version": version("whobot"),
            "summary": "Tells who is in an anime picture.",
            "description": "A program asks as a user in a chat of its own: limits, opt-outs and what was taught hold "
            "as in any chat.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": f"{public_url}{ROOT}"}],
        "security": [{"token": []}],
        "paths": {
            "/ask": {"post": _ask()},
            "/health": {"get": _health()},
            "/openapi.json": {"get": _openapi()},
        },
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by `whobot token make NAME`. "
                    f"Scopes: {', '.join(Grant)}; admin includes the others.",
                }
            },
            "schemas": _schemas(),
            "headers": {
                "RetryAfter": {"description": "Seconds after which to ask again.", "schema": _number(1, whole=True)},
                "Authenticate": {"description": "What is lacking, as RFC 6750 says it.", "schema": {"type": "string"}},
            },
        },
        "x-problems": {
            name: {"type": type_of(name), "status": kind.status, "title": kind.title} for name, kind in KINDS.items()
        },
    }


# --- operations -------------------------------------------------------------------------------------------------------


def _ask() -> Json:
    return {
        "operationId": "ask",
        "summary": "Who is in this picture?",
        "description": "Needs the scope `ask`. The picture is the body itself, or a form's field `picture`: a JPEG, "
        "PNG, WebP, GIF, BMP, AVIF or HEIC picture, a short MP4 or WebM video, or an animated sticker.",
        "parameters": [
            _query(
                "annotated", {"type": "boolean", "default": False}, "Whether to send the picture with boxes and names."
            ),
            LANGUAGE,
        ],
        "requestBody": _body_with_picture(),
        "responses": {"200": _json("Who it is.", "Answer"), **_problems(*TOKEN, *PICTURE, *ANY)},
    }


def _health() -> Json:
    return {
        "operationId": "health",
        "summary": "Is whobot well?",
        "description": "Needs no token.",
        "security": [],
        "responses": {"200": _json("It can answer.", "Health"), "503": _json("It cannot.", "Health")},
    }


def _openapi() -> Json:
    return {
        "operationId": "description",
        "summary": "This description.",
        "description": "Needs no token.",
        "security": [],
        "responses": {
            "200": {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object"}}}}
        },
    }


# --- parts ------------------------------------------------------------------------------------------------------------

LANGUAGE: Final[Json] = {
    "name": "Accept-Language",
    "in": "header",
    "description": "The language of `text` and `detail`; English without it.",
    "schema": {"type": "string", "examples": ["de"]},
}


def _query(name: str, schema: Json, description: str, *, required: bool = False) -> Json:
    return {"name": name, "in": "query", "required": required, "description": description, "schema": schema}


def _body_with_picture() -> Json:
    binary: Json = {"schema": {"type": "string", "format": "binary"}}
    form: Json = {
        "schema": {"type": "object", "properties": {FIELD: {"type": "string", "format": "binary"}}, "required": [FIELD]}
    }
    return {"required": True, "content": {BYTES: binary, "image/*": binary, "video/*": binary, FORM: form}}


def _json(description: str, schema: str) -> Json:
    return {"description": description, "content": {"application/json": {"schema": _ref(schema)}}}


def _ref(schema: str) -> Json:
    return {"$ref": f"#/components/schemas/{schema}"}


def _problems(*names: str) -> Json:
    """Return the responses that tell these problems, one for each status."""
    by_status: dict[int, list[str]] = {}
    for name in names:
        by_status.setdefault(KINDS[name].status, []).append(name)
    return {str(status): _problem(status, by_status[status]) for status in sorted(by_status)}


def _problem(status: int, names: Iterable[str]) -> Json:
    headers: dict[str, Json] = {}
    if status in {429, 503}:
        headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
    if status == 401:
        headers["WWW-Authenticate"] = {"$ref": "#/components/headers/Authenticate"}
    told = "\n".join(f"- `{name}`: {KINDS[name].title}" for name in names)
    content = {MEDIA_TYPE: {"schema": _ref("Problem")}}
    return {"description": told, "content": content} | ({"headers": headers} if headers else {})


def _number(minimum: float, maximum: float | None = None, *, whole: bool = False, description: str = "") -> Json:
    number: Json = {"type": "integer" if whole else "number", "minimum": minimum}
    if maximum is not None:
        number["maximum"] = maximum
    return number | ({"description": description} if description else {})


def _text(description: str, *, may_lack: bool = False) -> Json:
    return {"type": ["string", "null"] if may_lack else "string", "description": description}


def _object(properties: Mapping[str, Json], *, optional: Iterable[str] = ()) -> Json:
    required = [name for name in properties if name not in set(optional)]
    return {"type": "object", "properties": dict(properties), "required": required}


def _schemas() -> Json:
    return {
        "Answer": _object(
            {
                "answer": _text("What to call this answer when you judge it."),
                "text": _text("The answer in a sentence, for people."),
                "width": _number(1, whole=True, description="Pixels of the upright picture."),
                "height": _number(1, whole=True),
                "faces": {"type": "array", "items": _ref("Face")},
                "ms": {
                    "type": "object",
                    "description": "Milliseconds that each stage took.",
                    "additionalProperties": _number(0),
                },
                "annotated": {
                    "anyOf": [_ref("Image"), {"type": "null"}],
                    "description": "Null where no face was found.",
                },
            },
            optional=["annotated"],
        ),
        "Face": _object(
            {
                "box": {
                    "type": "array",
                    "description": "x, y, width and height in pixels of the upright picture.",
                    "items": {"type": "number"},
                    "minItems": 4,
                    "maxItems": 4,
                },
                "score": _number(0, description="How sure the detector is."),
                "unknown": {"type": "boolean", "description": "Whether no guess is good enough to name the face."},
                "nobody": _number(0, 1, description="The probability that it is none of those who are known."),
                "guesses": {"type": "array", "items": _ref("Guess"), "description": "The best first."},
            }
        ),
        "Guess": _object(
            {
                "character": _text("The character's id."),
                "name": _text("What people call them."),
                "series": _text("Where they are from.", may_lack=True),
                "probability": _number(0, 1),
            }
        ),
        "Image": _object(
            {"media_type": _text("For example image/jpeg."), "data": {"type": "string", "contentEncoding": "base64"}}
        ),
        "Health": _object(
            {
                "ok": {"type": "boolean"},
                "parts": {"type": "object", "additionalProperties": {"type": "boolean"}},
                "platforms": {"type": "object", "additionalProperties": {"type": "boolean"}},
            }
        ),
        "Problem": _object(
            {
                "type": _text("A URI that leads to the kind of problem in this description."),
                "kind": {"enum": list(KINDS)},
                "title": _text("The kind in a few words, always the same."),
                "status": _number(400, 599, whole=True),
                "detail": _text("What happened, for people."),
            },
            optional=["detail"],
        ),
    }
