"""Find a font that can draw a name, whatever its script."""

import math
import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from fontTools.ttLib import TTFont, TTLibError
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont, features

from bot.errors import ConfigError

OURS = Path(__file__).with_name("typefaces") / "NotoSans-SemiBold.ttf"
MOST_FONTS = 200
"""Fonts of the system that are looked into: a desktop may have thousands, and a name that none can draw asks all."""
ELLIPSIS = "…"
KEPT_TEXTS = 256
"""Drawn texts that are kept: some 15 kB each. Names and percentages come again and again; each takes 1 ms to draw."""
SMALLEST_SHARE = 0.75
"""How far text is made smaller before it is cut."""


class FontBook:
    """The fonts at hand: the one that ships, then the configured ones, then those of the system. Thread-safe.

    Folders are listed at once; a font is opened when a name is the first to need it.

    Raises:
        ConfigError: a configured font cannot be read.
    """

    def __init__(self, configured: Sequence[Path] = (), folders: Iterable[Path] | None = None) -> None:
        self._coverage: dict[Path, npt.NDArray[np.uint32]] = {}
        self._search = lru_cache(maxsize=4096)(self._first_with)
        for path in configured:
            if not self._covered(path).size:
                raise ConfigError(f"cannot read the font {path}; name a .ttf, .otf or .ttc file")
        system = sorted(_font_files(_system_folders() if folders is None else folders), key=_rank)
        self._fonts = (OURS, *configured, *system[:MOST_FONTS])

    def find(self, text: str) -> Path | None:
        """Return the first font that has all characters of `text`, None where there is none."""
        return self._search(text)

    def _first_with(self, text: str) -> Path | None:
        if _needs_shaping(text) and not features.check("raqm"):
            return None
        wanted = np.array([ord(character) for character in text], np.uint32)
        return next((path for path in self._fonts if _has_all(self._covered(path), wanted)), None)

    def _covered(self, path: Path) -> npt.NDArray[np.uint32]:
        if path not in self._coverage:
            self._coverage[path] = _read_coverage(path)
        return self._coverage[path]


class Lettering:
    """Fonts of a book, opened at the sizes that are drawn. Not thread-safe: each worker thread makes its own."""

    def __init__(self, book: FontBook) -> None:
        self._book = book
        self._open = lru_cache(maxsize=64)(ImageFont.truetype)
        self.stencil = lru_cache(maxsize=KEPT_TEXTS)(self._stencil)
        """`_stencil`, which remembers."""

    def can_draw(self, text: str) -> bool:
        """Whether some font has all characters of `text`."""
        return self._book.find(text) is not None

    def font(self, text: str, size: int) -> ImageFont.FreeTypeFont:
        """Return the font for `text`, `size` pixels high; ours where no font has all of it."""
        return self._open(self._book.find(text) or OURS, size)

    def width(self, text: str, size: int) -> float:
        """Return how many pixels `text` takes."""
        return self.font(text, size).getlength(text)

    def _stencil(self, text: str, size: int, anchor: str) -> tuple[Pillow.Image, int, int]:
        """Draw `text` as a mask to paint through.

        Returns:
            The mask, and where its upper left corner lies from the point that `anchor` names, in pixels.
        """
        font = self.font(text, size)
        left, top, right, bottom = font.getbbox(text, anchor=anchor)
        x, y = math.floor(left), math.floor(top)
        mask = Pillow.new("L", (max(1, math.ceil(right) - x), max(1, math.ceil(bottom) - y)))
        ImageDraw.Draw(mask).text((-x, -y), text, 255, font, anchor=anchor)
        return mask, x, y

    def fit(self, text: str, size: int, width: float) -> tuple[str, int]:
        """Make `text` fit into `width` pixels: a little smaller than `size` if need be, then cut with an ellipsis."""
        smallest = round(size * SMALLEST_SHARE)
        for smaller in range(size, smallest - 1, -1):
            if self.width(text, smaller) <= width:
                return text, smaller
        return self.cut(text, smallest, width), smallest

    def cut(self, text: str, size: int, width: float) -> str:
        """Cut `text` with an ellipsis to at most `width` pixels."""
        if self.width(text, size) <= width:
            return text
        while text and self.width(text + ELLIPSIS, size) > width:
            text = text[:-1].rstrip()
        return text + ELLIPSIS


def _read_coverage(path: Path) -> npt.NDArray[np.uint32]:
    """Return the code points that a font can draw, in order; none where it cannot be read or has no outlines."""
    try:
        with path.open("rb") as file, TTFont(file, lazy=True, fontNumber=0) as font:
            if not {"glyf", "CFF ", "CFF2"} & set(font.keys()):  # colour bitmaps have one size only
                return np.empty(0, np.uint32)
            return np.sort(np.fromiter(font.getBestCmap() or (), np.uint32))
    except (OSError, TTLibError, AssertionError, LookupError, ValueError):
        return np.empty(0, np.uint32)


def _has_all(coverage: npt.NDArray[np.uint32], wanted: npt.NDArray[np.uint32]) -> bool:
    if not coverage.size:
        return False
    nearest = np.searchsorted(coverage, wanted).clip(max=coverage.size - 1)
    return bool((coverage[nearest] == wanted).all())


def _needs_shaping(text: str) -> bool:
    """Whether drawing letter after letter would garble the text: right to left, or with marks to be placed."""
    return any(
        unicodedata.bidirectional(character) in ("R", "AL") or unicodedata.category(character) in ("Mn", "Mc")
        for character in text
    )


def _system_folders() -> list[Path]:
    """Return where Linux, macOS and Windows keep their fonts."""
    home = Path.home()
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
        Path("/System/Library/Fonts"),
        Path("/Library/Fonts"),
        home / "Library/Fonts",
        Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",
    ]


def _font_files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for parent, _, names in os.walk(folder):
            yield from (Path(parent, name) for name in names if name.lower().endswith((".ttf", ".otf", ".ttc")))


def _rank(path: Path) -> tuple[bool, bool, bool, str]:
    """Put bold upright sans serif fonts first: they look most like ours."""
    name = path.stem.lower()
    odd = any(word in name for word in ("serif", "italic", "oblique", "mono", "condensed", "narrow", "light", "thin"))
    return odd, "sans" not in name and "gothic" not in name, "bold" not in name, str(path)
