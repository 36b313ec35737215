"""The history that a manager reads and reverts, and the figures that everybody reads."""

import pytest

from bot.chat.features.forgetting import Forget
from bot.chat.features.history import ShowHistory
from bot.chat.features.stats import ShowStats
from bot.chat.service import Service
from bot.storage.store import Store
from bot.storage.values import Keeping, Scope
from tests.support.learning_backend import LearningBackend, Member, labels
from tests.support.service_harness import BOB, CHAT, MANAGER, Source

HERE = Scope.of(CHAT)


@pytest.fixture
def backend() -> LearningBackend:
    return LearningBackend()


@pytest.fixture
def ann(service: Service, source: Source) -> Member:
    return Member(service, source)


@pytest.fixture
def manager(service: Service, source: Source) -> Member:
    return Member(service, source, MANAGER)


async def test_an_empty_history_and_empty_figures_say_so(manager: Member) -> None:
    assert "Nobody has taught me anything" in (await manager.say(ShowHistory())).text
    assert "Nobody has told me yet" in (await manager.say(ShowStats())).text


async def test_the_history_says_who_did_what_and_when(ann: Member, manager: Member, store: Store) -> None:
    await store.change(CHAT, keep=Keeping.JUDGED)
    await ann.teach("Umi", "umi", "umi2")
    await manager.say(Forget("Umi"))
    await ann.press(await ann.ask("maki"), "Right!")
    reply = await manager.say(ShowHistory())
    heading, *lines = reply.text.splitlines()
    assert heading == "What I was taught in this chat, page 1:"
    assert [line.partition(" UTC: ")[2] for line in lines] == [
        "Ann confirmed an answer: Nishikino Maki",
        "Boss had me forget Umi",
        "Ann taught Umi, 2 pictures",
    ]
    assert reply.private


async def test_only_managers_read_it(ann: Member, manager: Member, store: Store) -> None:
    await ann.teach("Umi", "umi")
    assert "Only people who manage" in (await ann.say(ShowHistory())).text
    page = await manager.say(ShowHistory())
    assert "Only people who manage" in (await ann.press(page, "Revert 1")).text
    assert await store.taught(HERE) == {"Umi": 1}


async def test_a_manager_reverts_a_change_and_the_revert(ann: Member, manager: Member, store: Store) -> None:
    await ann.teach("Umi", "umi")
    await ann.say(Forget("Umi"))
    page = await manager.press(await manager.say(ShowHistory()), "Revert 1")
    assert await store.taught(HERE) == {"Umi": 1}
    assert "Boss took back a change about Umi" in page.text.splitlines()[1]
    assert page.text.splitlines()[2].endswith("Ann had me forget Umi (taken back)")
    assert labels(page) == ["Revert 1", "Revert 3"]
    await manager.press(page, "Revert 1")
    assert await store.taught(HERE) == {}
    assert "settled" in (await manager.press(page, "Revert 1")).text


async def test_the_history_is_read_page_by_page(ann: Member, manager: Member) -> None:
    for number in range(7):
        await ann.teach(f"Nr {number}", f"face{number}")
    first = await manager.say(ShowHistory())
    assert labels(first) == [*(f"Revert {number}" for number in range(1, 6)), "Older ▶"]
    second = await manager.press(first, "Older ▶")
    assert [line.split()[-3] for line in second.text.splitlines()[1:]] == ["1,", "0,"]
    assert labels(second) == ["Revert 6", "Revert 7", "◀ Newer"]
    assert (await manager.press(second, "◀ Newer")).text == first.text


async def test_what_waits_can_be_confirmed_from_the_history(ann: Member, manager: Member, store: Store) -> None:
    await store.change(CHAT, confirm=True)
    await ann.teach("Umi", "umi")
    page = await manager.say(ShowHistory())
    assert page.text.endswith("Ann taught Umi, 1 picture (waits to be confirmed)")
    page = await manager.press(page, "Confirm 1")
    assert await store.taught(HERE) == {"Umi": 1}
    assert "Boss agreed to what was taught about Umi" in page.text


async def test_the_history_does_not_name_people_who_removed_their_data(
    ann: Member, manager: Member, store: Store
) -> None:
    await ann.teach("Umi", "umi")
    await store.remove_user(ann.user)
    assert (await manager.say(ShowHistory())).text.endswith("somebody taught Umi, 1 picture")


async def test_the_figures_tell_precision_by_character(ann: Member, service: Service, source: Source) -> None:
    bob = Member(service, source, BOB)
    for number in range(3):
        await ann.press(await ann.ask(f"maki{number}"), "Right!")
    await bob.press(await bob.press(await bob.ask("maki9"), "Wrong?"), "Someone else…", "Umi")
    await bob.press(await bob.press(await bob.ask("nico"), "Wrong?"), "Not a face")
    reply = await bob.say(ShowStats())
    assert reply.text.splitlines() == [
        "1 character was taught here.",
        "Of 5 names that people judged, I had 60 % right:",
        "Nishikino Maki: 75 % (3 confirmed, 1 corrected)",
        "Yazawa Nico: 0 % (0 confirmed, 1 corrected)",
    ]
