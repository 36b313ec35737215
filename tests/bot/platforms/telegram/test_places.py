"""The bot's place in its chats: what it may hear, moving, leaving, and how it presents itself."""

import pytest

from bot.chat.features.settings import Configure
from bot.chat.features.teaching import Teach
from bot.chat.model import Ask, Left, Misuse, Moved, Request, Trigger
from bot.chat.model import Chat as WhobotChat
from bot.platforms.telegram.adapter import TelegramAdapter
from bot.platforms.telegram.platform import COMMAND_NAMES as TELEGRAM
from tests.bot.platforms.telegram.conftest import Recorder, Serve, png, running, until
from tests.support.fakes.telegram import Chat, FakeTelegram, Refusal
from tests.support.service_harness import REGISTRY

MANAGERS_ONLY = {command.name for command in REGISTRY.commands if command.managers}


@pytest.mark.parametrize("how", ["left", "kicked"])
async def test_leaving_a_group(telegram: FakeTelegram, recorder: Recorder, serve: Serve, how: str) -> None:
    async with serve():
        await telegram.change_place(telegram.group, "member", how)
        await until(lambda: recorder.told)

    assert recorder.told == [Left(WhobotChat("telegram", str(telegram.group.id)))]
    assert "sendMessage" not in telegram.calls, "there is nobody left to hear it"


async def test_being_blocked_is_leaving(telegram: FakeTelegram, recorder: Recorder, serve: Serve) -> None:
    async with serve():
        await telegram.change_place(telegram.direct, "member", "kicked", author=telegram.alice)
        await until(lambda: recorder.told)

    assert recorder.told == [Left(WhobotChat("telegram", str(telegram.direct.id), private=True))]


async def test_a_group_that_becomes_a_supergroup(telegram: FakeTelegram, recorder: Recorder, serve: Serve) -> None:
    old = telegram.add(Chat(-123, "group", "Club"))
    async with serve():
        await telegram.post(chat=old, migrate_to_chat_id=telegram.group.id)
        await telegram.post(chat=telegram.group, migrate_from_chat_id=old.id)
        await telegram.post("/help", chat=telegram.group)
        await telegram.answer()

    here, there = (WhobotChat("telegram", id_) for id_ in ("-123", str(telegram.group.id)))
    assert recorder.told == [Moved(here, there)]
    assert len(recorder.seen) == 1


async def test_what_the_bot_hears(telegram: FakeTelegram, recorder: Recorder, serve: Serve) -> None:
    async def watch(chat: Chat | None = None) -> bool:
        await telegram.post("/watch on", chat=chat)
        await telegram.answer()
        assert recorder.seen[-1].request == Configure({"watch": True})
        return recorder.seen[-1].chat.hears_all

    async with serve():
        assert await watch(telegram.group)

    telegram.world.sees_everything = False
    async with serve():
        assert not await watch(telegram.group)
        assert await watch(), "everything in a private chat"
        telegram.add(Chat(telegram.group.id, "supergroup", "Club", admins=(telegram.me,)))
        await telegram.change_place(telegram.group, "member", "administrator")
        assert await watch(telegram.group), "administrators hear everything"


async def test_a_question_does_not_fetch_the_members(telegram: FakeTelegram, recorder: Recorder, serve: Serve) -> None:
    telegram.world.sees_everything = False
    async with serve():
        await telegram.post_picture(png(), caption="/who", chat=telegram.group)
        await telegram.answer()

    assert "getChatMember" not in telegram.calls


# --- the menu of commands --------------------------------------------------------------------------------------------


def words(text: str, tag: str, context: str | None = None) -> str | None:
    if context is not None:
        return NAMES.get(tag, {}).get((context, text))
    return f"[{tag}] {text}" if tag != "ja" else None


NAMES = {
    "de": {(TELEGRAM.command, "who"): "wer", ("another platform's", "who"): "wer-ist-das"},
    "zh-hans": {(TELEGRAM.command, "who"): "是谁", ("another platform's", "teach"): "教我"},
}


async def test_the_menu_of_commands(telegram: FakeTelegram, recorder: Recorder) -> None:
    adapter = TelegramAdapter(telegram.settings(), recorder, REGISTRY, words=words, languages=("de", "zh-hans", "ja"))
    async with running(adapter):
        await until(lambda: ("long", "ja") in telegram.world.descriptions)

    menus = telegram.world.commands
    private, group = names(menus["all_private_chats", ""]), names(menus["all_group_chats", ""])
    assert names(menus["all_chat_administrators", ""]) == [command.name for command in REGISTRY.commands]
    assert {"who", "teach", "settings", "help"} <= set(private)
    assert not {"watch", "quiet"} & set(private)
    assert set(group) == {command.name for command in REGISTRY.commands} - MANAGERS_ONLY

    said = {menu[0]["description"] for (_, language), menu in menus.items() if language == "zh"}
    assert said == {f"[zh-hans] {REGISTRY.commands[0].description}"}
    assert menus["all_group_chats", "ja"] == menus["all_group_chats", ""], "English where nothing else is known"
    assert telegram.world.descriptions["short", "de"].startswith("[de] ")
    assert names(menus["all_private_chats", "de"])[:2] == ["wer", "teach"]
    assert names(menus["all_private_chats", "zh"])[:2] == ["who", "teach"], "Telegram would refuse other letters"


async def test_a_command_by_its_name_in_another_language(telegram: FakeTelegram, recorder: Recorder) -> None:
    typed = REGISTRY.typed_names(words, ("de", "zh-hans"), (TELEGRAM.command, "another platform's"))
    adapter = TelegramAdapter(telegram.settings(), recorder, REGISTRY, names=typed)
    async with running(adapter):
        await telegram.connected()
        await telegram.post_picture(png(), caption="/wer", chat=telegram.group)
        await telegram.answer()
        await telegram.post_picture(png(), caption="/教我 穗乃果", chat=telegram.group)
        await telegram.answer()
        await telegram.post("/tanz", chat=telegram.group)
        await telegram.post("/tanz@whobot_bot", chat=telegram.group)
        await telegram.answer()

    asked, taught, misused = (seen.request for seen in recorder.seen)
    assert isinstance(asked, Ask)
    assert asked.trigger is Trigger.COMMAND
    assert isinstance(taught, Teach)
    assert taught.name == "穗乃果"
    assert misused == Misuse("tanz")


async def test_no_menu_of_commands_is_no_reason_to_give_up(telegram: FakeTelegram, serve: Serve) -> None:
    telegram.fail_with("setMyCommands", Refusal(400, "Bad Request: BOT_COMMAND_INVALID"))
    async with serve():
        await telegram.post("/help")
        assert (await telegram.answer()).text == "It is Pink."


def names(menu: list[dict[str, str]]) -> list[str]:
    return [entry["command"] for entry in menu]


def requests(recorder: Recorder) -> list[Request]:
    return [seen.request for seen in recorder.seen]
