"""The tokens of the API: shown once, known by a digest, and gone when their time is over."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.redact import MASK, Redactor
from bot.storage.store import Store
from bot.storage.values import Grant


async def test_a_token_is_found_by_its_secret_of_which_only_a_digest_is_kept(store: Store) -> None:
    made = await store.make_token("laptop", [Grant.ASK, Grant.TEACH])
    assert made is not None
    token, secret = made
    assert await store.token(secret) == token
    assert await store.token(secret[:-1]) is None
    async with store._transaction() as connection:
        [row] = await connection.execute(text("SELECT * FROM tokens"))
    assert secret.removeprefix("whobot_") not in str(row)
    assert Redactor()(f"Bearer {secret}") == f"Bearer {MASK}"


async def test_two_tokens_have_two_names_and_a_name_is_free_again_once_withdrawn(store: Store) -> None:
    made = await store.make_token("laptop", [Grant.ASK])
    assert made is not None
    assert await store.make_token("laptop", [Grant.ASK]) is None
    assert await store.withdraw_token(made[0].id)
    assert not await store.withdraw_token(made[0].id)
    assert await store.token(made[1]) is None
    again = await store.make_token("laptop", [Grant.ASK])
    assert again is not None
    assert again[1] != made[1]


async def test_a_token_opens_nothing_from_when_it_expires(store: Store) -> None:
    now = datetime.now(UTC)
    past = await store.make_token("past", [Grant.ASK], expires=now)
    future = await store.make_token("future", [Grant.ASK], expires=now + timedelta(days=1))
    assert past
    assert future
    assert await store.token(past[1]) is None
    assert await store.token(future[1]) == future[0]


async def test_when_a_token_was_used_is_known(store: Store) -> None:
    made = await store.make_token("laptop", [Grant.ASK])
    assert made is not None
    assert [one.used for one in await store.tokens()] == [None]
    before = datetime.now(UTC)
    await store.token(made[1])
    [used] = [one.used for one in await store.tokens()]
    assert used is not None
    assert used >= before
    await store.token(made[1])
    assert [one.used for one in await store.tokens()] == [used]


async def test_a_token_has_a_chat_of_its_own_or_goes_on_in_that_of_another(store: Store) -> None:
    first = await store.make_token("first", [Grant.ASK])
    assert first is not None
    second = await store.make_token("second", [Grant.ASK], chat=first[0].chat)
    assert second is not None
    assert first[0].chat == first[0].id == second[0].chat != second[0].id
