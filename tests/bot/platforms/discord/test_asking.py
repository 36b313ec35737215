"""What people do on Discord, and what the service hears of it."""

import asyncio

import pytest

from bot.chat.analysis import fetch
from bot.chat.features.my_data import OptOut
from bot.chat.features.settings import Configure
from bot.chat.features.teaching import Teach
from bot.chat.model import Ask, Help, Reply, Trigger
from bot.platforms.discord.adapter import DiscordAdapter
from tests.bot.platforms.discord.conftest import PNG, Recorder
from tests.support.fakes.discord import FakeDiscord, Person, Upload
from tests.support.fakes.discord.rest import MESSAGES
from tests.support.fakes.discord.world import MANAGE_CHANNELS
from tests.support.service_harness import REGISTRY

pytestmark = pytest.mark.usefixtures("running")


def asked(service: Recorder) -> Ask:
    request = service.asked[-1].request
    assert isinstance(request, Ask)
    return request


async def test_who_with_a_picture(discord: FakeDiscord, service: Recorder) -> None:
    interaction = await discord.slash_who(PNG, author=Person("hanayo", locale="ja"))
    answer = await discord.answer()
    assert answer.interaction == interaction
    assert not answer.ephemeral
    (incoming,) = service.asked
    (picture,) = asked(service).pictures
    assert asked(service).trigger is Trigger.COMMAND
    assert (picture.name, picture.size, picture.spoiler, picture.author) == ("picture.png", len(PNG), False, None)
    assert await fetch(picture, max_bytes=1000, seconds=30) == PNG
    assert (incoming.chat.platform, incoming.chat.id, incoming.chat.private) == ("discord", discord.general.id, False)
    assert incoming.locale == "ja"


async def test_who_with_five_pictures(discord: FakeDiscord, service: Recorder) -> None:
    await discord.slash_who(*(Upload(PNG + bytes([n]), f"{n}.png") for n in range(5)))
    await discord.answer()
    assert [picture.name for picture in asked(service).pictures] == ["0.png", "1.png", "2.png", "3.png", "4.png"]
    last = asked(service).pictures[4]
    assert await fetch(last, max_bytes=1000, seconds=30) == PNG + b"\x04"


async def test_spoilers_are_told(discord: FakeDiscord, service: Recorder) -> None:
    await discord.slash_who(Upload(PNG, "ending.png", spoiler=True))
    await discord.answer()
    (picture,) = asked(service).pictures
    assert picture.spoiler
    assert picture.name == "ending.png"


async def test_attachments_that_are_no_pictures_are_left_out(discord: FakeDiscord, service: Recorder) -> None:
    await discord.slash_who(
        Upload(PNG, "notes.txt", "text/plain"),
        Upload(PNG, "unlabelled.webp", None),
        Upload(PNG, "unlabelled.zip", None),
        Upload(PNG, "a.gif", "image/gif"),
    )
    await discord.answer()
    assert [picture.name for picture in asked(service).pictures] == ["unlabelled.webp", "a.gif"]


async def test_context_menu(discord: FakeDiscord, service: Recorder) -> None:
    nico = Person("nico")
    message = await discord.post_picture(PNG, author=nico)
    await discord.answer()
    interaction = await discord.menu("Who is this?", message)
    assert (await discord.answer()).interaction == interaction
    (picture,) = asked(service).pictures
    assert asked(service).trigger is Trigger.MENU
    assert picture.author is not None
    assert picture.author.id == nico.id


@pytest.mark.parametrize("ask", ["post_picture", "slash_who"])
async def test_the_menu_of_an_answer_is_about_the_picture_that_was_asked_about(
    discord: FakeDiscord, service: Recorder, ask: str
) -> None:
    nico = Person("nico")
    await getattr(discord, ask)(PNG, author=nico)
    answer = await discord.answer()
    assert answer.files
    first = asked(service).pictures
    await discord.menu("Who is this?", discord.message(answer))
    again = await discord.answer()
    (picture,) = asked(service).pictures
    assert (picture.name, picture.open) == (first[0].name, first[0].open)
    assert picture.author is not None
    assert picture.author.id == nico.id, "nobody gets round an opt-out"
    await discord.menu("Who is this?", discord.message(again), author=nico)
    await discord.answer()
    assert asked(service).pictures == first, "one's own picture"
    interaction = await discord.menu("Teach this face", discord.message(answer))
    await discord.write(interaction, "Minami Kotori")
    await discord.answer()
    assert service.asked[-1].request == Teach((picture,), "Minami Kotori")


