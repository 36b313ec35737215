"""Faces that travel in a bundle, so that whatever is to take its place can be held against it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

NOBODY = -1
"""Owns faces of characters that the bundle does not know."""


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What a bundle's network says of some faces, best of such as trained nothing, and whose they are.

    Every bundle of the same network can be asked who they are.

    Args:
        logits: Float32 ``(count, logits)``.
        embeddings: Float32 ``(count, dimensions)``, unit length.
        owners: For each face the place of its character in the labels, or `NOBODY`.
    """

    logits: npt.NDArray[np.float32]
    embeddings: npt.NDArray[np.float32]
    owners: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.owners)

    def of(self, places: npt.NDArray[np.intp]) -> "Reference":
        """Return some of the faces."""
        return Reference(self.logits[places], self.embeddings[places], self.owners[places])

    def joined(self, other: "Reference") -> "Reference":
        """Return these faces and further ones that the same network has seen."""
        return Reference(
            np.concatenate([self.logits, other.logits]),
            np.concatenate([self.embeddings, other.embeddings]),
            np.concatenate([self.owners, other.owners]),
        )

    @property
    def table(self) -> npt.NDArray[np.float32]:
        """All of a face in a row: its logits, then its embedding."""
        return np.concatenate([self.logits, self.embeddings], axis=1)

    @classmethod
    def of_table(cls, table: npt.NDArray[np.float32], owners: npt.NDArray[np.intp], logits: int) -> "Reference":
        """Take `table` apart again, whose first columns are so many logits."""
        return cls(table[:, :logits], table[:, logits:], owners)

    def check(self, labels: int, logits: int, dimensions: int) -> None:
        """Check that it fits a bundle.

        Raises:
            ValueError: it does not.
        """
        if self.logits.shape != (len(self), logits) or self.embeddings.shape != (len(self), dimensions):
            raise ValueError("its reference does not fit its network")
        if not np.isfinite(self.table).all():
            raise ValueError("its reference is no table of finite numbers")
        if len(self) and not (self.owners.min() >= NOBODY and self.owners.max() < labels):
            raise ValueError("its reference shows characters that it does not know")
