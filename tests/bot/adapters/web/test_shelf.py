"""Pictures in memory: bounded, private, never mistaken for documents."""

import pytest

from bot.adapters.web.shelf import ANYTHING, Media, Shelf, sniff


def test_when_the_shelf_is_full_the_oldest_go_first() -> None:
    shelf = Shelf(capacity=10)
    numbers = [shelf.put(owner, Media(bytes(4), ANYTHING)) for owner in ("a", "b", "a")]
    assert [shelf.get(owner, number) is not None for owner, number in zip("aba", numbers, strict=True)] == [
        False,
        True,
        True,
    ]


def test_what_is_larger_than_the_shelf_is_not_kept() -> None:
    shelf = Shelf(capacity=10)
    assert shelf.get("a", shelf.put("a", Media(bytes(11), ANYTHING))) is None
    assert shelf.get("a", shelf.put("a", Media(bytes(10), ANYTHING))) is not None


def test_clearing_makes_room_and_leaves_others_alone() -> None:
    shelf = Shelf(capacity=10)
    ours, theirs = shelf.put("a", Media(bytes(6), ANYTHING)), shelf.put("b", Media(bytes(4), ANYTHING))
    shelf.clear("a")
    assert shelf.get("a", ours) is None
    shelf.put("a", Media(bytes(6), ANYTHING))
    assert shelf.get("b", theirs) is not None
    assert shelf.get("a", theirs) is None


@pytest.mark.parametrize(
    ("start", "media_type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"BM\0\0", "image/bmp"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"RIFF\0\0\0\0WAVE", ANYTHING),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", ANYTHING),
        (b"<html>", ANYTHING),
        (b"", ANYTHING),
    ],
)
def test_only_pictures_are_called_pictures(start: bytes, media_type: str) -> None:
    assert sniff(start) == media_type
