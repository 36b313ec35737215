"""What Discord may refuse. Nothing of it ends the connection: every test goes on to show that the next answer comes."""

import asyncio

import discord as discord_py
import pytest
from structlog.testing import capture_logs

from bot.chat.model import (
    Reply,
    ReplyImage,
)
from bot.platforms.discord import delivery
from tests.bot.platforms.discord.conftest import PNG, Recorder
from tests.support.fakes.discord import Channel, FakeDiscord, Refusal
from tests.support.fakes.discord.rest import CALLBACK, MESSAGES, ORIGINAL
from tests.support.fakes.discord.world import (
    ATTACH_FILES,
    READ_MESSAGE_HISTORY,
    SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
)

UNKNOWN_INTERACTION = Refusal(404, 10062, "Unknown interaction")
MUTED = Channel("muted", denied=SEND_MESSAGES)
WORDS_ONLY = Channel("words-only", denied=ATTACH_FILES)
FORGETFUL = Channel("forgetful", denied=READ_MESSAGE_HISTORY)
NO_THREADS = Channel("no-threads", denied=SEND_MESSAGES_IN_THREADS)
UNHEARD_OF = Channel("unheard-of")
THREAD_IN_UNHEARD_OF = Channel("an orphan", inside=UNHEARD_OF)
THREAD_IN_MUTED = Channel("a thread", inside=MUTED)
THREAD_IN_NO_THREADS = Channel("another thread", inside=NO_THREADS)


@pytest.fixture(autouse=True)
def _channels(discord: FakeDiscord) -> None:
    discord.channels += [MUTED, WORDS_ONLY, FORGETFUL, NO_THREADS]
    discord.channels += [THREAD_IN_MUTED, THREAD_IN_NO_THREADS, THREAD_IN_UNHEARD_OF]


async def goes_on(discord: FakeDiscord) -> None:
    message = await discord.post_picture(PNG)
    assert (await discord.answer()).reply_to == message["id"]
    assert discord.unread == 0


@pytest.mark.usefixtures("running")
async def test_rate_limit_is_waited_for(discord: FakeDiscord) -> None:
    limit = Refusal(429, 0, "You are being rate limited.", retry_after=0.01)
    discord.rest.fail_with("POST", MESSAGES, limit)
    discord.rest.fail_with("POST", CALLBACK, limit)
    discord.rest.fail_with("PATCH", ORIGINAL, limit)
    await goes_on(discord)
    interaction = await discord.slash_who(PNG)
    assert (await discord.answer()).interaction == interaction
    assert len([call for call in discord.rest.calls if call.route in {MESSAGES, CALLBACK, ORIGINAL}]) == 6


@pytest.mark.usefixtures("running")
async def test_a_rate_limit_without_end_drops_the_answer(discord: FakeDiscord) -> None:
    discord.rest.fail_with("POST", MESSAGES, Refusal(429, 0, "You are being rate limited.", retry_after=3600.0))
    with capture_logs() as logs:
        await discord.post_picture(PNG)
        await discord.until(lambda: "discord.answer_refused" in events(logs))
    assert logs[-1]["error"] == "RateLimited"
    await goes_on(discord)


