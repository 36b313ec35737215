"""What becomes of an answer whose buttons are pressed."""

import pytest
from structlog.testing import capture_logs

from bot.chat.model import (
    Ask,
    Button,
    Menu,
    Option,
    Placement,
    Press,
    Reply,
    ReplyImage,
)
from bot.platforms.telegram import callback_answer
from tests.bot.platforms.telegram.conftest import Recorder, image, png, until
from tests.support.fakes.telegram import Answer, FakeTelegram, Refusal

pytestmark = pytest.mark.usefixtures("bot")

BUTTONS = ((Button("More", "more:t"), Button("Delete", "delete:t")),)
FEWER = ((Button("Less", "less:t"),),)


async def answered(telegram: FakeTelegram, recorder: Recorder, reply: Reply) -> Answer:
    recorder.reply = reply
    await telegram.post_picture(png(), caption="/who", chat=telegram.group)
    return await telegram.answer()


async def press(telegram: FakeTelegram, recorder: Recorder, answer: Answer, reply: Reply) -> None:
    recorder.reply = reply
    await telegram.press(answer.message, answer.keyboard[0][0], author=telegram.manager)


async def test_a_press_is_handed_on_and_answered(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", buttons=BUTTONS))
    recorder.reply = Reply("These are like it: Red", placement=Placement.NEW)
    query = await telegram.press(answer.message, "More", author=telegram.manager)
    more = await telegram.answer()
    notice = await telegram.notice()

    seen = recorder.seen[-1]
    assert seen.request == Press("more:t")
    assert (seen.chat.id, seen.user.id, seen.user.name) == (str(telegram.group.id), str(telegram.manager.id), "Boss")
    assert (seen.user.manager, seen.locale) == (True, "de")
    assert (more.text, more.reply_to) == ("These are like it: Red", answer.message["message_id"])
    assert (notice.query, notice.text) == (query, "")


async def test_a_press_by_a_user_who_is_no_manager(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", buttons=BUTTONS))
    await telegram.press(answer.message, "More")
    await telegram.answer()

    assert not recorder.seen[-1].user.manager


async def test_a_menus_label_does_nothing(telegram: FakeTelegram, recorder: Recorder) -> None:
    menus = (Menu("Language", (Option("English", "language:en"),)),)
    answer = await answered(telegram, recorder, Reply("Settings", menus=menus))
    await telegram.press(answer.message, "Language")
    await telegram.notice()
    assert not any(isinstance(seen.request, Press) for seen in recorder.seen)

    await telegram.press(answer.message, "English")
    await telegram.answer()
    assert recorder.seen[-1].request == Press("language:en")


# --- notices ---------------------------------------------------------------------------------------------------------


async def test_a_short_notice_passes_and_a_long_one_waits(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", buttons=BUTTONS))
    await press(telegram, recorder, answer, Reply("Only a manager can", placement=Placement.NOTICE))
    notice = await telegram.notice()
    assert (notice.text, notice.alert) == ("Only a manager can", False)

    await press(telegram, recorder, answer, Reply("word " * 30, placement=Placement.NOTICE))
    assert (await telegram.notice()).alert

    await press(telegram, recorder, answer, Reply("word " * 100, placement=Placement.NOTICE))
    notice = await telegram.notice()
    assert len(notice.text) <= 200
    assert notice.text.endswith("word…")
    assert telegram.world.answers.empty()


async def test_a_slow_press_is_answered_at_once_and_its_notice_comes_as_a_message(
    telegram: FakeTelegram, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callback_answer, "TIMEOUT", 0)
    answer = await answered(telegram, recorder, Reply("Pink", buttons=BUTTONS))
    recorder.hold()
    await press(telegram, recorder, answer, Reply("Learnt", placement=Placement.NOTICE))
    assert (await telegram.notice()).text == ""
    recorder.release()

    assert (await telegram.answer()).text == "Learnt"


async def test_a_press_of_long_ago_is_carried_out_all_the_same(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", buttons=BUTTONS))
    query = Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    telegram.fail_with("answerCallbackQuery", query)
    recorder.reply = Reply("Blue", placement=Placement.EDIT)
    with capture_logs() as logs:
        telegram.world.queries.discard(await telegram.press(answer.message, "More"))
        assert (await telegram.edit()).text == "Blue"
        await until(lambda: [log["event"] for log in logs if "press" in log["event"]])


async def test_a_mistake_of_ours_does_not_leave_the_button_spinning(
    telegram: FakeTelegram, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", buttons=BUTTONS))

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.platforms.telegram.presses.edit", broken)
    with capture_logs() as logs:
        await press(telegram, recorder, answer, Reply("Blue", placement=Placement.EDIT))
        await telegram.notice()
        await until(lambda: any(log["event"] == "an update could not be handled" for log in logs))


# --- edits -----------------------------------------------------------------------------------------------------------


async def test_words_are_edited_in_place(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, Reply("Page 1", buttons=BUTTONS))
    await press(telegram, recorder, answer, Reply("Page 2", buttons=FEWER, placement=Placement.EDIT))
    edit = await telegram.edit()

    assert edit.message["message_id"] == answer.message["message_id"]
    assert (edit.text, edit.keyboard) == ("Page 2", [["Less"]])


async def test_a_pictures_words_are_edited_and_the_picture_stays(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", (image(spoiler=True),), BUTTONS))
    await press(telegram, recorder, answer, Reply("Blue", placement=Placement.EDIT))
    edit = await telegram.edit()

    assert (edit.text, edit.images, edit.keyboard) == ("Blue", (), [])
    assert edit.message["photo"] == answer.message["photo"]
    assert edit.covered, "the words of a spoiler stay covered"


async def test_a_picture_takes_the_place_of_another(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", (image(),), BUTTONS))
    blue = image(png(colour="blue"), spoiler=True)
    await press(telegram, recorder, answer, Reply("Blue", (blue,), FEWER, placement=Placement.EDIT))
    edit = await telegram.edit()

    assert [(sent.data, sent.spoiler) for sent in edit.images] == [(blue.data, True)]
    assert (edit.text, edit.covered, edit.keyboard) == ("Blue", True, [["Less"]])


async def test_words_become_a_picture(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", buttons=BUTTONS))
    await press(telegram, recorder, answer, Reply("Blue", (image(),), placement=Placement.EDIT))

    assert len((await telegram.edit()).images) == 1


async def test_an_albums_words_are_edited_and_the_album_stays(telegram: FakeTelegram, recorder: Recorder) -> None:
    album = await answered(telegram, recorder, Reply("Two", (image(), image()), BUTTONS))
    words = await telegram.answer()
    await press(telegram, recorder, words, Reply("Both", buttons=BUTTONS, placement=Placement.EDIT))
    assert (await telegram.edit()).text == "Both"

    await press(telegram, recorder, words, Reply(placement=Placement.DELETE))
    assert await telegram.deletion() == album.ids | words.ids


async def test_pictures_take_the_place_of_an_album(telegram: FakeTelegram, recorder: Recorder) -> None:
    album = await answered(telegram, recorder, Reply("Two", (image(), image()), BUTTONS))
    words = await telegram.answer()
    await press(telegram, recorder, words, Reply("One", (image(),), FEWER, placement=Placement.EDIT))

    assert await telegram.deletion() == album.ids | words.ids
    answer = await telegram.answer()
    assert (answer.text, len(answer.images), answer.keyboard) == ("One", 1, [["Less"]])


async def test_more_words_than_a_caption_holds_stand_below_the_picture(
    telegram: FakeTelegram, recorder: Recorder
) -> None:
    picture = await answered(telegram, recorder, Reply("Pink", (image(spoiler=True),), BUTTONS))
    await press(telegram, recorder, picture, Reply("x" * 2_000, buttons=FEWER, placement=Placement.EDIT))
    edit, words = await telegram.edit(), await telegram.answer()

    assert (edit.text, edit.keyboard) == ("", [])
    assert (words.reply_to, words.keyboard, words.covered) == (picture.message["message_id"], [["Less"]], True)

    await press(telegram, recorder, words, Reply(placement=Placement.DELETE))
    assert await telegram.deletion() == picture.ids | words.ids


async def test_more_words_than_a_message_holds(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, Reply("Page 1", buttons=BUTTONS))
    await press(telegram, recorder, answer, Reply("x" * 5_000, buttons=FEWER, placement=Placement.EDIT))

    assert await telegram.deletion() == answer.ids
    assert [(await telegram.answer()).keyboard, (await telegram.answer()).keyboard] == [[], [["Less"]]]


async def test_an_edit_that_changes_nothing_is_no_error(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, Reply("Page 1", buttons=BUTTONS))
    await press(telegram, recorder, answer, Reply("Page 1", buttons=BUTTONS, placement=Placement.EDIT))
    await telegram.notice()

    assert telegram.calls.count("editMessageText") == 1
    assert telegram.world.answers.empty()


@pytest.mark.parametrize("long_ago", [False, True])
async def test_what_cannot_be_edited_is_sent_anew(
    telegram: FakeTelegram, recorder: Recorder, *, long_ago: bool
) -> None:
    answer = await answered(telegram, recorder, Reply("Page 1", buttons=BUTTONS))
    if not long_ago:
        telegram.delete(answer.message)
    recorder.reply = Reply("Page 2", placement=Placement.EDIT)
    await telegram.press(answer.message, "More", long_ago=long_ago)

    assert (await telegram.answer()).text == "Page 2"


# --- deletions -------------------------------------------------------------------------------------------------------


async def test_an_answer_is_deleted(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", (image(),), BUTTONS))
    await press(telegram, recorder, answer, Reply(placement=Placement.DELETE))

    assert await telegram.deletion() == answer.ids


async def test_an_answer_that_could_not_be_deleted_is_when_the_button_is_pressed_again(
    telegram: FakeTelegram, recorder: Recorder
) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", (image(),), BUTTONS))
    telegram.fail_with("deleteMessages", Refusal(429, "Too Many Requests: retry after 60", retry_after=60))
    for _ in range(2):
        await press(telegram, recorder, answer, Reply(placement=Placement.DELETE))
        await telegram.notice()

    assert await telegram.deletion() == answer.ids
    assert telegram.calls.count("deleteMessages") == 2
    pressed = recorder.seen[-1].request
    assert isinstance(pressed, Press)
    assert pressed.asker == recorder.seen[0].user, "who asked is still known"


async def test_an_answer_that_a_reaction_could_not_delete_still_goes_by_its_button(
    telegram: FakeTelegram, recorder: Recorder
) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", buttons=BUTTONS))
    telegram.fail_with("deleteMessages", Refusal(429, "Too Many Requests: retry after 60", retry_after=60))
    await telegram.react(answer.message, "👎")
    await until(lambda: telegram.calls.count("deleteMessages"))
    await press(telegram, recorder, answer, Reply(placement=Placement.DELETE))

    assert await telegram.deletion() == answer.ids


@pytest.mark.parametrize("images", [(), (image(),)])
async def test_what_is_too_old_to_be_deleted_loses_its_words(
    telegram: FakeTelegram, recorder: Recorder, images: tuple[ReplyImage, ...]
) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", images, BUTTONS))
    telegram.make_old(answer.message)
    await press(telegram, recorder, answer, Reply(placement=Placement.DELETE))
    edit = await telegram.edit()

    assert (edit.text, edit.keyboard) == ("🗑", [])


async def test_whoever_asked_deletes_an_answer_by_a_reaction(telegram: FakeTelegram, recorder: Recorder) -> None:
    album = await answered(telegram, recorder, Reply("Two", (image(), image()), BUTTONS))
    words = await telegram.answer()
    await telegram.react(words.message, "👎", author=telegram.manager)
    await telegram.react(words.message, "👍")
    await telegram.react(album.message, "👎")

    assert await telegram.deletion() == album.ids | words.ids
    assert telegram.calls.count("deleteMessages") == 1
    assert all(isinstance(seen.request, Ask) for seen in recorder.seen)


async def test_a_repeated_press_gets_one_answer(telegram: FakeTelegram, recorder: Recorder) -> None:
    await answered(telegram, recorder, Reply("Two", (image(), image()), BUTTONS))
    words = await telegram.answer()
    recorder.hold()
    recorder.reply = Reply("One", (image(),), placement=Placement.EDIT)
    for _ in range(2):
        await telegram.press(words.message, "More")
    await until(lambda: len(recorder.seen) > 1)
    recorder.release()
    await telegram.answer()
    for _ in range(2):
        await telegram.notice()

    assert telegram.world.answers.empty()
    assert telegram.calls.count("deleteMessages") == 1


async def test_many_presses_at_once_are_all_answered(telegram: FakeTelegram, recorder: Recorder) -> None:
    answer = await answered(telegram, recorder, Reply("Pink", buttons=BUTTONS))
    recorder.reply = Reply("Wait", placement=Placement.NOTICE)
    queries = {await telegram.press(answer.message, "More") for _ in range(40)}
    notices = [await telegram.notice() for _ in range(40)]

    assert {notice.query for notice in notices} == queries
