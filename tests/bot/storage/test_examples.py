"""What was taught is there again, in its scope; what was removed can be put back."""

from datetime import UTC, datetime, timedelta

import numpy as np

from bot.chat.model import Chat, User
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, Origin, Scope, State
from tests.support.service_harness import learn

HERE, ELSEWHERE = Scope("discord", "1"), Scope("discord", "2")
ANN = User("discord", "7", name="Ann")
X, Y = np.array([1, 0], np.float32), np.array([0, 1], np.float32)


async def teach(store: Store, scope: Scope, character: str, **more: object) -> int:
    return (await learn(store, scope, character, b"image", X, "one", **more)).id  # type: ignore[arg-type]


async def test_an_example_is_kept_as_it_was_given(url: str) -> None:
    async with Store(url) as store:
        given = await learn(
            store,
            HERE,
            "rin",
            b"\x00\xff",
            X,
            "one",
            by=ANN,
            state=State.PROVISIONAL,
            origin=Origin.CORRECTED,
            denied=True,
        )
    async with Store(url) as store:
        (kept,) = await store.examples(HERE, provisional=True)
    assert kept == given
    assert (kept.scope, kept.character, kept.image, kept.bundle_id) == (HERE, "rin", b"\x00\xff", "one")
    assert (kept.by, kept.by and kept.by.name, kept.state, kept.origin) == (ANN, "Ann", "provisional", "corrected")
    assert kept.embedding is not None
    assert kept.embedding.dtype == np.float32
    assert kept.embedding.tolist() == [1, 0]
    assert kept.denied
    assert kept.at.tzinfo is not None
    assert abs(datetime.now(UTC) - kept.at) < timedelta(minutes=1)


async def test_a_chat_sees_its_own_and_the_operators(store: Store) -> None:
    for scope, name in ((HERE, "here"), (ELSEWHERE, "elsewhere"), (EVERYWHERE, "everywhere")):
        await teach(store, scope, name)
    assert [example.character for example in await store.examples(HERE)] == ["here", "everywhere"]
    assert [example.character for example in await store.examples(EVERYWHERE)] == ["everywhere"]
    assert await store.taught(ELSEWHERE) == {"elsewhere": 1, "everywhere": 1}
    assert await store.examples(Scope.of(Chat("telegram", "1")), provisional=True) != await store.examples(HERE)


async def test_provisional_examples_count_only_where_asked_for(store: Store) -> None:
    await teach(store, HERE, "rin", state=State.PROVISIONAL)
    assert await store.examples(HERE) == []
    assert await store.taught(HERE) == {}
    assert (await store.gallery(HERE, "one")).characters == ()
    assert await store.taught(HERE, provisional=True) == {"rin": 1}


async def test_a_gallery_holds_what_the_bundle_has_embedded(store: Store) -> None:
    await learn(store, HERE, "rin", b"", X, "one")
    await learn(store, EVERYWHERE, "len", b"", Y, "one")
    await learn(store, HERE, "len", b"", X, "one", denied=True)
    await learn(store, HERE, "old", b"", X, "another")
    gallery = await store.gallery(HERE, "one")
    assert gallery.characters == ("rin", "len")
    assert gallery.embeddings.tolist() == [[1, 0], [0, 1]]
    assert gallery.owners.tolist() == [0, 1]
    assert (gallery.denied.tolist(), gallery.denied_owners.tolist()) == ([[1, 0]], [1])
    assert await store.taught(HERE) == {"len": 1, "old": 1, "rin": 1}, "what a face is not teaches nobody"


async def test_stale_examples_come_in_portions_and_are_embedded_anew(store: Store) -> None:
    ids = [await teach(store, scope, "rin") for scope in (HERE, ELSEWHERE, EVERYWHERE)]
    assert await store.stale_examples("one") == []
    first = await store.stale_examples("two", limit=2)
    assert [example.id for example in first] == ids[:2]
    assert [example.id for example in await store.stale_examples("two", after=first[-1].id)] == ids[2:]
    for id_ in ids:
        await store.set_embedding(id_, Y, "two")
    assert await store.stale_examples("two") == []
    assert (await store.gallery(HERE, "two")).embeddings.tolist() == [[0, 1], [0, 1]]


async def test_the_id_of_a_removed_example_is_never_given_again(store: Store) -> None:
    id_ = await teach(store, HERE, "rin")
    await store.forget(HERE, "rin", None)
    assert await teach(store, HERE, "len") > id_


async def test_galleries_of_the_same_ids_in_sum_are_told_apart(store: Store) -> None:
    # 1 + 4 = 2 + 3: forgetting one character and taking that back to forget the other one ends in as many examples,
    # with the same highest id and the same sum.
    for name in ("umi", "eli", "eli", "umi", "rin"):
        await learn(store, HERE, name, name.encode(), np.ones(4, np.float32), "b1")
    forgotten = await store.forget(HERE, "umi", ANN)
    before = await store.gallery_stamp(HERE, "b1")
    assert forgotten is not None
    await store.revert(HERE, forgotten.id, ANN)
    await store.forget(HERE, "eli", ANN)
    assert await store.gallery_stamp(HERE, "b1") != before
