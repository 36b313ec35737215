"""Every command and every button in a running bot: on Discord and on Telegram over real sockets, with tiny networks."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import config
from bot.chat.actions import Pressed, read
from bot.chat.model import Press
from bot.platforms.discord.platform import Discord
from bot.platforms.web.adapter import WebAdapter
from bot.platforms.web.platform import Web
from tests.support import tiny
from tests.support.fakes.discord import fake_discord
from tests.support.fakes.discord.api import TIMEOUT
from tests.support.fakes.telegram import fake_telegram
from tests.support.platform_chats import DiscordChat, PlatformChat, TelegramChat, until
from tests.support.running import running
from tests.support.service_harness import REGISTRY
from tests.support.webchat import WebChat

RED, GREEN, GREY = (tiny.encoded(tiny.picture(colour)) for colour in (tiny.RED, tiny.GREEN, tiny.GREY))
YELLOW, CYAN, PINK = (
    tiny.encoded(tiny.picture(colour)) for colour in ((240, 220, 20), (10, 200, 220), (250, 120, 200))
)
RED_AND_GREY = tiny.encoded(tiny.picture(tiny.RED, tiny.GREY))
CROWD = tiny.encoded(tiny.picture(*[tiny.BLUE] * 10))
NOTED = "Thank you! I have taken note.\nIt counts in /stats only; I keep nothing of the picture."
UNLIMITED = config.Limits(user_requests=1000, chat_requests=1000, user_presses=1000, chat_presses=1000)
ONCE = config.Limits(user_requests=1)
EVERYBODY = config.Access()


def settings(
    folder: Path, limits: config.Limits, access: config.Access = EVERYBODY, **platforms: config.Section
) -> config.Settings:
    """Return settings for tiny networks that can be taught."""
    tiny.tiny_base(folder / "running.tflite", recognition=tiny.tiny_recognition())
    return config.Settings(
        platforms={"web": Web(enabled=False), **platforms},
        models=config.Models(directory=folder, classifier="running.tflite", detector=str(tiny.CASCADE)),
        store=config.Store(url=f"sqlite+aiosqlite:///{folder}/whobot.db"),
        workers=config.Workers(threads=1),
        limits=limits,
        access=access,
    )


@pytest.fixture
def limits() -> config.Limits:
    return UNLIMITED


@pytest.fixture
async def discord(tmp_path: Path, limits: config.Limits) -> AsyncIterator[DiscordChat]:
    async with fake_discord() as fake:
        token = Discord(token=SecretStr(fake.token))
        async with running(settings(tmp_path, limits, discord=token)):
            yield DiscordChat.of(fake)


@pytest.fixture
async def telegram(tmp_path: Path, limits: config.Limits) -> AsyncIterator[TelegramChat]:
    async with fake_telegram() as fake, running(settings(tmp_path, limits, telegram=fake.settings())):
        yield TelegramChat.of(fake)


@pytest.fixture(params=["discord", "telegram"])
def chat(request: pytest.FixtureRequest) -> PlatformChat:
    found: PlatformChat = request.getfixturevalue(request.param)
    return found


# --- commands --------------------------------------------------------------------------------------------------------

SAID: tuple[tuple[str, str, tuple[bytes, ...], str], ...] = (
    ("who", "", (RED,), "1. Akane Hoshino"),
    ("teach", "Ki Iro", (YELLOW,), "Thank you! I know Ki Iro in this chat now, from 1 picture."),
    ("roster", "", (), "I know 4 characters:\nAkane Hoshino\nAoi Umino\nKi Iro, taught here\nMidori Hayashi"),
    ("roster", "iro", (), "I know 1 character like “iro”:\nKi Iro, taught here"),
    ("character", "ki iro", (), "Ki Iro, taught here\n1 picture of them was taught here."),
    ("forget", "ki iro", (), "I have forgotten Ki Iro, and 1 picture with it."),
    ("watch", "on", (), "I look at every picture that is posted here."),
    ("quiet", "on", (), "Where nobody asked, I speak only when I know somebody."),
    ("threshold", "70", (), "I name a face from 70 % on."),
    ("threshold", "auto", (), "I name a face when I am sure enough."),
    ("settings", "", (), "I look at every picture that is posted here."),
    ("language", "de", (), "Ich spreche"),
    ("language", "auto", (), "I speak everybody's own language, where I know it."),
    ("stats", "", (), "Nobody has told me yet whether I was right."),
    ("history", "", (), "Boss had me forget Ki Iro"),
    ("optout", "on", (), "I leave your pictures alone"),
    ("optout", "off", (), "I look at your pictures again"),
    ("mydata", "", (), "• 1 face of yours that was forgotten and can still be put back"),
    ("privacy", "", (), "Nothing of a picture is stored unless somebody teaches me with it."),
    ("about", "", (), "Characters from base"),
    ("help", "", (), "I know 3 characters: Akane Hoshino, Midori Hayashi, Aoi Umino (/roster)"),
)
"""What the boss says, with which pictures, and what the answer holds."""
ELSEWHERE = {
    "watch": "I name a face",
    "quiet": "I name a face",
    "settings": "I name a face when I am sure enough.",
    "history": " had me forget Ki Iro",
}
"""What it holds in the web chat, where that is something else."""
NOT_HERE = "Ask me that in a private chat: here, everybody could read it."


async def test_every_command(chat: PlatformChat) -> None:
    assert {command for command, *_ in SAID} == {command.name for command in REGISTRY.commands}
    for command, words, pictures, expected in SAID:
        said = await chat.say(command, words, *pictures, by=chat.manager)
        answer = NOT_HERE if (command, chat.platform) == ("mydata", "telegram") else expected
        assert answer.casefold() in said.text.casefold(), f"/{command} {words}"
        assert said.pictures == (1 if command in {"who", "character"} else 0)


@pytest.mark.parametrize("command", [command.name for command in REGISTRY.commands if command.managers])
async def test_what_only_managers_may_say(chat: PlatformChat, command: str) -> None:
    words = {"language": "de", "watch": "on", "quiet": "on", "threshold": "70"}
    said = await chat.say(command, words.get(command, ""), by=chat.ann)
    if command == "settings":
        assert not said.labels, "everybody may read them"
    else:
        assert said.text == "Only people who manage this chat may do that."


@pytest.mark.parametrize("limits", [ONCE])
async def test_a_user_over_the_limit_is_told_once_and_then_ignored(discord: DiscordChat) -> None:
    chat, fake = discord, discord.fake
    await chat.say("about", by=chat.ann)
    assert "That was a lot at once." in (await chat.say("about", by=chat.ann)).text
    silent = [
        await chat.send("about", by=chat.ann),
        await chat.send("who", "", RED, by=chat.ann),
        await chat.send("teach", "Ki Iro", RED, by=chat.ann),
    ]
    await fake.until(lambda: all(fake.given[interaction].state == "deleted" for interaction in silent))
    assert fake.unread == 0


async def test_a_user_without_access_gets_no_answer(tmp_path: Path) -> None:
    async with fake_discord() as fake:
        token, no_match = Discord(token=SecretStr(fake.token)), config.Access(allow=("discord:1",))
        async with running(settings(tmp_path, UNLIMITED, discord=token, access=no_match)):
            chat = DiscordChat.of(fake)
            asked = [await chat.send("about", by=chat.manager), await chat.send("who", "", RED, by=chat.ann)]
            message = await fake.post_picture(RED, mention=True)
            asked.append(await fake.menu("Who is this?", message))
            await fake.until(lambda: all(fake.given[interaction].state == "deleted" for interaction in asked))
            assert await fake.complete("roster", "search", "a") == []
        assert (fake.unread, fake.typing) == (0, [])


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize("limits", [config.Limits(remembered=1)])
async def test_buttons_of_an_answer_that_is_forgotten_have_expired(chat: PlatformChat) -> None:
    old = await chat.say("who", "", RED, by=chat.ann)
    await chat.say("who", "", GREEN, by=chat.ann)
    for label in ("Other guesses", "Wrong?", "Right!"):
        told = await chat.press(old, label, by=chat.bob)
        assert told.text == "These buttons have expired. Ask again, and you get new ones."
        assert told.alone


async def test_every_command_in_the_web_chat(tmp_path: Path) -> None:
    """Its chats are private: there is nothing to watch, and everybody manages their own.

    Who tries all commands within a minute meets no limit.
    """
    web = settings(tmp_path, config.Limits(), web=Web(port=0))
    async with running(web) as bot:
        (adapter,) = bot.adapters
        assert isinstance(adapter, WebAdapter)
        assert adapter.url
        async with WebChat.open(adapter.url) as chat:
            for command, words, pictures, expected in SAID:
                files = [("picture.png", data) for data in pictures]
                answer = await chat.answer_to(await chat.post(f"/{command} {words}", files))
                assert ELSEWHERE.get(command, expected).casefold() in answer["text"].casefold(), f"/{command} {words}"


# --- buttons ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The verbs of the buttons that are pressed."""
    verbs = set()

    def noted(press: Press) -> Pressed:
        read_ = read(press)
        verbs.add(read_.verb)
        return read_

    monkeypatch.setattr("bot.chat.service.read", noted)
    return verbs


