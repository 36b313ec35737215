"""What the service answers, and what Discord gets to show."""

import pytest

from bot.chat.model import (
    Reply,
    ReplyImage,
)
from tests.bot.platforms.discord.conftest import PNG, Recorder
from tests.support.fakes.discord import FakeDiscord, Refusal
from tests.support.fakes.discord.rest import CALLBACK, MESSAGES, TYPING

pytestmark = pytest.mark.usefixtures("running")


def image(n: int = 1, *, spoiler: bool = False, alt: str = "") -> ReplyImage:
    return ReplyImage(b"image %d" % n, "image/png", f"answer-{n}.png", alt=alt, spoiler=spoiler)


async def test_a_reply_with_pictures_and_their_descriptions(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Reply("Two faces", (image(1, alt="A girl with a ribbon"), image(2)))
    await discord.post_picture(PNG)
    answer = await discord.answer()
    assert answer.content == "Two faces"
    assert [(file.filename, file.data, file.description) for file in answer.files] == [
        ("answer-1.png", b"image 1", "A girl with a ribbon"),
        ("answer-2.png", b"image 2", None),
    ]


async def test_command_is_answered_the_same(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Reply("", (image(1, alt="A" * 2000, spoiler=True),))
    await discord.slash_who(PNG)
    answer = await discord.answer()
    assert answer.content == ""
    (file,) = answer.files
    assert file.filename == "SPOILER_answer-1.png"
    assert file.description is not None
    assert len(file.description) == 1024
    assert file.description.endswith("…")


async def test_spoilers_stay_spoilers(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Reply("Nico | dies", (image(1, spoiler=True), image(2)))
    await discord.post_picture(PNG)
    await discord.slash_who(PNG)
    for answer in (await discord.answer(), await discord.answer()):
        assert [file.filename for file in answer.files] == ["SPOILER_answer-1.png", "answer-2.png"]
        assert answer.content == r"||Nico \| dies||"


@pytest.mark.parametrize("ask", ["post_picture", "slash_who"])
async def test_a_spoiler_stays_one_where_no_picture_can_be_sent(
    discord: FakeDiscord, service: Recorder, ask: str
) -> None:
    service.reply = Reply("1. Yazawa Nico, 95 %", spoiler=True)
    await getattr(discord, ask)(PNG)
    assert (await discord.answer()).content == "||1. Yazawa Nico, 95 %||"


@pytest.mark.parametrize("ask", ["post_picture", "slash_who"])
async def test_no_mention_pings_and_no_markup_applies(discord: FakeDiscord, service: Recorder, ask: str) -> None:
    service.reply = Reply(f"@everyone <@{discord.alice.id}> *Nico* _ni_ `x`\n# big\n> said")
    await getattr(discord, ask)(PNG)
    answer = await discord.answer()
    assert answer.request["allowed_mentions"]["parse"] == []
    assert not answer.request["allowed_mentions"].get("replied_user")
    assert r"\*Nico\* \_ni\_ \`x\`" in answer.content
    assert "\n\\# big\n\\> said" in answer.content
    assert f"\\<@{discord.alice.id}>" in answer.content


@pytest.mark.parametrize("markup", ["<@1>", "<@&2>", "<#3>", "</who:4>", "<t:5:R>", "<:a:6>", "<a:a:7>", "<id:guide>"])
async def test_names_make_no_references(discord: FakeDiscord, service: Recorder, markup: str) -> None:
    service.reply = Reply(f"I know nobody like {markup} < 3.")
    await discord.post_picture(PNG)
    assert (await discord.answer()).content == f"I know nobody like \\{markup} < 3."


@pytest.mark.parametrize(("spoiler", "end"), [(False, r"\_…"), (True, r"\_…||")])
async def test_text_that_grows_too_long_by_escaping_is_cut(
    discord: FakeDiscord, service: Recorder, spoiler: bool, end: str
) -> None:
    service.reply = Reply("_" * 1500, (image(spoiler=spoiler),))
    await discord.post_picture(PNG)
    content = (await discord.answer()).content
    assert 1998 < len(content) <= 2000
    assert content.endswith(end)


async def test_more_images_than_a_message_holds(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Reply("", tuple(image(n) for n in range(12)))
    await discord.slash_who(PNG)
    assert len((await discord.answer()).files) == 10


async def test_a_silent_answer_to_a_command_takes_the_thinking_away(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = lambda _: Reply() if len(service.asked) == 1 else Reply("second")
    interaction = await discord.slash_who(PNG)
    await discord.until(lambda: discord.given[interaction].state == "deleted")
    await discord.slash_who(PNG)
    assert (await discord.answer()).content == "second"


async def test_a_command_is_acknowledged_before_the_work(discord: FakeDiscord, service: Recorder) -> None:
    service.may_answer.clear()
    interaction = await discord.slash_who(PNG)
    await service.started.wait()
    assert discord.given[interaction].state == "thinking"
    service.may_answer.set()
    await discord.answer()


async def test_typing_shows_once_an_answer_is_certain(discord: FakeDiscord, service: Recorder) -> None:
    service.may_answer.clear()
    await discord.post_picture(PNG)
    await discord.until(lambda: discord.typing == [discord.general.id])
    service.may_answer.set()
    await discord.answer()


async def test_an_answer_does_not_depend_on_the_typing_indicator(discord: FakeDiscord, service: Recorder) -> None:
    discord.rest.fail_with("POST", TYPING, Refusal(403, 50013, "Missing Permissions"))
    service.may_answer.clear()
    await discord.post_picture(PNG)
    await discord.until(lambda: any(call.route == TYPING for call in discord.rest.calls))
    service.may_answer.set()
    assert (await discord.answer()).content


async def test_many_at_once(discord: FakeDiscord, service: Recorder) -> None:
    messages = [await discord.post_picture(PNG) for _ in range(20)]
    answers = [await discord.answer() for _ in messages]
    assert {answer.reply_to for answer in answers} == {message["id"] for message in messages}


async def test_nothing_but_what_is_needed_is_asked_of_discord(discord: FakeDiscord, service: Recorder) -> None:
    await discord.slash_who(PNG)
    await discord.answer()
    before = len(discord.rest.calls)
    await discord.slash_who(PNG)
    await discord.answer()
    assert [call.method for call in discord.rest.calls[before:]] == ["POST", "PATCH"]
    assert discord.rest.calls[before].route == CALLBACK
    assert not any(call.route == MESSAGES for call in discord.rest.calls)
