"""Draw the pictures of the instructions: ``python -m tests.checks.docs_pictures`` writes docs/images.

They are sketches of what a page or a chat looks like, with a numbered ring round everything that is to be pressed. No
artwork and no logo of another is in them. What is written there is theirs: compare it when a portal changes.
"""

import sys
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Self

FOLDER = Path(__file__).resolve().parents[2] / "docs/images"
WIDTH = 720
INK, FAINT, LINE, PAPER, SHADE = "#1f2330", "#6b7080", "#c9ccd6", "#ffffff", "#f1f2f6"
ACCENT, RING = "#4a54c4", "#c8322b"


@dataclass
class Sketch:
    """A picture that is drawn from the top to the bottom; all lengths are pixels."""

    title: str
    height: int
    parts: list[str] = field(default_factory=list)
    rings: int = 0

    def box(self, x: int, y: int, width: int, height: int, *, fill: str = PAPER, line: str = LINE) -> Self:
        """Draw a rectangle with round corners."""
        self.parts.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="{fill}" stroke="{line}"/>'
        )
        return self

    def text(
        self, x: int, y: int, words: str, *, size: int = 15, fill: str = INK, bold: bool = False, middle: bool = False
    ) -> Self:
        """Write a line, by default from `x` on."""
        style = f' font-weight="{600 if bold else 400}"' + (' text-anchor="middle"' if middle else "")
        self.parts.append(f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}"{style}>{escape(words)}</text>')
        return self

    def button(self, x: int, y: int, width: int, words: str, *, main: bool = True, press: bool = False) -> Self:
        """Draw a button; `press` rings it."""
        self.box(x, y, width, 34, fill=ACCENT if main else SHADE, line=ACCENT if main else LINE)
        self.text(x + width // 2, y + 22, words, fill=PAPER if main else INK, middle=True)
        return self.ring(x, y, width, 34) if press else self

    def entry(self, x: int, y: int, width: int, label: str, words: str) -> Self:
        """Draw an entry field with its label above."""
        self.text(x, y - 4, label, size=12, fill=FAINT, bold=True).box(x, y + 8, width, 34, fill=SHADE)
        return self.text(x + 12, y + 30, words)

    def switch(self, x: int, y: int, label: str, *, on: bool, press: bool = False) -> Self:
        """Draw a switch at the right of its label."""
        self.text(x, y + 17, label)
        self.parts.append(
            f'<rect x="{x + 380}" y="{y}" width="46" height="24" rx="12" fill="{ACCENT if on else LINE}"/>'
            f'<circle cx="{x + 380 + (34 if on else 12)}" cy="{y + 12}" r="9" fill="{PAPER}"/>'
        )
        return self.ring(x + 380, y, 46, 24) if press else self

    def ring(self, x: int, y: int, width: int, height: int) -> Self:
        """Mark what is to be pressed next with a ring and its number."""
        self.rings += 1
        right = x + width + 6
        self.parts.append(
            f'<rect x="{x - 6}" y="{y - 6}" width="{width + 12}" height="{height + 12}" rx="12" fill="none"'
            f' stroke="{RING}" stroke-width="3"/><circle cx="{right}" cy="{y - 6}" r="12" fill="{RING}"/>'
        )
        return self.text(right, y - 1, str(self.rings), size=14, fill=PAPER, bold=True, middle=True)

    def sidebar(self, chosen: str, *, press: bool = False) -> Self:
        """Draw the portal's pages at the left."""
        self.box(16, 60, 176, self.height - 76, fill=SHADE)
        for row, name in enumerate(("General Information", "Installation", "OAuth2", "Bot", "Emojis")):
            y = 74 + 40 * row
            if name == chosen:
                self.box(24, y, 160, 32, fill=ACCENT, line=ACCENT)
            self.text(36, y + 21, name, fill=PAPER if name == chosen else INK)
            if name == chosen and press:
                self.ring(24, y, 160, 32)
        return self

    def said(self, y: int, lines: tuple[str, ...], *, mine: bool = False) -> int:
        """Draw what was said in a chat; return where the next one goes."""
        height, width = 20 + 22 * len(lines), 34 + max(8 * len(line) for line in lines)
        x = WIDTH - 24 - width if mine else 24
        self.box(x, y, width, height, fill="#dfe3ff" if mine else SHADE)
        for row, line in enumerate(lines):
            self.text(x + 13, y + 26 + 22 * row, line)
        return y + height + 10

    def svg(self) -> str:
        """The file."""
        size = f'width="{WIDTH}" height="{self.height}" viewBox="0 0 {WIDTH} {self.height}"'
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="system-ui, sans-serif">',
            f"<title>{escape(self.title)}</title>",
            f'<rect width="{WIDTH}" height="{self.height}" rx="12" fill="{PAPER}" stroke="{LINE}"/>',
            *self.parts,
            "</svg>",
        ]
        return "\n".join(lines) + "\n"


def portal(title: str, height: int) -> Sketch:
    """A page of Discord's developer portal."""
    return Sketch(title, height).text(24, 38, "Developer Portal", size=18, bold=True)


