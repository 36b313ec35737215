"""Write the table of features by platform into docs/platforms.md: ``python -m tests.checks.features``.

What a platform can do is what its adapter declares, and what the table of commands says; nothing is typed in by hand.
"""

import sys
from pathlib import Path

from bot.chat.model import Capabilities
from bot.platforms.discord.translate import CAPABILITIES as DISCORD
from bot.platforms.telegram.render import CAPABILITIES as TELEGRAM
from bot.platforms.web.conversation import CAPABILITIES as WEB

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/platforms.md"
BEGIN, END = "<!-- begin: features -->", "<!-- end: features -->"
PLATFORMS = {"Discord": DISCORD, "Telegram": TELEGRAM, "Web chat": WEB}
FEATURES = {
    "spoilers": "A spoilered picture gets a spoilered answer",
    "alt_text": "Answers are described for those who cannot see them",
    "buttons": "Buttons, menus and dialogues: pages, *More like this*, *Wrong?*, settings",
    "edits": "A press changes the answer in its place",
    "private_replies": "An answer that only the asker sees (`/who private:true`)",
    "sees_deletions": "The picture is deleted: its answer goes, too",
    "sees_edits": "The picture is edited: it is answered anew",
    "context_menus": "*Who is this?* and *Teach this face* in a message's menu",
    "completion": "Names are suggested while you type",
    "age_restricted_chats": "Chats are marked as age-restricted, and whobot can stay silent elsewhere",
    "shared_chats": "Chats of many people, which it can watch",
    "previews": "The pictures in the previews of links",
    "reactions": "A reaction of the asker's takes an answer away (on Telegram where whobot is an administrator)",
}
"""What each capability means to people, by its name in `Capabilities`."""


def table() -> str:
    """The table, in Markdown."""
    lines = [f"| | {' | '.join(PLATFORMS)} |", f"|---{'|:---:' * len(PLATFORMS)}|"]
    lines += [
        f"| {text} | {' | '.join('✓' if getattr(one, name) else '–' for one in PLATFORMS.values())} |"
        for name, text in FEATURES.items()
    ]
    lines.append(f"| Pictures in one answer | {' | '.join(str(one.images_limit) for one in PLATFORMS.values())} |")
    lines.append(f"| Largest picture in an answer | {' | '.join(_megabytes(one) for one in PLATFORMS.values())} |")
    return "\n".join(lines)


def _megabytes(one: Capabilities) -> str:
    return f"{one.image_bytes_limit / 1e6:.0f} MB"


def main() -> int:
    """Write the table between its marks."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
