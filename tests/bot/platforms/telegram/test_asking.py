"""What people post, and what the handler is asked then."""

import time

import pytest

from bot.chat.model import Ask, Help, Trigger, User
from tests.bot.platforms.telegram.conftest import Recorder, png, until
from tests.support.fakes.telegram import KINDS, FakeTelegram, Person

pytestmark = pytest.mark.usefixtures("bot")

FELLOW_BOT = Person(77, "Echo", "echo_bot", bot=True)


async def test_a_photo_in_a_private_chat(telegram: FakeTelegram, recorder: Recorder) -> None:
    message = await telegram.post_picture(png(300, 200))
    answer = await telegram.answer()

    incoming = recorder.seen[0]
    (picture,) = recorder.asked.pictures
    assert recorder.asked.trigger is Trigger.PRIVATE
    assert recorder.fetched == [png(300, 200)], "the largest of the sizes"
    assert picture.size == len(png(300, 200))
    assert picture.author is None
    assert not picture.spoiler
    assert incoming.chat.private
    assert incoming.user == User("telegram", str(telegram.alice.id))
    assert incoming.locale == "en"
    assert (answer.text, answer.reply_to) == ("It is Pink.", message["message_id"])


@pytest.mark.parametrize("command", ["/who", "/WHO", "/who@whobot_bot", "/who is this?"])
async def test_who_as_a_caption(telegram: FakeTelegram, recorder: Recorder, command: str) -> None:
    await telegram.post_picture(png(), chat=telegram.group, caption=command)
    await telegram.answer()

    assert recorder.asked.trigger is Trigger.COMMAND
    assert recorder.fetched == [png()]
    assert not recorder.seen[0].chat.private


async def test_who_in_reply_to_another_users_picture(telegram: FakeTelegram, recorder: Recorder) -> None:
    message = telegram.write(chat=telegram.group, author=telegram.manager, **telegram.picture(png(), spoiler=True)[0])
    question = await telegram.post("/who", chat=telegram.group, reply_to=message)
    answer = await telegram.answer()

    (picture,) = recorder.asked.pictures
    assert recorder.asked.trigger is Trigger.COMMAND
    assert picture.author == User("telegram", str(telegram.manager.id))
    assert picture.spoiler
    assert recorder.fetched == [png()]
    assert answer.reply_to == question["message_id"]


async def test_who_in_reply_to_ones_own_picture_has_no_other_author(telegram: FakeTelegram, recorder: Recorder) -> None:
    message = telegram.write(chat=telegram.group, **telegram.picture(png())[0])
    await telegram.post("/who", chat=telegram.group, reply_to=message)
    await telegram.answer()

    assert recorder.asked.pictures[0].author is None