async def test_a_picture_that_whobot_has_drawn_is_none_to_ask_about(
    discord: FakeDiscord, adapter: DiscordAdapter, service: Recorder, running: asyncio.Task[None]
) -> None:
    await discord.post_picture(PNG)
    answer = await discord.answer()
    await adapter.stop()
    await running
    await discord.until(lambda: not discord.gateway.online.is_set())
    again = DiscordAdapter(adapter._token, service, REGISTRY)
    task = asyncio.create_task(again.run())
    await discord.connected()
    for menu in ("Who is this?", "Teach this face"):
        await discord.menu(menu, discord.message(answer))
        await discord.answer()
        assert asked(service) == Ask((), Trigger.MENU)
    await again.stop()
    await task


async def test_a_missing_picture_is_reported_to_the_asker_alone(discord: FakeDiscord, service: Recorder) -> None:
    await discord.menu("Who is this?", await discord.post("no picture here"))
    assert (await discord.answer()).ephemeral
    assert asked(service) == Ask((), Trigger.MENU)
    await discord.slash_who(Upload(b"text", "a.txt", "text/plain"))
    assert (await discord.answer()).ephemeral
    assert asked(service) == Ask((), Trigger.COMMAND)


async def test_mention_with_a_picture(discord: FakeDiscord, service: Recorder) -> None:
    message = await discord.post_picture(PNG, content="who?", mention=True)
    assert (await discord.answer()).reply_to == message["id"]
    assert asked(service).trigger is Trigger.MENTION
    assert len(asked(service).pictures) == 1


async def test_mention_in_reply_to_a_picture(discord: FakeDiscord, service: Recorder) -> None:
    nico = Person("nico")
    message = await discord.post_picture(PNG, author=nico)
    await discord.answer()
    question = await discord.post("who is this?", mention=True, reply_to=message)
    assert (await discord.answer()).reply_to == question["id"]
    (picture,) = asked(service).pictures
    assert asked(service).trigger is Trigger.REPLY
    assert picture.author is not None
    assert picture.author.id == nico.id
    assert service.asked[-1].user.id == discord.alice.id