async def test_every_button(pressed: set[str], chat: PlatformChat) -> None:
    await under_an_answer(chat)
    await who_is_it_really(chat)
    await how_the_chat_is_set(chat)
    await second_opinions(chat)
    await which_face_it_is(chat)
    await what_is_asked_before_it_counts(chat)
    await known_characters(chat)
    await own_data(await chat.private())
    unheard = {"called"} if chat.platform == "discord" else set()
    assert {button.verb for feature in REGISTRY.features for button in feature.buttons} - unheard == pressed


async def under_an_answer(chat: PlatformChat) -> None:
    answer = await chat.say("who", "", CROWD, by=chat.ann)
    assert "Page 1 of 2" in answer.text
    answer = await chat.press(answer, "Next ▶", by=chat.bob)
    assert answer.text.startswith("9. Aoi Umino")
    answer = await chat.press(answer, "◀ Back", by=chat.bob)
    assert answer.text.startswith("1. Aoi Umino")
    asked = await chat.press(answer, "Other guesses", by=chat.bob)
    assert asked.text == "Which face?"
    told = await chat.press(asked, "Face 3: Aoi Umino", by=chat.bob)
    assert told.text.startswith("Face 3 looks most like:\n1. Aoi Umino")
    answer = await chat.press(told, "◀ Back", by=chat.bob)
    refused = await chat.press(answer, "Delete", by=chat.bob)
    assert refused.alone
    assert refused.text == "Only the person who asked, or somebody who manages this chat, can delete this answer."
    await chat.remove(answer, "Delete", by=chat.ann)

    answer = await chat.say("who", "", RED, by=chat.ann)
    thanks = await chat.press(answer, "Right!", by=chat.bob)
    assert thanks.alone
    assert thanks.text == "Thank you! I am glad that I was right."
    await chat.remove(answer, "Delete", by=chat.manager)


