"""What a name does to those who read it: links, commands and mentions in it, and other names that it looks like."""

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from linkify_it import LinkifyIt
from linkify_it.tlds import TLDS

_SHORTEST_SITE = 3
"""Letters. "D.Va" and "Mr.Me" are names, though both could be sites of countries."""
_ACTIVE = re.compile(
    r"""
    \w+:// |            # any scheme, tg:// among them
    (?<!\w)www\. |
    (?<!\w)[/@#]\w |    # a command, mention or hashtag, but not "Fate/Zero" or "iDOLM@STER"
    <[@\#:/]            # what Discord shows as a user, a channel, an emoji or a command
    """,
    re.VERBOSE,
)


def is_active(name: str) -> bool:
    """Whether a chat would make a link, a command or a mention of a name."""
    if _ACTIVE.search(name):
        return True
    return any(
        link.schema or "/" in link.text or len(link.text.rpartition(".")[0].rpartition(".")[2]) >= _SHORTEST_SITE
        for link in _links().match(name) or ()
    )


def lookalike(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that another one looks like without being it: "Мaki" begins with a Cyrillic letter.

    Two names look alike where their skeletons are the same, as Unicode Technical Standard 39 has it.
    """
    skeleton = _skeleton(name)
    return next((other for other in known if other != name and _skeleton(other) == skeleton), None)


@lru_cache(maxsize=16_384)
def _skeleton(name: str) -> str:
    # A capital may look like another letter than its small one does, so both count.
    return _prototypes(_prototypes(name).casefold())


def _prototypes(text: str) -> str:
    """Replace each letter by the one that stands for all its lookalikes."""
    table = _confusables()
    return "".join(table.get(letter, letter) for letter in unicodedata.normalize("NFD", text))


@cache
def _links() -> LinkifyIt:
    return LinkifyIt().tlds(list(TLDS), keep_old=True)


@cache
def _confusables() -> dict[str, str]:
    """Return what stands for each letter that resembles another.

    The library's table has every pair in both directions: what stands for others has several, unless there is but one
    pair, of which either may.
    """
    table = json.loads((files("confusable_homoglyphs") / "confusables.json").read_text("utf-8"))
    alike = {letter: [other["c"] for other in others] for letter, others in table.items()}
    return {
        letter: others[0]
        for letter, others in alike.items()
        if len(letter) == 1 and len(others) == 1 and (len(alike.get(others[0], ())) > 1 or others[0] < letter)
    }
