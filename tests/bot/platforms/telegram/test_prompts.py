"""Buttons that ask for words before they count."""

import pytest

from bot.chat.model import Button, Help, Placement, Press, Prompt, Reply
from bot.platforms.telegram.adapter import TelegramAdapter
from tests.bot.platforms.telegram.conftest import Recorder, Serve, png
from tests.support.fakes.telegram import Answer, Chat, FakeTelegram, Refusal

pytestmark = pytest.mark.usefixtures("bot")

PROMPT = Prompt("Who is it?", "A name, as you write it")
REPLY = Reply("Pink", buttons=((Button("Someone else…", "other:t", prompt=PROMPT), Button("Delete", "delete:t")),))


async def answered(telegram: FakeTelegram, recorder: Recorder, chat: Chat) -> Answer:
    recorder.reply = REPLY
    await telegram.post_picture(png(), caption="/who", chat=chat)
    return await telegram.answer()


async def prompted(telegram: FakeTelegram, recorder: Recorder) -> tuple[Answer, Answer]:
    """An answer of the bot in the group, and its question to the boss, who has pressed the button."""
    answer = await answered(telegram, recorder, telegram.group)
    await telegram.press(answer.message, "Someone else…", author=telegram.manager)
    return answer, await telegram.answer()


async def test_the_presser_is_asked(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer, prompt = await prompted(telegram, recorder)
    await telegram.notice()

    assert (prompt.text, prompt.placeholder) == ("Boss: Who is it?", "A name, as you write it")
    assert prompt.force_reply
    assert prompt.reply_to == answer.message["message_id"]
    (mention,) = prompt.message["entities"]
    assert (mention["type"], mention["offset"], mention["length"]) == ("text_mention", 0, 4)
    assert mention["user"]["id"] == telegram.manager.id, "the field opens for nobody else"
    assert not any(isinstance(seen.request, Press) for seen in recorder.seen)


async def test_a_private_prompt_names_no_user(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, telegram.direct)
    await telegram.press(answer.message, "Someone else…")

    assert (await telegram.answer()).text == "Who is it?"


async def test_the_words_complete_the_press(telegram: FakeTelegram, recorder: Recorder) -> None:
    telegram.world.sees_everything = False
    answer, prompt = await prompted(telegram, recorder)
    recorder.reply = Reply("It is Honoka", placement=Placement.EDIT)
    await telegram.post("Honoka", chat=telegram.group, author=telegram.manager, reply_to=prompt.message)
    edit = await telegram.edit()

    assert recorder.seen[-1].request == Press("other:t", "Honoka")
    assert recorder.seen[-1].user.id == str(telegram.manager.id)
    assert (edit.message["message_id"], edit.text) == (answer.message["message_id"], "It is Honoka")
    assert await telegram.deletion() == prompt.ids, "it has done its duty"


@pytest.mark.parametrize("placement", [Placement.NOTICE, Placement.NEW])
async def test_there_is_no_button_left_to_show_a_notice_at(
    telegram: FakeTelegram, recorder: Recorder, placement: Placement
) -> None:
    _, prompt = await prompted(telegram, recorder)
    recorder.reply = Reply("Thank you", placement=placement)
    words = await telegram.post("Honoka", chat=telegram.group, author=telegram.manager, reply_to=prompt.message)
    answer = await telegram.answer()

    assert (answer.text, answer.reply_to) == ("Thank you", words["message_id"])


async def test_words_of_others_and_commands_do_not_count(telegram: FakeTelegram, recorder: Recorder) -> None:
    _, prompt = await prompted(telegram, recorder)
    recorder.reply = Reply("Help")
    await telegram.post("Honoka", chat=telegram.group, reply_to=prompt.message)
    await telegram.post("/help", chat=telegram.group, author=telegram.manager, reply_to=prompt.message)
    await telegram.answer()
    await telegram.post("Honoka", chat=telegram.group, author=telegram.manager, reply_to=prompt.message)
    await telegram.answer()

    assert [seen.request for seen in recorder.seen[1:]] == [Help(), Press("other:t", "Honoka")]


async def test_words_count_once(telegram: FakeTelegram, recorder: Recorder) -> None:
    _, prompt = await prompted(telegram, recorder)
    recorder.reply = Reply("Thank you")
    for _ in range(2):
        await telegram.post("Honoka", chat=telegram.group, author=telegram.manager, reply_to=prompt.message)
    await telegram.deletion()
    await telegram.post("/help", chat=telegram.group)
    await telegram.answer()

    assert [seen.request for seen in recorder.seen].count(Press("other:t", "Honoka")) == 1


async def test_words_for_a_forgotten_prompt_have_expired(
    telegram: FakeTelegram, recorder: Recorder, bot: TelegramAdapter, serve: Serve
) -> None:
    _, prompt = await prompted(telegram, recorder)
    await bot.stop()
    telegram.world.polls = 0
    recorder.reply = Reply("These buttons have expired.", placement=Placement.NOTICE)
    async with serve():
        await telegram.post("Honoka", chat=telegram.group, reply_to=prompt.message)
        words = await telegram.post("Honoka", chat=telegram.group, author=telegram.manager, reply_to=prompt.message)
        answer = await telegram.answer()
        assert (answer.text, answer.reply_to) == ("These buttons have expired.", words["message_id"])
        assert await telegram.deletion() == prompt.ids
    assert recorder.seen[-1].request == Press("expired", "Honoka")
    assert [type(seen.request) for seen in recorder.seen].count(Press) == 1, "those of somebody else do not count"


async def test_a_button_keeps_its_prompt_through_an_edit_and_loses_it_with_the_button(
    telegram: FakeTelegram, recorder: Recorder
) -> None:
    answer = await answered(telegram, recorder, telegram.direct)
    recorder.reply = Reply("Page 2", buttons=REPLY.buttons, placement=Placement.EDIT)
    await telegram.press(answer.message, "Delete")
    edit = await telegram.edit()
    await telegram.press(edit.message, "Someone else…")
    assert (await telegram.answer()).text == "Who is it?"

    recorder.reply = Reply("Page 3", buttons=((Button("Someone else…", "other:t"),),), placement=Placement.EDIT)
    await telegram.press(edit.message, "Delete")
    edit = await telegram.edit()
    recorder.reply = Reply("Nothing to ask")
    await telegram.press(edit.message, "Someone else…")
    assert (await telegram.answer()).text == "Nothing to ask"


async def test_a_prompt_that_cannot_be_sent(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, telegram.group)
    telegram.fail_with("sendMessage", Refusal(400, "Bad Request: not enough rights to send text messages to the chat"))
    await telegram.press(answer.message, "Someone else…")

    assert (await telegram.notice()).text == ""