async def test_mention_without_a_picture_is_passed_on_to_be_told_so(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = Reply("Where is the picture?")
    await discord.post("hello", mention=True)
    assert (await discord.answer()).content == "Where is the picture?"
    assert asked(service) == Ask((), Trigger.MENTION)


async def test_reply_to_an_answer_is_no_question(discord: FakeDiscord, service: Recorder) -> None:
    """Discord counts such a reply as a mention, although nobody has typed one."""
    await discord.slash_who(PNG)
    await discord.answer()
    answer = discord.messages()[-1]
    await discord.post("thanks!", reply_to=answer, mentioned=True)
    await discord.post_picture(PNG, filename="next.png")
    await discord.answer()
    assert [request.pictures[0].name for request in map(_ask, service.asked)] == ["picture.png", "next.png"]


async def test_a_mention_in_reply_to_an_answer_does_not_analyse_the_answer(
    discord: FakeDiscord, service: Recorder
) -> None:
    await discord.slash_who(PNG)
    await discord.answer()
    await discord.post("and?", mention=True, reply_to=discord.messages()[-1])
    await discord.answer()
    assert asked(service) == Ask((), Trigger.MENTION)


async def test_posted_picture(discord: FakeDiscord, service: Recorder) -> None:
    message = await discord.post("look", Upload(PNG), Upload(PNG, "b.png"))
    assert (await discord.answer()).reply_to == message["id"]
    assert asked(service).trigger is Trigger.POSTED
    assert len(asked(service).pictures) == 2
    assert service.asked[-1].locale == "en-US"


async def test_nothing_is_said_where_the_service_is_silent(discord: FakeDiscord, service: Recorder) -> None:
    service.reply = lambda _: Reply() if len(service.asked) == 1 else Reply("second")
    await discord.post_picture(PNG)
    await discord.post_picture(PNG)
    assert (await discord.answer()).content == "second"
    assert len(service.asked) == 2
    assert [call.json["content"] for call in discord.rest.calls if call.route == MESSAGES] == ["second"]


async def test_talk_bots_and_webhooks_are_ignored(discord: FakeDiscord, service: Recorder) -> None:
    await discord.post("just talk")
    await discord.post("a text", Upload(b"text", "a.txt", "text/plain"))
    await discord.post_picture(PNG, author=Person("feed", bot=True), mention=True)
    await discord.post_picture(PNG, author=Person("hook"), webhook=True)
    await discord.post_picture(PNG)
    await discord.answer()
    assert len(service.asked) == 1


async def test_private_chat(discord: FakeDiscord, service: Recorder) -> None:
    message = await discord.post_picture(PNG, channel=discord.direct)
    assert (await discord.answer()).reply_to == message["id"]
    (incoming,) = service.asked
    assert asked(service).trigger is Trigger.PRIVATE
    assert incoming.chat.private
    assert incoming.user.manager
    assert incoming.locale is None


async def test_forwarded_picture_in_a_private_chat(discord: FakeDiscord, service: Recorder) -> None:
    await discord.post(channel=discord.direct, forwards=await discord.post_picture(PNG, filename="forwarded.png"))
    await discord.answer()
    await discord.answer()
    assert {_ask(incoming).pictures[0].name for incoming in service.asked} == {"forwarded.png"}
    assert Trigger.PRIVATE in {_ask(incoming).trigger for incoming in service.asked}


async def test_private_talk_is_met_with_help(discord: FakeDiscord, service: Recorder) -> None:
    await discord.post("hi", channel=discord.direct)
    await discord.answer()
    assert service.asked[0].request == Help()


async def test_who_in_a_private_chat(discord: FakeDiscord, service: Recorder) -> None:
    await discord.slash_who(PNG, channel=discord.direct)
    await discord.answer()
    assert service.asked[0].chat.private
    assert service.asked[0].chat.id == discord.direct.id


@pytest.mark.parametrize(("state", "watch"), [("on", True), ("off", False)])
async def test_watch(discord: FakeDiscord, service: Recorder, state: str, watch: bool) -> None:
    await discord.slash("watch", {"state": state}, author=discord.manager)
    assert not (await discord.answer()).ephemeral
    assert service.asked[0].request == Configure({"watch": watch})
    assert service.asked[0].user.manager


async def test_watch_by_a_user_who_may_not(discord: FakeDiscord, service: Recorder) -> None:
    """Discord hides the command from them, but a server may be set up to show it."""
    (registered,) = [command for command in discord.commands if command["name"] == "watch"]
    assert registered["default_member_permissions"] == str(MANAGE_CHANNELS)
    assert registered["contexts"] == [0]
    await discord.slash("watch", {"state": "on"}, author=discord.alice)
    assert (await discord.answer()).ephemeral
    assert not service.asked[0].user.manager


async def test_optout_is_between_whobot_and_the_user(discord: FakeDiscord, service: Recorder) -> None:
    await discord.slash("optout")
    assert (await discord.answer()).ephemeral
    await discord.slash("optout", {"state": "off"})
    assert (await discord.answer()).ephemeral
    assert [incoming.request for incoming in service.asked] == [OptOut(out=True), OptOut(out=False)]


async def test_help(discord: FakeDiscord, service: Recorder) -> None:
    await discord.slash("help")
    assert (await discord.answer()).ephemeral
    assert service.asked[0].request == Help()


async def test_capabilities(discord: FakeDiscord, service: Recorder) -> None:
    await discord.post_picture(PNG)
    await discord.slash_who(PNG)
    await discord.answer()
    await discord.answer()
    for incoming in service.asked:
        capabilities = incoming.capabilities
        assert (capabilities.text_limit, capabilities.caption_limit, capabilities.images_limit) == (2000, 2000, 10)
        assert capabilities.image_bytes_limit == 10 * 1024 * 1024
        assert capabilities.alt_text


def _ask(incoming: object) -> Ask:
    request = incoming.request  # type: ignore[attr-defined]
    assert isinstance(request, Ask)
    return request
