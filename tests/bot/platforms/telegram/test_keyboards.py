"""Buttons and menus under an answer, and where they hang."""

import pytest

from bot.chat.model import OPTIONS_LIMIT, Button, ButtonStyle, Menu, Option, Placement, Reply
from tests.bot.platforms.telegram.conftest import Recorder, image, png
from tests.support.fakes.telegram import Answer, FakeTelegram

pytestmark = pytest.mark.usefixtures("bot")

BUTTONS = (
    (Button("1", "face:t:1", ButtonStyle.PRIMARY), Button("2", "face:t:2")),
    (Button("Delete", "delete:t", ButtonStyle.DANGER),),
)
LANGUAGE = Menu("Language", (Option("English", "language:en", selected=True), Option("日本語", "language:ja")))


async def ask(telegram: FakeTelegram) -> Answer:
    await telegram.post_picture(png(), caption="/who", chat=telegram.group)
    return await telegram.answer()


async def test_buttons_under_a_picture(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("Pink", (image(),), BUTTONS)
    answer = await ask(telegram)

    assert (answer.text, len(answer.images)) == ("Pink", 1)
    assert answer.keyboard == [["1", "2"], ["Delete"]]
    rows = answer.message["reply_markup"]["inline_keyboard"]
    assert [button["callback_data"] for row in rows for button in row] == ["face:t:1", "face:t:2", "delete:t"]
    assert [button.get("style") for row in rows for button in row] == ["primary", None, "danger"]


async def test_a_menu_has_its_label_over_it_and_marks_what_is_chosen(
    telegram: FakeTelegram, recorder: Recorder
) -> None:
    recorder.reply = Reply("Settings", menus=(LANGUAGE,))

    assert (await ask(telegram)).keyboard == [["Language"], ["✓ English", "日本語"]]


async def test_long_options_stand_below_each_other_and_short_ones_side_by_side(
    telegram: FakeTelegram, recorder: Recorder
) -> None:
    names = tuple(Option(f"A character with a long name {number}", f"n:{number}") for number in range(2))
    numbers = tuple(Option(str(number), f"n:{number}") for number in range(OPTIONS_LIMIT))
    recorder.reply = Reply("Who?", menus=(Menu("Names", names), Menu("Numbers", numbers)))
    rows = (await ask(telegram)).keyboard

    assert [len(row) for row in rows] == [1, 1, 1, 1, 5, 5, 5, 5, 5]


async def test_an_album_has_its_keyboard_under_the_words_that_reply_to_it(
    telegram: FakeTelegram, recorder: Recorder
) -> None:
    recorder.reply = Reply("Two", (image(), image()), BUTTONS)
    album, words = await ask(telegram), await telegram.answer()

    assert (len(album.images), album.text, album.keyboard) == (2, "", [])
    assert (words.text, words.images, words.keyboard) == ("Two", (), [["1", "2"], ["Delete"]])
    assert words.reply_to == album.message["message_id"]


async def test_an_album_without_words_has_a_place_for_the_keyboard(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("", (image(), image()), BUTTONS)
    await ask(telegram)

    assert (await telegram.answer()).keyboard


async def test_long_words_have_the_keyboard_under_their_last_part(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("x" * 5_000, (image(),), BUTTONS)
    picture, first, second = await ask(telegram), await telegram.answer(), await telegram.answer()

    assert [picture.keyboard, first.keyboard] == [[], []]
    assert second.keyboard


async def test_the_keyboard_stays_where_a_photo_may_not_be_sent(telegram: FakeTelegram, recorder: Recorder) -> None:
    telegram.world.no_photos.add(telegram.group.id)
    recorder.reply = Reply("Pink", (image(spoiler=True),), BUTTONS)
    answer = await ask(telegram)

    assert (answer.text, answer.images, answer.covered) == ("Pink", (), True)
    assert answer.keyboard


async def test_a_file_has_a_keyboard_too(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("Long", (image(png(2_100, 100)),), BUTTONS)
    answer = await ask(telegram)

    assert [sent.kind for sent in answer.images] == ["document"]
    assert answer.keyboard


async def test_where_no_button_was_pressed_every_placement_is_new(telegram: FakeTelegram, recorder: Recorder) -> None:
    for placement in (Placement.EDIT, Placement.NOTICE):
        recorder.reply = Reply("Pink", placement=placement)
        assert (await ask(telegram)).text == "Pink"
