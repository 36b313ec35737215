"""What everything that limits rates does: another implementation is another row of `RATES`."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from bot.chat.model import Chat, User
from bot.chat.rates import LocalRates, Rates
from bot.errors import RateLimited
from tests.support.clock import Clock

ANN, BOB = User("discord", "ann"), User("discord", "bob")
HALL, ROOM = Chat("discord", "hall"), Chat("discord", "room")

Make: TypeAlias = Callable[[Clock, int, int], Rates]
"""Makes one that goes by a test's clock, with so many requests of a user and so many in a chat in a minute."""


def local(clock: Clock, of_a_user: int, in_a_chat: int) -> LocalRates:
    return LocalRates(user_requests=of_a_user, chat_requests=in_a_chat, clock=clock)


RATES: dict[str, Make] = {"local": local}


@pytest.fixture(params=RATES)
def make(request: pytest.FixtureRequest) -> Make:
    return RATES[request.param]


async def refused(rates: Rates, user: User, chat: Chat, *, quietly: bool = False) -> RateLimited:
    with pytest.raises(RateLimited) as caught:
        await rates.admit(user, chat, quietly=quietly)
    return caught.value


async def test_a_user_has_so_many_requests_in_a_minute_over_all_chats(make: Make, clock: Clock) -> None:
    rates = make(clock, 2, 100)
    await rates.admit(ANN, HALL)
    clock.now += 10
    await rates.admit(ANN, ROOM)
    assert (await refused(rates, ANN, HALL)).retry_after == pytest.approx(50)
    await rates.admit(BOB, HALL)
    clock.now += 50
    await rates.admit(ANN, HALL)


async def test_a_chat_has_so_many_of_all_its_users(make: Make, clock: Clock) -> None:
    rates = make(clock, 100, 2)
    await rates.admit(ANN, HALL)
    await rates.admit(BOB, HALL)
    await refused(rates, ANN, HALL)
    await rates.admit(ANN, ROOM)


async def test_people_of_different_platforms_have_nothing_to_do_with_each_other(make: Make, clock: Clock) -> None:
    rates = make(clock, 1, 1)
    await rates.admit(ANN, HALL)
    await rates.admit(User("telegram", "ann"), Chat("telegram", "hall"))


async def test_what_is_refused_does_not_count(make: Make, clock: Clock) -> None:
    rates = make(clock, 1, 100)
    await rates.admit(ANN, HALL)
    clock.now += 59
    await refused(rates, ANN, HALL)
    clock.now += 1
    await rates.admit(ANN, HALL)


async def test_a_refusal_is_reported_once_in_each_chat(make: Make, clock: Clock) -> None:
    rates = make(clock, 1, 100)
    await rates.admit(ANN, HALL)
    assert not (await refused(rates, ANN, HALL)).told
    assert (await refused(rates, ANN, HALL)).told
    assert not (await refused(rates, ANN, ROOM)).told
    clock.now += 60
    await rates.admit(ANN, HALL)
    assert not (await refused(rates, ANN, HALL)).told


async def test_whoever_is_refused_quietly_has_not_been_told(make: Make, clock: Clock) -> None:
    rates = make(clock, 1, 100)
    await rates.admit(ANN, HALL)
    assert (await refused(rates, ANN, HALL, quietly=True)).told
    assert not (await refused(rates, ANN, HALL)).told
