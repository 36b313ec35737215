"""Which answers belong to which questions outlives a restart, for two days, and goes with its chat and its asker."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.model import Chat, Link, User
from bot.storage import links
from bot.storage.store import Store

CHAT = Chat("discord", "room", home="club")
LINK = Link(CHAT, "thread", "11", ("7", "8"), (("11", "12"),), "ann", datetime(2026, 1, 1, tzinfo=UTC))


def link(**changes: object) -> Link:
    return replace(LINK, at=datetime.now(UTC), **changes)  # type: ignore[arg-type]


async def test_a_link_is_kept_as_it_is_and_as_it_becomes(store: Store) -> None:
    first, second = link(), link(first="21", replies=(("21",),))
    await store.keep_link(first)
    await store.keep_link(second)
    assert await store.links("discord") == [first, second]
    assert await store.links("telegram") == []
    changed = replace(first, replies=(("11", "12"), ("13",)))
    await store.change_link(changed)
    assert await store.links("discord") == [changed, second]
    await store.drop_link(changed)
    assert await store.links("discord") == [second]


async def test_what_was_removed_is_not_brought_back_by_a_change(store: Store) -> None:
    kept = link()
    await store.keep_link(kept)
    await store.remove_user(User("discord", "ann"))
    await store.change_link(replace(kept, replies=(("11",), ("13",))))
    assert await store.links("discord") == []


async def test_it_goes_with_its_asker(store: Store) -> None:
    others = link(first="21", asker="bob")
    await store.keep_link(link())
    await store.keep_link(others)
    assert (await store.data_of(User("discord", "ann"))).questions == 1
    await store.remove_user(User("discord", "ann"))
    assert (await store.data_of(User("discord", "ann"))).questions == 0
    assert await store.links("discord") == [others]


@pytest.mark.parametrize("gone", [CHAT, Chat("discord", "club", home="club")])
async def test_it_goes_with_its_chat_or_server(store: Store, gone: Chat) -> None:
    others = link(chat=Chat("discord", "elsewhere", home="other"), first="21")
    await store.keep_link(link())
    await store.keep_link(others)
    await store.remove_chat(gone)
    assert await store.links("discord") == [others]


async def test_ids_of_a_chat_that_has_moved_mean_nothing_any_more(store: Store) -> None:
    await store.keep_link(link())
    await store.move_chat(CHAT, Chat("discord", "other room", home="club"))
    assert await store.links("discord") == []


async def test_it_is_too_old_after_two_days(store: Store) -> None:
    fresh = link(first="21")
    await store.keep_link(replace(LINK, at=datetime.now(UTC) - timedelta(days=2, seconds=1)))
    await store.keep_link(fresh)
    assert await store.links("discord") == [fresh]
    assert await store.purge_links() == 1
    assert await store.purge_links() == 0


async def test_there_are_never_too_many(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "LIMIT", 2)
    for number in range(4):
        await store.keep_link(link(first=str(number)))
    assert [one.first for one in await store.links("discord")] == ["2", "3"]


# --- servers ---------------------------------------------------------------------------------------------------------


async def test_servers_are_noted_for_each_account(store: Store) -> None:
    account, another = User("discord", "whobot"), User("discord", "another")
    await store.note_homes(account, {"club", "other", "third"})
    await store.note_homes(another, {"club"})
    await store.note_homes(account, {"club", "other"})
    assert await store.homes(account) == {"club", "other"}
    assert await store.homes(another) == {"club"}
    await store.remove_chat(Chat("discord", "club", home="club"))
    assert await store.homes(account) == {"other"}
    assert await store.homes(another) == set()
