"""Commands and teaching, and who may do what."""

import pytest

from bot.chat.analysis import fetch
from bot.chat.features.forgetting import Forget
from bot.chat.features.my_data import OptOut, ShowMyData
from bot.chat.features.roster import Roster
from bot.chat.features.settings import Configure, ShowSettings
from bot.chat.features.teaching import Teach
from bot.chat.model import Help, Misuse, Picture, Reply, Request, User
from tests.bot.platforms.telegram.conftest import Recorder, image, png
from tests.support.fakes.telegram import FakeTelegram, Person

pytestmark = pytest.mark.usefixtures("bot")

ANONYMOUS = Person(1087968824, "Group", "GroupAnonymousBot", bot=True)


async def test_who_in_reply_to_an_answer_is_about_its_picture(telegram: FakeTelegram, recorder: Recorder) -> None:
    question = await telegram.post_picture(png(90, 60), caption="/who", chat=telegram.group)
    recorder.reply = Reply("Pink", (image(png(8, 8)),))
    answer = await telegram.answer()
    await telegram.post("/teach Honoka", chat=telegram.group, author=telegram.manager, reply_to=answer.message)
    await telegram.answer()

    assert isinstance(request := recorder.seen[-1].request, Teach)
    assert request.pictures[0].author == User("telegram", str(question["from"]["id"]))
    assert await bytes_of(request.pictures[0]) == png(90, 60), "not the marked one"


async def test_a_reply_to_one_picture_of_an_album_is_about_that_one(telegram: FakeTelegram, recorder: Recorder) -> None:
    _, second = await telegram.post_album([png(), png(90, 60)], caption="/who", chat=telegram.group)
    await telegram.answer()
    await telegram.post("/teach Honoka", chat=telegram.group, reply_to=second)
    await telegram.answer()

    assert isinstance(request := recorder.seen[-1].request, Teach)
    assert [await bytes_of(picture) for picture in request.pictures] == [png(90, 60)]


async def test_teach_as_a_caption_and_in_reply(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post_picture(png(), caption="/teach Kousaka Honoka", chat=telegram.group)
    await telegram.answer()
    message = telegram.write(chat=telegram.group, author=telegram.manager, **telegram.picture(png(80, 80))[0])
    await telegram.post("/teach Minami", chat=telegram.group, reply_to=message)
    await telegram.answer()

    first, second = (seen.request for seen in recorder.seen)
    assert isinstance(first, Teach)
    assert isinstance(second, Teach)
    assert (first.name, second.name) == ("Kousaka Honoka", "Minami")
    assert await bytes_of(first.pictures[0]) == png()
    assert await bytes_of(second.pictures[0]) == png(80, 80)
    assert second.pictures[0].author == User("telegram", str(telegram.manager.id))


async def test_teach_and_then_the_picture(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post("/teach Honoka", chat=telegram.group)
    assert (await telegram.answer()).force_reply
    await telegram.post_picture(png(), chat=telegram.group)
    await telegram.answer()

    assert isinstance(request := recorder.seen[-1].request, Teach)
    assert (request.name, len(request.pictures)) == ("Honoka", 1)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("/start", Help()),
        ("/help", Help()),
        ("/watch on", Configure({"watch": True})),
        ("/watch OFF", Configure({"watch": False})),
        ("/watch@whobot_bot on", Configure({"watch": True})),
        ("/watch", Misuse("watch")),
        ("/watch perhaps", Misuse("watch")),
        ("/quiet on", Configure({"quiet": True})),
        ("/threshold 70 %", Configure({"threshold": 0.7})),
        ("/language de", Configure({"language": "de"})),
        ("/roster love", Roster("love")),
        ("/forget Honoka", Forget("Honoka")),
        ("/teach Honoka", Teach((), "Honoka")),
        ("/settings", ShowSettings()),
        ("/mydata", ShowMyData()),
        ("/dance@whobot_bot", Misuse("dance")),
        ("/optout", OptOut(out=True)),
        ("/optout on", OptOut(out=True)),
        ("/optout off", OptOut(out=False)),
        ("/optout now", Misuse("optout")),
    ],
)
async def test_other_commands(telegram: FakeTelegram, recorder: Recorder, text: str, request_: Request) -> None:
    await telegram.post(text, chat=telegram.group)
    await telegram.answer()

    assert recorder.seen[0].request == request_


async def test_managers_of_a_chat_are_recognised(telegram: FakeTelegram, recorder: Recorder) -> None:
    club = telegram.group.payload()
    channel = {"id": -1000099, "type": "channel", "title": "News"}
    await telegram.post("/watch on", chat=telegram.group)
    await telegram.answer()
    await telegram.post("/watch on", chat=telegram.group, author=telegram.manager)
    await telegram.answer()
    await telegram.post("/watch on", chat=telegram.group, author=ANONYMOUS, sender_chat=club)
    await telegram.answer()
    await telegram.post("/watch on", chat=telegram.group, author=ANONYMOUS, sender_chat=channel)
    await telegram.answer()
    await telegram.post("/watch on")
    await telegram.answer()

    assert [seen.user.manager for seen in recorder.seen] == [False, True, True, False, True]
    assert recorder.seen[3].user.id == "-1000099", "who posts as a channel speaks for the channel"
    assert recorder.seen[1].locale == "de"


async def test_telegram_is_not_asked_twice_in_a_row_who_manages(telegram: FakeTelegram, recorder: Recorder) -> None:
    for _ in range(2):
        await telegram.post("/watch on", chat=telegram.group, author=telegram.manager)
        await telegram.answer()

    assert [seen.user.manager for seen in recorder.seen] == [True, True]
    assert telegram.calls.count("getChatMember") == 1


async def bytes_of(picture: Picture) -> bytes:
    return await fetch(picture, max_bytes=20_000_000, seconds=10)
