"""How replies look in Telegram."""

import io

import pytest
from PIL import Image

from bot.chat.model import Reply
from tests.bot.platforms.telegram.conftest import Recorder, image, png
from tests.support.fakes.telegram import Answer, FakeTelegram

pytestmark = pytest.mark.usefixtures("bot")


async def ask(telegram: FakeTelegram) -> Answer:
    await telegram.post_picture(png(), caption="/who", chat=telegram.group)
    return await telegram.answer()


async def test_a_picture_with_its_text(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("Pink, 99 %", (image(),))
    answer = await ask(telegram)

    assert answer.text == "Pink, 99 %"
    (sent,) = answer.images
    assert (sent.data, sent.kind, sent.filename, sent.spoiler) == (png(), "photo", "who.png", False)


async def test_markup_is_plain_text(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("<b>*_Pink_* & [friends](https://example.org)")

    assert (await ask(telegram)).text == "<b>*_Pink_* & [friends](https://example.org)"


async def test_no_mention_pings(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("It is @alice, or @ 50 %")

    assert (await ask(telegram)).text == "It is @\u2060alice, or @ 50 %"


async def test_several_pictures_are_an_album(telegram: FakeTelegram, recorder: Recorder) -> None:
    colours = ["red", "green", "blue"]
    recorder.reply = Reply("Three", tuple(image(png(colour=colour)) for colour in colours))
    answer = await ask(telegram)

    assert [sent.data for sent in answer.images] == [png(colour=colour) for colour in colours]
    assert answer.text == "Three", "under the album, not under each of its pictures"


async def test_more_than_an_album_holds(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("Many", (image(),) * 11)
    first, second = await ask(telegram), await telegram.answer()

    assert (len(first.images), first.text) == (10, "Many")
    assert (len(second.images), second.text) == (1, "")


async def test_spoilers_stay_covered(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("Two", (image(spoiler=True), image()))
    answer = await ask(telegram)
    assert [sent.spoiler for sent in answer.images] == [True, False]
    assert answer.covered, "a name gives away what the picture hides"

    recorder.reply = Reply("One 🌸", (image(spoiler=True),))
    answer = await ask(telegram)
    assert [sent.spoiler for sent in answer.images] == [True]
    assert answer.covered

    recorder.reply = Reply("Open", (image(),))
    assert not (await ask(telegram)).covered


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(png(9_000, 1_001), id="too wide and high"),
        pytest.param(png(2_100, 100), id="a stripe"),
        pytest.param(png() + bytes(10_000_000), id="too many bytes"),
        pytest.param(b"no picture at all", id="unreadable"),
    ],
)
async def test_what_cannot_be_a_photo_is_a_file(telegram: FakeTelegram, recorder: Recorder, data: bytes) -> None:
    recorder.reply = Reply("Large", (image(data), image()))
    document, photo = await ask(telegram), await telegram.answer()

    assert [(sent.kind, sent.data) for sent in document.images] == [("document", data)]
    assert document.text == "Large"
    assert [sent.kind for sent in photo.images] == ["photo"]


async def test_several_files_are_an_album_too(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("Large", (image(png(2_100, 100)),) * 2)
    answer = await ask(telegram)

    assert [sent.kind for sent in answer.images] == ["document", "document"]
    assert answer.text == "Large"


async def test_a_spoiler_that_cannot_be_covered_is_not_shown(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("Pink", (image(png(2_100, 100), spoiler=True),))
    answer = await ask(telegram)

    assert (answer.text, answer.images) == ("Pink", ())


async def test_a_spoiler_without_a_picture_is_covered_too(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("1. Pink, 95 %", spoiler=True)
    (entity,) = (await ask(telegram)).message["entities"]
    assert (entity["type"], entity["offset"], entity["length"]) == ("spoiler", 0, len("1. Pink, 95 %"))


async def test_a_webp_photo(telegram: FakeTelegram, recorder: Recorder) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20)).save(buffer, "WEBP")
    recorder.reply = Reply("Small", (image(buffer.getvalue()),))

    assert (await ask(telegram)).images[0].kind == "photo"


async def test_captions_and_texts_are_as_long_as_telegram_allows(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("🙂" * 512, (image(),))
    assert (await ask(telegram)).text == "🙂" * 512

    recorder.reply = Reply("🙂" * 513, (image(),))
    picture, words = await ask(telegram), await telegram.answer()
    assert (len(picture.images), picture.text) == (1, "")
    assert words.text == "🙂" * 513

    lines = "\n".join(f"{number:04} {'x' * 95}" for number in range(50))
    recorder.reply = Reply(lines)
    first, second = await ask(telegram), await telegram.answer()
    assert len(first.text) <= 4096
    assert f"{first.text}\n{second.text}" == lines, "cut between lines"


async def test_something_is_shown_while_the_answer_is_made(telegram: FakeTelegram) -> None:
    await telegram.post_picture(png(), chat=telegram.group)

    assert await telegram.action() == (telegram.group.id, None)


async def test_silence(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.accepts = False
    recorder.reply = Reply()
    await telegram.post_picture(png(), chat=telegram.group)
    await recorder.asked_once()
    recorder.reply = Reply("Help")
    await telegram.post("/help", chat=telegram.group)

    assert (await telegram.answer()).text == "Help"
    assert telegram.calls.count("sendMessage") == 1
    assert "sendChatAction" not in telegram.calls
