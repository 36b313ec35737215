"""How a chat is set: told to everybody, changed by those who manage it."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from bot.chat.features import settings as feature
from bot.chat.features.settings import MOST_CHATS, Configure, ShowSettings
from bot.chat.model import Chat, Incoming, Placement, Press
from bot.chat.service import Service
from bot.storage.store import Store
from bot.storage.values import ChatSettings, Keeping, Teachers
from tests.support.service_harness import (
    ANN,
    CHAT,
    MANAGER,
    NO_BUTTONS,
    PRIVATE,
    WITH_BUTTONS,
    FakeBackend,
    Source,
    actions,
    analysis,
    asking,
    incoming,
    press,
    sighting,
)

EVERYTHING = ChatSettings(
    watch=True,
    quiet=True,
    threshold=0.7,
    language="de",
    teachers=Teachers.NOBODY,
    keep=Keeping.NOTHING,
    confirm=True,
    adults_only=True,
    least_guess=0.3,
)


# --- settings and help -----------------------------------------------------------------------------------------------


async def test_a_manager_changes_settings_and_is_told_all_of_them(service: Service, store: Store) -> None:
    reply = await service.handle(incoming(Configure({"watch": True}), user=MANAGER))
    assert "every picture that is posted" in reply.text
    reply = await service.handle(incoming(Configure({"threshold": 0.625}), user=MANAGER))
    assert "every picture that is posted" in reply.text
    assert "62.5 %" in reply.text
    assert await store.chat_settings(CHAT) == ChatSettings(watch=True, threshold=0.625)


async def test_others_may_not(service: Service, store: Store) -> None:
    reply = await service.handle(incoming(Configure({"watch": True})))
    assert "Only people who manage this chat" in reply.text
    assert await store.chat_settings(CHAT) == ChatSettings()


async def test_in_a_private_chat_everybody_may(service: Service, store: Store) -> None:
    await service.handle(incoming(Configure({"watch": True}), chat=PRIVATE))
    assert (await store.chat_settings(PRIVATE)).watch


@pytest.mark.parametrize("threshold", [-0.001, 1.001, float("nan"), float("inf")])
async def test_a_threshold_is_from_0_to_1(service: Service, store: Store, threshold: float) -> None:
    reply = await service.handle(incoming(Configure({"watch": True, "threshold": threshold}), user=MANAGER))
    assert "from 0 to 1" in reply.text
    assert await store.chat_settings(CHAT) == ChatSettings()


async def test_a_language_must_be_one_that_is_spoken(service: Service, store: Store) -> None:
    assert "do not speak" in (await service.handle(incoming(Configure({"language": "tlh"}), user=MANAGER))).text
    assert (await store.chat_settings(CHAT)).language is None
    await service.handle(incoming(Configure({"language": "en-GB"}), user=MANAGER))
    assert (await store.chat_settings(CHAT)).language == "en"


async def test_auto_hands_the_language_back(service: Service, store: Store) -> None:
    for tag in ("ja", None):
        await service.handle(incoming(Configure({"language": tag}), user=MANAGER))
    assert (await store.chat_settings(CHAT)).language is None


async def test_auto_hands_the_threshold_back(service: Service, store: Store) -> None:
    await service.handle(incoming(Configure({"threshold": 0.9}), user=MANAGER))
    assert "sure enough" in (await service.handle(incoming(Configure({"threshold": None}), user=MANAGER))).text
    assert (await store.chat_settings(CHAT)).threshold is None


async def test_every_setting_can_be_made_at_once(service: Service, store: Store) -> None:
    await service.handle(incoming(Configure(asdict(EVERYTHING)), user=MANAGER))
    assert await store.chat_settings(CHAT) == EVERYTHING


# --- the view --------------------------------------------------------------------------------------------------------


def view(**details: Any) -> Incoming:
    return incoming(ShowSettings(), **{"user": MANAGER, "capabilities": WITH_BUTTONS, **details})


async def test_a_manager_sees_what_can_be_pressed(service: Service) -> None:
    reply = await service.handle(view())
    assert reply.private
    assert [button.label for button in reply.buttons[0]] == [
        "Watch: off",
        "Second opinion: off",
        "Age-restricted only: off",
        "Next ▶",
    ]
    assert [menu.label for menu in reply.menus] == [
        "How sure must I be to name a face?",
        "Which language should I speak?",
        "Who may teach and correct me?",
        "What should I keep when I am corrected?",
    ]
    assert len(reply.buttons) + len(reply.menus) <= 5, "rows on Discord"
    assert [[option.label for option in menu.options if option.selected] for menu in reply.menus] == [
        ["As I see fit"],
        ["Everybody's own"],
        ["Everybody"],
        ["Faces that are named"],
    ]


async def test_the_watched_channels_of_a_server_are_named(service: Service, store: Store) -> None:
    links = replace(WITH_BUTTONS, chat_link="https://{home}/{id}")
    here, there = Chat("discord", "1", home="club"), Chat("discord", "2", home="club")
    await store.change(Chat("discord", "3", home="other"), watch=True)
    await store.change(Chat("telegram", "4", home="club"), watch=True)
    assert "On this server" not in (await service.handle(view(chat=here, capabilities=links))).text
    for chat in (here, there):
        await service.handle(incoming(Configure({"watch": True}), user=MANAGER, chat=chat))
    named = "On this server I look at every picture in: https://club/1, https://club/2"
    reply = await service.handle(view(chat=there, capabilities=links))
    assert reply.text.endswith(named)
    assert named in (await service.handle(view(chat=there, capabilities=links, user=ANN))).text
    reply = await service.handle(press(reply, "Watch: on", user=MANAGER, chat=there, capabilities=links))
    assert reply.text.endswith("every picture in: https://club/1")
    assert "On this server" not in (await service.handle(view(chat=here))).text, "where chats cannot be linked to"
    assert "On this server" not in (await service.handle(view(capabilities=links))).text, "a chat without a server"


async def test_of_very_many_watched_channels_the_first_are_named(service: Service, store: Store) -> None:
    for number in range(MOST_CHATS + 1):
        await store.change(Chat("discord", f"{number:02}", home="club"), watch=True)
    links = replace(WITH_BUTTONS, chat_link="https://{home}/{id}")
    reply = await service.handle(view(chat=Chat("discord", "00", home="club"), capabilities=links))
    assert reply.text.count("https://") == MOST_CHATS
    assert reply.text.endswith("https://club/09 …")


async def test_what_does_not_fit_on_a_page_stands_on_the_next(
    service: Service, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feature, "MENUS", 3)
    first = await service.handle(view())
    assert [button.label for button in first.buttons[0]][-1] == "Next ▶"
    assert len(first.menus) == 3
    second = await service.handle(press(first, "Next ▶", user=MANAGER))
    assert second.text == first.text
    assert [button.label for button in second.buttons[0]] == ["◀ Back"]
    assert second.menus[0].label == "What should I keep when I am corrected?"
    changed = await service.handle(press(second, "Nothing of the picture", user=MANAGER))
    assert await store.chat_settings(CHAT) == ChatSettings(keep=Keeping.NOTHING)
    assert changed.menus[0].label == second.menus[0].label, "the page stays"
    assert (await service.handle(press(changed, "◀ Back", user=MANAGER))).menus == first.menus


async def test_guesses_that_are_too_unlikely_are_neither_said_nor_drawn(
    service: Service, backend: FakeBackend, source: Source
) -> None:
    backend.results[b"close"] = analysis(
        sighting(("nishikino_maki", 0.6), ("yazawa_nico", 0.2), ("hoshizora_rin", 0.1)),
        sighting(("yazawa_nico", 0.14), unknown=True),
        sighting(("yazawa_nico", 0.1)),
    )

    async def answer() -> list[str]:
        return (await service.handle(asking(source.picture("close"), user=MANAGER))).text.splitlines()

    named = "1. Nishikino Maki, 60 % (or Yazawa Nico, 20 %"
    assert await answer() == [f"{named})", "2. Nobody I know", "3. Maybe Yazawa Nico, 10 %"]
    assert backend.calls[-1].least_guess == 0.15
    page = await service.handle(press(await service.handle(view()), "Next ▶", user=MANAGER))
    assert "I show guesses from 15 % on." in page.text
    page = await service.handle(press(page, "I show every one", user=MANAGER))
    assert "I show every guess, however unlikely." in page.text
    assert await answer() == [
        f"{named}; Hoshizora Rin, 10 %)",
        "2. Nobody I know (looks a little like Yazawa Nico)",
        "3. Maybe Yazawa Nico, 10 %",
    ]
    assert backend.calls[-1].least_guess == 0


async def test_others_can_read_but_not_press(service: Service, store: Store) -> None:
    assert not (await service.handle(view(user=ANN))).buttons
    assert not (await service.handle(view(user=ANN))).menus
    refusal = await service.handle(press(await service.handle(view()), "Watch: off", user=ANN))
    assert refusal.placement is Placement.NOTICE
    assert "Only people who manage" in refusal.text
    assert await store.chat_settings(CHAT) == ChatSettings()


@pytest.mark.parametrize(
    ("label", "settings"),
    [
        ("Watch: off", ChatSettings(watch=True)),
        ("Nothing of the picture", ChatSettings(keep=Keeping.NOTHING)),
        ("Every face that is judged", ChatSettings(keep=Keeping.JUDGED)),
        ("Second opinion: off", ChatSettings(confirm=True)),
        ("Age-restricted only: off", ChatSettings(adults_only=True)),
        ("70 %", ChatSettings(threshold=0.7)),
        ("日本語", ChatSettings(language="ja")),
        ("Nobody", ChatSettings(teachers=Teachers.NOBODY)),
        ("Those who manage this chat", ChatSettings(teachers=Teachers.MANAGERS)),
    ],
)
async def test_each_press_changes_one_thing_and_the_view(
    service: Service, store: Store, label: str, settings: ChatSettings
) -> None:
    before = await service.handle(view())
    after = await service.handle(press(before, label, user=MANAGER))
    assert await store.chat_settings(CHAT) == settings
    assert after.placement is Placement.EDIT
    assert after.text != before.text
    assert (after.buttons, after.menus) != (before.buttons, before.menus)


async def test_what_was_pressed_can_be_taken_back(service: Service, store: Store) -> None:
    page = await service.handle(view())
    there = ("Watch: off", "Quiet: off", "60 %", "Nothing of the picture")
    for label in (*there, "Quiet: on", "Watch: on", "As I see fit", "Faces that are named"):
        page = await service.handle(press(page, label, user=MANAGER))
    assert await store.chat_settings(CHAT) == ChatSettings()
    assert page.text == (await service.handle(view())).text


async def test_quiet_matters_only_while_watching(service: Service) -> None:
    page = await service.handle(press(await service.handle(view()), "Watch: off", user=MANAGER))
    assert "Quiet: off" in actions(page)
    assert "Quiet: off" not in actions(await service.handle(press(page, "Watch: on", user=MANAGER)))


async def test_a_private_chat_is_asked_only_what_matters_there(service: Service, store: Store) -> None:
    page = await service.handle(view(chat=PRIVATE, user=ANN))
    assert [button.label for row in page.buttons for button in row] == ["Next ▶"], "there is no switch"
    assert len(page.menus) == 4
    for label in ("80 %", "Every face that is judged"):
        page = await service.handle(press(page, label, chat=PRIVATE))
    assert await store.chat_settings(PRIVATE) == ChatSettings(threshold=0.8, keep=Keeping.JUDGED)


@pytest.mark.parametrize("forged", ["on", "off", "", "everything"])
async def test_what_is_kept_has_three_steps_and_no_other(service: Service, store: Store, forged: str) -> None:
    """Such as those of a whobot that had a switch instead: its buttons are still there to be pressed."""
    reply = await service.handle(incoming(Press(f"set::keep:{forged}"), user=MANAGER, capabilities=WITH_BUTTONS))
    assert "expired" in reply.text
    assert await store.chat_settings(CHAT) == ChatSettings()


async def test_where_there_are_no_buttons_the_text_says_it_all(service: Service) -> None:
    page = await service.handle(view(capabilities=NO_BUTTONS))
    assert not page.buttons
    assert not page.menus
    assert "/watch on" in page.text


async def test_settings_say_when_the_platform_hides_messages(service: Service) -> None:
    deaf = Chat("telegram", "-1", hears_all=False)
    assert "addressed to me" not in (await service.handle(view(chat=deaf))).text
    watched = await service.handle(incoming(Configure({"watch": True}), chat=deaf, user=MANAGER))
    assert "addressed to me" in watched.text