async def who_is_it_really(chat: PlatformChat) -> None:
    answer = await chat.say("who", "", RED_AND_GREY, by=chat.ann)
    asked = await chat.press(answer, "Wrong?", by=chat.bob)
    assert asked.text == "Which face?"
    asked = await chat.press(asked, "◀ Back", by=chat.bob)
    asked = await chat.press(asked, "Name this face", by=chat.bob)
    assert asked.text == "Face 2: who is it?\nIf you say who, I keep the cut-out face to learn from it."
    no_match = await chat.press(asked, "Search…", by=chat.bob, words="xyzzy")
    assert no_match.text.startswith("I know nobody called xyzzy.")
    found = await chat.press(asked, "Search…", by=chat.bob, words="hayashi")
    assert found.labels.count("Midori Hayashi") == 1
    thanks = await chat.press(found, "Midori Hayashi", by=chat.bob)
    assert thanks.text == "Thank you! So that is Midori Hayashi."
    assert "Midori Hayashi" in (await chat.say("who", "", GREY, by=chat.ann)).text
    back = await chat.press(thanks, "Undo", by=chat.bob)
    assert back.text.startswith("Taken back")
    assert "Nobody I know" in (await chat.say("who", "", GREY, by=chat.ann)).text

    for label, words, answered in (
        ("Someone else…", "Koharu", "Thank you! So that is Koharu."),
        ("I don't know who", None, NOTED),
        ("Not a face", None, NOTED),
    ):
        answer = await chat.say("who", "", GREEN, by=chat.ann)
        asked = await chat.press(answer, "Wrong?", by=chat.bob)
        thanks = await chat.press(asked, label, by=chat.bob, words=words)
        assert thanks.text == answered
        again = await chat.press(thanks, "◀ Back", by=chat.bob)
        assert again.text == answer.text
    stats = (await chat.say("stats", by=chat.ann)).text
    assert "Midori Hayashi: 0 % (0 confirmed, 1 corrected)" in stats
    assert "Koharu: 0 % (0 confirmed, 2 corrected)" in stats


