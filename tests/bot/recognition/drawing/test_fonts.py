"""Finding a font for a name in any script."""

import shutil
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from bot.errors import ConfigError
from bot.recognition.drawing import fonts
from bot.recognition.drawing.fonts import ELLIPSIS, OURS, FontBook, Lettering

KANJI = "西木野真姫"


def make_font(path: Path, characters: str) -> Path:
    """Build a font in which every character is the same square."""
    names = [".notdef", *(f"glyph{index}" for index in range(len(characters)))]
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for point in ((100, 700), (800, 700), (800, 0)):
        pen.lineTo(point)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(character): name for character, name in zip(characters, names[1:], strict=True)})
    builder.setupGlyf(dict.fromkeys(names, square))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A folder of system fonts."""
    folder = tmp_path / "fonts"
    (folder / "deep" / "down").mkdir(parents=True)
    return folder


@pytest.mark.parametrize("name", ["Nishikino Maki", "Ninomae Ina'nis", "Rintarō Ōkabe", "Лелуш", "Ναυσικά"])
def test_our_font_draws_latin_greek_and_cyrillic(name: str) -> None:
    assert FontBook(folders=()).find(name) == OURS


def test_a_name_that_no_font_has_finds_none(system: Path) -> None:
    assert FontBook(folders=[system]).find(KANJI) is None


def test_a_system_font_is_found_in_any_folder(system: Path) -> None:
    font = make_font(system / "deep" / "down" / "Kanji.ttf", KANJI)
    assert FontBook(folders=[system]).find(KANJI) == font


def test_a_font_must_have_every_character(system: Path) -> None:
    make_font(system / "A.ttf", KANJI[:-1])
    book = FontBook(folders=[system])
    assert book.find(KANJI) is None
    assert book.find(KANJI[:-1]) is not None


def test_a_configured_font_comes_before_those_of_the_system(system: Path, tmp_path: Path) -> None:
    make_font(system / "Sans-Bold.ttf", KANJI)
    mine = make_font(tmp_path / "mine.ttf", KANJI)
    assert FontBook([mine], folders=[system]).find(KANJI) == mine


def test_bold_sans_serif_comes_first(system: Path) -> None:
    for name in ("Serif-Bold", "Sans-Regular", "Sans-BoldItalic", "Mono-Bold"):
        make_font(system / f"{name}.ttf", KANJI)
    best = make_font(system / "Sans-Bold.ttf", KANJI)
    assert FontBook(folders=[system]).find(KANJI) == best


@pytest.mark.parametrize(
    "content",
    [b"", b"no font", b"\0\1\0\0" + b"\xff" * 50, b"OTTO", b"ttcf" + b"\0" * 40],
    ids=["empty", "text", "truetype", "opentype", "collection"],
)
def test_a_damaged_system_font_is_passed_over(system: Path, content: bytes) -> None:
    (system / "A-Sans-Bold.ttf").write_bytes(content)
    (system / "dangling.ttf").symlink_to(system / "nowhere.ttf")
    font = make_font(system / "Z.ttf", KANJI)
    assert FontBook(folders=[system]).find(KANJI) == font


def test_a_cut_system_font_is_passed_over(system: Path) -> None:
    whole = make_font(system / "Z.ttf", KANJI)
    for length in range(0, whole.stat().st_size, 97):
        (system / "A-Sans-Bold.ttf").write_bytes(whole.read_bytes()[:length])
        assert FontBook(folders=[system]).find(KANJI) is not None


def test_a_configured_font_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.ttf"):
        FontBook([tmp_path / "nowhere.ttf"], folders=())


def test_scripts_that_need_shaping_are_not_drawn_without_it(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arabic = "عائشة"
    font = make_font(system / "Arabic.ttf", arabic)
    monkeypatch.setattr("PIL.features.check", lambda feature: feature == "raqm")
    assert FontBook(folders=[system]).find(arabic) == font
    monkeypatch.setattr("PIL.features.check", lambda feature: feature != "raqm")
    assert FontBook(folders=[system]).find(arabic) is None


def test_text_is_made_smaller_before_it_is_cut() -> None:
    lettering = Lettering(FontBook(folders=()))
    name = "Charlotte E. Yeager"
    wide = lettering.width(name, 40)
    assert lettering.fit(name, 40, wide) == (name, 40)
    text, size = lettering.fit(name, 40, 0.85 * wide)
    assert text == name
    assert 30 <= size < 40
    text, size = lettering.fit(name, 40, 0.5 * wide)
    assert text.startswith("Charlotte")
    assert text.endswith(ELLIPSIS)
    assert size == 30
    assert lettering.width(text, size) <= 0.5 * wide


def test_text_can_always_be_cut() -> None:
    assert Lettering(FontBook(folders=())).cut("Nishikino Maki", 40, 1) == ELLIPSIS


def test_the_real_folders_can_be_searched() -> None:
    FontBook().find(KANJI)


def test_the_number_of_system_fonts_read_is_limited(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_font(system / "Z.ttf", KANJI)
    shutil.copy(OURS, system / "A.ttf")
    monkeypatch.setattr(fonts, "MOST_FONTS", 1)
    assert FontBook(folders=[system]).find(KANJI) is None
