"""Write ``config.example.toml`` from the declarations: ``whobot settings --example > config.example.toml``."""

import textwrap

from bot.config.keys import Key, Sections, keys, sections, toml_value

HEADER = """\
# whobot's settings. Copy this file to config.toml, and uncomment what you change: every line shows its default or,
# where there is none, an example. `whobot settings` prints what holds, and where it comes from.
#
# An environment variable overrides each key: WHOBOT_LIMITS__BYTES=5000000 is "bytes" in [limits].
# Relative paths are relative to this file. Tokens and passwords never stand here.
"""


def example(platforms: Sections) -> str:
    """Return the text of ``config.example.toml``: every key with its meaning and its default, commented out."""
    parts = [HEADER]
    for name, declaration in sections(platforms).items():
        parts.append(_comment(declaration.__doc__ or "") + f"[{name}]\n")
        parts += [_entry(key) for (section, _), key in keys(platforms).items() if section == name]
    return "\n".join(parts)


def _entry(key: Key) -> str:
    if key.secret:
        return _comment(key.meaning)
    note = "No default. " if key.default is None else ""
    return _comment(note + key.meaning) + f"# {key.name} = {toml_value(key.example)}\n"


def _comment(text: str) -> str:
    return textwrap.fill(text, 118, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False) + "\n"
