"""Which character a folder's name means: folders have names that people say, bundles have labels."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.recognition.characters import TABLE, Characters
from trainer.common.dataset import Example
from trainer.common.detectors import MODELS
from trainer.common.errors import DatasetError


def read_table(bundle: Path) -> Characters:
    """Read the characters' names and aliases from beside a bundle, where the bot does; else those that ship.

    Raises:
        ConfigError: the table has a mistake.
    """
    beside = bundle.with_name(TABLE)
    return Characters.read(beside if beside.exists() else MODELS / TABLE)


class Names:
    """Finds a bundle's label by any name of its character: as a label, in the table, or as an alias there.

    Case, spaces, hyphens, underscores, punctuation and the order of the words do not matter.
    """

    def __init__(self, labels: Sequence[str], characters: Characters) -> None:
        self._labels = labels
        self._characters = characters.including(labels)
        # A bundle may call a character otherwise than the table does.
        self._label = {self._characters.find(label): label for label in labels}

    def find(self, name: str) -> str | None:
        """Return the label of the character of that name; None where the bundle knows none."""
        return name if name in self._labels else self._label.get(self._characters.find(name))

    def sort(self, examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
        """Return the examples of characters that the bundle knows, under its labels, and those of strangers."""
        known, strangers = [], []
        for example in examples:
            label = self.find(example.character)
            if label is None:
                strangers.append(example)
            else:
                known.append(replace(example, character=label))
        return known, strangers

    def insist(self, examples: Sequence[Example]) -> list[Example]:
        """Return all examples under the bundle's labels.

        Raises:
            DatasetError: some are of strangers.
        """
        known, strangers = self.sort(examples)
        if strangers:
            names = ", ".join(sorted({example.character for example in strangers}))
            raise DatasetError(
                f"the bundle does not know {names}: leave such folders out, or ask with the protocol open, for which "
                f"they are strangers. It knows {', '.join(self._labels)}"
            )
        return known
