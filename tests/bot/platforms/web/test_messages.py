"""Messages over real sockets: posted, answered, followed, missed and caught up with."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.chat.analysis import fetch
from bot.chat.features.forgetting import Forget
from bot.chat.features.my_data import OptOut
from bot.chat.features.roster import Roster
from bot.chat.features.settings import Configure, ShowSettings
from bot.chat.features.teaching import Teach
from bot.chat.model import Ask, Help, Incoming, Misuse, Progress, Reply, ReplyImage, Stage, Trigger
from bot.errors import TooManyBytes
from bot.platforms.web.adapter import WebAdapter
from tests.support.web.server import Recorder, serve, until
from tests.support.webchat import WebChat

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200_000)
ANSWER = Reply("1. Hoshina Sora 97 %", (ReplyImage(b"\xff\xd8\xff answer", "image/jpeg", "answer.jpg", "One face"),))


async def test_a_picture_is_answered_with_text_and_image(handler: Recorder, url: str) -> None:
    handler.reply = ANSWER
    async with WebChat.open(url) as chat:
        answer = await chat.answer_to(await chat.post("/who", [("sora.png", PNG)]))
        assert answer["author"] == "whobot"
        assert answer["text"] == ANSWER.text
        assert answer["pictures"][0]["alt"] == "One face"
        assert answer["pictures"][0]["name"] == "answer.jpg"
        assert await chat.picture(answer["pictures"][0]) == ANSWER.images[0].data


async def test_the_handler_gets_the_picture_through_the_same_limits_as_any_other(handler: Recorder, url: str) -> None:
    async with WebChat.open(url) as chat:
        await chat.post("", [("sora.png", PNG)])
        await until(lambda: handler.asked)
    request = handler.asked[0].request
    assert isinstance(request, Ask)
    picture = request.pictures[0]
    assert (picture.name, picture.size) == ("sora.png", len(PNG))
    assert await fetch(picture, max_bytes=len(PNG), seconds=5) == PNG
    with pytest.raises(TooManyBytes):
        await fetch(picture, max_bytes=len(PNG) - 1, seconds=5)


@pytest.mark.parametrize(
    ("text", "files", "expected"),
    [
        ("", 1, Trigger.PRIVATE),
        ("look at her", 1, Trigger.PRIVATE),
        ("/who", 2, Trigger.COMMAND),
        (" /WHO please", 1, Trigger.COMMAND),
        ("／who", 1, Trigger.COMMAND),
        ("/who", 0, Trigger.COMMAND),
        ("hello", 0, Help()),
        ("/help", 0, Help()),
        ("/start", 0, Help()),
        ("/settings", 0, ShowSettings()),
        ("/watch on", 0, Configure({"watch": True})),
        ("/watch  OFF", 0, Configure({"watch": False})),
        ("/threshold 60", 0, Configure({"threshold": 0.6})),
        ("/optout on", 0, OptOut(out=True)),
        ("/optout off", 0, OptOut(out=False)),
        ("/forget Hoshina Sora", 0, Forget("Hoshina Sora")),
        ("/roster sora", 0, Roster("sora")),
        ("/wo", 0, Misuse("wo")),
    ],
)
async def test_what_is_typed_becomes_a_request(
    handler: Recorder, url: str, text: str, files: int, expected: object
) -> None:
    async with WebChat.open(url) as chat:
        await chat.answer_to(await chat.post(text, [("a.png", PNG)] * files))
    incoming = handler.asked[0]
    if isinstance(expected, Trigger):
        assert isinstance(incoming.request, Ask)
        assert incoming.request.trigger is expected
        assert len(incoming.request.pictures) == files
    else:
        assert incoming.request == expected
    assert incoming.chat.platform == incoming.user.platform == "web"
    assert incoming.chat.private
    assert incoming.user.manager


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "empty"),
        ("x" * 20_000, "long_text"),
    ],
)
async def test_what_is_not_understood_is_said_at_once(handler: Recorder, url: str, text: str, error: str) -> None:
    async with WebChat.open(url) as chat:
        status, body = await chat.send(text)
        assert status in {400, 413}
        assert body["error"] == error
        assert body["message"].endswith(".")
    assert not handler.asked


async def test_pictures_teach_a_name(handler: Recorder, url: str) -> None:
    async with WebChat.open(url) as chat:
        await chat.answer_to(await chat.post("/teach Hoshina Sora", [("a.png", PNG), ("b.png", PNG)]))
    request = handler.asked[0].request
    assert isinstance(request, Teach)
    assert request.name == "Hoshina Sora"
    assert [picture.name for picture in request.pictures] == ["a.png", "b.png"]


async def test_a_spoiler_is_asked_about_and_answered_as_one(handler: Recorder, url: str) -> None:
    handler.reply = Reply("She.", (ReplyImage(b"\xff\xd8\xff", "image/jpeg", "who.jpg", spoiler=True),))
    async with WebChat.open(url) as chat:
        status, posted = await chat.send("", [("a.png", PNG)], field="spoiler")
        assert status == 202
        await chat.answer_to(posted["id"])
        assert [message["pictures"][0]["spoiler"] for message in await chat.thread()] == [True, True]
        assert [message["spoiler"] for message in await chat.thread()] == [False, True]
        await chat.answer_to(await chat.post("", [("a.png", PNG)]))
    spoilers = [incoming.request.pictures[0].spoiler for incoming in handler.asked if isinstance(incoming.request, Ask)]
    assert spoilers == [True, False]


async def test_a_video_is_served_in_parts(handler: Recorder, url: str) -> None:
    video = b"\0\0\0\x20ftypisom" + bytes(range(200))
    async with WebChat.open(url) as chat:
        await chat.answer_to(await chat.post("", [("dance.mp4", video)]))
        shown = (await chat.thread())[0]["pictures"][0]
        assert shown["kind"] == "video"
        for asked, status, expected in (
            ("bytes=0-1", 206, video[:2]),
            ("bytes=12-", 206, video[12:]),
            ("bytes=-5", 206, video[-5:]),
            ("bytes=5000-", 200, video),
            ("bytes=x", 200, video),
        ):
            async with chat.http.get(shown["url"], headers={"Range": asked}) as response:
                assert (response.status, await response.read()) == (status, expected)
                assert response.content_type == "video/mp4"
        async with chat.http.get(shown["url"], headers={"Range": "bytes=2-3"}) as response:
            assert response.headers["Content-Range"] == f"bytes 2-3/{len(video)}"


async def test_the_browsers_language_is_passed_on(handler: Recorder, url: str) -> None:
    async with WebChat.open(url) as chat:
        for header in ("pt-BR,pt;q=0.9", "*", "de"):
            chat.http.headers["Accept-Language"] = header
            await chat.answer_to(await chat.post("hello"))
    assert [incoming.locale for incoming in handler.asked] == ["pt-BR", None, "de"]


async def test_progress_is_seen_live(handler: Recorder, url: str) -> None:
    steps = [
        Progress(Stage.ACCEPTED, 1, 2),
        Progress(Stage.DOWNLOADING, 1, 2),
        Progress(Stage.ANALYSING, 2, 2),
    ]
    told, go_on = asyncio.Event(), asyncio.Event()

    async def work(incoming: Incoming) -> None:
        for step in steps:
            await incoming.progress(step)
            told.set()
            await go_on.wait()
            go_on.clear()

    handler.before = work
    async with WebChat.open(url) as chat, chat.events() as events:
        posted = await chat.post("", [("a.png", PNG)])
        seen = []
        async for event in events:
            message = event.message
            if message and message["id"] == posted + 1:
                if message["state"] == "done":
                    break
                if message["progress"]:
                    seen.append(message["progress"])
                    go_on.set()
    assert seen == [
        {"stage": "accepted", "picture": 1, "pictures": 2},
        {"stage": "downloading", "picture": 1, "pictures": 2},
        {"stage": "analysing", "picture": 2, "pictures": 2},
    ]


async def test_a_new_stream_replays_the_thread_and_a_resumed_one_only_what_was_missed(
    handler: Recorder, url: str
) -> None:
    async with WebChat.open(url) as chat:
        await chat.answer_to(await chat.post("one"))

        async def replayed(last_event_id: int | None) -> tuple[list[int], int]:
            messages, last = [], 0
            async with chat.events(last_event_id=last_event_id) as events:
                async for event in events:
                    if event.name == "ready":
                        break
                    assert event.message is not None
                    assert event.id is not None
                    messages.append(event.message["id"])
                    last = event.id
            return messages, last

        messages, last = await replayed(None)
        assert messages == [1, 2]
        assert await replayed(last) == ([], 0)
        await chat.answer_to(await chat.post("two"))
        assert (await replayed(last))[0] == [3, 4]
        assert (await replayed(-1))[0] == [1, 2, 3, 4]


async def test_two_tabs_of_a_browser_see_the_same_thread_and_two_browsers_do_not(handler: Recorder, url: str) -> None:
    handler.reply = ANSWER
    async with WebChat.open(url) as ours, WebChat.open(url) as theirs:
        answer = await ours.answer_to(await ours.post("", [("a.png", PNG)]))
        await theirs.answer_to(await theirs.post("hello"))
        async with theirs.http.get(answer["pictures"][0]["url"]) as response:
            assert response.status == 404
        async with ours.events() as first, ours.events() as second:
            assert await anext(first) == await anext(second)
        chats = {incoming.chat.id for incoming in handler.asked}
        tokens = {cookie.value for chat in (ours, theirs) for cookie in chat.http.cookie_jar}
    assert (len(chats), len(tokens)) == (2, 4)
    assert not chats & tokens


async def test_a_silent_reply_leaves_no_trace(handler: Recorder, url: str) -> None:
    handler.reply = Reply()
    async with WebChat.open(url) as chat:
        assert (await chat.answer_to(await chat.post("", [("a.png", PNG)])))["state"] == "gone"


async def test_a_handler_that_breaks_its_promise_does_not_leave_the_page_waiting(
    handler: Recorder, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_incoming: Incoming) -> None:
        raise RuntimeError("a bug")

    handler.before = fail
    async with WebChat.open(url) as chat:
        assert (await chat.answer_to(await chat.post("", [("a.png", PNG)])))["state"] == "gone"
        handler.before = None
        assert (await chat.answer_to(await chat.post("hello")))["state"] == "done"
    assert "a bug" in caplog.text


async def test_what_is_uploaded_is_never_served_as_a_document(handler: Recorder, url: str) -> None:
    page = b"<html><script>alert(1)</script>"
    async with WebChat.open(url) as chat:
        posted = await chat.post("", [("evil.html", page), ("fine.png", PNG)])
        async with chat.events() as events:
            async for event in events:
                assert event.message is not None
                if event.message["id"] == posted:
                    evil, fine = event.message["pictures"]
                    break
        async with chat.http.get(evil["url"]) as response:
            assert response.content_type == "application/octet-stream"
            assert response.headers["Content-Disposition"] == "attachment"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in response.headers["Content-Security-Policy"]
        async with chat.http.get(fine["url"]) as response:
            assert response.content_type == "image/png"


async def test_forgetting_a_chat_ends_its_streams_and_drops_its_pictures(handler: Recorder, url: str) -> None:
    handler.reply = ANSWER
    async with WebChat.open(url) as chat:
        answer = await chat.answer_to(await chat.post("", [("a.png", PNG)]))
        cookies = {cookie.key: cookie.value for cookie in chat.http.cookie_jar}
        async with chat.events() as events:
            assert (await anext(events)).message is not None
            async with chat.http.delete("/api/session") as response:
                assert response.status == 204
            async with asyncio.timeout(10):
                assert [event.name async for event in events][-1] == "ready"
        async with chat.http.get(answer["pictures"][0]["url"], cookies=cookies) as response:
            assert response.status == 401


async def test_a_session_has_only_so_many_questions_open(handler: Recorder, url: str) -> None:
    release = asyncio.Event()

    async def wait(_incoming: Incoming) -> None:
        await release.wait()

    handler.before = wait
    async with WebChat.open(url) as chat:
        posted = [await chat.post("hello") for _ in range(4)]
        status, body = await chat.send("one more")
        assert (status, body["error"]) == (429, "wait")
        release.set()
        await chat.answer_to(posted[-1])
        assert (await chat.send("one more"))[0] == 202


async def test_only_the_last_messages_are_kept(handler: Recorder, url: str) -> None:
    async with WebChat.open(url) as chat:
        for number in range(55):
            await chat.answer_to(await chat.post(f"message {number}"))
        kept = []
        async with chat.events() as events:
            async for event in events:
                if event.message is None:
                    break
                kept.append(event.message["id"])
    assert kept == list(range(11, 111))


async def test_answers_name_any_script(handler: Recorder, adapter: WebAdapter) -> None:
    handler.reply = Reply("1. 星名そら 97 %\n2. Ñandú 🦤")
    assert adapter.url is not None
    async with WebChat.open(adapter.url) as chat:
        assert (await chat.answer_to(await chat.post("／ＨＥＬＰ")))["text"] == handler.reply.text


async def test_a_page_without_a_session_is_refused(url: str) -> None:
    async with WebChat.open(url) as chat:
        chat.http.cookie_jar.clear()
        status, body = await chat.send("hello")
        assert (status, body["error"]) == (401, "session")


async def test_one_server_keeps_a_bounded_number_of_sessions(handler: Recorder) -> None:
    async with serve(handler) as adapter:
        assert adapter.url is not None
        async with WebChat.open(adapter.url) as first:
            for _ in range(64):
                async with WebChat.open(adapter.url):
                    pass
            assert (await first.send("hello"))[0] == 401


async def test_one_session_keeps_a_bounded_number_of_streams(url: str) -> None:
    async with WebChat.open(url) as chat, AsyncExitStack() as stack:
        for _ in range(8):
            await stack.enter_async_context(chat.events())
        async with chat.http.get("/api/events") as response:
            assert response.status == 429
        await stack.aclose()
        async with asyncio.timeout(10):
            while True:
                async with chat.http.get("/api/events") as response:
                    if response.status == 200:
                        break
