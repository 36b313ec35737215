import pytest

from bot.platforms.discord import render
from bot.platforms.discord.platform import CAPABILITIES


@pytest.mark.parametrize("length", [0, 1, 1998, 1999, 2000, 2001, 2002, 5000])
@pytest.mark.parametrize("character", ["a", "_", "\n", "あ"])
@pytest.mark.parametrize("spoiler", [False, True])
def test_content_fits(length: int, character: str, spoiler: bool) -> None:
    content = render.content(character * length, spoiler=spoiler)
    if length == 0:
        assert content is None
        return
    assert content is not None
    assert 0 < len(content) <= 2000
    escaped = 2 if character == "_" else 1
    limit = 1996 if spoiler else 2000
    whole = length * escaped <= limit
    assert ("…" not in content) == whole
    if not whole:
        assert len(content) >= 1998


@pytest.mark.parametrize("text", ["1. Kosaka Honoka, 97 %\n2. unknown", "naïve – 東條希 (µ's)"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert render.content(text) == text


def test_a_link_to_a_channel_stays_one() -> None:
    text = f"every picture in: {CAPABILITIES.chat_link.format(home=12, id=34)}, …"
    assert render.content(text) == "every picture in: https://discord.com/channels/12/34, …"
