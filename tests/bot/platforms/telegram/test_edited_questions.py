"""What becomes of an answer when its question changes."""

import time

import pytest

from bot.chat.model import Ask, Help, Reply, Trigger
from tests.bot.platforms.telegram.conftest import Recorder, image, png
from tests.support.fakes.telegram import FakeTelegram
from tests.support.fakes.telegram.payloads import Json

pytestmark = pytest.mark.usefixtures("bot")


def replaced(telegram: FakeTelegram, data: bytes) -> Json:
    """The photo of a message, replaced by another one."""
    content, _ = telegram.picture(data)
    return {"photo": content["photo"]}


def asked(recorder: Recorder) -> list[Trigger]:
    return [seen.request.trigger for seen in recorder.seen if isinstance(seen.request, Ask)]


async def nothing_else_happens(telegram: FakeTelegram, recorder: Recorder, seen: int) -> None:
    await telegram.post("/help", chat=telegram.group)
    await telegram.answer()
    assert len(recorder.seen) == seen + 1
    assert recorder.seen[-1].request == Help()
    assert telegram.world.deletions.empty()


async def test_another_picture_gets_another_answer(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.reply = Reply("Two", (image(), image()))
    question = await telegram.post_picture(png(), caption="/who", chat=telegram.group)
    old = await telegram.answer()
    recorder.reply = Reply("Blue")
    await telegram.edit_message(question, **replaced(telegram, png(colour="blue")))

    assert await telegram.deletion() == old.ids
    assert (await telegram.answer()).text == "Blue"
    assert recorder.fetched == [png(), png(colour="blue")]


async def test_one_picture_of_an_album(telegram: FakeTelegram, recorder: Recorder) -> None:
    first, second = await telegram.post_album([png(), png(9, 9)], caption="/who", chat=telegram.group)
    old = await telegram.answer()
    await telegram.edit_message(second, **replaced(telegram, png(colour="blue")))

    assert await telegram.deletion() == old.ids
    assert (await telegram.answer()).reply_to == first["message_id"]
    assert recorder.fetched[2:] == [png(), png(colour="blue")]


async def test_a_question_that_asks_no_more(telegram: FakeTelegram, recorder: Recorder) -> None:
    message = telegram.write(chat=telegram.group, **telegram.picture(png())[0])
    question = await telegram.post("/who", chat=telegram.group, reply_to=message)
    old = await telegram.answer()
    await telegram.edit_message(question, text="never mind", entities=[])

    assert await telegram.deletion() == old.ids
    await nothing_else_happens(telegram, recorder, seen=1)


@pytest.mark.parametrize("others", [False, True], ids=["other words", "another picture"])
async def test_the_picture_that_was_replied_to(telegram: FakeTelegram, recorder: Recorder, others: bool) -> None:
    message = telegram.write(chat=telegram.group, author=telegram.manager, **telegram.picture(png())[0])
    answers = []
    for author in (telegram.alice, telegram.manager):
        await telegram.post("/who", chat=telegram.group, author=author, reply_to=message)
        answers.append(await telegram.answer())
    changes = replaced(telegram, png(colour="blue")) if others else {"caption": "lovely"}
    await telegram.edit_message(message, **changes)
    if others:
        gone = [await telegram.deletion() for _ in answers]
        assert sorted(gone, key=min) == [answer.ids for answer in answers]

    assert asked(recorder) == [Trigger.COMMAND] * 2
    await telegram.post("/help", chat=telegram.group)
    await telegram.answer()
    assert telegram.world.deletions.empty()


async def test_what_was_answered_after_a_command_stays_a_question(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post("/who", chat=telegram.group)
    await telegram.answer()
    picture = await telegram.post_picture(png(), chat=telegram.group)
    await telegram.answer()
    await telegram.edit_message(picture, caption="she is lovely")
    await telegram.deletion()
    await telegram.answer()

    assert asked(recorder) == [Trigger.COMMAND] * 3


async def test_edits_that_do_not_matter(telegram: FakeTelegram, recorder: Recorder) -> None:
    question = await telegram.post_picture(png(), caption="/who", chat=telegram.group)
    await telegram.answer()
    await telegram.edit_message(question)
    words = await telegram.post("/help", chat=telegram.group)
    await telegram.answer()
    await telegram.edit_message(words, text="/optout", entities=[])

    await nothing_else_happens(telegram, recorder, seen=2)


async def test_a_slip_of_the_pen(telegram: FakeTelegram, recorder: Recorder) -> None:
    picture = telegram.write(chat=telegram.group, **telegram.picture(png(), caption="/woh")[0])
    await telegram.edit_message(picture, caption="/who")

    assert (await telegram.answer()).reply_to == picture["message_id"]
    assert asked(recorder) == [Trigger.COMMAND]


async def test_what_was_never_answered_is_not_answered_unasked_or_late(
    telegram: FakeTelegram, recorder: Recorder
) -> None:
    posted = telegram.write(chat=telegram.group, **telegram.picture(png())[0])
    await telegram.edit_message(posted, caption="lovely")
    late = telegram.write(chat=telegram.group, **telegram.picture(png())[0])
    await telegram.edit_message(late, caption="/who", date=int(time.time()) - 3_600)

    await nothing_else_happens(telegram, recorder, seen=0)


async def test_an_answer_that_comes_too_late_is_not_sent(telegram: FakeTelegram, recorder: Recorder) -> None:
    recorder.hold()
    recorder.reply = Reply("Pink")
    question = await telegram.post_picture(png(), caption="/who", chat=telegram.group)
    await telegram.action()
    await telegram.edit_message(question, caption="/who", **replaced(telegram, png(colour="blue")))
    await telegram.action()
    recorder.release()
    await telegram.answer()

    assert recorder.fetched == [png(), png(colour="blue")]
    await nothing_else_happens(telegram, recorder, seen=2)
