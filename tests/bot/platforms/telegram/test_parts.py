"""The parts that need no Telegram."""

import traceback
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr
from telegram.error import BadRequest, NetworkError, TimedOut

from bot.chat.links import NoLinks
from bot.chat.model import Chat, Link
from bot.platforms.telegram import client, retry
from bot.platforms.telegram.exchanges import Memory
from bot.platforms.telegram.render import split, units
from bot.platforms.telegram.retry import with_retries
from tests.bot.platforms.telegram.conftest import free_port


async def test_what_was_asked_before_a_restart_is_forgotten_by_its_own_age() -> None:
    class Kept(NoLinks):
        async def load(self, platform: str) -> list[Link]:
            return [
                Link(Chat(platform, "5"), "5", str(id_), (str(id_),), ((str(id_ + 1),),), "7", datetime.now(UTC) - age)
                for id_, age in ((10, timedelta(hours=47)), (20, timedelta(hours=49)))
            ]

    memory = Memory(Kept())
    await memory.recall()
    assert [memory.exchange((5, id_)) is not None for id_ in (10, 11, 20, 21)] == [True, True, False, False]


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 3), ("日本", 2), ("🙂", 2), ("👩‍🚀", 5)])
def test_telegram_counts_code_units(text: str, length: int) -> None:
    assert units(text) == length


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("short", ["short"]),
        ("one two\nthree", ["one two", "three"]),
        ("one two three", ["one two", "three"]),
        ("abcdefghijklmn", ["abcdefghij", "klmn"]),
        ("🙂" * 8, ["🙂" * 5, "🙂" * 3]),
        ("x" + "🙂" * 8, ["x" + "🙂" * 4, "🙂" * 4]),
    ],
)
def test_a_long_text_is_cut_where_it_hurts_least(text: str, parts: list[str]) -> None:
    assert list(split(text, 10)) == parts


async def test_only_what_cannot_have_been_carried_out_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "_AFTER_BROKEN_CONNECTION", 0)

    async def attempts(error: Exception) -> int:
        calls = 0

        async def fail() -> None:
            nonlocal calls
            calls += 1
            raise error

        with pytest.raises(type(error)):
            await with_retries(fail)
        return calls

    assert await attempts(NetworkError("connection reset")) == retry.ATTEMPTS
    assert await attempts(TimedOut()) == 1
    assert await attempts(BadRequest("no")) == 1


async def test_the_token_goes_to_the_socket_and_nowhere_else() -> None:
    seen: list[str] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200)

    transport = client.TokenTransport(SecretStr("12:ab-C_d"), httpx.MockTransport(serve))
    async with httpx.AsyncClient(transport=transport) as http:
        response = await http.post("https://api.example.org/path/botTOKEN/getMe?x=1", data={"a": "b"})

    assert seen == ["https://api.example.org/path/bot12:ab-C_d/getMe?x=1"]
    assert str(response.request.url) == "https://api.example.org/path/botTOKEN/getMe?x=1"


async def test_the_token_does_not_come_back_with_an_error() -> None:
    token = SecretStr("12:ab-C_d")
    transport = client.TokenTransport(token, httpx.AsyncHTTPTransport())
    async with httpx.AsyncClient(transport=transport) as http:
        with pytest.raises(httpx.ConnectError) as caught:
            await http.post(f"http://127.0.0.1:{free_port()}/botTOKEN/getMe")

    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "botTOKEN" in str(caught.value.request.url)
    assert "ab-C_d" not in "".join(report.format())


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({}, None),
        ({"https_proxy": "http://proxy:1"}, "http://proxy:1"),
        ({"http_proxy": "http://proxy:1"}, None),
        ({"all_proxy": "http://proxy:2"}, "http://proxy:2"),
        ({"https_proxy": "http://proxy:1", "no_proxy": "example.org"}, None),
    ],
)
def test_the_environments_proxy(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], proxy: str | None
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert client._proxy("https://api.example.org") == proxy
