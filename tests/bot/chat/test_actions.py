"""What buttons carry: a verb, a token of what is remembered, and arguments."""

import pytest

from bot.chat.actions import Pressed, number, read, write
from bot.chat.model import Press
from bot.errors import Expired


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