async def what_is_asked_before_it_counts(chat: PlatformChat) -> None:
    if chat.platform == "telegram":  # Discord has the name filled in
        asked = await chat.say("teach", "", GREY, by=chat.manager)
        assert asked.text == "Who is it?"
        learnt = await chat.press(asked, "Say who it is…", by=chat.manager, words="Haiiro")
        assert learnt.text.startswith("Thank you! I know Haiiro in this chat now, from 1 picture.")
        await chat.press(learnt, "Undo", by=chat.manager)
    asked = await chat.say("teach", "Hayashy", RED, by=chat.ann)
    assert asked.text == "I know nobody called Hayashy. Did you mean Midori Hayashi?"
    doubt = await chat.press(asked, "Midori Hayashi", by=chat.ann)
    assert doubt.text == "This looks like somebody else, not like Midori Hayashi. Add it anyway?"
    assert (await chat.press(doubt, "Cancel", by=chat.ann)).text == "I have added nothing."
    doubt = await chat.say("teach", "Midori Hayashi", RED, by=chat.ann)
    added = await chat.press(doubt, "Add anyway", by=chat.manager)
    assert added.text.startswith("Thank you! I know Midori Hayashi in this chat now")
    await chat.press(added, "Undo", by=chat.manager)


async def how_the_chat_is_set(chat: PlatformChat) -> None:
    view = await chat.say("settings", by=chat.manager)
    refused = await chat.press(view, "Watch: off", by=chat.ann)
    assert (refused.text, refused.alone) == ("Only people who manage this chat may do that.", True)
    for label, said in (
        ("Watch: off", "I look at every picture that is posted here."),
        ("Quiet: off", "Where nobody asked, I speak only when I know somebody."),
        ("Quiet: on", "Where nobody asked, I speak of every face."),
        ("Watch: on", "I look at pictures when I am asked to."),
        ("Nothing of the picture", "When I am corrected, I keep nothing of the picture."),
        ("Every face that is judged", "When I am told that I was right or wrong, I keep the cut-out face"),
        ("Faces that are named", "When I am told who somebody really is, I keep the cut-out face"),
        ("80 %", "I name a face from 80 % on."),
        ("As I see fit", "I name a face when I am sure enough."),
        ("English", "I speak this language: English"),
        ("Everybody's own", "I speak everybody's own language"),
        ("Nobody", "Nobody may teach or correct me here."),
        ("Those who manage this chat", "Only those who manage this chat may teach and correct me."),
        ("Everybody", "Everybody may teach and correct me."),
        ("Next ▶", "I show guesses from 15 % on."),
        ("30 %", "I show guesses from 30 % on."),
        ("◀ Back", "I show guesses from 30 % on."),
        ("Second opinion: off", "What one person teaches counts when a second one, or a manager, has confirmed it."),
    ):
        view = await chat.press(view, label, by=chat.manager)
        assert said in view.text, label
    if chat.platform == "discord":
        view = await chat.press(view, "Age-restricted only: off", by=chat.manager)
        assert "I answer here only if" in (await chat.say("who", "", RED, by=chat.ann)).text
        view = await chat.press(view, "Age-restricted only: on", by=chat.manager)
    else:
        assert not any("Age-restricted" in label for label in view.labels)


