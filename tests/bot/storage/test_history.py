"""Nothing that a community taught changes without a trace, and what changed can be taken back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import pytest

from bot.chat.model import User
from bot.storage import history
from bot.storage.store import Store
from bot.storage.tables import removed_examples
from bot.storage.values import EVERYWHERE, Action, Draft, Origin, Scope, State

HERE, THERE = Scope("discord", "1"), Scope("discord", "2")
ANN = User("discord", "ann", name="Ann")
BOB = User("discord", "bob", name="Bob")


def draft(character: str = "maki", *, scope: Scope = HERE, by: User = ANN, state: State = State.CONFIRMED) -> Draft:
    image = f"{character} of {by.id}".encode()
    return Draft(
        scope, character, image, np.full(1, 0.5, np.float32), "b1", by, datetime.now(UTC), state, Origin.TAUGHT
    )


@dataclass
class Clock:
    """What the store takes the time to be."""

    now: datetime


async def known(store: Store, scope: Scope = HERE) -> dict[str, int]:
    return await store.taught(scope)


async def test_what_is_taught_is_known_and_written_down(store: Store) -> None:
    change = await store.learn([draft(), draft()], Action.TAUGHT)
    assert await known(store) == {"maki": 2}
    (entry,) = await store.history(HERE)
    assert entry == change
    assert (entry.action, entry.character, entry.by, len(entry.added)) == (Action.TAUGHT, "maki", ANN, 2)
    assert entry.by is not None
    assert entry.by.name == "Ann"
    assert await store.history(THERE) == []


async def test_what_was_forgotten_comes_back_as_it_was(store: Store) -> None:
    await store.learn([draft(), draft(state=State.PROVISIONAL)], Action.TAUGHT)
    before = await store.examples(HERE, provisional=True)
    change = await store.forget(HERE, "maki", BOB)
    assert change is not None
    assert change.removed == 2
    assert await known(store) == {}
    back = await store.revert(HERE, change.id, ANN)
    assert back is not None
    assert (back.action, back.reverts, len(back.added)) == (Action.REVERTED, change.id, 2)
    after = await store.examples(HERE, provisional=True)
    assert after == before
    assert [example.embedding is not None and example.embedding.tolist() for example in after] == [[0.5], [0.5]]


async def test_forgetting_touches_one_scope_and_one_character(store: Store) -> None:
    await store.learn([draft()], Action.TAUGHT)
    await store.learn([draft("nico")], Action.TAUGHT)
    await store.learn([draft(scope=THERE)], Action.TAUGHT)
    assert await store.forget(HERE, "umi", ANN) is None
    await store.forget(HERE, "maki", ANN)
    assert await known(store) == {"nico": 1}
    assert await known(store, THERE) == {"maki": 1}


async def test_teaching_can_be_taken_back_and_that_too(store: Store) -> None:
    taught = await store.learn([draft()], Action.TAUGHT)
    undone = await store.revert(HERE, taught.id, BOB)
    assert undone is not None
    assert await known(store) == {}
    assert [(c.action, c.revertible) for c in await store.history(HERE)] == [
        (Action.REVERTED, True),
        (Action.TAUGHT, False),
    ]
    await store.revert(HERE, undone.id, ANN)
    assert await known(store) == {"maki": 1}


async def test_nothing_is_taken_back_twice_or_from_elsewhere(store: Store) -> None:
    taught = await store.learn([draft()], Action.TAUGHT)
    assert await store.revert(THERE, taught.id, BOB) is None
    assert await store.revert(HERE, 99, BOB) is None
    assert await store.revert(HERE, taught.id, BOB) is not None
    assert await store.revert(HERE, taught.id, BOB) is None
    assert len(await store.history(HERE)) == 2


async def test_taking_back_what_is_gone_already_changes_nothing(store: Store) -> None:
    taught = await store.learn([draft()], Action.TAUGHT)
    await store.forget(HERE, "maki", ANN)
    assert await store.revert(HERE, taught.id, BOB) is None


async def test_an_example_counts_once_it_is_approved(store: Store) -> None:
    taught = await store.learn([draft(state=State.PROVISIONAL)], Action.TAUGHT)
    assert await known(store) == {}
    approved = await store.approve(HERE, taught.added, BOB)
    assert approved is not None
    assert (approved.action, approved.added) == (Action.APPROVED, taught.added)
    assert await known(store) == {"maki": 1}
    assert await store.approve(HERE, taught.added, BOB) is None
    assert await store.approve(THERE, taught.added, BOB) is None


async def test_a_rejected_example_is_gone_but_can_be_put_back(store: Store) -> None:
    taught = await store.learn([draft(state=State.PROVISIONAL)], Action.TAUGHT)
    rejected = await store.reject(taught, BOB)
    assert rejected is not None
    assert await store.examples(HERE, provisional=True) == []
    await store.revert(HERE, rejected.id, ANN)
    assert [example.state for example in await store.examples(HERE, provisional=True)] == [State.PROVISIONAL]
    await store.approve(HERE, taught.added, BOB)
    assert await store.reject(taught, ANN) is None, "what counts is not rejected any more"


async def test_what_is_promoted_is_known_everywhere_and_not_the_chats_to_forget(store: Store) -> None:
    await store.learn([draft(), draft(state=State.PROVISIONAL)], Action.TAUGHT)
    change = await store.promote(HERE, "maki")
    assert change is not None
    assert change.by is None
    assert await known(store, THERE) == {"maki": 1}
    assert await store.revert(HERE, change.id, ANN) is None
    assert await store.promote(HERE, "maki") is None, "only what counts is promoted"
    forgotten = await store.forget(HERE, "maki", ANN)
    assert forgotten is not None
    assert forgotten.removed == 1
    assert await known(store, EVERYWHERE) == {"maki": 1}


async def test_the_history_comes_in_pages_the_last_first(store: Store) -> None:
    for number in range(5):
        await store.learn([draft(f"nr {number}")], Action.TAUGHT)
    assert [c.character for c in await store.history(HERE, limit=2)] == ["nr 4", "nr 3"]
    assert [c.character for c in await store.history(HERE, skip=4, limit=2)] == ["nr 0"]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that tests set; nothing else moves it."""
    clock = Clock(datetime(2026, 3, 1, tzinfo=UTC))

    class Set(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now.astimezone(tz)

    monkeypatch.setattr(history, "datetime", Set)
    return clock


async def purged(store: Store, now: Clock, days: int) -> list[int]:
    """Let so many days pass, with a purge at the end of each; return how much each has removed."""
    removed = []
    for _ in range(days):
        now.now += timedelta(days=1)
        removed.append(await store.purge())
    return removed


async def test_after_a_month_what_was_forgotten_is_gone_for_good(store: Store, now: Clock) -> None:
    await store.learn([draft()], Action.TAUGHT)
    change = await store.forget(HERE, "maki", ANN)
    assert change is not None
    assert await purged(store, now, 32) == [0] * 30 + [1, 0]
    assert await store.revert(HERE, change.id, ANN) is None
    async with store._transaction() as connection:
        assert (await connection.execute(removed_examples.select())).all() == []


@pytest.mark.parametrize("jump", [timedelta(days=40), timedelta(days=4)])
async def test_a_clock_that_jumps_removes_nothing(store: Store, now: Clock, jump: timedelta) -> None:
    await store.learn([draft(), draft()], Action.TAUGHT)
    change = await store.forget(HERE, "maki", ANN)
    assert change is not None
    assert await purged(store, now, 28) == [0] * 28
    right = now.now
    now.now += jump
    await store.learn([draft("umi")], Action.TAUGHT)
    assert await store.purge() == 0
    await store.learn([draft("nico")], Action.TAUGHT)
    assert await store.purge() == 0
    assert await purged(store, now, 2) == [0, 0]
    now.now = right
    assert await purged(store, now, 2) == [0, 0], "somebody has set it right again"
    assert (await store.revert(HERE, change.id, BOB)) is not None
    assert await known(store) == {"maki": 2, "umi": 1, "nico": 1}


async def test_a_clock_that_goes_on_from_where_it_jumped_to_is_believed_in_time(store: Store, now: Clock) -> None:
    await store.learn([draft()], Action.TAUGHT)
    await store.forget(HERE, "maki", ANN)
    assert await purged(store, now, 5) == [0] * 5
    now.now += timedelta(days=400)
    assert await purged(store, now, 5) == [0, 0, 0, 1, 0]


async def test_a_change_that_fails_half_way_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("bot.storage.history.record", fail)
    with pytest.raises(Exception, match="no space left"):
        await store.learn([draft()], Action.TAUGHT)
    assert await known(store) == {}