@pytest.mark.usefixtures("running")
async def test_a_rate_limit_without_end_drops_the_answer_to_a_command(
    discord: FakeDiscord, service: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.may_answer.clear()
    discord.rest.fail_with("PATCH", ORIGINAL, Refusal(429, 0, "You are being rate limited.", retry_after=3600.0))
    with capture_logs() as logs, monkeypatch.context() as impatient:
        await discord.slash_who(PNG)
        await service.started.wait()
        impatient.setattr(delivery, "TIMEOUT", 0.05)
        service.may_answer.set()
        await discord.until(lambda: "discord.answer_refused" in events(logs))
    assert logs[-1]["error"] == "TimeoutError"
    await goes_on(discord)


@pytest.mark.usefixtures("_hurry", "running")
async def test_server_errors_are_tried_again(discord: FakeDiscord) -> None:
    discord.rest.fail_with("POST", MESSAGES, Refusal(500), times=2)
    discord.rest.fail_with("PATCH", ORIGINAL, Refusal(500), times=2)
    await goes_on(discord)
    await discord.slash_who(PNG)
    assert (await discord.answer()).files[0].data == b"annotated"


@pytest.mark.usefixtures("_hurry", "running")
@pytest.mark.parametrize(("method", "route"), [("POST", MESSAGES), ("POST", CALLBACK), ("PATCH", ORIGINAL)])
async def test_lasting_server_errors_are_logged_with_an_id(discord: FakeDiscord, method: str, route: str) -> None:
    discord.rest.fail_with(method, route, Refusal(500), times=5)
    with capture_logs() as logs:
        await (discord.post_picture(PNG) if route == MESSAGES else discord.slash_who(PNG))
        await discord.until(lambda: "discord.answer_refused" in events(logs))
    assert logs[-1]["status"] == 500
    assert logs[-1]["log_level"] == "warning"
    assert len(logs[-1]["id"]) == 8
    await goes_on(discord)


@pytest.mark.usefixtures("running")
async def test_an_expired_interaction_costs_no_work(discord: FakeDiscord, service: Recorder) -> None:
    discord.rest.fail_with("POST", CALLBACK, UNKNOWN_INTERACTION)
    with capture_logs() as logs:
        await discord.slash_who(PNG)
        await discord.until(lambda: "discord.answer_not_wanted" in events(logs))
    assert service.asked == []
    assert logs[-1]["log_level"] == "info"
    await goes_on(discord)


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("code", [10008, 10015])
async def test_a_command_whose_answer_has_no_place_any_more(discord: FakeDiscord, code: int) -> None:
    discord.rest.fail_with("PATCH", ORIGINAL, Refusal(404, code, "Unknown"))
    with capture_logs() as logs:
        await discord.slash_who(PNG)
        await discord.until(lambda: "discord.answer_not_wanted" in events(logs))
    token = next(iter(discord.given.values())).payload["token"]
    assert token not in str(logs)
    await goes_on(discord)


@pytest.mark.usefixtures("running")
async def test_a_deleted_picture_is_not_answered(discord: FakeDiscord, service: Recorder) -> None:
    service.may_answer.clear()
    message = await discord.post_picture(PNG)
    await service.started.wait()
    await discord.delete(message)
    async with asyncio.timeout(30):
        await service.cancelled.wait()
    service.may_answer.set()
    await goes_on(discord)


@pytest.mark.usefixtures("running")
async def test_pictures_deleted_together_are_not_answered(discord: FakeDiscord, service: Recorder) -> None:
    service.may_answer.clear()
    message = await discord.post_picture(PNG)
    await service.started.wait()
    data = {"ids": [message["id"]], "channel_id": discord.general.id, "guild_id": discord.guild.id}
    await discord.gateway.dispatch("MESSAGE_DELETE_BULK", data)
    async with asyncio.timeout(30):
        await service.cancelled.wait()
    service.may_answer.set()
    await goes_on(discord)


@pytest.mark.usefixtures("running")
async def test_a_deletion_not_heard_of_in_time_is_no_error(discord: FakeDiscord, service: Recorder) -> None:
    service.may_answer.clear()
    message = await discord.post_picture(PNG)
    await service.started.wait()
    await discord.delete(message, told=False)
    service.may_answer.set()
    assert (await discord.answer()).reply_to is None
    await goes_on(discord)


@pytest.mark.usefixtures("running")
async def test_no_work_where_whobot_may_not_post(discord: FakeDiscord, service: Recorder) -> None:
    await discord.post_picture(PNG, channel=MUTED, mention=True)
    await goes_on(discord)
    assert len(service.asked) == 1


@pytest.mark.usefixtures("running")
async def test_threads_have_a_permission_of_their_own(discord: FakeDiscord, service: Recorder) -> None:
    await discord.post_picture(PNG, channel=THREAD_IN_NO_THREADS)
    await discord.post_picture(PNG, channel=THREAD_IN_MUTED)
    assert (await discord.answer()).channel == THREAD_IN_MUTED.id
    assert [incoming.chat.id for incoming in service.asked] == [MUTED.id]


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("where", [UNHEARD_OF, THREAD_IN_UNHEARD_OF])
async def test_where_discord_has_not_told_of_the_channel_whobot_tries(
    discord: FakeDiscord, service: Recorder, where: Channel
) -> None:
    await discord.post_picture(PNG, channel=where)
    await discord.until(lambda: bool(service.asked))
    assert not service.asked[0].user.manager
    if where in discord.channels:
        await discord.answer()
    await goes_on(discord)


@pytest.mark.usefixtures("running")
async def test_a_command_works_where_whobot_may_not_post(discord: FakeDiscord) -> None:
    await discord.slash_who(PNG, channel=MUTED)
    assert (await discord.answer()).channel == MUTED.id


@pytest.mark.usefixtures("running")
async def test_no_images_where_whobot_may_not_attach_any(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Reply("in words")
    await discord.post_picture(PNG, channel=WORDS_ONLY)
    await discord.slash_who(PNG, channel=WORDS_ONLY)
    await discord.answer()
    await discord.answer()
    assert [incoming.capabilities.images_limit for incoming in service.asked] == [0, 0]


@pytest.mark.usefixtures("running")
async def test_no_reference_where_whobot_may_not_read_the_history(discord: FakeDiscord) -> None:
    await discord.post_picture(PNG, channel=FORGETFUL)
    assert "message_reference" not in (await discord.answer()).request


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("refusal", [Refusal(403, 50013, "Missing Permissions"), Refusal(403, 50001, "Missing Access")])
async def test_permissions_lost_meanwhile(discord: FakeDiscord, refusal: Refusal) -> None:
    discord.rest.fail_with("POST", MESSAGES, refusal)
    with capture_logs() as logs:
        await discord.post_picture(PNG)
        await discord.until(lambda: "discord.answer_refused" in events(logs))
    assert logs[-1]["code"] == refusal.code
    await goes_on(discord)


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("ask", ["post_picture", "slash_who"])
async def test_too_large_an_image_is_answered_in_words(discord: FakeDiscord, service: Recorder, ask: str) -> None:
    discord.file_limit = 5
    service.reply = Reply("", (ReplyImage(b"too large", "image/png", "a.png", alt="Nico, 97 %", spoiler=True),))
    await getattr(discord, ask)(PNG)
    answer = await discord.answer()
    assert answer.content == "||Nico, 97 %||"
    assert answer.files == ()


@pytest.mark.usefixtures("running")
async def test_an_event_that_breaks_the_handler_is_logged_with_an_id(discord: FakeDiscord, service: Recorder) -> None:
    def fail(_: object) -> Reply:
        raise RuntimeError("a bug")

    service.reply = fail
    with capture_logs() as logs:
        await discord.post_picture(PNG)
        await discord.until(lambda: "discord.event_failed" in events(logs))
        await discord.slash_who(PNG)
        await discord.until(lambda: "discord.command_failed" in events(logs))
    assert all(len(entry["id"]) == 8 for entry in logs)
    service.reply = Reply("well again")
    await goes_on(discord)


@pytest.mark.usefixtures("running")
async def test_a_command_that_whobot_does_not_know_any_more(discord: FakeDiscord) -> None:
    discord.commands.append({"id": "1", "type": 1, "name": "sauce"})
    with capture_logs() as logs:
        await discord.slash("sauce")
        await discord.until(lambda: "discord.command_failed" in events(logs))
    assert isinstance(logs[-1]["exc_info"], discord_py.app_commands.CommandNotFound)
    await goes_on(discord)


def events(logs: object) -> list[str]:
    assert isinstance(logs, list)
    return [entry["event"] for entry in logs]
