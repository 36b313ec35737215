"""Buttons, menus and prompts; answers that are edited, deleted, taken back."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.chat.model import (
    Button,
    ButtonStyle,
    Incoming,
    Menu,
    Option,
    Placement,
    Press,
    Prompt,
    Reply,
    ReplyImage,
    Suggest,
)
from bot.platforms.web.adapter import WebAdapter
from tests.support.web.server import Recorder, until
from tests.support.webchat import Message, WebChat

PICTURE = ReplyImage(b"\xff\xd8\xff one", "image/jpeg", "one.jpg")
OTHER = ReplyImage(b"\xff\xd8\xff other", "image/jpeg", "other.jpg")
ANSWER = Reply(
    "1. Hoshina Sora 97 %",
    (PICTURE,),
    buttons=(
        (Button("Next", "page:1", ButtonStyle.PRIMARY), Button("Delete", "delete", ButtonStyle.DANGER)),
        (Button("Someone else…", "other", prompt=Prompt("Who is it?", "A name")),),
    ),
    menus=(Menu("Who may teach?", (Option("Everyone", "teach:all", selected=True), Option("Nobody", "teach:no"))),),
)


@pytest.fixture
async def chat(handler: Recorder, url: str) -> AsyncIterator[WebChat]:
    handler.reply = ANSWER
    async with WebChat.open(url) as chat:
        yield chat


async def ask(chat: WebChat) -> Message:
    """Ask, and wait for the answer with its buttons."""
    return await chat.answer_to(await chat.post("", [("a.png", b"\x89PNG\r\n\x1a\n")]))


async def test_an_answer_comes_with_its_buttons_and_menus(chat: WebChat) -> None:
    answer = await ask(chat)
    assert answer["buttons"] == [
        [
            {"label": "Next", "action": "page:1", "style": "primary", "prompt": None},
            {"label": "Delete", "action": "delete", "style": "danger", "prompt": None},
        ],
        [
            {
                "label": "Someone else…",
                "action": "other",
                "style": "plain",
                "prompt": {"title": "Who is it?", "placeholder": "A name"},
            }
        ],
    ]
    assert answer["menus"] == [
        {
            "label": "Who may teach?",
            "options": [
                {"label": "Everyone", "action": "teach:all", "selected": True},
                {"label": "Nobody", "action": "teach:no", "selected": False},
            ],
        }
    ]


async def test_pictures_on_buttons_and_options_stay_as_long_as_these(handler: Recorder, chat: WebChat) -> None:
    face = b"RIFF\x10\0\0\0WEBPVP8 face"
    handler.reply = Reply(
        "Which face?",
        buttons=((Button("1", "which:1", picture=face),),),
        menus=(Menu("Which face?", (Option("Face 1", "more:1", picture=face), Option("Face 2", "more:2"))),),
    )
    answer = await ask(chat)
    with_pictures = [answer["buttons"][0][0], answer["menus"][0]["options"][0]]
    assert "picture" not in answer["menus"][0]["options"][1]
    for each in with_pictures:
        assert await chat.picture({"url": each["picture"]}) == face
    handler.reply = Reply("Face 1", placement=Placement.EDIT)
    await chat.press(answer["id"], "more:1")
    for each in with_pictures:
        async with chat.http.get(each["picture"]) as response:
            assert response.status == 404


@pytest.mark.parametrize(("action", "text"), [("page:1", None), ("teach:no", None), ("other", "Kurogane Rin")])
async def test_a_press_reaches_the_handler_with_what_was_written(
    handler: Recorder, chat: WebChat, action: str, text: str | None
) -> None:
    answer = await ask(chat)
    chat.http.headers["Accept-Language"] = "ja"
    assert (await chat.press(answer["id"], action, text))[0] == 200
    asked, pressed = handler.asked
    assert pressed.request == Press(action, text)
    assert (pressed.chat, pressed.user, pressed.locale) == (asked.chat, asked.user, "ja")


async def test_an_edit_takes_the_place_of_the_answer_whose_pictures_stay_unless_it_brings_some(
    handler: Recorder, chat: WebChat
) -> None:
    answer = await ask(chat)
    handler.reply = Reply("2. Nobody I know", placement=Placement.EDIT)
    assert await chat.press(answer["id"], "page:1") == (200, {"notice": None})
    edited = (await chat.thread())[-1]
    assert edited == answer | {"text": "2. Nobody I know", "buttons": [], "menus": []}
    assert await chat.picture(edited["pictures"][0]) == PICTURE.data


async def test_an_edit_that_brings_pictures_drops_the_old_ones(handler: Recorder, chat: WebChat) -> None:
    answer = await ask(chat)
    handler.reply = Reply("2. Nobody I know", (OTHER,), placement=Placement.EDIT)
    await chat.press(answer["id"], "page:1")
    edited = (await chat.thread())[-1]
    assert await chat.picture(edited["pictures"][0]) == OTHER.data
    async with chat.http.get(answer["pictures"][0]["url"]) as response:
        assert response.status == 404


async def test_other_tabs_see_edits_and_deletions_live(handler: Recorder, chat: WebChat) -> None:
    answer = await ask(chat)
    async with asyncio.timeout(20), chat.events() as tab:
        async for event in tab:
            if event.name == "ready":
                break
        handler.reply = Reply("edited", buttons=ANSWER.buttons, placement=Placement.EDIT)
        await chat.press(answer["id"], "page:1")
        edited = (await anext(tab)).message
        handler.reply = Reply(placement=Placement.DELETE)
        await chat.press(answer["id"], "delete")
        deleted = (await anext(tab)).message
    assert edited is not None
    assert deleted is not None
    assert (edited["id"], edited["text"]) == (answer["id"], "edited")
    assert (deleted["id"], deleted["state"], deleted["pictures"]) == (answer["id"], "gone", [])


async def test_a_notice_goes_to_the_presser_and_not_into_the_thread(handler: Recorder, chat: WebChat) -> None:
    answer = await ask(chat)
    before = await chat.thread()
    handler.reply = Reply("These buttons have expired.", placement=Placement.NOTICE)
    assert await chat.press(answer["id"], "page:1") == (200, {"notice": "These buttons have expired."})
    assert await chat.thread() == before


async def test_a_deleted_answer_is_gone_with_its_pictures_and_its_question_stays(
    handler: Recorder, chat: WebChat
) -> None:
    answer = await ask(chat)
    handler.reply = Reply(placement=Placement.DELETE)
    await chat.press(answer["id"], "delete")
    assert [message["author"] for message in await chat.thread()] == ["you"]
    async with chat.http.get(answer["pictures"][0]["url"]) as response:
        assert response.status == 404
    status, body = await chat.press(answer["id"], "page:1")
    assert (status, body["error"]) == (409, "button")


async def test_a_new_reply_to_a_press_follows_in_the_thread_and_silence_does_nothing(
    handler: Recorder, chat: WebChat
) -> None:
    answer = await ask(chat)
    handler.reply = Reply("Other guesses: …")
    await chat.press(answer["id"], "page:1")
    handler.reply = Reply()
    assert await chat.press(answer["id"], "page:1") == (200, {"notice": None})
    assert [message["text"] for message in await chat.thread()] == ["", ANSWER.text, "Other guesses: …"]


@pytest.mark.parametrize("action", ["page:2", "", "teach"])
async def test_only_what_an_answer_offers_can_be_pressed(handler: Recorder, chat: WebChat, action: str) -> None:
    answer = await ask(chat)
    for message_id in (answer["id"], answer["id"] - 1, 10**12):
        status, body = await chat.press(message_id, action)
        assert (status, body["error"]) == (409, "button")
    handler.reply = Reply("no buttons any more", placement=Placement.EDIT)
    await chat.press(answer["id"], "page:1")
    assert (await chat.press(answer["id"], "page:1"))[0] == 409
    assert len(handler.asked) == 2


async def test_buttons_of_another_chat_cannot_be_pressed(handler: Recorder, url: str, chat: WebChat) -> None:
    answer = await ask(chat)
    async with WebChat.open(url) as stranger:
        assert (await stranger.press(answer["id"], "page:1"))[0] == 409
        assert await stranger.take_back(answer["id"] - 1) == 404
    assert len(handler.asked) == 1


async def test_a_press_is_seen_through_where_the_page_goes_away(handler: Recorder, chat: WebChat) -> None:
    answer = await ask(chat)
    release = asyncio.Event()

    async def wait(_incoming: Incoming) -> None:
        await release.wait()

    handler.before, handler.reply = wait, Reply("edited", placement=Placement.EDIT)
    press = asyncio.create_task(chat.press(answer["id"], "page:1"))
    await until(lambda: len(handler.asked) == 2)
    press.cancel()
    await asyncio.wait([press])
    release.set()
    async with asyncio.timeout(20):
        while (await chat.thread())[-1]["text"] != "edited":
            pass


@pytest.mark.parametrize("body", ["[]", '"x"', "{", "{" + " " * 5000 + "}"])
async def test_a_press_that_says_nothing_is_refused(chat: WebChat, body: str) -> None:
    answer = await ask(chat)
    async with chat.http.post(f"/api/messages/{answer['id']}/press", data=body) as response:
        assert response.status in {400, 409, 413}
        assert (await response.json())["message"].endswith(".")


# --- one's own messages ----------------------------------------------------------------------------------------------


async def test_deleting_a_question_deletes_its_answers(handler: Recorder, chat: WebChat) -> None:
    kept = await ask(chat)
    answer = await ask(chat)
    handler.reply = Reply("Other guesses: …", (OTHER,))
    await chat.press(answer["id"], "page:1")
    *_, question, _, more = await chat.thread()
    assert await chat.take_back(question["id"]) == 204
    assert [message["id"] for message in await chat.thread()] == [kept["id"] - 1, kept["id"]]
    for message in (question, answer, more):
        async with chat.http.get(message["pictures"][0]["url"]) as response:
            assert response.status == 404
    assert await chat.picture(kept["pictures"][0]) == PICTURE.data
    assert await chat.take_back(question["id"]) == 404


async def test_whobots_messages_are_not_ones_own(chat: WebChat) -> None:
    answer = await ask(chat)
    assert await chat.take_back(answer["id"]) == 404
    assert len(await chat.thread()) == 2


async def test_an_answer_to_a_deleted_question_is_not_given(handler: Recorder, chat: WebChat) -> None:
    release = asyncio.Event()

    async def wait(_incoming: Incoming) -> None:
        await release.wait()

    handler.before = wait
    posted = await chat.post("", [("a.png", b"\x89PNG\r\n\x1a\n")])
    await until(lambda: handler.asked)
    assert await chat.take_back(posted) == 204
    release.set()
    handler.before = None
    await chat.answer_to(await chat.post("hello"))
    assert [message["id"] for message in await chat.thread()] == [posted + 2, posted + 3]


async def test_a_page_that_comes_back_learns_what_is_left(handler: Recorder, chat: WebChat) -> None:
    answer = await ask(chat)
    handler.reply = Reply(placement=Placement.DELETE)
    await chat.press(answer["id"], "delete")
    async with chat.http.get("/api/events", params={"after": "1000"}) as response:
        first = [await response.content.readline() for _ in range(2)]
    assert first == [b"event: ready\n", f"data: [{answer['id'] - 1}]\n".encode()]


# --- names -----------------------------------------------------------------------------------------------------------


async def test_names_are_suggested(handler: Recorder, chat: WebChat) -> None:
    handler.reply = Reply(suggestions=("Hoshina Sora", "<b>Hoshi</b>"))
    assert await chat.names("hosh") == ["Hoshina Sora", "<b>Hoshi</b>"]
    assert await chat.names(" x" * 300, taught=True)
    first, second = (incoming.request for incoming in handler.asked)
    assert first == Suggest("hosh")
    assert isinstance(second, Suggest)
    assert second.taught
    assert len(second.text) < 200
    assert await chat.thread() == []


async def test_the_capabilities_are_those_of_the_page(handler: Recorder, adapter: WebAdapter) -> None:
    assert adapter.url is not None
    async with WebChat.open(adapter.url) as chat:
        await chat.answer_to(await chat.post("hello"))
    can = handler.asked[0].capabilities
    assert all((can.buttons, can.private_replies, can.alt_text))
    assert not any((can.context_menus, can.age_restricted_chats))
