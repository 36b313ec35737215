"""Who the characters are: how their names are spelt, where they are from, and what else people call them.

The table is ``characters.toml`` beside the bundles, made to be read and corrected by people:

    [ninomae_inanis]
    name = "Ninomae Ina'nis"
    series = "Hololive"
    aliases = ["一伊那尓栖", "Ina"]
"""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rapidfuzz import fuzz

from bot.errors import ConfigError
from bot.recognition.names import lookalike
from bot.recognition.results import display_name

TABLE = "characters.toml"
"""The table's name in a folder of bundles."""

CLOSE = 80.0
"""The likeness of two words in percent (as rapidfuzz measures it) from which one may be the other, misspelt."""
CLOSE_WHOLE = 90.0
"""That of two whole names that are written without spaces."""
SHORTEST_CLOSE = 4
"""Letters of a word: of shorter ones too many differ by a single letter."""
MOST_CANDIDATES = 5
"""Characters that a question names."""

_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff\u4e00-\u9fff]"),
    "zh": re.compile("^[^\u3040-\u30ff]*[\u4e00-\u9fff][^\u3040-\u30ff]*$"),
}
"""What a name holds that is written as readers of a language write."""
_SILENT = str.maketrans("", "", "'.\N{RIGHT SINGLE QUOTATION MARK}")
"""What people leave out: "Ina'nis" is "Inanis", "C.C." is "CC"."""


@dataclass(frozen=True, slots=True)
class Character:
    """One character; `id` is what a bundle's labels call it."""

    id: str
    name: str
    series: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """What people say of a character: a series in the place of the table's, and aliases beside the table's."""

    series: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The characters that a written name may mean, by id; none where no name is like it.

    Args:
        ids: Where `certain`, the one who is meant; else those to choose from, the likeliest first.
        certain: Whether no other character can be meant.
        misspelt: Whether they are called differently, and only nearly so.
    """

    ids: tuple[str, ...] = ()
    certain: bool = False
    misspelt: bool = False


class Characters:
    """The characters that have a name of their own. Everybody else is called as they were taught.

    Args:
        table: The characters; where two share a name or an alias, the first has it.
    """

    def __init__(self, table: Iterable[Character] = ()) -> None:
        self._table = {character.id: character for character in table}
        self._ids: dict[tuple[str, ...], str] = {}
        # An id outranks a name, and a name an alias, whoever comes first.
        for rank in range(3):
            for character in self._table.values():
                for text in ((character.id,), (character.name,), character.aliases)[rank]:
                    self._ids.setdefault(_words(text), character.id)

    @classmethod
    def read(cls, path: Path) -> "Characters":
        """Read the table at `path`; without such a file it is empty.

        Raises:
            ConfigError: the table cannot be read, or says something that it should not.
        """
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            content = {}
        except OSError as error:
            raise ConfigError(f"cannot read the characters' table {path}: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"the characters' table {path} is not valid TOML: {error}") from error
        try:
            return cls([_parse(id_, entry) for id_, entry in content.items()])
        except (TypeError, ValueError) as error:
            raise ConfigError(f"the characters' table {path} has a mistake: {error}") from error

    def including(self, roster: Iterable[str]) -> "Characters":
        """Add those ids of a bundle that the table lacks, each with a name made of the id."""
        plain = (Character(id_, display_name(id_)) for id_ in roster if id_ not in self)
        return Characters((*self._table.values(), *plain))

    def __contains__(self, id_: str) -> bool:
        return id_ in self._table

    def find(self, text: str) -> str | None:
        """Return the id of the character who is called so: by id, name or alias.

        Case, width, punctuation and the order of the words do not matter: "maki NISHIKINO" is ``nishikino_maki``.
        """
        return self._ids.get(_words(text))

    def match(self, text: str, among: Collection[str] | None = None) -> Match:
        """Return the characters that a name may mean: by all of it, by words that one alone has, or misspelt.

        Args:
            text: As it was written.
            among: The ids that may be meant; all of them by default.
        """
        exact = self.find(text)
        if exact is not None and (among is None or exact in among):
            return Match((exact,), certain=True)
        wanted = _words(text, ordered=True)
        ids = [id_ for id_ in self._table if among is None or id_ in among]
        partly = [id_ for id_ in ids if any(set(wanted) <= set(words) for words in self._spellings(id_))]
        if partly:
            return Match(tuple(partly[:MOST_CANDIDATES]), certain=len(partly) == 1)
        scores = {id_: max(_closeness(wanted, words) for words in self._spellings(id_)) for id_ in ids}
        close = sorted((id_ for id_ in ids if scores[id_] > 0), key=lambda id_: -scores[id_])
        return Match(tuple(close[:MOST_CANDIDATES]), misspelt=True) if close else Match()

    def _spellings(self, id_: str) -> list[tuple[str, ...]]:
        character = self._table[id_]
        return [_words(text, ordered=True) for text in (character.name, *character.aliases)]

    def current(self, id_: str) -> str:
        """Return the id by which a taught character goes now: a later bundle may know them, under an id of its own."""
        return self.find(id_) or id_

    def including_taught(
        self, taught: Iterable[str], described: Mapping[str, Description] = MappingProxyType({})
    ) -> "Characters":
        """Add characters that were taught: each is called as the one who taught it wrote.

        Args:
            taught: Their ids.
            described: What people say of characters, these and others, by id.
        """
        everyone = (*self._table.values(), *(Character(id_, id_) for id_ in taught if id_ not in self))
        return Characters(_described(one, described.get(one.id)) for one in everyone)

    def name(self, id_: str) -> str:
        """Return how people write the name; whoever is not in the table was taught, and is called as they were."""
        character = self._table.get(id_)
        return character.name if character else id_

    def lookalike(self, name: str) -> str | None:
        """Return the name of a character that looks like this one, which is written with other letters, if any does."""
        if self.find(name):
            return None
        return lookalike(name, (text for one in self._table.values() for text in (one.name, *one.aliases)))

    def series(self, id_: str) -> str | None:
        """Return where the character is from, where that is known."""
        character = self._table.get(id_)
        return character.series if character else None

    def aliases(self, id_: str) -> tuple[str, ...]:
        """Return what else people call the character."""
        character = self._table.get(id_)
        return character.aliases if character else ()

    def written_in(self, id_: str, language: str) -> str | None:
        """Return the character's first alias in the script of a language, where that is not Latin and one is known.

        Args:
            language: A BCP 47 tag. Japanese is written in kana and Chinese characters, Chinese without kana.
        """
        script = _SCRIPTS.get(language.replace("_", "-").lower().partition("-")[0])
        return script and next((alias for alias in self.aliases(id_) if script.search(alias)), None)

    def search(self, text: str, among: Sequence[str]) -> tuple[str, ...]:
        """Return those ids of `among` with `text` in their id, name, alias or series, in their order; "" finds all."""
        wanted = " ".join(_words(text, ordered=True))
        return tuple(id_ for id_ in among if any(wanted in known for known in self._known_as(id_)))

    def _known_as(self, id_: str) -> list[str]:
        character = self._table.get(id_) or Character(id_, id_)
        texts = (character.id, character.name, character.series or "", *character.aliases)
        return [" ".join(_words(text, ordered=True)) for text in texts]


def _described(character: Character, described: Description | None) -> Character:
    if described is None:
        return character
    aliases = tuple(dict.fromkeys((*character.aliases, *described.aliases)))
    return replace(character, series=described.series or character.series, aliases=aliases)


@lru_cache(maxsize=16_384)
def _words(text: str, *, ordered: bool = False) -> tuple[str, ...]:
    """Split into what counts of a name: folded words, by default in no order ("Maki Nishikino", "Nishikino Maki")."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_SILENT)
    words = "".join(letter if letter.isalnum() or unicodedata.combining(letter) else " " for letter in folded).split()
    # What is all punctuation is still a name of its own.
    return tuple(words if ordered else sorted(words)) or (folded.strip(),)


