"""What people say of answers is counted: once a person and a face."""

from datetime import UTC, datetime

from bot.chat.model import User
from bot.storage.store import Store
from bot.storage.values import Scope, Score, Truth, Verdict

HERE, THERE = Scope("discord", "1"), Scope("discord", "2")
ANN, BOB = User("discord", "ann", name="Ann"), User("discord", "bob", name="Bob")
NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def verdict(
    said: str | None, character: str | None, face: str = "a:0", *, by: User = ANN, scope: Scope = HERE
) -> Verdict:
    truth = Truth.STRANGER if character is None else Truth.CHARACTER
    return Verdict(scope, face, said, 0.75, "b1", truth, character, by, NOW, image=b"crop")


async def test_a_verdict_is_there_as_it_was_given(store: Store) -> None:
    given = verdict("maki", "nico")
    await store.judge(given)
    assert await store.verdict(HERE, "a:0", ANN) == given
    assert await store.verdict(HERE, "a:0", BOB) is None
    assert await store.verdict(THERE, "a:0", ANN) is None
    assert await store.verdicts() == [given]


async def test_a_changed_verdict_counts_once(store: Store) -> None:
    await store.judge(verdict("maki", "nico"))
    await store.judge(verdict("maki", "maki"))
    await store.judge(verdict("maki", "maki", by=BOB))
    assert await store.scores(HERE) == [Score("maki", 2, 0)]


async def test_precision_is_what_was_confirmed_of_what_was_judged(store: Store) -> None:
    said = [("maki", "maki"), ("maki", "maki"), ("maki", "nico"), ("maki", None), ("nico", "maki"), (None, "maki")]
    for number, (bot, people) in enumerate(said):
        await store.judge(verdict(bot, people, f"a:{number}"))
    await store.judge(verdict("umi", "umi", scope=THERE))
    assert await store.scores(HERE) == [Score("maki", 2, 2), Score("nico", 0, 1)]
    assert [score.precision for score in await store.scores(HERE)] == [0.5, 0]
    assert Score("umi", 1, 0) in await store.scores()
    assert await store.scores(Scope("telegram", "1")) == []
