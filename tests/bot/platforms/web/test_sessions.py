"""Whose chat it is: across restarts, after forgetting, and with a password."""

from bot.chat.model import Left
from tests.support.web.server import Recorder, serve, until
from tests.support.webchat import WebChat


def cookies(chat: WebChat) -> dict[str, str]:
    return {cookie.key: cookie.value for cookie in chat.http.cookie_jar}


async def test_a_browser_finds_its_chat_again_after_a_restart(handler: Recorder) -> None:
    async with serve(handler) as adapter:
        assert adapter.url is not None
        async with WebChat.open(adapter.url) as chat:
            await chat.answer_to(await chat.post("before"))
            kept = cookies(chat)
    async with serve(handler) as adapter:
        assert adapter.url is not None
        async with WebChat.open(adapter.url, cookies=kept) as chat:
            assert cookies(chat)["whobot_session"] != kept["whobot_session"]
            assert cookies(chat)["whobot_chat"] == kept["whobot_chat"]
            await chat.answer_to(await chat.post("after"))
            assert [message["text"] for message in await chat.thread()] == ["after", handler.reply.text]
    before, after = handler.asked
    assert before.chat == after.chat
    assert before.user == after.user
    assert before.user.name.startswith("web-")


async def test_the_cookie_of_a_chat_opens_nothing(handler: Recorder) -> None:
    async with serve(handler, password="swordfish") as adapter:
        assert adapter.url is not None
        async with WebChat.open(adapter.url, "swordfish") as chat:
            await chat.answer_to(await chat.post("secret"))
            known = {"whobot_chat": cookies(chat)["whobot_chat"]}
            chat.http.cookie_jar.clear()
            async with chat.http.post("/api/session", json={}, cookies=known) as response:
                assert response.status == 401
            async with chat.http.get("/api/events", cookies=known) as response:
                assert response.status == 401
        async with WebChat.open(adapter.url, "swordfish", cookies=known) as chat:
            assert await chat.thread() == []


async def test_a_chats_cookie_that_is_not_ours_is_replaced(handler: Recorder, url: str) -> None:
    for odd in ("x", "a" * 44, "../" * 15, ""):
        async with WebChat.open(url, cookies={"whobot_chat": odd}) as chat:
            assert len(cookies(chat)["whobot_chat"]) == 43


async def test_forgetting_a_chat_has_its_data_removed_and_begins_another(handler: Recorder, url: str) -> None:
    async with WebChat.open(url) as chat:
        await chat.answer_to(await chat.post("hello"))
        async with chat.http.delete("/api/session") as response:
            assert response.status == 204
        await until(lambda: handler.told)
        assert not cookies(chat)
    [asked] = handler.asked
    assert handler.told == [Left(asked.chat)]
