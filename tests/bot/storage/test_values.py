"""What people choose themselves cannot pass for something else."""

import pytest

from bot.chat.model import User


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("Ann", "Ann"),
        ("", ""),
        ("Ann\n2. Boss taught Maki", "Ann 2. Boss taught Maki"),
        ("\u202ennA\u2069", "nnA"),
        ("  Ann \t\x00 B.  ", "Ann B."),
        ("\u05e9\u05dd", "\u05e9\u05dd"),
        ("\U0001f468\u200d\U0001f467", "\U0001f468\u200d\U0001f467"),
    ],
)
def test_a_persons_name_keeps_to_its_line_and_turns_nothing_around(chosen: str, shown: str) -> None:
    assert User("telegram", "1", name=chosen).name == shown