def application() -> Sketch:
    """The first step: a new application."""
    sketch = portal("New Application, then a name and Create", 340).text(24, 84, "Applications", size=16, bold=True)
    sketch.button(540, 62, 156, "New Application", press=True)
    sketch.box(150, 116, 420, 204).text(174, 150, "Create an application", size=17, bold=True)
    sketch.entry(174, 178, 372, "NAME", "whobot")
    return sketch.button(334, 264, 92, "Cancel", main=False).button(446, 264, 100, "Create", press=True)


def token() -> Sketch:
    """The token."""
    sketch = portal("The page Bot: Reset Token, then Copy", 300).sidebar("Bot", press=True)
    sketch.text(220, 92, "Token", size=17, bold=True)
    sketch.text(220, 118, "Discord shows the token once. It is a password.", fill=FAINT)
    sketch.button(220, 140, 130, "Reset Token", press=True)
    sketch.box(220, 206, 320, 34, fill=SHADE).text(232, 228, "MTIzNDU2Nzg5MDEyMzQ1Njc4.•••••", size=14)
    return sketch.button(570, 206, 90, "Copy", press=True)


def intent() -> Sketch:
    """The intent that whobot needs."""
    sketch = portal("Message Content Intent is switched on, then Save Changes", 320).sidebar("Bot")
    sketch.text(220, 92, "Privileged Gateway Intents", size=17, bold=True)
    sketch.switch(220, 118, "Presence Intent", on=False).switch(220, 160, "Server Members Intent", on=False)
    sketch.switch(220, 202, "Message Content Intent", on=True, press=True)
    return sketch.button(516, 258, 150, "Save Changes", press=True)


def invite() -> Sketch:
    """What the invite link opens."""
    sketch = Sketch("The invite link: choose the server, then Authorize", 400).box(160, 20, 400, 360)
    sketch.text(360, 56, "whobot wants to be added", size=18, bold=True, middle=True)
    sketch.entry(190, 88, 340, "ADD TO SERVER", "Our server  ▾").ring(190, 96, 340, 34)
    sketch.text(190, 166, "whobot will be able to", size=13, fill=FAINT, bold=True)
    rights = ("View Channels", "Send Messages", "Send Messages in Threads", "Attach Files", "Read Message History")
    for row, right in enumerate(rights):
        sketch.text(196, 192 + 25 * row, f"✓  {right}")
    return sketch.button(190, 324, 100, "Cancel", main=False).button(410, 324, 120, "Authorize", press=True)


def newbot() -> Sketch:
    """A bot from BotFather."""
    sketch = Sketch("The conversation with BotFather that makes a bot", 460)
    sketch.text(24, 38, "BotFather", size=18, bold=True)
    y = sketch.said(60, ("/newbot",), mine=True)
    y = sketch.said(y, ("Alright, a new bot. How are we going to call it?",))
    y = sketch.said(y, ("Our whobot",), mine=True)
    y = sketch.said(y, ("Good. Now let's choose a username for your bot.", "It must end in `bot`."))
    y = sketch.said(y, ("our_whobot",), mine=True)
    y = sketch.said(y, ("Done! Use this token to access the HTTP API:",))
    sketch.said(y, ("123456789:AAE•••••••••••••••••••••••••",))
    return sketch.ring(24, y, 330, 42)


def privacy() -> Sketch:
    """Privacy off, by BotFather."""
    sketch = Sketch("The conversation with BotFather that switches group privacy off", 400)
    sketch.text(24, 38, "BotFather", size=18, bold=True)
    y = sketch.said(60, ("/setprivacy",), mine=True)
    y = sketch.said(y, ("Choose a bot to change group messages settings.",))
    y = sketch.said(y, ("@our_whobot",), mine=True)
    y = sketch.said(
        y, ("'Enable' - your bot will only receive some messages.", "'Disable' - your bot will receive all messages.")
    )
    sketch.button(24, y + 4, 160, "Enable", main=False).button(204, y + 4, 160, "Disable", press=True)
    sketch.said(y + 58, ("Success! The new status is: DISABLED.",))
    return sketch


def group() -> Sketch:
    """The bot leaves the group and joins again."""
    sketch = Sketch("The group's members: remove the bot, then add it again", 300)
    sketch.text(24, 38, "Our group", size=18, bold=True).text(24, 64, "3 members", fill=FAINT)
    sketch.button(524, 28, 164, "Add members", main=False)
    for row, (name, role) in enumerate(
        (("You", "owner"), ("A friend", ""), ("our_whobot", "bot, has access to messages"))
    ):
        y = 90 + 64 * row
        sketch.parts.append(f'<circle cx="48" cy="{y + 26}" r="20" fill="{LINE}"/>')
        sketch.text(84, y + 24, name, bold=True).text(84, y + 44, role, size=13, fill=FAINT)
    sketch.button(500, 226, 188, "Remove from group", main=False, press=True)
    return sketch.ring(524, 28, 164, 34)


SKETCHES = {
    "discord-1-application": application,
    "discord-2-token": token,
    "discord-3-intent": intent,
    "discord-4-invite": invite,
    "telegram-1-newbot": newbot,
    "telegram-2-privacy": privacy,
    "telegram-3-group": group,
}


def main() -> int:
    """Write them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in SKETCHES.items():
        (FOLDER / f"{name}.svg").write_text(draw().svg())
    return 0


if __name__ == "__main__":
    sys.exit(main())
