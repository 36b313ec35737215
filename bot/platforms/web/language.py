"""What words the page, in the browser's language."""

from collections.abc import Callable
from gettext import NullTranslations
from typing import TypeAlias

Translations: TypeAlias = Callable[[str | None], NullTranslations]
"""The catalogue for a BCP 47 tag."""
