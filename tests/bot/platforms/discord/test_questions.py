"""What becomes of answers when their questions change or go, and of what whobot keeps when it is sent away."""

from unittest.mock import Mock

import pytest

from bot.chat.links import NoLinks
from bot.chat.model import Ask, Button, Chat, Help, Left, Reply, Trigger
from bot.platforms.discord import messages
from bot.platforms.discord.questions import Questions
from tests.bot.platforms.discord.conftest import ANSWER, PNG, Recorder
from tests.support.fakes.discord import Answer, Channel, FakeDiscord, Person, Refusal, Upload
from tests.support.fakes.discord.rest import MESSAGE, MESSAGES
from tests.support.fakes.discord.world import READ_MESSAGE_HISTORY

pytestmark = pytest.mark.usefixtures("running")
FORGETFUL = Channel("forgetful", denied=READ_MESSAGE_HISTORY)
LINK = "https://example.org/nico.png"


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have whobot wait for previews until there are some."""
    monkeypatch.setattr(messages, "PREVIEWS_TAKE", 30.0)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "PREVIEWS_TAKE", 0.0)


@pytest.fixture(autouse=True)
def _channels(discord: FakeDiscord) -> None:
    discord.channels.append(FORGETFUL)


async def gone(discord: FakeDiscord, answer: Answer) -> None:
    await discord.until(lambda: answer.id not in {message["id"] for message in discord.messages()})


async def stays(discord: FakeDiscord, answer: Answer) -> None:
    """Events are taken in their order: once a later question is answered, nothing more comes of the earlier ones."""
    await discord.post_picture(PNG)
    await discord.answer()
    assert answer.id in {message["id"] for message in discord.messages()}


# --- deleted ---------------------------------------------------------------------------------------------------------


async def test_the_answer_goes_with_its_question(discord: FakeDiscord) -> None:
    message = await discord.post_picture(PNG)
    answer = await discord.answer()
    await discord.delete(message)
    await gone(discord, answer)


async def test_answers_go_with_questions_deleted_together(discord: FakeDiscord) -> None:
    posted = [await discord.post_picture(PNG) for _ in range(2)]
    answers = [await discord.answer() for _ in posted]
    data = {"ids": [one["id"] for one in posted], "channel_id": discord.general.id, "guild_id": discord.guild.id}
    await discord.gateway.dispatch("MESSAGE_DELETE_BULK", data)
    for answer in answers:
        await gone(discord, answer)


@pytest.mark.parametrize("which", ["question", "picture"])
async def test_the_answer_goes_with_the_picture_that_was_asked_about(
    discord: FakeDiscord, service: Recorder, which: str
) -> None:
    service.reply = Reply()
    picture = await discord.post_picture(PNG, author=discord.manager)
    await discord.until(lambda: len(service.asked) == 1)
    service.reply = ANSWER
    question = await discord.post("who?", mention=True, reply_to=picture)
    answer = await discord.answer()
    await discord.delete({"question": question, "picture": picture}[which])
    await gone(discord, answer)


async def test_the_answer_to_a_context_menu_goes_with_the_picture(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Reply()
    picture = await discord.post_picture(PNG)
    await discord.until(lambda: len(service.asked) == 1)
    service.reply = ANSWER
    await discord.menu("Who is this?", picture)
    answer = await discord.answer()
    await discord.delete(picture)
    await gone(discord, answer)


async def test_a_picture_deleted_before_a_context_menu_is_answered(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Reply()
    picture = await discord.post_picture(PNG)
    await discord.until(lambda: len(service.asked) == 1)
    service.reply = ANSWER
    service.may_answer.clear()
    interaction = await discord.menu("Who is this?", picture)
    await discord.until(lambda: len(service.asked) == 2)
    await discord.delete(picture)
    await discord.until(lambda: discord.given[interaction].state == "deleted")
    assert service.cancelled.is_set()


async def test_more_answers_go_too(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Reply("1: Kosaka Honoka", buttons=((Button("More", "more:abc"),),))
    message = await discord.post_picture(PNG)
    answer = await discord.answer()
    service.reply = Reply("Other guesses")
    await discord.press(answer, "More")
    more = await discord.answer()
    await discord.delete(message)
    await gone(discord, answer)
    await gone(discord, more)


async def test_an_answer_that_was_on_its_way_goes_at_once(discord: FakeDiscord) -> None:
    discord.rest.fail_with("POST", MESSAGES, Refusal(429, 0, "You are being rate limited.", retry_after=0.2))
    message = await discord.post_picture(PNG)
    await discord.until(lambda: any(call.route == MESSAGES for call in discord.rest.calls))
    await discord.delete(message)
    await gone(discord, await discord.answer())


async def test_an_answer_deleted_by_another_person_is_no_error(discord: FakeDiscord) -> None:
    message = await discord.post_picture(PNG)
    answer = await discord.answer()
    await discord.delete(discord.message(answer), told=False)
    await discord.delete(message)
    await discord.until(lambda: any((call.method, call.route) == ("DELETE", MESSAGE) for call in discord.rest.calls))
    message = await discord.post_picture(PNG)
    assert (await discord.answer()).reply_to == message["id"]


async def test_a_deleted_answer_is_not_searched_again(discord: FakeDiscord) -> None:
    message = await discord.post_picture(PNG)
    answer = await discord.answer()
    await discord.delete(discord.message(answer))
    await discord.delete(message)
    await discord.post_picture(PNG)
    await discord.answer()
    assert not any(call.method == "DELETE" for call in discord.rest.calls)


def test_the_memory_is_bounded() -> None:
    questions, chat = Questions(NoLinks(), limit=2), Chat("discord", "1")
    nothing: dict[str, list[object]] = {"attachments": [], "stickers": [], "embeds": [], "message_snapshots": []}
    opened = [questions.open(chat, 7, Mock(id=n, **nothing)) for n in range(3)]
    first, second, third = (one.__enter__() for one in opened)
    assert [questions.concerning(n) for n in range(3)] == [[], [second], [third]]
    for one in opened:
        one.__exit__(None, None, None)
    assert not questions.concerning(2)
    assert first.answers == []


# --- edited ----------------------------------------------------------------------------------------------------------


async def test_other_pictures_are_answered_anew(discord: FakeDiscord, service: Recorder) -> None:
    message = await discord.post_picture(PNG, mention=True)
    answer = await discord.answer()
    await discord.edit(message, attachments=[discord.attach(Upload(PNG, "other.png"))])
    await gone(discord, answer)
    assert (await discord.answer()).reply_to == message["id"]
    request = service.asked[1].request
    assert isinstance(request, Ask)
    assert [picture.name for picture in request.pictures] == ["other.png"]


async def test_a_picture_hidden_afterwards_is_hidden_in_a_new_answer(discord: FakeDiscord, service: Recorder) -> None:
    message = await discord.post_picture(PNG)
    answer = await discord.answer()
    (attachment,) = message["attachments"]
    await discord.edit(message, attachments=[{**attachment, "filename": "SPOILER_picture.png"}])
    await gone(discord, answer)
    await discord.answer()
    request = service.asked[1].request
    assert isinstance(request, Ask)
    assert request.pictures[0].spoiler


async def test_pictures_taken_out_of_a_message_take_the_answer_with_them(discord: FakeDiscord) -> None:
    message = await discord.post_picture(PNG)
    answer = await discord.answer()
    await discord.edit(message, attachments=[])
    await gone(discord, answer)
    assert discord.unread == 0


async def test_an_answer_goes_when_the_picture_that_it_is_about_is_edited(
    discord: FakeDiscord, service: Recorder
) -> None:
    service.reply = Reply()
    picture = await discord.post_picture(PNG, author=discord.manager)
    await discord.until(lambda: len(service.asked) == 1)
    service.reply = ANSWER
    await discord.post("who?", mention=True, reply_to=picture)
    answer = await discord.answer()
    await discord.edit(picture, attachments=[])
    await gone(discord, answer)
    assert len(service.asked) == 2


async def test_other_words_change_nothing(discord: FakeDiscord) -> None:
    message = await discord.post_picture(PNG)
    answer = await discord.answer()
    await discord.edit(message, content="look!")
    await stays(discord, answer)
    assert discord.unread == 0


# --- previews of links -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_patient")
async def test_a_preview_that_comes_a_moment_later_is_waited_for(discord: FakeDiscord, service: Recorder) -> None:
    message = await discord.post(f"who? {LINK}", mention=True)
    await discord.until(lambda: discord.typing == [discord.general.id])
    await discord.edit(message, by_discord=True, embeds=[discord.preview(LINK, PNG)])
    assert (await discord.answer()).reply_to == message["id"]
    (incoming,) = service.asked
    assert isinstance(incoming.request, Ask)
    assert [picture.name for picture in incoming.request.pictures] == ["copy.png"]


@pytest.mark.usefixtures("_impatient")
async def test_a_preview_that_comes_late_replaces_the_answer(discord: FakeDiscord, service: Recorder) -> None:
    message = await discord.post(f"who? {LINK}", mention=True)
    answer = await discord.answer()
    assert service.asked[0].request == Ask((), Trigger.MENTION)
    await discord.edit(message, by_discord=True, embeds=[discord.preview(LINK, PNG)])
    await gone(discord, answer)
    answer = await discord.answer()
    await discord.edit(message, by_discord=True)
    await stays(discord, answer)
    assert len(service.asked) == 3


@pytest.mark.usefixtures("_impatient")
async def test_a_private_message_with_a_link_that_shows_nothing(discord: FakeDiscord, service: Recorder) -> None:
    await discord.post(LINK, channel=discord.direct)
    await discord.answer()
    assert service.asked[0].request == Help()


async def test_a_posted_link_to_a_picture_counts_as_posted_once_discord_shows_it(
    discord: FakeDiscord, service: Recorder
) -> None:
    message = await discord.post(LINK)
    await discord.edit(message, by_discord=True, embeds=[discord.preview(LINK, PNG)])
    assert (await discord.answer()).reply_to == message["id"]
    request = service.asked[0].request
    assert isinstance(request, Ask)
    assert request.trigger is Trigger.POSTED


async def test_old_messages_are_left_alone(discord: FakeDiscord, service: Recorder) -> None:
    old = await discord.post(LINK, age=3600)
    await discord.edit(old, by_discord=True, embeds=[discord.preview(LINK, PNG)])
    edited = await discord.post("look")
    await discord.edit(edited, content=LINK, embeds=[discord.preview(LINK, PNG)])
    assert edited["edited_timestamp"] is not None
    await discord.post_picture(PNG)
    await discord.answer()
    assert len(service.asked) == 1


# --- reactions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("emoji", ["❌", "🗑️", "🗑"])
@pytest.mark.parametrize("ask", ["post_picture", "slash_who"])
async def test_the_asker_takes_an_answer_away(discord: FakeDiscord, ask: str, emoji: str) -> None:
    await getattr(discord, ask)(PNG)
    answer = await discord.answer()
    await discord.react(answer, emoji)
    await gone(discord, answer)


async def test_in_private_too(discord: FakeDiscord) -> None:
    await discord.post_picture(PNG, channel=discord.direct)
    answer = await discord.answer()
    await discord.react(answer, "❌")
    await gone(discord, answer)


async def test_other_people_and_other_reactions_delete_nothing(discord: FakeDiscord) -> None:
    await discord.slash_who(PNG)
    answer = await discord.answer()
    await discord.react(answer, "❌", author=Person("nico"))
    await discord.react(answer, "👍")
    await discord.until(lambda: any((call.method, call.route) == ("GET", MESSAGE) for call in discord.rest.calls))
    await stays(discord, answer)
    assert sum((call.method, call.route) == ("GET", MESSAGE) for call in discord.rest.calls) == 1


async def test_the_asker_is_remembered_where_discord_does_not_show_it(discord: FakeDiscord) -> None:
    await discord.post_picture(PNG, channel=FORGETFUL)
    answer = await discord.answer()
    await discord.react(answer, "❌", author=Person("nico"))
    await stays(discord, answer)
    await discord.react(answer, "❌")
    await gone(discord, answer)
    assert not any((call.method, call.route) == ("GET", MESSAGE) for call in discord.rest.calls)


async def test_an_answer_that_cannot_be_read_or_deleted_any_more(discord: FakeDiscord) -> None:
    for method in ("GET", "DELETE"):
        await discord.slash_who(PNG)
        answer = await discord.answer()
        discord.rest.fail_with(method, MESSAGE, Refusal(403, 50001, "Missing Access"))
        await discord.react(answer, "❌")
        await discord.until(lambda it=method: any((c.method, c.route) == (it, MESSAGE) for c in discord.rest.calls))  # type: ignore[misc]
        await stays(discord, answer)


# --- sent away -------------------------------------------------------------------------------------------------------


async def test_removed_from_a_server(discord: FakeDiscord, service: Recorder) -> None:
    await discord.remove_bot()
    await discord.until(lambda: bool(service.told))
    [left] = service.told
    assert isinstance(left, Left)
    assert (left.chat.id, left.chat.home, left.chat.private) == (discord.guild.id, discord.guild.id, False)


async def test_an_outage_is_no_farewell(discord: FakeDiscord, service: Recorder) -> None:
    await discord.remove_bot(outage=True)
    await discord.post_picture(PNG, channel=discord.direct)
    await discord.answer()
    assert [type(incoming.request) for incoming in service.asked] == [Ask]
    assert not service.told


async def test_a_deleted_channel(discord: FakeDiscord, service: Recorder) -> None:
    await discord.delete_channel(discord.general)
    await discord.until(lambda: bool(service.told))
    [left] = service.told
    assert isinstance(left, Left)
    assert (left.chat.id, left.chat.home) == (discord.general.id, discord.guild.id)
