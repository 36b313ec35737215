"""What counts as a picture on Discord, and where things happen."""

import pytest

from bot.chat.analysis import fetch
from bot.chat.model import Ask, Picture
from tests.bot.platforms.discord.conftest import PNG, Recorder
from tests.support.fakes.discord import Channel, FakeDiscord, Person, Sticker, Upload

pytestmark = pytest.mark.usefixtures("running")

LINK = "https://example.org/kotori.png"
ADULTS = Channel("adults", nsfw=True)
THREAD = Channel("a thread", inside=ADULTS)


@pytest.fixture(autouse=True)
def _channels(discord: FakeDiscord) -> None:
    discord.channels += [ADULTS, THREAD]


def pictures(service: Recorder) -> tuple[Picture, ...]:
    request = service.asked[-1].request
    assert isinstance(request, Ask)
    return request.pictures


async def received(picture: Picture) -> bytes:
    return await fetch(picture, max_bytes=1000, seconds=30)


async def test_gifs_and_short_videos(discord: FakeDiscord, service: Recorder) -> None:
    await discord.post(
        "",
        Upload(PNG, "a.gif", "image/gif"),
        Upload(PNG, "b.mp4", "video/mp4"),
        Upload(PNG, "c.webm", "video/webm; codecs=vp9"),
        Upload(PNG, "d.webm", None),
        Upload(PNG, "e.mov", "video/quicktime"),
        Upload(PNG, "f.ogg", "audio/ogg"),
    )
    await discord.answer()
    assert [picture.name for picture in pictures(service)] == ["a.gif", "b.mp4", "c.webm", "d.webm"]


@pytest.mark.parametrize(("format_", "name"), [(1, "ni.png"), (2, "ni.png"), (3, "ni.json"), (4, "ni.gif")])
async def test_stickers(discord: FakeDiscord, service: Recorder, format_: int, name: str) -> None:
    sticker = Sticker(PNG, "ni", format_)
    await discord.post(mention=True, stickers=[sticker])
    await discord.answer()
    (picture,) = pictures(service)
    assert (picture.name, picture.spoiler, picture.author) == (name, False, None)
    if format_ != 4:  # discord.py has that address built in
        assert await received(picture) == PNG


async def test_a_custom_sticker(discord: FakeDiscord, service: Recorder) -> None:
    message = await discord.post(stickers=[Sticker(PNG)], author=discord.manager)
    await discord.post("who?", mention=True, reply_to=message)
    await discord.answer()
    (picture,) = pictures(service)
    assert picture.author is not None
    assert picture.author.id == discord.manager.id


async def test_posted_stickers_and_articles_are_ignored(discord: FakeDiscord, service: Recorder) -> None:
    await discord.post(stickers=[Sticker(PNG)])
    await discord.post(LINK, embeds=[discord.preview(LINK, PNG, kind="article")])
    await discord.post_picture(PNG)
    await discord.answer()
    assert len(service.asked) == 1


@pytest.mark.parametrize("where", ["image", "thumbnail"])
async def test_a_link_that_discord_shows_a_picture_of(discord: FakeDiscord, service: Recorder, where: str) -> None:
    await discord.post(LINK, mention=True, embeds=[discord.preview(LINK, PNG, kind="article", where=where)])
    await discord.answer()
    (picture,) = pictures(service)
    assert await received(picture) == PNG
    assert not picture.spoiler


async def test_a_preview_without_a_picture(discord: FakeDiscord, service: Recorder) -> None:
    await discord.post(LINK, mention=True, embeds=[{"type": "link", "url": LINK, "title": "Words"}])
    await discord.answer()
    assert pictures(service) == ()


async def test_a_link_between_bars_is_hidden(discord: FakeDiscord, service: Recorder) -> None:
    other = "https://example.org/open.png"
    previews = [discord.preview(LINK, PNG), discord.preview(other, PNG)]
    await discord.post(f"|| {LINK} || {other}", mention=True, embeds=previews)
    await discord.answer()
    assert [picture.spoiler for picture in pictures(service)] == [True, False]


async def test_attachments_come_before_links(discord: FakeDiscord, service: Recorder) -> None:
    await discord.post(LINK, Upload(PNG, "mine.png"), embeds=[discord.preview(LINK, PNG)])
    await discord.answer()
    assert [picture.name for picture in pictures(service)] == ["mine.png"]


async def test_what_is_forwarded(discord: FakeDiscord, service: Recorder) -> None:
    sticker = Sticker(PNG, "ni")
    original = await discord.post(LINK, stickers=[sticker], embeds=[discord.preview(LINK, PNG, kind="article")])
    await discord.post(channel=discord.direct, forwards=original)
    await discord.answer()
    assert [picture.name for picture in pictures(service)] == ["ni.png", "copy.png"]


async def test_who_and_where(discord: FakeDiscord, service: Recorder) -> None:
    for ask in (discord.post_picture, discord.slash_who):
        await ask(PNG, author=Person("nico"))
        await discord.answer()
        incoming = service.asked[-1]
        assert (incoming.chat.home, incoming.chat.age_restricted) == (discord.guild.id, False)
        assert incoming.user.name == "Nico"
        await ask(PNG, channel=discord.direct)
        await discord.answer()
        incoming = service.asked[-1]
        assert (incoming.chat.id, incoming.chat.home, incoming.chat.private) == (discord.direct.id, None, True)


async def test_a_thread_is_a_part_of_its_channel(discord: FakeDiscord, service: Recorder) -> None:
    for where in (ADULTS, THREAD):
        for ask in (discord.post_picture, discord.slash_who):
            await ask(PNG, channel=where)
            assert (await discord.answer()).channel == where.id
            assert service.asked[-1].chat.id == ADULTS.id
            assert service.asked[-1].chat.age_restricted


async def test_what_a_message_cannot_do(discord: FakeDiscord, service: Recorder) -> None:
    await discord.post_picture(PNG)
    await discord.slash_who(PNG)
    await discord.answer()
    await discord.answer()
    message, command = (incoming.capabilities for incoming in service.asked)
    assert (message.private_replies, command.private_replies) == (False, True)
    for one in (message, command):
        assert one.buttons
