"""Who may look after what on the people page: the browser's own chat, or everything for whoever runs whobot."""

from typing import Any

import pytest

from bot.chat.model import Incoming, Reply
from bot.chat.people import ListPeople, PeopleShown
from bot.errors import NotAllowed
from tests.support.web.server import Recorder, serve
from tests.support.webchat import WebChat

EVERYTHING: dict[str, Any] = {"operator_password": "let the operator in"}


@pytest.fixture
def handler() -> Recorder:
    return Recorder(Reply(shown=PeopleShown((), 0, 0)))


async def post(chat: WebChat, verb: str, **body: Any) -> tuple[int, dict[str, Any]]:
    async with chat.http.post(f"/api/people/{verb}", json=body) as response:
        return response.status, await response.json() if response.content_type == "application/json" else {}


def asked(handler: Recorder) -> Incoming:
    return handler.asked[-1]


async def test_a_browser_looks_after_its_own_chat_alone(handler: Recorder) -> None:
    async with serve(handler, password="open sesame") as adapter:
        assert adapter.url
        async with WebChat.open(adapter.url, "open sesame") as chat:
            assert (await post(chat, "me")) == (200, {"operator": False, "asks": False})
            status, body = await post(chat, "list", query="umi", where="")
            assert (status, body["people"]) == (200, [])
            assert asked(handler).request == ListPeople("umi")
            assert (asked(handler).chat.platform, asked(handler).user.operator) == ("web", False)
            for where in (":", "discord:1", "web:0123456789abcdef"):
                assert (await post(chat, "list", where=where))[0] == 403
            assert (await post(chat, "me", password="guess"))[0] == 403
    assert len(handler.asked) == 1


async def test_the_operators_password_opens_every_chat(handler: Recorder) -> None:
    async with serve(handler, **EVERYTHING) as adapter:
        assert adapter.url
        async with WebChat.open(adapter.url) as chat:
            assert (await post(chat, "me"))[1] == {"operator": False, "asks": True}
            assert (await post(chat, "list", where=":"))[0] == 403
            assert (await post(chat, "me", password="wrong one"))[0] == 401
            assert (await post(chat, "me", password="let the operator in"))[1] == {"operator": True, "asks": False}
            assert (await post(chat, "list", where="discord:42"))[0] == 200
            assert (asked(handler).chat.id, asked(handler).chat.home) == ("42", "42")
            assert asked(handler).user.operator
            assert (await post(chat, "list", where=":"))[0] == 200
            assert (asked(handler).chat.platform, asked(handler).chat.id) == ("", "")


@pytest.mark.parametrize(
    ("settings", "operator"),
    [
        ({}, True),
        ({"allowed_hosts": ("whobot.example.org",)}, False),
        ({"trusted_proxies": ("127.0.0.1",)}, False),
        ({"operator_password": "let the operator in"}, False),
    ],
)
async def test_a_local_user_manages_a_chat_that_others_cannot_reach(
    handler: Recorder, settings: dict[str, Any], operator: bool
) -> None:
    async with serve(handler, **settings) as adapter:
        assert adapter.url
        async with WebChat.open(adapter.url) as chat:
            assert (await post(chat, "me"))[1]["operator"] is operator


async def test_what_makes_no_sense_is_refused_before_anybody_is_asked(handler: Recorder) -> None:
    async with serve(handler) as adapter:
        assert adapter.url
        async with WebChat.open(adapter.url) as chat:
            assert (await post(chat, "nothing"))[0] == 404
            assert (await post(chat, "move", faces=["x"], name="Umi"))[0] == 400
            assert (await post(chat, "undo"))[0] == 400
            assert (await post(chat, "list", where="discord"))[0] == 400
            assert (await post(chat, "list", where="discord:"))[0] == 400
    assert handler.asked == []


async def test_a_refusal_has_its_status_and_words(handler: Recorder) -> None:
    handler.reply = Reply("Only managers may.", failure=NotAllowed())
    async with serve(handler) as adapter:
        assert adapter.url
        async with WebChat.open(adapter.url) as chat:
            assert await post(chat, "list") == (403, {"error": "not_allowed", "message": "Only managers may."})
            handler.reply = Reply()  # the operator's settings let such people in nowhere
            assert (await post(chat, "list"))[0] == 403
