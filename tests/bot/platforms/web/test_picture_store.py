"""Pictures in memory: bounded, private, never mistaken for documents."""

import pytest

from bot.platforms.web.picture_store import ANYTHING, MINUTES_KEPT, Media, PictureStore, media_type_of


def test_a_full_store_drops_the_oldest_pictures() -> None:
    store = PictureStore(10, float)
    numbers = [store.put(owner, Media(bytes(4), ANYTHING)) for owner in ("a", "b", "a")]
    assert [store.get(owner, number) is not None for owner, number in zip("aba", numbers, strict=True)] == [
        False,
        True,
        True,
    ]


def test_a_picture_larger_than_the_store_is_not_kept() -> None:
    store = PictureStore(10, float)
    assert store.get("a", store.put("a", Media(bytes(11), ANYTHING))) is None
    assert store.get("a", store.put("a", Media(bytes(10), ANYTHING))) is not None


def test_clearing_makes_room_and_leaves_others_alone() -> None:
    store = PictureStore(10, float)
    ours, theirs = store.put("a", Media(bytes(6), ANYTHING)), store.put("b", Media(bytes(4), ANYTHING))
    store.clear("a")
    assert store.get("a", ours) is None
    store.put("a", Media(bytes(6), ANYTHING))
    assert store.get("b", theirs) is not None
    assert store.get("a", theirs) is None


def test_what_was_kept_long_enough_is_forgotten() -> None:
    now = 0.0
    store = PictureStore(10, lambda: now)
    old = store.put("a", Media(bytes(5), ANYTHING))
    now += 60
    new = store.put("a", Media(bytes(5), ANYTHING))
    now += MINUTES_KEPT * 60 - 61
    assert store.get("a", old)
    now += 1
    assert store.get("a", old) is None
    assert store.get("a", new)
    store.put("a", Media(bytes(5), ANYTHING))
    assert store.get("a", new), "what is forgotten makes room"
    now += 60
    store.tidy()
    assert store.get("a", new) is None


def test_one_thing_is_dropped_once() -> None:
    store = PictureStore(10, float)
    number = store.put("a", Media(bytes(10), ANYTHING))
    for owner in ("b", "a", "a"):
        store.drop(owner, number)
    assert store.get("a", number) is None
    kept = [store.put("a", Media(bytes(5), ANYTHING)) for _ in range(2)]
    assert all(store.get("a", number) for number in kept)


@pytest.mark.parametrize(
    ("start", "media_type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"BM\x3a\0\0\0\0\0\0\0", "image/bmp"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"\0\0\0\x20ftypisom", "video/mp4"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska", ANYTHING),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"RIFF\0\0\0\0WAVE", ANYTHING),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", ANYTHING),
        (b"<html>", ANYTHING),
        (b"", ANYTHING),
    ],
)
def test_only_pictures_and_videos_are_called_so(start: bytes, media_type: str) -> None:
    assert media_type_of(start) == media_type
