"""Pages to read, and a word on commands that are none."""

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import pytest

from bot.chat.features.about import ShowAbout
from bot.chat.features.privacy import ShowPrivacy
from bot.chat.model import Capabilities, Help, Misuse, User
from bot.chat.service import Service
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, Keeping, Teachers
from tests.support.service_harness import (
    ANN,
    CHAT,
    MANAGER,
    PRIVATE,
    REGISTRY,
    WITH_BUTTONS,
    FakeBackend,
    incoming,
    teach,
)


async def test_help_tells_how_to_ask(service: Service) -> None:
    reply = await service.handle(incoming(Help()))
    assert reply.private
    assert "/who" in reply.text
    assert "I know 2 characters: Nishikino Maki, Yazawa Nico (/roster)" in reply.text


async def test_help_names_only_some_of_many_characters(service: Service, backend: FakeBackend) -> None:
    backend.roster = tuple(f"character_{n}" for n in range(1000))
    text = (await service.handle(incoming(Help(), user=MANAGER, capabilities=WITH_BUTTONS))).text
    assert "I know 1000 characters: character_0, " in text
    assert ", … (/roster)" in text
    assert len(text) < 2000, "Discord takes no more"


async def test_help_fits_the_chat_and_its_reader(service: Service) -> None:
    async def help_(**details: Any) -> str:
        return (await service.handle(incoming(Help(), **details))).text

    assert "/watch" not in await help_()
    assert "/watch" in await help_(user=MANAGER)
    assert "/watch" not in await help_(chat=PRIVATE)
    assert "/settings" in await help_(chat=PRIVATE)
    assert "Send me a picture" in await help_(chat=PRIVATE)
    assert "menu of a message" not in await help_()
    menus = Capabilities(4000, 2000, 10, 10_000_000, context_menus=True)
    assert "menu of a message" in await help_(capabilities=menus)


@pytest.mark.parametrize(
    ("teachers", "user", "taught"),
    [
        (Teachers.EVERYONE, ANN, True),
        (Teachers.MANAGERS, ANN, False),
        (Teachers.MANAGERS, MANAGER, True),
        (Teachers.NOBODY, MANAGER, False),
    ],
)
async def test_help_speaks_of_teaching_to_those_who_may(
    service: Service, store: Store, backend: FakeBackend, teachers: Teachers, user: User, taught: bool
) -> None:
    await store.change(CHAT, teachers=teachers)
    assert ("/teach" in (await service.handle(incoming(Help(), user=user))).text) is taught
    backend.embeds = False
    assert "/teach" not in (await service.handle(incoming(Help(), user=user))).text


async def test_help_names_every_command_to_those_who_may_give_it(service: Service) -> None:
    async def named(**details: Any) -> set[str]:
        text = (await service.handle(incoming(Help(), **details))).text
        assert len(text) < 2000, "Discord takes no more"
        return {command.name for command in REGISTRY.commands if f"/{command.name}" in text}

    every = {command.name for command in REGISTRY.commands} - {"help"}
    assert await named(user=MANAGER) == every
    assert await named(user=ANN) == {command.name for command in REGISTRY.commands if not command.managers} - {"help"}
    assert await named(chat=PRIVATE) == every - {"watch", "quiet"}


async def test_help_names_characters_taught_here(service: Service, store: Store) -> None:
    await teach(store, "Miku")
    assert "3 characters: Nishikino Maki, Yazawa Nico, Miku" in (await service.handle(incoming(Help()))).text


async def test_about_tells_what_this_whobot_is_made_of(service: Service, store: Store) -> None:
    text = (await service.handle(incoming(ShowAbout()))).text
    for part in (f"whobot {version('whobot')}", "two idols (b1)", "a face finder", "2 characters"):
        assert part in text
    assert "taught here" not in text
    await teach(store, "Miku")
    for name in ("Luka", "Miku"):
        await teach(store, name, scope=EVERYWHERE)
    text = (await service.handle(incoming(ShowAbout()))).text
    assert "1 character was taught here." in text
    assert "2 characters were taught by whoever runs me, for every chat." in text


async def test_privacy_tells_what_holds_in_this_chat(make: Callable[..., Service], store: Store) -> None:
    service = make(remembered_seconds=7200)
    text = (await service.handle(incoming(ShowPrivacy()))).text
    for part in ("on the machine that I run on", "for 2 hours at most", "for 30 days", "/mydata", "/optout"):
        assert part in text
    assert text == (await service.handle(incoming(ShowPrivacy(), chat=PRIVATE))).text
    await store.change(CHAT, keep=Keeping.NOTHING)
    assert text != (await service.handle(incoming(ShowPrivacy()))).text


async def test_privacy_of_a_page_of_whobots_own_is_true_of_that(service: Service) -> None:
    page = replace(WITH_BUTTONS, kept_minutes=60)
    text = (await service.handle(incoming(ShowPrivacy(), chat=PRIVATE, capabilities=page))).text
    for part in (
        "its pictures for 60 minutes at most",
        "A cookie in this browser",
        "It counts in this chat.",
        "“Forget”",
    ):
        assert part in text
    for part in ("two days", "server", "When I am removed from a chat"):
        assert part not in text


@pytest.mark.parametrize(
    ("step", "stored", "judged"),
    [
        (Keeping.NOTHING, "teaches me with it.", "who said it and when, and nothing of the picture."),
        (Keeping.NAMED, "teaches me with it.", "When they tell me who a face really is, that teaches me"),
        (
            Keeping.JUDGED,
            "teaches me with it, or, as this chat is set, tells me that I was right or wrong.",
            "who said it and when, and the cut-out face.",
        ),
    ],
)
async def test_privacy_is_true_whatever_the_chat_keeps(
    service: Service, store: Store, step: Keeping, stored: str, judged: str
) -> None:
    await store.change(CHAT, keep=step)
    lines = (await service.handle(incoming(ShowPrivacy()))).text.splitlines()
    assert f"Nothing of a picture is stored unless somebody {stored}" in lines
    (said,) = (line for line in lines if line.startswith("When somebody tells me that I was right or wrong, "))
    assert judged in said


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("watch", "/watch on|off"),
        ("teach", "/teach <name> pictures"),
        ("nonsense", "There is no such command. Try /help."),
    ],
)
async def test_a_command_that_is_none_or_unfinished_is_explained(service: Service, command: str, told: str) -> None:
    assert told in (await service.handle(incoming(Misuse(command)))).text
