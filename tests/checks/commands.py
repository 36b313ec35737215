"""Write the table of commands into docs/platforms.md: ``python -m tests.checks.commands``.

It is made of the registry of features.
"""

import sys
from pathlib import Path

from bot.chat.commands import Command, Where
from bot.chat.features import FEATURES
from bot.chat.registry import Registry

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/platforms.md"
BEGIN, END = "<!-- begin: commands -->", "<!-- end: commands -->"


def table() -> str:
    """The table, in Markdown."""
    lines = ["| Command | What it is for | Who may, and where |", "|---|---|---|"]
    for command in Registry(FEATURES).commands:
        usage = command.usage.replace("|", "\\|")
        lines.append(f"| `{usage}` | {command.description} | {_reach(command)} |")
    return "\n".join(lines)


def _reach(command: Command) -> str:
    who = "who manages the chat" if command.managers else "everybody"
    return f"{who}, in chats of many people" if command.where is Where.GROUPS else who


def main() -> int:
    """Write the table between its marks."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
