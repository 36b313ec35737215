"""Which of several groups of faces another face belongs to.

No clustering library: faces come one at a time and are to be placed at once, and a group shall never be torn apart
while somebody looks at it. The nearest mean does that in one product of a matrix and a vector, with nothing to keep in
memory.
"""

import numpy as np
import numpy.typing as npt

from bot.recognition.gallery import Embedding


def nearest_group(
    face: Embedding, sums: npt.NDArray[np.float32], counts: npt.NDArray[np.int_], *, kinship: float
) -> int | None:
    """Return the place of the group that a face looks most like; None where it looks too little like any.

    It has to look as much like a group's mean as a further face of one character does on average. Where two faces of
    one character have the cosine k, that is k n / sqrt(n + n (n - 1) k) for the sum of n of them: k for one face, and
    towards sqrt(k) for many.

    Args:
        face: A unit-length embedding, ``(dimensions,)``.
        sums: The sums of the groups' embeddings, ``(groups, dimensions)``.
        counts: How many faces each has, ``(groups,)``.
        kinship: The cosine that two faces of one character have on average, as the bundle says.
    """
    if not len(sums):
        return None
    expected = kinship * counts / np.sqrt(counts + counts * (counts - 1) * kinship)
    margins = sums @ face / np.maximum(np.linalg.norm(sums, axis=1), 1e-9) - expected
    best = int(margins.argmax())
    return best if margins[best] >= 0 else None
