"""Write the table of features by platform into docs/platforms.md: ``python -m tests.checks.features``.

What a platform can do is what its adapter declares, and what the table of commands says; nothing is typed in by hand.
"""

import sys
from pathlib import Path

from bot.platforms.base import Ability
from bot.platforms.registry import PLATFORMS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/platforms.md"
BEGIN, END = "<!-- begin: features -->", "<!-- end: features -->"
CAPABILITIES = {
    "alt_text": "Answers are described for those who cannot see them",
    "buttons": "Buttons, menus and dialogues: pages, *Other guesses*, *Wrong?*, *Name this face*, settings",
    "thumbnails": "Faces to choose from are shown as pictures; elsewhere by the numbers in the answer's picture",
    "private_replies": "An answer that only the asker sees (`/who private:true`)",
    "context_menus": "*Who is this?* and *Teach this face* in a message's menu",
    "own": "Requests are limited as lightly as presses, for the page is one's own",
    "data": "An answer comes as data, for programs",
    "age_restricted_chats": "Chats are marked as age-restricted, and whobot can stay silent elsewhere",
}
"""What each capability means to people, by its name in `Capabilities`."""


def table() -> str:
    """The table, in Markdown: what replies may carry, then what else a platform can do."""
    carried = [one.capabilities for one in PLATFORMS]
    rows = [
        *((text, [_mark(getattr(one, name)) for one in carried]) for name, text in CAPABILITIES.items()),
        *((ability, [_mark(ability in one.abilities) for one in PLATFORMS]) for ability in Ability),
        ("Pictures in one answer", [str(one.images_limit) for one in carried]),
        ("Largest picture in an answer", [f"{one.image_bytes_limit / 1e6:.0f} MB" for one in carried]),
    ]
    heading = [f"| | {' | '.join(one.title for one in PLATFORMS)} |", f"|---{'|:---:' * len(PLATFORMS)}|"]
    return "\n".join([*heading, *(f"| {' | '.join([text, *cells])} |" for text, cells in rows)])


def _mark(there: bool) -> str:
    return "✓" if there else "–"


def main() -> int:
    """Write the table between its marks."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
