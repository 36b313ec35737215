"""The window moves with the clock that it is given."""

import pytest

from bot.chat.model import Chat, User
from bot.chat.rates import Rates
from bot.errors import RateLimited
from tests.support.clock import Clock

ANN, BOB = User("web", "ann"), User("web", "bob")
HALL, CHAT = Chat("web", "hall"), Chat("web", "room")


def waits(rates: Rates, user: User, chat: Chat) -> float:
    with pytest.raises(RateLimited) as caught:
        rates.admit(user, chat)
    return caught.value.retry_after


def test_a_user_may_ask_so_often_in_a_minute_wherever_that_is(clock: Clock) -> None:
    rates = Rates(user_requests=2, chat_requests=100, clock=clock)
    rates.admit(ANN, HALL)
    clock.now += 10
    rates.admit(ANN, CHAT)
    assert waits(rates, ANN, HALL) == 50
    rates.admit(BOB, HALL)


def test_a_chat_may_ask_so_often_in_a_minute_whoever_that_is(clock: Clock) -> None:
    rates = Rates(user_requests=100, chat_requests=2, clock=clock)
    rates.admit(ANN, HALL)
    rates.admit(BOB, HALL)
    assert waits(rates, User("web", "eve"), HALL) == 60
    rates.admit(ANN, CHAT)


def test_the_same_id_on_another_platform_is_somebody_else(clock: Clock) -> None:
    rates = Rates(user_requests=1, chat_requests=1, clock=clock)
    rates.admit(ANN, HALL)
    rates.admit(User("discord", "ann"), Chat("discord", "hall"))


def told(rates: Rates, user: User, chat: Chat) -> bool:
    with pytest.raises(RateLimited) as caught:
        rates.admit(user, chat)
    return caught.value.told


def test_who_must_wait_is_told_once_in_each_chat(clock: Clock) -> None:
    rates = Rates(user_requests=1, chat_requests=100, clock=clock)
    rates.admit(ANN, HALL)
    assert [told(rates, ANN, HALL) for _ in range(3)] == [False, True, True]
    assert not told(rates, ANN, CHAT)
    rates.admit(BOB, HALL)
    assert not told(rates, BOB, HALL)
    clock.now += 60
    rates.admit(ANN, HALL)
    assert not told(rates, ANN, HALL), "another window"


def test_who_was_told_is_forgotten_when_the_window_has_passed(clock: Clock) -> None:
    rates = Rates(user_requests=1, chat_requests=100, clock=clock)
    for n in range(50):
        user = User("web", str(n))
        rates.admit(user, CHAT)
        told(rates, user, CHAT)
        clock.now += 10
    assert len(rates._told) <= 6


def test_the_window_moves(clock: Clock) -> None:
    rates = Rates(user_requests=2, chat_requests=100, clock=clock)
    rates.admit(ANN, HALL)
    clock.now += 40
    rates.admit(ANN, HALL)
    clock.now += 19.5
    assert waits(rates, ANN, HALL) == pytest.approx(0.5)
    clock.now += 0.5
    rates.admit(ANN, HALL)
    assert waits(rates, ANN, HALL) == 40


def test_a_refused_request_counts_nowhere(clock: Clock) -> None:
    rates = Rates(user_requests=1, chat_requests=2, clock=clock)
    rates.admit(ANN, HALL)
    for _ in range(10):
        waits(rates, ANN, HALL)
    rates.admit(BOB, HALL)
    clock.now += 60
    rates.admit(ANN, HALL)


def test_those_who_have_not_asked_for_a_minute_are_forgotten(clock: Clock) -> None:
    rates = Rates(user_requests=5, chat_requests=5, clock=clock)
    for n in range(1000):
        clock.now += 1
        rates.admit(User("web", str(n)), Chat("web", str(n)))
    assert len(rates._users._times) == 60
    assert len(rates._chats._times) == 60


def test_who_goes_on_asking_keeps_nobody_else_in_memory(clock: Clock) -> None:
    rates = Rates(user_requests=50, chat_requests=5000, clock=clock)
    for n in range(1000):
        clock.now += 2
        rates.admit(ANN, HALL)
        rates.admit(User("web", str(n)), HALL)
    assert len(rates._users._times) == 31


def test_nobody_is_forgotten_whose_last_request_still_counts(clock: Clock) -> None:
    rates = Rates(user_requests=2, chat_requests=1000, clock=clock)
    rates.admit(ANN, HALL)
    clock.now += 50
    rates.admit(ANN, HALL)
    clock.now += 11
    rates.admit(BOB, HALL)
    rates.admit(ANN, HALL)
    assert waits(rates, ANN, HALL) == 49