async def second_opinions(chat: PlatformChat) -> None:
    """Every chat's boss has said that one person is not enough."""
    taught = await chat.say("teach", "Ki Iro", YELLOW, by=chat.ann)
    assert "1 picture of Ki Iro counts as soon as a second person" in taught.text
    refused = await chat.press(taught, "Confirm", by=chat.ann)
    assert (refused.text, refused.alone) == ("That takes a second person, or somebody who manages this chat.", True)
    assert "Nobody I know" in (await chat.say("who", "", YELLOW, by=chat.ann)).text
    agreed = await chat.press(taught, "Confirm", by=chat.bob)
    assert agreed.text == "Bob has confirmed Ki Iro. It counts from now on."
    assert "Ki Iro" in (await chat.say("who", "", YELLOW, by=chat.ann)).text

    taught = await chat.say("teach", "Mizuiro", CYAN, by=chat.ann)
    rejected = await chat.press(taught, "Reject", by=chat.bob)
    assert rejected.text == "Bob has rejected Mizuiro. It does not count."

    await chat.say("teach", "Mizuiro", CYAN, by=chat.ann)
    history = await chat.say("history", by=chat.manager)
    assert "Ann taught Mizuiro, 1 picture (waits to be confirmed)" in history.text.split("\n")[1]
    history = await chat.press(history, "Confirm 1", by=chat.manager)
    assert "Boss agreed to what was taught about Mizuiro" in history.text.split("\n")[1]
    assert "Mizuiro" in (await chat.say("who", "", CYAN, by=chat.ann)).text
    history = await chat.press(history, "Revert 1", by=chat.manager)
    assert "Boss took back a change about Mizuiro" in history.text.split("\n")[1]
    assert "Nobody I know" in (await chat.say("who", "", CYAN, by=chat.ann)).text
    older = await chat.press(history, "Older ▶", by=chat.manager)
    assert "page 2" in older.text
    assert "page 1" in (await chat.press(older, "◀ Newer", by=chat.manager)).text


async def which_face_it_is(chat: PlatformChat) -> None:
    asked = await chat.say("teach", "Haiiro", RED_AND_GREY, by=chat.manager)
    assert asked.text == "There are several faces. Which one is Haiiro?"
    assert (asked.pictures, asked.labels) == (1, ("1", "2", "None of them"))
    none = await chat.press(asked, "None of them", by=chat.manager)
    assert none.text == "None of them, then: I have learnt none of these faces."
    asked = await chat.say("teach", "Haiiro", RED_AND_GREY, by=chat.manager)
    learnt = await chat.press(asked, "2", by=chat.manager)
    assert learnt.text.startswith("Thank you! I know Haiiro in this chat now, from 1 picture.")
    undone = await chat.press(learnt, "Undo", by=chat.manager)
    assert undone.text.startswith("Taken back")


async def known_characters(chat: PlatformChat) -> None:
    for number in range(20):
        await chat.say("teach", f"Extra {number}", PINK, by=chat.manager)
    roster = await chat.say("roster", by=chat.ann)
    assert "Midori Hayashi" not in roster.text
    roster = await chat.press(roster, "Next ▶", by=chat.ann)
    assert "Midori Hayashi" in roster.text
    roster = await chat.press(roster, "◀ Back", by=chat.ann)
    assert "Akane Hoshino" in roster.text