async def test_a_mention_in_the_caption_and_in_a_reply(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post_picture(png(), chat=telegram.group, caption="hey @whobot_bot who is it?")
    await telegram.answer()
    message = telegram.write(chat=telegram.group, **telegram.picture(png())[0])
    await telegram.post("who's that, @WhoBot_bot", chat=telegram.group, reply_to=message)
    await telegram.answer()
    assert triggers(recorder) == [Trigger.MENTION, Trigger.REPLY]
    assert recorder.fetched == [png(), png()]


async def test_a_picture_in_reply_to_the_bot_is_meant_for_it(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post("/help", chat=telegram.group)
    help_text = (await telegram.answer()).message
    await telegram.post_picture(png(), chat=telegram.group, reply_to=help_text)
    await telegram.answer()

    assert recorder.asked.trigger is Trigger.MENTION


async def test_who_and_then_the_picture(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post("/who", chat=telegram.group)
    hint = await telegram.answer()
    assert recorder.asked == Ask((), Trigger.COMMAND)
    assert hint.force_reply

    for author in (telegram.manager, telegram.alice, telegram.alice):
        await telegram.post_picture(png(), chat=telegram.group, author=author)
        await telegram.answer()
    of_others, asked, after_that = triggers(recorder)[1:]
    assert of_others is Trigger.POSTED
    assert asked is Trigger.COMMAND
    assert after_that is Trigger.POSTED


async def test_an_album_is_one_question(telegram: FakeTelegram, recorder: Recorder) -> None:
    pictures = [png(colour=colour) for colour in ("red", "green", "blue")]
    first, *_ = await telegram.post_album(pictures, caption="/who", chat=telegram.group)
    answer = await telegram.answer()

    assert len(recorder.seen) == 1
    assert recorder.asked.trigger is Trigger.COMMAND
    assert recorder.fetched == pictures
    assert answer.reply_to == first["message_id"]


async def test_an_album_that_arrives_in_pieces(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post_picture(png(colour="red"), media_group_id="77", chat=telegram.group)
    polls = telegram.world.polls
    await until(lambda: telegram.world.polls > polls)
    await telegram.post_picture(png(colour="green"), media_group_id="77", chat=telegram.group)
    await telegram.answer()

    assert isinstance(recorder.seen[0].request, Ask)
    assert len(recorder.seen[0].request.pictures) == 2


async def test_who_and_then_an_album(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post("/who", chat=telegram.group)
    await telegram.answer()
    await telegram.post_album([png(), png()], chat=telegram.group)
    await telegram.answer()

    assert recorder.asked.trigger is Trigger.COMMAND
    assert len(recorder.asked.pictures) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_all_kinds_of_pictures(telegram: FakeTelegram, recorder: Recorder, kind: str) -> None:
    await telegram.post_picture(png(), kind=kind)
    await telegram.answer()

    assert recorder.asked.trigger is Trigger.PRIVATE
    assert recorder.fetched == [png()]


@pytest.mark.parametrize("mime_type", ["video/mp4", "video/webm", "image/gif"])
async def test_files_that_are_pictures_or_short_videos(
    telegram: FakeTelegram, recorder: Recorder, mime_type: str
) -> None:
    await telegram.post_picture(png(), kind="document", mime_type=mime_type, chat=telegram.group, caption="/who")
    await telegram.answer()

    assert recorder.fetched == [png()]


async def test_a_spoilered_video(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post_picture(png(), kind="video", spoiler=True)
    await telegram.answer()

    assert recorder.asked.pictures[0].spoiler


async def test_a_forwarded_picture(telegram: FakeTelegram, recorder: Recorder) -> None:
    origin = {"type": "hidden_user", "date": 1_700_000_000, "sender_user_name": "Somebody"}
    await telegram.post_picture(png(), forward_origin=origin)
    await telegram.answer()

    assert recorder.asked.trigger is Trigger.PRIVATE


@pytest.mark.parametrize("replied", [False, True], ids=["forwarded to the bot", "forwarded by somebody else"])
async def test_a_forwarded_picture_keeps_its_author(telegram: FakeTelegram, recorder: Recorder, replied: bool) -> None:
    origin = {"type": "user", "date": 1_700_000_000, "sender_user": telegram.manager.payload()}
    content, _ = telegram.picture(png())
    if replied:
        picture = telegram.write(chat=telegram.group, author=Person(1003, "Carol"), forward_origin=origin, **content)
        await telegram.post("/who", chat=telegram.group, reply_to=picture)
    else:
        await telegram.post(forward_origin=origin, **content)
    await telegram.answer()

    (picture_,) = recorder.asked.pictures
    assert picture_.origin is not None
    assert picture_.origin.id == str(telegram.manager.id)
    assert (picture_.author and picture_.author.id) == ("1003" if replied else None)


async def test_what_is_no_picture_is_left_alone_in_groups(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post("hello", chat=telegram.group)
    await telegram.post("hello @whobot_bot", chat=telegram.group)
    await telegram.post_picture(b"%PDF-1.4", chat=telegram.group, kind="document", mime_type="application/pdf")
    await telegram.post_picture(png(), chat=telegram.group, kind="animated sticker")
    await only_the_next_is_seen(telegram, recorder)


async def test_but_in_private_there_is_always_an_answer(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post("hello")
    await telegram.answer()
    assert recorder.seen[-1].request == Help()

    await telegram.post_picture(b"%PDF-1.4", kind="document", mime_type="application/pdf")
    await telegram.answer()
    assert recorder.asked == Ask((), Trigger.PRIVATE)

    message = telegram.write(**telegram.picture(png())[0])
    await telegram.post("and her?", reply_to=message)
    await telegram.answer()
    assert recorder.asked.trigger is Trigger.REPLY


async def test_posts_of_groups_are_handed_on(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post_picture(png(), chat=telegram.group)
    await telegram.answer()

    assert recorder.asked.trigger is Trigger.POSTED


async def test_privacy_mode_hides_posts_but_not_questions(telegram: FakeTelegram, recorder: Recorder) -> None:
    telegram.world.sees_everything = False
    await telegram.post_picture(png(), chat=telegram.group)
    message = telegram.write(chat=telegram.group, **telegram.picture(png())[0])
    await telegram.post("/who", chat=telegram.group, reply_to=message)
    await telegram.answer()
    await telegram.post("@whobot_bot who?", chat=telegram.group, reply_to=message)
    await telegram.answer()
    assert triggers(recorder) == [Trigger.COMMAND, Trigger.REPLY]

    await telegram.post("/who", chat=telegram.group)
    hint = await telegram.answer()
    await telegram.post_picture(png(), chat=telegram.group, reply_to=hint.message)
    await telegram.answer()
    assert recorder.asked.trigger is Trigger.COMMAND
    assert recorder.asked.pictures


async def test_channel_posts_bots_and_their_commands_are_ignored(telegram: FakeTelegram, recorder: Recorder) -> None:
    message = telegram.write(chat=telegram.group, **telegram.picture(png(), caption="/who")[0])
    await telegram.deliver(message, kind="channel_post")
    await telegram.post_picture(png(), chat=telegram.group, author=FELLOW_BOT, caption="/who")
    await telegram.post("/who@echo_bot", chat=telegram.group, reply_to=message)
    await telegram.post("/dance", chat=telegram.group)
    await only_the_next_is_seen(telegram, recorder)


async def test_topics(telegram: FakeTelegram, recorder: Recorder) -> None:
    topic = {"message_thread_id": 7, "is_topic_message": True}
    await telegram.post_picture(png(), chat=telegram.forum, caption="/who", **topic)
    answer = await telegram.answer()

    assert answer.thread == 7
    assert await telegram.action() == (telegram.forum.id, 7)


async def test_a_thread_of_replies_is_no_topic(telegram: FakeTelegram) -> None:
    await telegram.post_picture(png(), chat=telegram.group, caption="/who", message_thread_id=7)

    assert (await telegram.answer()).thread is None


async def test_after_a_long_absence_questions_are_answered_and_posts_are_not(
    telegram: FakeTelegram, recorder: Recorder
) -> None:
    yesterday = {"date": int(time.time()) - 86_000}
    for chat, caption in ((telegram.group, ""), (telegram.group, "/who")):
        message = telegram.write(chat=chat, **telegram.picture(png(), caption=caption)[0])
        await telegram.deliver(message | yesterday)
    await telegram.answer()

    assert triggers(recorder) == [Trigger.COMMAND]


def triggers(recorder: Recorder) -> list[Trigger]:
    return [seen.request.trigger for seen in recorder.seen if isinstance(seen.request, Ask)]


async def only_the_next_is_seen(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post("/help", chat=telegram.group)
    await telegram.answer()
    assert [seen.request for seen in recorder.seen] == [Help()]
