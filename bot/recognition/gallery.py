"""The characters taught beside a bundle's own: face embeddings, and whose they are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Embedding: TypeAlias = npt.NDArray[np.float32]
"""A face as a bundle's network sees it: float32 ``(dimensions,)``, of unit length."""


def _no_embeddings() -> Embedding:
    return np.empty((0, 0), np.float32)


def _no_owners() -> npt.NDArray[np.intp]:
    return np.empty(0, np.intp)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Gallery:
    """Faces that people have named, all embedded by one bundle.

    Args:
        characters: Ids. One of the bundle's own roster may be among them: its examples then add to what is known.
        embeddings: Float32 ``(count, dimensions)``, unit length: the examples.
        owners: For each example the place of its character in `characters`.
        denied: Examples of faces that are not the character, as corrections tell; shaped like `embeddings`.
        denied_owners: For each of them the place of the character that it is not.
    """

    characters: tuple[str, ...]
    embeddings: Embedding = field(default_factory=_no_embeddings)
    owners: npt.NDArray[np.intp] = field(default_factory=_no_owners)
    denied: Embedding = field(default_factory=_no_embeddings)
    denied_owners: npt.NDArray[np.intp] = field(default_factory=_no_owners)

    @classmethod
    def of(cls, examples: Iterable[tuple[str, Embedding]], denied: Iterable[tuple[str, Embedding]] = ()) -> "Gallery":
        """Build a gallery from pairs of a character's id and a unit-length embedding."""
        shown, refused = list(examples), list(denied)
        characters = tuple(dict.fromkeys(name for name, _ in (*shown, *refused)))
        places = {name: place for place, name in enumerate(characters)}

        def stacked(pairs: list[tuple[str, Embedding]]) -> tuple[Embedding, npt.NDArray[np.intp]]:
            if not pairs:
                return _no_embeddings(), _no_owners()
            owners = np.array([places[name] for name, _ in pairs], np.intp)
            return np.stack([embedding for _, embedding in pairs]).astype(np.float32, copy=False), owners

        return cls(characters, *stacked(shown), *stacked(refused))

    def joined(self, other: "Gallery") -> "Gallery":
        """Return the gallery with the examples of another one beside its own; both are of one bundle."""
        characters = tuple(dict.fromkeys((*self.characters, *other.characters)))
        places = _places(other.characters, characters)

        def stacked(mine: Embedding, others: Embedding) -> Embedding:
            return np.concatenate([table for table in (mine, others) if len(table)] or [_no_embeddings()])

        return Gallery(
            characters,
            stacked(self.embeddings, other.embeddings),
            np.concatenate([self.owners, places[other.owners]]),
            stacked(self.denied, other.denied),
            np.concatenate([self.denied_owners, places[other.denied_owners]]),
        )

    def renamed(self, rename: Callable[[str], str]) -> "Gallery":
        """Return the gallery with other ids for its characters; those that get the same one become one character."""
        names = [rename(character) for character in self.characters]
        characters = tuple(dict.fromkeys(names))
        places = _places(names, characters)
        return replace(
            self, characters=characters, owners=places[self.owners], denied_owners=places[self.denied_owners]
        )


def _places(names: Iterable[str], characters: Iterable[str]) -> npt.NDArray[np.intp]:
    place = {character: place for place, character in enumerate(characters)}
    return np.array([place[name] for name in names], np.intp)


EMPTY = Gallery(())
"""A gallery without characters."""