def _closeness(wanted: Sequence[str], words: Sequence[str]) -> float:
    """Return how like a name each wanted word is in percent, at worst; 0 where one is like none of its words."""
    joined = 0.0
    if len(wanted) != len(words):  # the spaces were left out
        either_way = ("".join(words), "".join(reversed(words)))
        joined = max(_likeness("".join(wanted), whole, CLOSE_WHOLE) for whole in either_way)
    left, worst = list(words), 100.0
    for word in wanted:
        likeness = {other: _likeness(word, other) for other in left}
        nearest = max(likeness, key=likeness.__getitem__, default=None)
        if nearest is None or not likeness[nearest]:
            return joined
        left.remove(nearest)
        worst = min(worst, likeness[nearest])
    return max(joined, worst)


def _likeness(one: str, other: str, least: float = CLOSE) -> float:
    """Return how like each other two words are in percent, or 0 below `least`; short ones and numbers have no typos."""
    if min(len(one), len(other)) < SHORTEST_CLOSE or _digits(one) != _digits(other):
        return 100.0 if one == other else 0.0
    return fuzz.ratio(one, other, score_cutoff=least)


def _digits(word: str) -> list[str]:
    return [letter for letter in word if letter.isdigit()]


def _parse(id_: str, entry: Any) -> Character:
    if not isinstance(entry, Mapping):
        raise TypeError(f"{id_} must be a table: [{id_}]")
    unknown = set(entry) - {"name", "series", "aliases"}
    if unknown:
        raise ValueError(f"[{id_}] has {', '.join(sorted(unknown))}; known are name, series and aliases")
    name, series, aliases = entry.get("name"), entry.get("series"), entry.get("aliases", [])
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"[{id_}] needs a name")
    if series is not None and not isinstance(series, str):
        raise TypeError(f"[{id_}] has a series that is no text")
    if not isinstance(aliases, list) or not all(isinstance(alias, str) and alias.strip() for alias in aliases):
        raise TypeError(f"[{id_}] has aliases that are no list of texts")
    return Character(id_, name, series, tuple(aliases))
