"""What the rates of this process hold in memory: what still counts, and nothing else. See also the port's contract."""

import pytest

from bot.chat.model import Chat, User
from bot.chat.rates import LocalRates, Rates
from bot.errors import RateLimited
from tests.support.clock import Clock

ANN, BOB = User("web", "ann"), User("web", "bob")
HALL, CHAT = Chat("web", "hall"), Chat("web", "room")


async def waits(rates: Rates, user: User, chat: Chat) -> float:
    with pytest.raises(RateLimited) as caught:
        await rates.admit(user, chat)
    return caught.value.retry_after


async def told(rates: Rates, user: User, chat: Chat) -> bool:
    with pytest.raises(RateLimited) as caught:
        await rates.admit(user, chat)
    return caught.value.told


async def test_refusals_are_forgotten_after_the_window(clock: Clock) -> None:
    rates = LocalRates(user_requests=1, chat_requests=100, clock=clock)
    for n in range(50):
        user = User("web", str(n))
        await rates.admit(user, CHAT)
        await told(rates, user, CHAT)
        clock.now += 10
    assert len(rates._told) <= 6


async def test_users_are_forgotten_a_minute_after_their_last_request(clock: Clock) -> None:
    rates = LocalRates(user_requests=5, chat_requests=5, clock=clock)
    for n in range(1000):
        clock.now += 1
        await rates.admit(User("web", str(n)), Chat("web", str(n)))
    assert len(rates._users._times) == 60
    assert len(rates._chats._times) == 60


async def test_a_busy_user_keeps_no_other_in_memory(clock: Clock) -> None:
    rates = LocalRates(user_requests=50, chat_requests=5000, clock=clock)
    for n in range(1000):
        clock.now += 2
        await rates.admit(ANN, HALL)
        await rates.admit(User("web", str(n)), HALL)
    assert len(rates._users._times) == 31


async def test_a_user_is_remembered_while_their_last_request_counts(clock: Clock) -> None:
    rates = LocalRates(user_requests=2, chat_requests=1000, clock=clock)
    await rates.admit(ANN, HALL)
    clock.now += 50
    await rates.admit(ANN, HALL)
    clock.now += 11
    await rates.admit(BOB, HALL)
    await rates.admit(ANN, HALL)
    assert await waits(rates, ANN, HALL) == 49
