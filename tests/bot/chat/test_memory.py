"""The memory behind buttons: bounded in every way, and no token can be guessed."""

from collections.abc import Callable

import pytest

from bot.chat.actions import Pressed, number, read, write
from bot.chat.memory import Memory
from bot.chat.model import Press
from bot.errors import Expired
from tests.support.clock import Clock


@pytest.fixture
def make(clock: Clock) -> Callable[..., Memory[str]]:
    def make(entries: int = 100, size: int = 1000, seconds: float = 60.0) -> Memory[str]:
        return Memory(entries=entries, size=size, seconds=seconds, cost=len, clock=clock)

    return make


def test_what_is_kept_is_there_under_a_token_of_its_own(make: Callable[..., Memory[str]]) -> None:
    memory = make()
    tokens = [memory.keep(f"value {n}") for n in range(50)]
    assert len(set(tokens)) == 50
    assert [memory.get(token) for token in tokens] == [f"value {n}" for n in range(50)]
    assert memory.get("") is None
    assert memory.get("guess") is None


def test_the_oldest_go_first(make: Callable[..., Memory[str]]) -> None:
    memory = make(entries=2)
    first, second, third = (memory.keep(text) for text in "abc")
    assert [memory.get(token) for token in (first, second, third)] == [None, "b", "c"]


def test_bytes_are_counted_and_given_back(make: Callable[..., Memory[str]]) -> None:
    memory = make(size=10)
    first = memory.keep("12345")
    second = memory.keep("12345")
    assert memory.get(first)
    third = memory.keep("1")
    assert [memory.get(token) for token in (second, first, third)] == [None, "12345", "1"]
    memory.drop(first)
    memory.drop(first)
    fourth = memory.keep("123456789")
    assert [memory.get(token) for token in (third, fourth)] == ["1", "123456789"]


def test_what_is_too_large_is_not_kept(make: Callable[..., Memory[str]]) -> None:
    memory = make(size=10)
    assert memory.get(memory.keep("x" * 11)) is None
    assert memory.get(memory.keep("x" * 10))


def test_age_ends_everything(make: Callable[..., Memory[str]], clock: Clock) -> None:
    memory = make(seconds=60)
    token = memory.keep("a")
    clock.now += 59
    assert memory.get(token)
    clock.now += 1
    assert memory.get(token) is None


def test_many_can_go_at_once(make: Callable[..., Memory[str]]) -> None:
    memory = make(size=3)
    tokens = [memory.keep(text) for text in ("a", "b", "a")]
    memory.drop_where(lambda value: value == "a")
    assert [memory.get(token) for token in tokens] == [None, "b", None]
    assert memory.get(memory.keep("xy"))


# --- actions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "text"), [(("page", "t0k-_n", 3), "page:t0k-_n:3"), (("set", "", "watch", "on"), "set::watch:on")]
)
def test_an_action_is_read_as_it_was_written(parts: tuple[str, str, object], text: str) -> None:
    verb, token, *args = parts
    assert write(verb, token, *args) == text
    assert read(Press(text)) == Pressed(verb, token, tuple(map(str, args)))


@pytest.mark.parametrize("argument", ["x" * 60, "ä", "a:b"])
def test_what_platforms_cannot_carry_is_no_action(argument: str) -> None:
    with pytest.raises(ValueError, match="no action"):
        write("verb", "", argument)


@pytest.mark.parametrize("text", ["", ":", "::", "a", "a:", "a:b", "a:b:", ":::::", "😀:" * 50])
def test_whatever_arrives_can_be_read(text: str) -> None:
    assert isinstance(read(Press(text)), Pressed)


def test_a_number_is_one_that_was_on_a_button() -> None:
    assert number(("0", "9"), 1, below=10) == 9
    for args in (("10",), ("-1",), ("",), ("x",), ("²",), ("1.0",), (), ("1" * 5000,)):
        with pytest.raises(Expired):
            number(args, 0, below=10)
