"""What the API says where there is no answer: ``application/problem+json``, as RFC 9457 defines it."""

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.chat.model import Bug, Failure
from bot.errors import RateLimited, UserError

MEDIA_TYPE: Final = "application/problem+json"
AGAIN: Final = {"busy": 5.0, "stopping": 10.0, "analysis_timeout": 30.0}
"""Seconds after which asking again may help, for problems that do not tell themselves."""
UNTOLD: Final = frozenset({"told"})
"""Facts of errors that are of no use to a program."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its status, and what it is in a few words."""

    status: int
    title: str


KINDS: Final[Mapping[str, Kind]] = {
    # Of the request itself
    "bad_request": Kind(400, "The request is not as the description says."),
    "no_token": Kind(401, "A token is needed."),
    "bad_token": Kind(401, "The token is unknown, withdrawn or expired."),
    "missing_scope": Kind(403, "The token does not let its holder do this."),
    "not_admitted": Kind(403, "The operator lets whobot not answer this token."),
    "not_found": Kind(404, "There is nothing at this address."),
    "method_not_allowed": Kind(405, "This address does not take that method."),
    "unsupported_media_type": Kind(415, "The body is of a kind that is not taken here."),
    "internal": Kind(500, "Something went wrong; the log knows it by the id."),
    # Of `bot.errors`
    "no_picture": Kind(400, "There is no picture in the request."),
    "unsupported_format": Kind(415, "The bytes are no picture in a format that whobot reads."),
    "broken_picture": Kind(422, "The picture is truncated or damaged."),
    "decoding_failed": Kind(422, "The picture could not be decoded."),
    "too_many_bytes": Kind(413, "The file is larger than the limit, in bytes."),
    "too_many_pixels": Kind(413, "The picture has more pixels than the limit."),
    "side_too_long": Kind(413, "The picture has more pixels on a side than the limit."),
    "too_many_frames": Kind(413, "The animation has more frames than the limit."),
    "too_long": Kind(413, "The video lasts longer than the limit."),
    "too_many_pictures": Kind(413, "There are more pictures than the limit."),
    "download_failed": Kind(400, "The body broke off, or is no form."),
    "download_timeout": Kind(408, "The body arrived too slowly."),
    "analysis_timeout": Kind(503, "Looking at the picture took longer than the limit."),
    "busy": Kind(503, "The queue is full; nothing was started."),
    "stopping": Kind(503, "whobot is shutting down."),
    "rate_limited": Kind(429, "The token has been used too often."),
    "not_allowed": Kind(403, "The token's holder may not do this."),
    "bad_setting": Kind(422, "A setting cannot take this value."),
    "adults_only": Kind(403, "This chat wants answers only where it is marked as age-restricted."),
    "expired": Kind(410, "The answer is not remembered any more."),
    "cannot_learn": Kind(409, "The running bundle cannot be taught."),
    "teaching_off": Kind(403, "Teaching is switched off."),
    "bad_name": Kind(422, "No character can have this name."),
    "active_name": Kind(422, "No character can have this name: chats would act upon it."),
    "unclear_name": Kind(422, "The name may mean one of several characters."),
    "name_taken": Kind(409, "Another character is called so already."),
    "not_taught": Kind(404, "This character was not taught."),
    "too_many_examples": Kind(409, "As many pictures were taught as may be."),
    "second_person_needed": Kind(403, "Somebody else has to agree."),
    "settled": Kind(409, "That has been settled already."),
    "opted_out": Kind(403, "Whoever posted the picture wants it left alone."),
}
"""By the name in the problem's `kind`. A test holds every `UserError` to be here."""


class Problem(Exception):
    """A request without an answer.

    Args:
        kind: One of `KINDS`.
        detail: What happened, for people.
        headers: What goes along.
        members: Facts for programs.
    """

    def __init__(
        self, kind: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members
        again = members.get("retry_after", AGAIN.get(kind))
        if again is not None:
            self.headers["Retry-After"] = str(max(1, math.ceil(again)))

    @classmethod
    def of(cls, failure: Failure, detail: str) -> "Problem":
        """Return the problem that a failure is; `detail` is how it was put to people."""
        if isinstance(failure, Bug):
            return cls("internal", detail, id=failure.id)
        return cls(failure.kind, detail, **_facts(failure))

    def response(self) -> web.Response:
        """The response that tells it."""
        kind = KINDS[self.kind]
        told = {"type": type_of(self.kind), "kind": self.kind, "title": kind.title, "status": kind.status}
        if self.detail:
            told["detail"] = self.detail
        return web.json_response(told | self.members, status=kind.status, content_type=MEDIA_TYPE, headers=self.headers)


def type_of(kind: str) -> str:
    """The URI of a kind of problem: it leads to what the API's description says of it."""
    return f"/api/v1/openapi.json#/x-problems/{kind}"


def _facts(error: UserError) -> dict[str, Any]:
    names: list[str] = [field.name for field in fields(error)] if is_dataclass(error) else []
    facts = {name: getattr(error, name) for name in names if name not in UNTOLD}
    if isinstance(error, RateLimited):
        facts["retry_after"] = math.ceil(error.retry_after)
    return facts


@web.middleware
async def telling_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell whatever goes wrong as a problem. What nobody has foreseen is logged with an id, which the program gets."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPNotFound:
        return Problem("not_found").response()
    except web.HTTPMethodNotAllowed as error:
        return Problem("method_not_allowed", headers={"Allow": ", ".join(sorted(error.allowed_methods))}).response()
    except Exception:
        # Whatever it is, the program gets an answer and the log the reason.
        id_ = secrets.token_hex(4)
        log.exception("api_failed", request=id_, path=request.path)
        return Problem("internal", id=id_).response()
