"""What Telegram refuses, and what becomes of the answer then."""

import pytest
from structlog.testing import capture_logs

from bot.chat.model import Reply
from bot.errors import DownloadFailed, TooManyBytes
from tests.bot.platforms.telegram.conftest import Recorder, image, png, until
from tests.support.fakes.telegram import Chat, FakeTelegram, Refusal

pytestmark = pytest.mark.usefixtures("bot")


async def still_at_work(telegram: FakeTelegram) -> None:
    await telegram.post("/help")
    answer = await telegram.answer()
    assert answer.chat == telegram.direct.id


@pytest.mark.filterwarnings("ignore:.*retry_after.*")  # python-telegram-bot announces another type for it
async def test_flood_control_is_waited_for(telegram: FakeTelegram, recorder: Recorder) -> None:
    telegram.fail_with("sendPhoto", Refusal(429, "Too Many Requests: retry after 1", retry_after=1))
    recorder.reply = Reply("Pink", (image(),))
    await telegram.post_picture(png())

    assert (await telegram.answer()).text == "Pink"
    assert telegram.calls.count("sendPhoto") == 2


@pytest.mark.filterwarnings("ignore:.*retry_after.*")
async def test_but_not_for_ever(telegram: FakeTelegram) -> None:
    telegram.fail_with("sendMessage", Refusal(429, "Too Many Requests: retry after 3600", retry_after=3600))
    with capture_logs() as logs:
        await telegram.post("/help")
        await still_at_work(telegram)
        await until(lambda: any(log["event"] == "could not answer" and "3600" in log["reason"] for log in logs))

    assert telegram.calls.count("sendMessage") == 2


async def test_a_hiccup_of_the_server_is_tried_again(telegram: FakeTelegram) -> None:
    telegram.fail_with("sendMessage", Refusal(502, "Bad Gateway"))
    await telegram.post("/help")

    assert (await telegram.answer()).text == "It is Pink."


@pytest.mark.parametrize(
    "reason", ["Forbidden: bot was kicked from the supergroup chat", "Forbidden: bot was blocked by the user"]
)
async def test_chats_that_do_not_want_the_bot(telegram: FakeTelegram, reason: str) -> None:
    telegram.world.closed[telegram.group.id] = reason
    with capture_logs() as logs:
        await telegram.post_picture(png(), chat=telegram.group, caption="/who")
        await telegram.post("/watch on", chat=telegram.group)
        await still_at_work(telegram)

    assert {entry["log_level"] for entry in logs} <= {"info"}, "nothing for the operator to do"


async def test_a_deleted_message_is_answered_all_the_same(telegram: FakeTelegram, recorder: Recorder) -> None:
    message = telegram.write(chat=telegram.group, **telegram.picture(png(), caption="/who")[0])
    telegram.delete(message)
    await telegram.deliver(message)
    answer = await telegram.answer()

    assert (answer.text, answer.reply_to) == ("It is Pink.", None)


async def test_without_the_right_to_send_photos_there_are_words(telegram: FakeTelegram, recorder: Recorder) -> None:
    telegram.world.no_photos.add(telegram.group.id)
    telegram.fail_with("sendDocument", Refusal(400, "Bad Request: not enough rights to send documents to the chat"))
    recorder.reply = Reply("Pink", (image(alt="a pink rectangle"),))
    await telegram.post_picture(png(), chat=telegram.group, caption="/who")
    answer = await telegram.answer()
    assert (answer.text, answer.images) == ("Pink", ())

    recorder.reply = Reply("", (image(alt="a pink rectangle", spoiler=True),))
    await telegram.post_picture(png(), chat=telegram.group, caption="/who")
    assert (await telegram.answer()).text == "a pink rectangle"


@pytest.mark.parametrize(
    "refusal", [Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED"), Refusal(413, "Request Entity Too Large")]
)
async def test_a_photo_that_telegram_does_not_take_is_sent_as_a_file(
    telegram: FakeTelegram, recorder: Recorder, refusal: Refusal
) -> None:
    telegram.fail_with("sendPhoto", *[refusal] * 3)
    recorder.reply = Reply("Pink", (image(),))
    await telegram.post_picture(png())
    answer = await telegram.answer()

    assert (answer.text, [sent.kind for sent in answer.images]) == ("Pink", ["document"])


async def test_a_group_that_has_become_a_supergroup(telegram: FakeTelegram) -> None:
    old = telegram.add(Chat(-123, "group", "Old"))
    telegram.fail_with(
        "sendMessage",
        Refusal(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=telegram.group.id,
        ),
    )
    question = telegram.write(chat=old, text="/help", entities=[{"type": "bot_command", "offset": 0, "length": 5}])
    of_others = telegram.write(chat=telegram.group, text="lovely weather")
    telegram.world.messages[telegram.group.id, question["message_id"]] = of_others
    await telegram.deliver(question)
    answer = await telegram.answer()

    assert (answer.chat, answer.reply_to) == (telegram.group.id, None)


async def test_without_an_answer_a_user_is_no_manager(telegram: FakeTelegram, recorder: Recorder) -> None:
    telegram.fail_with("getChatMember", Refusal(400, "Bad Request: CHAT_ADMIN_REQUIRED"))
    await telegram.post("/watch on", chat=telegram.group, author=telegram.manager)
    await telegram.answer()

    assert not recorder.seen[0].user.manager


async def test_a_file_that_is_too_big_for_bots(telegram: FakeTelegram, recorder: Recorder) -> None:
    await telegram.post_picture(png(), kind="document", size=20_000_001)
    await telegram.answer()

    (error,) = recorder.errors
    assert isinstance(error, TooManyBytes)
    assert error.limit == 20_000_000
    assert "getFile" not in telegram.calls, "what Telegram declares is believed when it is bad news"


async def test_telegram_refusing_a_big_file_of_unknown_size(telegram: FakeTelegram, recorder: Recorder) -> None:
    message = telegram.write(**telegram.picture(png(), kind="document", size=20_000_001)[0])
    del message["document"]["file_size"]
    await telegram.deliver(message)
    await telegram.answer()

    assert [type(error) for error in recorder.errors] == [TooManyBytes]


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_file_that_cannot_be_fetched(telegram: FakeTelegram, recorder: Recorder, status: int) -> None:
    await telegram.post_picture(png(), status=status)
    await telegram.answer()

    assert [type(error) for error in recorder.errors] == [DownloadFailed]


async def test_a_file_that_is_gone(telegram: FakeTelegram, recorder: Recorder) -> None:
    message = telegram.write(**telegram.picture(png())[0])
    telegram.world.files.clear()
    await telegram.deliver(message)
    await telegram.answer()

    assert [type(error) for error in recorder.errors] == [DownloadFailed]


async def test_a_mistake_of_ours_ends_one_answer_only(
    telegram: FakeTelegram, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr("bot.platforms.telegram.questions.deliver", broken)
        await telegram.post("/help")
        await until(lambda: logs)
    assert logs[0]["event"] == "an update could not be handled"
    await still_at_work(telegram)
