"""Buttons, menus and dialogues: what Discord gets to show, and what the service hears of it."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.chat.features.settings import ShowSettings
from bot.chat.model import (
    ACTION_LIMIT,
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
)
from bot.platforms.discord.adapter import DiscordAdapter
from bot.platforms.discord.components import ID_LIMIT, pressed, view
from tests.bot.platforms.discord.conftest import ANSWER, PNG, Recorder
from tests.support.fakes.discord import Answer, FakeDiscord, Refusal
from tests.support.fakes.discord.rest import CALLBACK, FOLLOW_UP, ORIGINAL
from tests.support.service_harness import REGISTRY

PICTURE = ReplyImage(b"annotated", "image/png", "answer.png")
HIDDEN = ReplyImage(b"annotated", "image/png", "answer.png", spoiler=True)
BUTTONS = (
    (Button("Wrong?", "wrong:abc"), Button("Delete", "delete:abc", ButtonStyle.DANGER)),
    (Button("Someone else…", "other:abc:1", ButtonStyle.PRIMARY, Prompt("Who is it?", "A name")),),
)
MENU = Menu("Language", (Option("English", "set:lang:en", selected=True), Option("日本語", "set:lang:ja")))


class Buttons:
    """A service that answers the first request with buttons, and presses with `then`."""

    def __init__(self, then: Reply, image: ReplyImage = PICTURE) -> None:
        self._first = Reply("1: Kosaka Honoka", (image,), BUTTONS, (MENU,))
        self._then = then

    def __call__(self, incoming: Incoming) -> Reply:
        return self._then if isinstance(incoming.request, Press) else self._first


async def answered(discord: FakeDiscord, ask: str = "post_picture") -> Answer:
    await getattr(discord, ask)(PNG)
    return await discord.answer()


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("ask", ["post_picture", "slash_who"])
async def test_buttons_and_menus_stand_in_rows(discord: FakeDiscord, service: Recorder, ask: str) -> None:
    service.reply = Buttons(Reply())
    answer = await answered(discord, ask)
    assert answer.labels == [["Wrong?", "Delete"], ["Someone else…"], ["Language"]]
    rows = answer.request["components"]
    assert [one["style"] for row in rows[:2] for one in row["components"]] == [2, 4, 1]
    assert [(one["value"], one["default"]) for one in rows[2]["components"][0]["options"]] == [
        ("set:lang:en", True),
        ("set:lang:ja", False),
    ]


@pytest.mark.usefixtures("running")
async def test_a_press_is_acknowledged_before_the_work(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Buttons(Reply("Noted.", placement=Placement.NOTICE))
    answer = await answered(discord)
    service.may_answer.clear()
    interaction = await discord.press(answer, "Wrong?", author=discord.manager)
    await discord.until(lambda: len(service.asked) == 2)
    assert discord.given[interaction].state == "acknowledged"
    service.may_answer.set()
    await discord.answer()
    incoming = service.asked[1]
    assert incoming.request == Press("wrong:abc")
    assert (incoming.user.id, incoming.user.manager) == (discord.manager.id, True)
    assert incoming.chat.id == discord.general.id
    assert incoming.capabilities.private_replies


@pytest.mark.usefixtures("running")
async def test_a_notice_is_visible_to_the_presser_alone(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Buttons(Reply("Noted, @everyone.", placement=Placement.NOTICE))
    answer = await answered(discord)
    interaction = await discord.press(answer, "Wrong?")
    notice = await discord.answer()
    assert (notice.content, notice.interaction, notice.ephemeral) == ("Noted, @everyone.", interaction, True)
    assert notice.request["allowed_mentions"]["parse"] == []


@pytest.mark.usefixtures("running")
async def test_something_chosen_from_a_menu(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Buttons(Reply("こんにちは", placement=Placement.NOTICE))
    await discord.press(await answered(discord), "日本語")
    await discord.answer()
    assert service.asked[1].request == Press("set:lang:ja")


@pytest.mark.usefixtures("running")
async def test_an_edit_leaves_the_images_unless_there_are_new_ones(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Buttons(Reply("page 2", buttons=((Button("Back", "page:abc:1"),),), placement=Placement.EDIT))
    answer = await answered(discord)
    await discord.press(answer, "Wrong?")
    edited = await discord.answer()
    assert (edited.id, edited.edits, edited.content, edited.labels) == (answer.id, True, "page 2", [["Back"]])
    assert [one["filename"] for one in discord.message(answer)["attachments"]] == ["answer.png"]
    service.reply = Reply("page 1", (ReplyImage(b"other", "image/png", "other.png"),), placement=Placement.EDIT)
    await discord.press(answer, "Back")
    edited = await discord.answer()
    assert (edited.id, edited.labels) == (answer.id, [])
    assert [one["filename"] for one in discord.message(answer)["attachments"]] == ["other.png"]


@pytest.mark.usefixtures("running")
async def test_a_press_can_delete_the_answer(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Buttons(Reply(placement=Placement.DELETE))
    answer = await answered(discord)
    await discord.press(answer, "Delete")
    await discord.until(lambda: answer.id not in {message["id"] for message in discord.messages()})


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("private", [False, True])
async def test_a_press_can_be_answered_anew(discord: FakeDiscord, service: Recorder, private: bool) -> None:
    service.reply = Buttons(Reply("Other guesses", (PICTURE,), private=private))
    answer = await answered(discord)
    await discord.press(answer, "Wrong?")
    more = await discord.answer()
    assert (more.edits, more.ephemeral, more.content) == (False, private, "Other guesses")
    assert [file.data for file in more.files] == [b"annotated"]
    assert discord.message(answer)["content"] == "1: Kosaka Honoka"


@pytest.mark.usefixtures("running")
async def test_a_press_can_be_met_with_silence(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Buttons(Reply())
    answer = await answered(discord)
    await discord.press(answer, "Wrong?")
    await discord.until(lambda: len(service.asked) == 2)
    service.reply = ANSWER
    await answered(discord)
    assert discord.unread == 0


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    ("reply", "content"),
    [
        (Reply("Nico", placement=Placement.EDIT), "||Nico||"),
        (Reply("Nico", (PICTURE,), placement=Placement.EDIT), "Nico"),
        (Reply("Nico", (HIDDEN,), placement=Placement.EDIT), "||Nico||"),
        (Reply("Nico"), "||Nico||"),
        (Reply("Nico", (PICTURE,), placement=Placement.EDIT, spoiler=True), "||Nico||"),
        (Reply("Noted.", placement=Placement.NOTICE), "Noted."),
    ],
)
async def test_what_is_said_about_something_hidden_is_hidden(
    discord: FakeDiscord, service: Recorder, reply: Reply, content: str
) -> None:
    service.reply = Buttons(reply, image=HIDDEN)
    await discord.press(await answered(discord), "Wrong?")
    assert (await discord.answer()).content == content


@pytest.mark.usefixtures("running")
async def test_words_are_asked_for_in_a_dialogue(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Buttons(Reply("Thank you", placement=Placement.NOTICE))
    answer = await answered(discord)
    interaction = await discord.press(answer, "Someone else…")
    dialogue = await discord.dialogue(interaction)
    assert dialogue["title"] == "Who is it?"
    assert [one["label"] for one in dialogue["components"]] == ["A name"]
    assert len(service.asked) == 1
    await discord.write(interaction, " Yazawa Nico ")
    assert (await discord.answer()).ephemeral
    assert service.asked[1].request == Press("other:abc:1", "Yazawa Nico")


@pytest.mark.usefixtures("running")
async def test_a_dialogue_may_change_the_message_that_it_came_from(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Buttons(Reply("It is Nico", placement=Placement.EDIT))
    answer = await answered(discord)
    await discord.write(await discord.press(answer, "Someone else…"), "Nico")
    edited = await discord.answer()
    assert (edited.id, edited.edits) == (answer.id, True)


async def test_buttons_work_after_a_restart(discord: FakeDiscord, adapter: DiscordAdapter, service: Recorder) -> None:
    service.reply = Buttons(Reply("These buttons have expired.", placement=Placement.NOTICE))
    running = asyncio.create_task(adapter.run())
    await discord.connected()
    answer = await answered(discord)
    await adapter.stop()
    await running
    await discord.until(lambda: not discord.gateway.online.is_set())
    adapter = DiscordAdapter(adapter._token, service, REGISTRY)
    running = asyncio.create_task(adapter.run())
    await discord.connected()
    await discord.press(answer, "Wrong?")
    assert (await discord.answer()).content == "These buttons have expired."
    interaction = await discord.press(answer, "Someone else…")
    assert (await discord.dialogue(interaction))["title"] == "Who is it?"
    await discord.write(interaction, "Nico")
    await discord.answer()
    assert [incoming.request for incoming in service.asked[1:]] == [Press("wrong:abc"), Press("other:abc:1", "Nico")]
    await adapter.stop()
    await running


@pytest.mark.usefixtures("running")
async def test_private_settings_are_changed_in_place(discord: FakeDiscord, service: Recorder) -> None:
    page = Reply("Settings", menus=(MENU,), private=True)
    service.reply = lambda incoming: (
        page
        if isinstance(incoming.request, ShowSettings)
        else Reply("Changed", menus=(MENU,), placement=Placement.EDIT)
    )
    await discord.slash("settings", author=discord.manager)
    shown = await discord.answer()
    assert shown.ephemeral
    await discord.press(shown, "日本語", author=discord.manager)
    changed = await discord.answer()
    assert (changed.id, changed.edits, changed.ephemeral) == (shown.id, True, True)


@pytest.mark.usefixtures("running")
async def test_a_press_in_private(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Buttons(Reply("page 2", placement=Placement.EDIT))
    await discord.post_picture(PNG, channel=discord.direct)
    await discord.press(await discord.answer(), "Wrong?")
    assert (await discord.answer()).content == "page 2"
    assert service.asked[1].chat == service.asked[0].chat
    assert service.asked[1].user.manager


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    ("reply", "method", "route"),
    [
        (Reply("a", placement=Placement.EDIT), "POST", CALLBACK),
        (Reply("a", placement=Placement.EDIT), "PATCH", ORIGINAL),
        (Reply("a", placement=Placement.NOTICE), "POST", FOLLOW_UP),
        (Reply("a"), "POST", FOLLOW_UP),
        (Reply(placement=Placement.DELETE), "DELETE", ORIGINAL),
    ],
)
async def test_what_discord_refuses_is_logged_without_the_token(
    discord: FakeDiscord, service: Recorder, reply: Reply, method: str, route: str
) -> None:
    service.reply = Buttons(reply)
    answer = await answered(discord)
    discord.rest.fail_with(method, route, Refusal(403, 50013, "Missing Permissions"))
    with capture_logs() as logs:
        interaction = await discord.press(answer, "Wrong?")
        await discord.until(lambda: bool(logs))
    assert (logs[0]["event"], logs[0]["code"]) == ("discord.answer_refused", 50013)
    assert discord.given[interaction].payload["token"] not in str(logs)
    service.reply = ANSWER
    await answered(discord)


@pytest.mark.usefixtures("running")
async def test_too_large_an_image_leaves_the_words_and_the_buttons(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Buttons(Reply())
    discord.file_limit = 5
    answer = await answered(discord)
    assert (answer.files, answer.content) == ((), "1: Kosaka Honoka")
    assert answer.labels == [["Wrong?", "Delete"], ["Someone else…"], ["Language"]]


@pytest.mark.usefixtures("running")
async def test_stopping_finishes_the_press_in_hand(
    discord: FakeDiscord, adapter: DiscordAdapter, service: Recorder
) -> None:
    service.reply = Buttons(Reply("Noted", placement=Placement.NOTICE))
    answer = await answered(discord)
    service.may_answer.clear()
    await discord.press(answer, "Wrong?")
    await discord.until(lambda: len(service.asked) == 2)
    stopping = asyncio.create_task(adapter.stop())
    await asyncio.sleep(0)
    for label in ("Delete", "Someone else…"):
        await discord.press(answer, label)
    service.may_answer.set()
    await stopping
    assert (await discord.answer()).content == "Noted"
    assert len(service.asked) == 2


async def test_words_that_are_too_long_for_discord_are_cut() -> None:
    action, words = "a" * ACTION_LIMIT, "あ¦" * 100
    reply = Reply(
        "", (), ((Button(words, action, prompt=Prompt(words, words)),),), (Menu(words, (Option(words, "b"),)),)
    )
    laid_out = view(reply)
    assert laid_out is not None
    (button,), (menu,) = (row["components"] for row in laid_out.to_components())
    assert (len(button["label"]), len(button["custom_id"])) == (80, ID_LIMIT)
    assert (len(menu["placeholder"]), len(menu["options"][0]["label"])) == (150, 100)
    press, prompt = pressed(button)
    assert press == Press(action)
    assert prompt is not None
    assert prompt.title.startswith("あ ")


async def test_more_rows_than_discord_shows() -> None:
    reply = Reply("", (), tuple((Button(str(n), f"a:{n}"),) for n in range(4)), (MENU, MENU, MENU))
    laid_out = view(reply)
    assert laid_out is not None
    assert len(laid_out.to_components()) == 5
