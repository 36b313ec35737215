"""The commands, and what the service hears of them."""

import asyncio

import pytest

from bot.chat.analysis import fetch
from bot.chat.commands import Kind, Where
from bot.chat.features.about import ShowAbout
from bot.chat.features.forgetting import Forget
from bot.chat.features.history import ShowHistory
from bot.chat.features.my_data import OptOut, ShowMyData
from bot.chat.features.privacy import ShowPrivacy
from bot.chat.features.roster import Roster
from bot.chat.features.settings import Configure, ShowSettings
from bot.chat.features.stats import ShowStats
from bot.chat.features.teaching import Teach
from bot.chat.model import Ask, Help, Incoming, Placement, Reply, Request, Suggest, Trigger
from bot.platforms.discord.adapter import DiscordAdapter
from tests.bot.platforms.discord.conftest import ANSWER, PNG, Recorder
from tests.support.fakes.discord import Channel, FakeDiscord, Refusal, Upload
from tests.support.fakes.discord.people import Value
from tests.support.fakes.discord.rest import CALLBACK, ORIGINAL
from tests.support.fakes.discord.world import SEND_MESSAGES, SEND_MESSAGES_IN_THREADS
from tests.support.service_harness import REGISTRY

pytestmark = pytest.mark.usefixtures("running")

MUTED = Channel("muted", denied=SEND_MESSAGES)
NO_THREADS = Channel("no-threads", denied=SEND_MESSAGES_IN_THREADS)
THREAD = Channel("a thread", inside=NO_THREADS)


@pytest.fixture(autouse=True)
def _channels(discord: FakeDiscord) -> None:
    discord.channels += [MUTED, NO_THREADS, THREAD]


@pytest.mark.parametrize(
    ("name", "options", "request_", "ephemeral"),
    [
        ("forget", {"name": "Yazawa Nico"}, Forget("Yazawa Nico"), False),
        ("roster", {}, Roster(), True),
        ("roster", {"search": "nico"}, Roster("nico"), True),
        ("settings", {}, ShowSettings(), True),
        ("language", {"tag": "zh-CN"}, Configure({"language": "zh-cn"}), False),
        ("watch", {"state": "on"}, Configure({"watch": True}), False),
        ("watch", {"state": "off"}, Configure({"watch": False}), False),
        ("quiet", {"state": "on"}, Configure({"quiet": True}), False),
        ("threshold", {"percent": "72.5 %"}, Configure({"threshold": 0.725}), False),
        ("threshold", {"percent": "0"}, Configure({"threshold": 0}), False),
        ("threshold", {"percent": "auto"}, Configure({"threshold": None}), False),
        ("optout", {}, OptOut(out=True), True),
        ("optout", {"state": "off"}, OptOut(out=False), True),
        ("mydata", {}, ShowMyData(), True),
        ("privacy", {}, ShowPrivacy(), True),
        ("stats", {}, ShowStats(), True),
        ("history", {}, ShowHistory(), True),
        ("about", {}, ShowAbout(), True),
        ("help", {}, Help(), True),
    ],
)
async def test_what_a_command_asks_for(
    discord: FakeDiscord,
    service: Recorder,
    name: str,
    options: dict[str, Value],
    request_: Request,
    ephemeral: bool,
) -> None:
    service.reply = Reply("done")
    await discord.slash(name, options, author=discord.manager)
    assert (await discord.answer()).ephemeral == ephemeral
    assert service.asked[0].request == request_


async def test_every_command_is_one_that_discord_can_carry(discord: FakeDiscord, service: Recorder) -> None:
    """Whatever the table may hold, what is chosen in Discord is understood."""
    values: dict[Kind, Value] = {
        Kind.PICTURES: Upload(PNG), Kind.SWITCH: "on", Kind.PERCENT: "50", Kind.FLAG: True
    }  # fmt: skip
    service.reply = Reply("done")
    for command in REGISTRY.commands:
        names = {one.name: "picture" if one.kind is Kind.PICTURES else one.name for one in command.parameters}
        options = {names[one.name]: values.get(one.kind, "en") for one in command.parameters}
        where = discord.general if command.where is Where.GROUPS else discord.direct
        await discord.slash(command.name, options, author=discord.manager, channel=where)
        await discord.answer()
        assert type(service.asked[-1].request).__name__ != "Misuse"


async def test_teach(discord: FakeDiscord, service: Recorder) -> None:
    pictures = {"picture": Upload(PNG, "a.png"), "picture3": Upload(PNG + b"3", "c.png")}
    await discord.slash("teach", {"name": "Minami Kotori", **pictures})
    assert not (await discord.answer()).ephemeral
    request = service.asked[0].request
    assert isinstance(request, Teach)
    assert request.name == "Minami Kotori"
    assert [picture.name for picture in request.pictures] == ["a.png", "c.png"]
    assert await fetch(request.pictures[1], max_bytes=1000, seconds=30) == PNG + b"3"


async def test_who_in_private(discord: FakeDiscord, service: Recorder) -> None:
    await discord.slash_who(PNG, private=True)
    assert (await discord.answer()).ephemeral
    request = service.asked[0].request
    assert isinstance(request, Ask)
    assert request.private


@pytest.mark.parametrize("where", [MUTED, THREAD])
async def test_only_the_asker_sees_the_answer_where_whobot_may_not_post(
    discord: FakeDiscord, service: Recorder, where: Channel
) -> None:
    await discord.slash_who(PNG, channel=where)
    assert (await discord.answer()).ephemeral


