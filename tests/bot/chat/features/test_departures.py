"""What is kept of a server goes when whobot is no longer in it, and nothing else does."""

from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from bot.chat.model import Chat, Link, Present, User
from bot.chat.service import Service
from bot.config import Access
from bot.storage.store import Store
from bot.storage.values import Scope
from tests.support.service_harness import ANN, teach

CLUB = Chat("discord", "room", home="club")
OTHER = Chat("discord", "den", home="other")
DIRECT = Chat("discord", "dm", private=True)
FOREIGN = Chat("telegram", "-100")


async def everywhere(store: Store) -> None:
    """Leave something in every chat."""
    for chat in (CLUB, OTHER, DIRECT, FOREIGN):
        await teach(store, "Miku", by=ANN, scope=Scope.of(chat))
        await store.change(chat, language="de")
        await store.keep_link(Link(chat, chat.id, "1", ("2",), (("1",),), "ann", datetime.now(UTC)))


async def left(store: Store) -> set[str]:
    """Return the chats of which something is left, and check that it is all or nothing."""
    links = {link.chat.id for platform in ("discord", "telegram") for link in await store.links(platform)}
    chats = (CLUB, OTHER, DIRECT, FOREIGN)
    assert links == {chat.id for chat in chats if await store.taught(Scope.of(chat))}
    assert links == {chat.id for chat in chats if (await store.chat_settings(chat)).language}
    return links


async def present(service: Service, *homes: str, account: str = "whobot") -> None:
    assert (await service.handle(Present(User("discord", account), frozenset(homes)))).silent


async def test_a_server_that_is_no_longer_among_them_goes_with_all_that_is_kept_of_it(
    service: Service, store: Store, logs: list[MutableMapping[str, Any]]
) -> None:
    await everywhere(store)
    await present(service, "club", "other")
    assert len(await left(store)) == 4
    await present(service, "other", "new")
    assert await left(store) == {"den", "dm", "-100"}
    counts = [(entry["present"], entry["gone"]) for entry in logs if entry["event"] == "homes_present"]
    assert counts == [(2, 0), (2, 1)]


async def test_private_chats_and_other_platforms_stay_whatever_is_present(service: Service, store: Store) -> None:
    await everywhere(store)
    await present(service, "club", "other")
    await present(service)
    assert await left(store) == {"dm", "-100"}


async def test_what_was_never_seen_present_stays(service: Service, store: Store) -> None:
    await everywhere(store)
    await present(service)
    assert len(await left(store)) == 4


async def test_an_account_that_is_nowhere_yet_takes_nothing_away(service: Service, store: Store) -> None:
    await everywhere(store)
    await present(service, "club", "other")
    await present(service, account="another")
    assert len(await left(store)) == 4


async def test_stock_is_taken_whoever_is_let_in(store: Store, make: Callable[..., Service]) -> None:
    await everywhere(store)
    service = make(access=Access(allow=("discord:other",)))
    await present(service, "club", "other")
    await present(service, "other")
    assert await left(store) == {"den", "dm", "-100"}
