"""What other sites, other machines and wrong passwords meet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request
from pydantic import SecretStr
from yarl import URL

from bot.platforms.web.addresses import Addresses
from bot.platforms.web.assets import FOLDER
from bot.platforms.web.login import FORGIVEN_SECONDS, Login
from bot.platforms.web.refusal import Refusal
from tests.support.web.server import Recorder, serve
from tests.support.webchat import WebChat


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/api/session", "/metrics", "/healthz", "/nothing"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "[::1", "", "a@b"])
async def test_a_name_that_is_not_ours_is_refused(url: str, path: str, host: str) -> None:
    port = url.rpartition(":")[2]
    headers = {"Host": host.format(port=port)}
    async with aiohttp.ClientSession(url) as http, http.get(path, headers=headers) as response:
        assert response.status == 403
        assert (await response.json())["error"] == "host"


async def test_a_request_without_a_host_is_refused(url: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(b"GET / HTTP/1.0\r\n\r\n")
    assert (await reader.readline()).split()[1] == b"403"
    writer.close()


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1234", "127.0.0.1", "[::1]:80", "127.8.8.8", "chat.example"])
async def test_our_names_are_answered(handler: Recorder, host: str) -> None:
    async with (
        serve(handler, allowed_hosts=("Chat.Example",)) as adapter,
        aiohttp.ClientSession(adapter.url) as http,
        http.get("/", headers={"Host": host}) as response,
    ):
        assert response.status == 200


@pytest.mark.parametrize(
    ("method", "headers", "taken"),
    [
        ("POST", {}, False),
        ("POST", {"Origin": "null"}, False),
        ("POST", {"Origin": "https://evil.example"}, False),
        ("POST", {"Origin": "http://127.0.0.1:1"}, False),
        ("POST", {"Origin": "http://127.0.0.1"}, False),
        ("POST", {"Origin": "{url}", "Sec-Fetch-Site": "same-site"}, False),
        ("POST", {"Origin": "{url}", "Sec-Fetch-Site": "cross-site"}, False),
        ("POST", {"Sec-Fetch-Site": "none"}, False),
        ("DELETE", {"Origin": "https://evil.example"}, False),
        ("GET", {"Sec-Fetch-Site": "cross-site"}, False),
        ("GET", {"Sec-Fetch-Site": "same-site"}, False),
        ("GET", {"Origin": "https://evil.example"}, False),
        ("POST", {"Origin": "{url}"}, True),
        ("POST", {"Origin": "{url}", "Sec-Fetch-Site": "same-origin"}, True),
        ("POST", {"Sec-Fetch-Site": "same-origin"}, True),
        ("POST", {"Origin": "https://chat.example"}, True),
        ("GET", {}, True),
        ("GET", {"Sec-Fetch-Site": "same-origin"}, True),
    ],
)
async def test_only_our_own_page_may_use_the_api(
    handler: Recorder, method: str, headers: dict[str, str], taken: bool
) -> None:
    async with serve(handler, allowed_hosts=("chat.example",)) as adapter:
        assert adapter.url is not None
        headers = {name: value.format(url=adapter.url) for name, value in headers.items()}
        path = "/api/session" if method != "GET" else "/api/media/1"
        async with (
            aiohttp.ClientSession(adapter.url) as http,
            http.request(method, path, headers=headers, json={} if method == "POST" else None) as response,
        ):
            refused = response.status == 403 and (await response.json())["error"] == "origin"
            assert refused is not taken


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/api/media/1", "/healthz", "/nothing"])
async def test_every_response_carries_the_security_headers(url: str, path: str) -> None:
    async with aiohttp.ClientSession(url) as http, http.get(path) as response:
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "Cache-Control" in response.headers


async def test_the_page_refers_to_nothing_outside(url: str) -> None:
    async with aiohttp.ClientSession(url) as http:
        async with http.get("/") as response:
            page = await response.text()
        names = [part.split('"')[0] for part in page.split('"/static/')[1:]]
        texts = [page]
        for name in [
            *names,
            *(path.name for path in FOLDER.glob("*.js")),
        ]:
            async with http.get(f"/static/{name}") as response:
                assert response.status == 200
                texts.append(await response.text())
    assert len(names) == 5
    for text in texts:
        assert "//" not in text.replace("// ", "").replace("http://www.w3.org/2000/svg", "")
        assert "innerHTML" not in text


async def test_unchanged_files_are_not_sent_twice(url: str) -> None:
    async with aiohttp.ClientSession(url) as http:
        async with http.get("/static/style.css") as response:
            etag = response.headers["ETag"]
        async with http.get("/static/style.css", headers={"If-None-Match": etag}) as response:
            assert response.status == 304
            assert await response.read() == b""
            assert response.headers["Cache-Control"] == "no-cache"
            assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("app.js", "text/javascript"), ("style.css", "text/css"), ("icon.svg", "image/svg+xml")],
)
async def test_files_say_what_they_are_and_are_asked_about_again(url: str, name: str, media_type: str) -> None:
    async with aiohttp.ClientSession(url) as http, http.get(f"/static/{name}") as response:
        assert response.headers["Content-Type"] == f"{media_type}; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-cache"
        assert await response.read() == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("path", ["/static/", "/static/page.html", "/static/..%2Fpage.html", "/static/%2e%2e/guard.py"])
async def test_nothing_but_the_pages_files_is_served(url: str, path: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(URL(f"{url}{path}", encoded=True)) as response:
        assert response.status in {403, 404}
        assert response.headers["Cache-Control"] == "no-store"


async def test_without_the_password_there_is_no_chat(handler: Recorder) -> None:
    async with serve(handler, password="swordfish") as adapter:
        assert adapter.url is not None
        async with aiohttp.ClientSession(adapter.url, headers={"Origin": adapter.url}) as http:
            for body, error in (
                ({}, "password"),
                ({"password": "cod"}, "wrong_password"),
                ({"password": 1}, "password"),
            ):
                async with http.post("/api/session", json=body) as response:
                    assert response.status == 401
                    assert (await response.json())["error"] == error
                    assert "Set-Cookie" not in response.headers
            async with http.post("/api/session", data=b"{") as response:
                assert response.status == 400
            async with http.get("/api/events") as response:
                assert response.status == 401
        async with WebChat.open(adapter.url, "swordfish") as chat:
            assert (await chat.answer_to(await chat.post("hello")))["state"] == "done"
    assert len(handler.asked) == 1


@pytest.mark.parametrize(("headers", "secure"), [({}, False), ({"X-Forwarded-Proto": "https"}, True)])
async def test_the_cookies_are_kept_from_scripts_and_other_sites(
    url: str, headers: dict[str, str], secure: bool
) -> None:
    async with (
        aiohttp.ClientSession(url, headers={"Origin": url, **headers}) as http,
        http.post("/api/session", json={}) as response,
    ):
        cookies = response.headers.getall("Set-Cookie")
        assert [cookie.partition("=")[0] for cookie in cookies] == ["whobot_session", "whobot_chat"]
        for cookie in cookies:
            assert "HttpOnly" in cookie
            assert "SameSite=Strict" in cookie
            assert ("Secure" in cookie) is secure


async def test_guessing_is_slowed_down_even_for_the_right_guess(handler: Recorder) -> None:
    async with serve(handler, password="swordfish") as adapter:
        assert adapter.url is not None
        async with aiohttp.ClientSession(adapter.url, headers={"Origin": adapter.url}) as http:
            statuses = []
            for guess in ("a", "b", "c", "swordfish"):
                async with http.post("/api/session", json={"password": guess}) as response:
                    statuses.append(response.status)
            assert statuses == [401, 401, 401, 429]
            assert response.headers["Retry-After"] == "1"


def test_the_wait_doubles_up_to_a_minute_and_ends_with_the_right_password() -> None:
    now = 0.0
    login = Login(SecretStr("swordfish"), lambda: now, Addresses(()))
    request = make_mocked_request("POST", "/api/session")

    def refused(guess: str) -> Refusal:
        with pytest.raises(Refusal) as caught:
            login.check(request, guess)
        return caught.value

    assert [refused("cod").kind for _ in range(3)] == ["wrong_password"] * 3
    waits = []
    for _ in range(8):
        refusal = refused("swordfish")
        assert refusal.kind == "slow_down"
        waits.append(refusal.facts["seconds"])
        now += refusal.facts["seconds"]
        assert refused("cod").kind == "wrong_password"
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    now += 60
    login.check(request, "swordfish")
    assert [refused("cod").kind for _ in range(3)] == ["wrong_password"] * 3


def test_the_wait_is_at_most_a_minute_and_expires() -> None:
    now = 0.0
    login = Login(SecretStr("swordfish"), lambda: now, Addresses(()))
    request = make_mocked_request("POST", "/api/session")

    def wait() -> int:
        with pytest.raises(Refusal) as caught:
            login.check(request, "cod")
        return caught.value.facts.get("seconds", 0)

    for _ in range(1_100):
        assert wait() == 0
        assert wait() <= 60
        now += 60
    assert (wait(), wait()) == (0, 60)
    now += 6 * FORGIVEN_SECONDS
    assert (wait(), wait()) == (0, 2)
    now += 4 * FORGIVEN_SECONDS
    assert (wait(), wait()) == (0, 0)


@asynccontextmanager
async def behind_a_proxy(handler: Recorder) -> AsyncIterator[aiohttp.ClientSession]:
    async with serve(handler, password="swordfish", trusted_proxies=("127.0.0.1", "10.0.0.0/8")) as adapter:
        assert adapter.url is not None
        async with aiohttp.ClientSession(adapter.url, headers={"Origin": adapter.url}) as http:
            yield http


async def guess(http: aiohttp.ClientSession, password: str, forwarded: str | None = None) -> int:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    async with http.post("/api/session", json={"password": password}, headers=headers) as response:
        return response.status


async def test_failures_of_one_address_do_not_delay_another(handler: Recorder) -> None:
    async with behind_a_proxy(handler) as http:
        for _ in range(3):
            assert await guess(http, "cod", "203.0.113.7") == 401
        assert await guess(http, "swordfish", "203.0.113.7") == 429
        assert await guess(http, "swordfish", "198.51.100.1, 203.0.113.7, 10.1.2.3") == 429, "the first is made up"
        assert await guess(http, "swordfish", "203.0.113.8:4711") == 200


async def test_whoever_is_logged_in_is_not_locked_out_by_guesses_from_the_same_address(handler: Recorder) -> None:
    async with serve(handler, password="swordfish") as adapter:
        assert adapter.url is not None
        async with WebChat.open(adapter.url, "swordfish") as chat:
            async with aiohttp.ClientSession(adapter.url, headers={"Origin": adapter.url}) as stranger:
                assert [await guess(stranger, "cod") for _ in range(5)] == [401] * 3 + [429] * 2
            async with chat.http.post("/api/session", json={}) as response:
                assert response.status == 200
            assert (await chat.send("hello"))[0] == 202


async def test_an_ipv6_network_is_one_guesser(handler: Recorder) -> None:
    async with behind_a_proxy(handler) as http:
        for host in ("1", "2", "ffff:3"):
            assert await guess(http, "cod", f"2001:db8::{host}") == 401
        assert await guess(http, "cod", "[2001:db8::4]:4711") == 429
        assert await guess(http, "swordfish", "2001:db8:0:1::1") == 200


async def test_untrusted_forwarded_addresses_are_ignored(handler: Recorder) -> None:
    async with serve(handler, password="swordfish") as adapter:
        assert adapter.url is not None
        async with aiohttp.ClientSession(adapter.url, headers={"Origin": adapter.url}) as http:
            assert [await guess(http, "cod", f"203.0.113.{host}") for host in range(4)] == [401, 401, 401, 429]


@pytest.mark.parametrize("body", [b"[" * 4_000, b'{"password":' * 300, b'{"password": "', b"\xff\xfe\xfa"])
async def test_what_is_no_json_is_refused_before_any_login(
    handler: Recorder, url: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with aiohttp.ClientSession(url, headers={"Origin": url}) as http:
        async with http.post("/api/session", data=body) as response:
            assert response.status == 400
            assert (await response.json())["error"] == "json"
        async with WebChat.open(url) as chat, chat.http.post("/api/messages/1/press", data=body) as response:
            assert response.status == 400
    assert not caplog.records


def test_an_empty_password_is_none() -> None:
    assert not Login(SecretStr(""), float, Addresses(())).required
