"""Whom whobot knows: the roster, and completion."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.chat.features.roster import Roster
from bot.chat.model import Chat, Help, Placement, Reply, Suggest
from bot.chat.service import Service
from bot.recognition.characters import Character, Characters
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, State
from tests.support.service_harness import NO_BUTTONS, WITH_BUTTONS, FakeBackend, actions, incoming, press, teach


async def listed(service: Service, query: str = "", **details: Any) -> Reply:
    return await service.handle(incoming(Roster(query), **{"capabilities": WITH_BUTTONS, **details}))


async def suggested(service: Service, text: str, *, taught: bool = False, **details: Any) -> tuple[str, ...]:
    return (await service.handle(incoming(Suggest(text, taught), **details))).suggestions


def crowd(backend: FakeBackend, count: int) -> None:
    backend.roster = tuple(f"girl_{n:03}" for n in range(count))
    backend.characters = Characters(Character(id_, f"Girl {n:03}", "Crowd") for n, id_ in enumerate(backend.roster))


async def test_the_roster_lists_names_with_their_series(service: Service, store: Store) -> None:
    await teach(store, "Miku")
    assert (await listed(service)).text.splitlines() == [
        "I know 3 characters:",
        "Miku, taught here",
        "Nishikino Maki (Love Live!)",
        "Yazawa Nico (Love Live!)",
    ]
    assert "Miku" not in (await listed(service, chat=Chat("discord", "elsewhere"))).text


async def test_a_taught_character_of_a_later_bundle_is_listed_once(service: Service, store: Store) -> None:
    await teach(store, "maki nishikino")
    lines = (await listed(service)).text.splitlines()
    assert lines[1:] == ["Nishikino Maki (Love Live!), taught here", "Yazawa Nico (Love Live!)"]
    assert await suggested(service, "maki", taught=True) == ("Nishikino Maki",)
    assert "I know 2 characters: Nishikino Maki, Yazawa Nico" in (await service.handle(incoming(Help()))).text


async def test_characters_taught_by_the_operator_are_listed_everywhere_and_marked_so(
    service: Service, store: Store
) -> None:
    for name in ("Miku", "Mikuru"):
        await teach(store, name, scope=EVERYWHERE)
    await teach(store, "Mikuru")
    await teach(store, "Miku", state=State.PROVISIONAL)
    assert (await listed(service, "mik")).text.splitlines()[1:] == [
        "Miku, taught by whoever runs me",
        "Mikuru, taught here",
    ]
    elsewhere = await listed(service, "mik", chat=Chat("discord", "elsewhere"))
    assert elsewhere.text.count("taught by whoever runs me") == 2


async def test_forget_suggests_only_characters_taught_here(service: Service, store: Store) -> None:
    await teach(store, "Miku")
    await teach(store, "Mikuru", scope=EVERYWHERE)
    assert await suggested(service, "mik") == ("Miku", "Mikuru")
    assert await suggested(service, "mik", taught=True) == ("Miku",)


@pytest.mark.parametrize("query", ["maki", "  NISHIKINO ", "真姫", "ｍａｋｉ"])
async def test_the_roster_is_searched_by_name_and_alias(service: Service, query: str) -> None:
    reply = await listed(service, query)
    assert reply.text.splitlines()[1:] == ["Nishikino Maki (Love Live!)"]
    assert not reply.buttons


async def test_a_misspelt_name_is_found_where_nothing_else_is(service: Service, store: Store) -> None:
    await teach(store, "Kousaka Honoka")
    assert (await listed(service, "Nishikinno")).text.splitlines()[1:] == ["Nishikino Maki (Love Live!)"]
    assert (await listed(service, "Kosaka")).text.splitlines()[1:] == ["Kousaka Honoka, taught here"]


async def test_the_roster_is_searched_by_series_and_may_be_empty(service: Service) -> None:
    assert "I know 2 characters like “love live”" in (await listed(service, "love live")).text
    assert (await listed(service, "nobody")).text == "I know nobody like “nobody”."


@pytest.mark.parametrize("query", ["", "crowd", "ｇｉｒｌ"])
async def test_a_long_roster_is_turned_page_by_page(service: Service, backend: FakeBackend, query: str) -> None:
    crowd(backend, 45)
    page = await listed(service, query)
    lines = page.text.splitlines()[1:]
    while "Next ▶" in actions(page):
        page = await service.handle(press(page, "Next ▶"))
        assert page.placement is Placement.EDIT
        lines += page.text.splitlines()[1:]
    assert lines == [f"Girl {n:03} (Crowd)" for n in range(45)]
    assert list(actions(page)) == ["◀ Back"]


async def test_without_buttons_the_rest_is_counted(service: Service, backend: FakeBackend) -> None:
    crowd(backend, 45)
    assert (await listed(service, capabilities=NO_BUTTONS)).text.splitlines()[-1].startswith("and 25 more.")


async def test_an_endless_query_finds_nothing_and_does_not_fail(service: Service, backend: FakeBackend) -> None:
    crowd(backend, 45)
    assert "I know nobody" in (await listed(service, "x" * 5000)).text


async def test_completion_offers_what_begins_so_before_what_contains_it(service: Service, store: Store) -> None:
    await teach(store, "Maki the Cat")
    assert await suggested(service, "maki") == ("Maki the Cat", "Nishikino Maki")
    assert await suggested(service, "") == ("Maki the Cat", "Nishikino Maki", "Yazawa Nico")
    assert await suggested(service, "xyz") == ()


async def test_completion_for_forgetting_offers_what_was_taught(service: Service, store: Store) -> None:
    await teach(store, "Miku")
    assert await suggested(service, "", taught=True) == ("Miku",)


async def test_completion_offers_no_more_than_platforms_show(service: Service, backend: FakeBackend) -> None:
    crowd(backend, 45)
    assert len(await suggested(service, "girl")) == 25


async def test_suggestions_do_not_count_as_requests(make: Callable[..., Service]) -> None:
    service = make(user_requests=1)
    for _ in range(5):
        assert await suggested(service, "maki")
    assert "I know" in (await listed(service)).text
