"""What is stored of a person can be counted and removed, and what is stored of a chat can be moved and removed."""

import pytest

from bot.chat.model import Chat, User
from bot.storage.store import Store
from bot.storage.values import Action, Scope, UserData
from tests.bot.storage.test_history import ANN, BOB, HERE, THERE, draft
from tests.bot.storage.test_verdicts import verdict

ELSEWHERE = Scope("telegram", "-100")


@pytest.fixture
async def lively(store: Store) -> Store:
    """Ann and Bob have taught and judged here; Ann's first character was forgotten."""
    await store.learn([draft("umi")], Action.TAUGHT)
    await store.forget(HERE, "umi", BOB)
    await store.learn([draft("maki"), draft("maki")], Action.TAUGHT)
    await store.learn([draft("nico", by=BOB)], Action.TAUGHT)
    await store.judge(verdict("maki", None))
    await store.judge(verdict("maki", None, by=BOB))
    await store.opt_out(ANN, True)
    return store


async def test_the_data_of_a_person_is_counted(lively: Store) -> None:
    assert await lively.data_of(ANN) == UserData(True, examples=2, removed=1, verdicts=1, crops=1, changes=2)
    assert await lively.data_of(BOB) == UserData(False, examples=1, removed=0, verdicts=1, crops=1, changes=2)
    assert await lively.data_of(User("telegram", "ann")) == UserData(False, 0, 0, 0, 0, 0)


async def test_a_persons_data_goes_and_the_history_keeps_no_name(lively: Store) -> None:
    await lively.remove_user(ANN)
    assert await lively.data_of(ANN) == UserData(True, 0, 0, 0, 0, 0)
    assert await lively.taught(HERE) == {"nico": 1}
    forgotten, *_ = [change for change in await lively.history(HERE) if change.action is Action.FORGOTTEN]
    assert forgotten.by == BOB
    assert await lively.revert(HERE, forgotten.id, BOB) is None, "what was Ann's cannot come back"
    assert [c.by for c in await lively.history(HERE)] == [BOB, None, BOB, None]


async def test_a_scope_goes_with_all_that_is_in_it(lively: Store) -> None:
    await lively.learn([draft(scope=THERE)], Action.TAUGHT)
    await lively.remove_chat(Chat(HERE.platform, HERE.home))
    assert await lively.taught(HERE) == {}
    assert await lively.history(HERE) == []
    assert await lively.verdicts(HERE) == []
    assert (await lively.data_of(ANN)).removed == 0
    assert await lively.taught(THERE) == {"maki": 1}


async def test_a_scope_moves_with_all_that_is_in_it(lively: Store) -> None:
    entries = [change.id for change in await lively.history(HERE)]
    await lively.move_chat(Chat(HERE.platform, HERE.home), Chat(ELSEWHERE.platform, ELSEWHERE.home))
    assert await lively.taught(HERE) == {}
    assert await lively.taught(ELSEWHERE) == {"maki": 2, "nico": 1}
    assert [change.id for change in await lively.history(ELSEWHERE)] == entries
    assert len(await lively.verdicts(ELSEWHERE)) == 2
    forgotten, *_ = [change for change in await lively.history(ELSEWHERE) if change.action is Action.FORGOTTEN]
    await lively.revert(ELSEWHERE, forgotten.id, BOB)
    assert await lively.taught(ELSEWHERE) == {"maki": 2, "nico": 1, "umi": 1}