async def own_data(chat: PlatformChat) -> None:
    await chat.say("teach", "Ki Iro", YELLOW, by=chat.ann)
    data = await chat.say("mydata", by=chat.ann)
    assert "• 1 face that you have taught me" in data.text
    sure = await chat.press(data, "Delete my data", by=chat.ann)
    assert sure.text.startswith("Everything that you have taught and said will be gone for good")
    data = await chat.press(sure, "No, keep it", by=chat.ann)
    assert "• 1 face that you have taught me" in data.text
    sure = await chat.press(data, "Delete my data", by=chat.ann)
    gone = await chat.press(sure, "Yes, delete it", by=chat.ann)
    assert gone.text.startswith("It is gone.")
    data = await chat.say("mydata", by=chat.ann)
    # Where questions are written down before they are answered, this one is.
    assert data.text.endswith(("Nothing else is kept about you.", "• 1 question that I am answering now"))
    assert "Nobody I know" in (await chat.say("who", "", YELLOW, by=chat.ann)).text


# --- what only one of them has ---------------------------------------------------------------------------------------


async def test_the_menu_of_a_message_on_discord(discord: DiscordChat) -> None:
    chat, fake = discord, discord.fake
    message = await fake.post_picture(YELLOW, author=chat.bob)
    await fake.menu("Who is this?", message, author=chat.ann)
    assert "Nobody I know" in (await chat.answer()).text
    interaction = await fake.menu("Teach this face", message, author=chat.ann)
    await fake.write(interaction, "Ki Iro", author=chat.ann)
    assert "I know Ki Iro in this chat now" in (await chat.answer()).text
    await fake.menu("Who is this?", message, author=chat.ann)
    answer = await chat.answer()
    assert answer.text.startswith("1. Ki Iro")
    await fake.delete(message)
    await fake.until(lambda: answer.message.id not in [one["id"] for one in fake.messages()])


async def test_names_are_completed_on_discord(discord: DiscordChat) -> None:
    chat, fake = discord, discord.fake
    await chat.say("teach", "Aozora", CYAN, by=chat.ann)
    assert await fake.complete("teach", "name", "ao", author=chat.ann) == ["Aoi Umino", "Aozora"]
    assert await fake.complete("forget", "name", "ao", author=chat.ann) == ["Aozora"]
    assert await fake.complete("roster", "search", "hosh", author=chat.ann) == ["Akane Hoshino"]


async def test_an_answer_for_one_alone_on_discord(discord: DiscordChat) -> None:
    interaction = await discord.fake.slash_who(RED, private=True, author=discord.ann)
    answer = await discord.answer()
    assert answer.alone
    assert answer.message.interaction == interaction
    assert answer.text.startswith("1. Akane Hoshino")


async def test_the_asker_takes_an_answer_away_by_a_reaction(chat: PlatformChat) -> None:
    answer = await chat.say("who", "", RED, by=chat.ann)
    await chat.dislike(answer, by=chat.bob)
    await chat.say("about", by=chat.manager)
    assert chat.is_there(answer), "that was not the one who had asked"
    await chat.dislike(answer, by=chat.ann)
    await until(lambda: not chat.is_there(answer))


async def test_a_spoiler_is_answered_as_one(chat: PlatformChat) -> None:
    answer = await chat.ask_about_a_spoiler(RED, by=chat.ann)
    assert "Akane Hoshino" in answer.text
    assert answer.hidden


async def test_all_is_forgotten_where_the_bot_is_thrown_out(chat: PlatformChat) -> None:
    await chat.say("teach", "Ki Iro", YELLOW, by=chat.ann)
    await chat.say("threshold", "70", by=chat.manager)
    await chat.throw_out_and_invite_again()
    async with asyncio.timeout(TIMEOUT):
        while "Nobody has taught me anything" not in (await chat.say("history", by=chat.manager)).text:
            pass  # It hears of that beside what people ask.
    assert "Nobody I know" in (await chat.say("who", "", YELLOW, by=chat.ann)).text
    assert "I name a face when I am sure enough." in (await chat.say("settings", by=chat.manager)).text
