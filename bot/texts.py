"""Texts that are written in one place and translated in another."""


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's tools extract
    """Mark a text for translation, which is done where it is shown."""
    return text
