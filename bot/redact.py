"""Take secrets out of text: those that are known, and whatever is shaped like one."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

MASK = "[redacted]"
SHORTEST = 4
"""Characters. A shorter "secret" would blot out half of every line."""

_SHAPES = (
    # Telegram puts the token into every address: /bot<token>/getMe, /file/bot<token>/photos/1.jpg
    (re.compile(r"(/bot)\d+(?::|%3[Aa])[^/\s\"'?]+"), rf"\1{MASK}"),
    (re.compile(r"\b\d{6,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}"), MASK),
    # Discord: the bot's token, and the addresses of interactions, which let anyone answer in the bot's name.
    (re.compile(r"\b[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{25,}"), MASK),
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[A-Za-z0-9_-]{20,}"), rf"\1{MASK}"),
    # The API's, of `bot.storage.tokens`.
    (re.compile(r"\bwhobot_[A-Za-z0-9_-]{43}"), MASK),
    # A password inside an address, as in postgresql://user:password@host
    (re.compile(r"(://[^/\s:@]*:)[^/\s@]+(@)"), rf"\1{MASK}\2"),
    # ... or at its end, as in postgresql://user@host/database?password=password
    (re.compile(r"([?&]password=)[^&\s\"']+"), rf"\1{MASK}"),
)


class Redactor:
    """Replaces secrets in a text. Called with the text, returns it clean."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # The longest spelling is tried first, so that no end of it is left over.
        spellings = {text for secret in secrets if len(secret) >= SHORTEST for text in _spellings(secret)}
        longest_first = sorted(spellings, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """Return `text` with every secret replaced by `MASK`."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for shape, replacement in _SHAPES:
            text = shape.sub(replacement, text)
        return text


def _spellings(secret: str) -> set[str]:
    """How a secret may be written: as it is, as a Python string, in a URL; and each of them inside JSON."""
    plain = {secret, repr(secret)[1:-1], quote(secret, safe="")}
    return plain | {json.dumps(text, ensure_ascii=only_ascii)[1:-1] for text in plain for only_ascii in (True, False)}
