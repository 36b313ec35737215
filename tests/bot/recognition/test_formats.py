"""The table of formats: what a file's first bytes tell, and who reads the table."""

import io
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image as Pillow

from bot.chat.words.languages import LANGUAGES, listed, translations_for
from bot.chat.words.sentences import Sentences
from bot.errors import UnsupportedFormat
from bot.platforms.web import assets
from bot.recognition import formats
from bot.recognition.decoding import clip
from bot.recognition.formats import FORMATS, Format

REPOSITORY = Path(__file__).resolve().parents[3]
GROUPS: tuple[Literal["image", "video"], ...] = ("image", "video")


@pytest.mark.parametrize("one", [one for one in FORMATS if one.decoder == "pillow"], ids=lambda one: one.name)
def test_a_picture_is_known_by_its_first_bytes(one: Format) -> None:
    buffer = io.BytesIO()
    Pillow.new("RGB", (16, 16)).save(buffer, one.name.upper())
    assert formats.sniff(buffer.getvalue()) is one


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\0\0\0\x20ftypisom\0\0\2\0", "MP4"),
        (b"\0\0\0\x14ftypqt  \0\0\2\0", "QuickTime"),
        (b"\0\0\0\x20ftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"\0\0\0\x1cftypavis", "AVIF"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "WebM"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska", "Matroska"),
        (b'\xef\xbb\xbf {"v":"5.5.2"', "Lottie"),
        (b"\x1f\x8b\x08", "Lottie"),
        (b"BMW and other words", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
        (b"%PDF", None),
        (b"", None),
    ],
)
def test_other_files_are_told_apart(start: bytes, name: str | None) -> None:
    found = formats.sniff(start)
    assert (found and found.name) == name


def test_no_media_type_and_no_ending_stands_twice() -> None:
    assert len(set(formats.MEDIA_TYPES)) == len(formats.MEDIA_TYPES)
    assert len(set(formats.SUFFIXES)) == len(formats.SUFFIXES)
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in formats.SUFFIXES)


def test_every_row_has_a_decoder() -> None:
    Pillow.init()
    assert set(formats.PILLOW) <= set(Pillow.OPEN)
    assert {one.decoder for one in FORMATS if one.group != "image"} <= set(clip.READERS)


@pytest.mark.parametrize("one", [one for one in FORMATS if one.media_types], ids=lambda one: one.name)
def test_each_counts_as_a_picture_on_every_platform(one: Format) -> None:
    for media_type in one.media_types:
        assert formats.is_offered(media_type)
        assert formats.is_offered(f"{media_type}; charset=binary")
        assert formats.suffix_of(media_type) == one.suffixes[0]
    assert all(formats.is_offered(None, f"A{suffix.upper()}") for suffix in one.suffixes)


def test_what_is_no_picture_does_not_count() -> None:
    assert formats.is_offered("image/tiff"), "whoever posts it is told that it cannot be read"
    assert not formats.is_offered("application/pdf", "a.png")
    assert not formats.is_offered("")
    assert not formats.is_offered(None, "a.txt")
    assert not formats.suffix_of("image/tiff")


def test_the_page_lets_people_choose_all_of_them() -> None:
    page = assets.render(assets.TEMPLATE.read_text(), translations_for("en"))
    accept = page.partition('id="files" type="file" accept="')[2].partition('"')[0].split(",")
    assert accept == [*formats.MEDIA_TYPES, *formats.SUFFIXES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_refusal_names_all_of_them(language: str) -> None:
    refusal = Sentences(translations_for(language)).failure(UnsupportedFormat())
    assert "{" not in refusal
    for group in GROUPS:
        assert listed(formats.names(group), translations_for(language)) in refusal


def test_so_do_the_documents() -> None:
    pictures, videos = (listed(formats.names(group), translations_for("en")) for group in GROUPS)
    text = " ".join((REPOSITORY / "docs/command-line.md").read_text().split())
    assert f"whobot reads {pictures} pictures, {videos} videos" in text