@pytest.mark.parametrize("reply", [Reply("slow down", private=True), Reply("slow down", placement=Placement.NOTICE)])
async def test_an_answer_that_turns_out_to_be_private(discord: FakeDiscord, service: Recorder, reply: Reply) -> None:
    service.reply = reply
    interaction = await discord.slash_who(PNG)
    answer = await discord.answer()
    assert (answer.content, answer.ephemeral, answer.edits) == ("slow down", True, False)
    assert discord.given[interaction].state == "deleted"


async def test_what_is_private_is_not_said_where_it_would_be_seen(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Reply("your data", private=True)
    discord.rest.fail_with("DELETE", ORIGINAL, Refusal(403, 50013, "Missing Permissions"))
    await discord.slash_who(PNG)
    await discord.until(lambda: any((c.method, c.route) == ("DELETE", ORIGINAL) for c in discord.rest.calls))
    await discord.slash_who(PNG)
    assert (await discord.answer()).ephemeral
    assert discord.unread == 0


# --- names while they are typed --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "option", "taught"), [("teach", "name", False), ("forget", "name", True), ("roster", "search", False)]
)
async def test_names_are_suggested(
    discord: FakeDiscord, service: Recorder, command: str, option: str, taught: bool
) -> None:
    service.reply = Reply(suggestions=("Yazawa Nico", "Tōjō Nozomi"))
    assert await discord.complete(command, option, "no") == ["Yazawa Nico", "Tōjō Nozomi"]
    assert service.asked[0].request == Suggest("no", taught)


async def test_no_more_suggestions_than_discord_shows(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Reply(suggestions=tuple(f"{n} " + "a" * 200 for n in range(30)))
    names = await discord.complete("teach", "name", "")
    assert len(names) == 25
    assert {len(name) for name in names} == {100}


async def test_late_suggestions_are_dropped(
    discord: FakeDiscord, service: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.discord.interactions.SUGGESTING_LASTS", 0.01)
    service.may_answer.clear()
    assert await discord.complete("teach", "name", "no") == []


async def test_nothing_new_is_begun_while_stopping(
    discord: FakeDiscord, adapter: DiscordAdapter, service: Recorder
) -> None:
    message = await discord.post_picture(PNG)
    await discord.answer()
    service.may_answer.clear()
    await discord.slash_who(PNG)
    await discord.until(lambda: len(service.asked) == 2)
    stopping = asyncio.create_task(adapter.stop())
    await asyncio.sleep(0)
    ignored = [await discord.menu(name, message) for name in ("Who is this?", "Teach this face")]
    assert await discord.complete("teach", "name", "no") == []
    service.may_answer.set()
    await discord.answer()
    await stopping
    assert {discord.given[one].state for one in ignored} == {"new"}
    assert len(service.asked) == 2


# --- "Teach this face" -----------------------------------------------------------------------------------------------


async def test_teach_this_face(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Reply()
    message = await discord.post("", Upload(PNG, "kotori.png"), author=discord.manager)
    await discord.until(lambda: len(service.asked) == 1)
    service.reply = ANSWER
    interaction = await discord.menu("Teach this face", message)
    dialogue = await discord.dialogue(interaction)
    assert dialogue["title"] == "Teach this face"
    assert dialogue["components"][0]["label"] == "Who it is"
    written = await discord.write(interaction, "Minami Kotori")
    answer = await discord.answer()
    assert (answer.interaction, answer.ephemeral) == (written, False)
    incoming = service.asked[1]
    assert isinstance(incoming.request, Teach)
    assert incoming.request.name == "Minami Kotori"
    (picture,) = incoming.request.pictures
    assert picture.name == "kotori.png"
    assert picture.author is not None
    assert (picture.author.id, picture.author.name) == (discord.manager.id, "Boss")


async def test_a_dialogue_left_open_over_a_restart_teaches_nothing(
    discord: FakeDiscord, service: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.discord.interactions.DIALOGUES_LIMIT", 0)
    interaction = await discord.menu("Teach this face", await discord.post_picture(PNG))
    await discord.answer()
    await discord.write(interaction, "Minami Kotori")
    assert (await discord.answer()).ephemeral
    assert service.asked[1].request == Teach((), "Minami Kotori")


async def test_there_is_no_dialogue_where_there_is_nothing_to_teach(discord: FakeDiscord, service: Recorder) -> None:
    await discord.menu("Teach this face", await discord.post("no picture here"))
    assert (await discord.answer()).ephemeral
    assert service.asked[0].request == Ask((), Trigger.MENU)


async def test_a_dialogue_that_discord_refuses_ends_nothing(discord: FakeDiscord, service: Recorder) -> None:
    discord.rest.fail_with("POST", CALLBACK, Refusal(404, 10062, "Unknown interaction"))
    await discord.menu("Teach this face", await discord.post_picture(PNG))
    await discord.answer()
    await discord.slash_who(PNG)
    await discord.answer()
    assert [type(incoming.request) for incoming in service.asked] == [Ask, Ask]


async def test_nothing_is_said_about_the_thinking_that_cannot_be_taken_back(
    discord: FakeDiscord, service: Recorder
) -> None:
    def silent_at_first(_: Incoming) -> Reply:
        return Reply() if len(service.asked) == 1 else ANSWER

    service.reply = silent_at_first
    discord.rest.fail_with("DELETE", ORIGINAL, Refusal(404, 10015, "Unknown Webhook"))
    await discord.slash_who(PNG)
    await discord.until(lambda: any((c.method, c.route) == ("DELETE", ORIGINAL) for c in discord.rest.calls))
    await discord.slash_who(PNG)
    await discord.answer()
    assert discord.unread == 0
