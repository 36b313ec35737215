"""How a bundle tells the characters that it knows from strangers, and how it compares characters that people teach."""

import io
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.recognition.bundle.reference import Reference

NUMBERS_FILE, PROTOTYPES_FILE, STRANGERS_FILE = "recognition.json", "prototypes.npy", "strangers.npy"
WHITENING_FILE, COHORT_FILE, REFERENCE_FILE = "whitening.npy", "cohort.npy", "reference.npy"
RECOGNITION_FILES = frozenset(
    {NUMBERS_FILE, PROTOTYPES_FILE, STRANGERS_FILE, WHITENING_FILE, COHORT_FILE, REFERENCE_FILE}
)
"""In the bundle's archive: the numbers, and the tables as float16 in NumPy's own format, without pickle.

All but the first two are left out where there are none.
"""


class Feature(StrEnum):
    """What tells that a face is of the roster, in the order of `bot.recognition.naming.roster.Roster.features`."""

    NEAREST = "nearest"
    """The highest cosine to a prototype."""
    LEAD = "lead"
    """How far that lies above the nearest prototype of another character."""
    ENERGY = "energy"
    """The logarithm of the summed exponentials of the logits over the temperature.

    Source: Liu et al., Energy-based Out-of-distribution Detection, 2020, https://arxiv.org/abs/2010.03759
    """
    STRANGE = "strange"
    """The mean of the three highest cosines to `Recognition.strangers`.

    Source: the cohort of impostors of speaker verification, Matejka et al., Analysis of Score Normalization in
    Multilingual Speaker Recognition, 2017, https://www.isca-archive.org/interspeech_2017/matejka17_interspeech.html
    """
    SHARE = "share"
    """The logarithm of the best guess's share in the softmax of the logits over the temperature."""
    NEARNESS = "nearness"
    """How near the face lies to the best guess: see `bot.recognition.naming.roster.Roster.nearness`."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """How alike a face has to be to those that taught a character.

    The log-odds that the face is the character's, against nobody known, are ``scale * likeness + offset``. The
    likeness is the cosine to the mean of the examples, made comparable between few and many of them: `kinship` is the
    cosine that two faces of one character have on average.
    """

    scale: float = 16.0
    offset: float = -8.0
    kinship: float = 0.5


ENOUGH = 5
"""Examples of a taught character from which on more of them do not bring strangers nearer."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The space in which faces are compared with taught characters, and the cohort that the cosines are held against.

    The log-odds that a face is a taught character's are ``scale * score + offset - caution * ln(examples)``, where the
    score is the cosine, normalised by how near the face and the character each lie to the cohort. More than `ENOUGH`
    examples count as that many.

    Args:
        whitening: Float32 ``(dimensions + 1, compared)``: an affine map of an embedding, its last row the bias. It
            makes faces of one character vary alike in all directions.
        cohort: Float32 ``(count, compared)``, unit length: mapped faces of many people in many styles.
        scale: Of the score.
        offset: What the log-odds of a character with one example are where the score is 0.
        caution: The mean of several examples lies nearer to everybody of their style, too, more so than the cohort
            takes out.

    Source: adaptive symmetric score normalisation, Matejka et al., 2017,
    https://www.isca-archive.org/interspeech_2017/matejka17_interspeech.html
    """

    whitening: npt.NDArray[np.float32]
    cohort: npt.NDArray[np.float32]
    scale: float
    offset: float
    caution: float = 0.0

    def check(self, dimensions: int) -> None:
        """Check that it fits embeddings of so many dimensions.

        Raises:
            ValueError: it does not.
        """
        tables = self.whitening, self.cohort
        if any(table.ndim != 2 or not table.size or not np.isfinite(table).all() for table in tables):
            raise ValueError("its comparison needs a whitening and a cohort of finite numbers")
        if len(self.whitening) != dimensions + 1 or self.cohort.shape[1] != self.whitening.shape[1]:
            raise ValueError("its whitening, its cohort and its prototypes are of different dimensions")
        numbers = self.scale, self.offset, self.caution
        if not all(math.isfinite(number) for number in numbers) or self.scale <= 0 or self.caution < 0:
            raise ValueError(f"its comparison has the scale, offset and caution {numbers!r}")


@dataclass(frozen=True, slots=True, eq=False)
class Recognition:
    """How a bundle with embeddings tells the known from the unknown: a logistic regression over `Feature`.

    Args:
        prototypes: Float32 ``(count, dimensions)``, unit length: several for each character of several appearances.
        owners: For each of them the place of its character in the labels; each character has at least one.
        offsets: One for each label, added to the log-odds of being known where that character is the best guess.
        weights: For each feature its coefficient; those left out count nothing.
        bias: The intercept.
        closeness: How much nearness to a character's prototypes adds to its logit over the temperature.
        contested: Whether the other guesses take from the probability of the best one. Not where the log-odds of being
            known fall already because they are near: it would be held against it a second time.
        teaching: How taught characters compare where there is no `comparison`, and how alike faces of one are.
        strangers: Float32 ``(count, dimensions)``, unit length: faces of characters that the bundle does not know.
        comparison: How taught characters compare.
        compared: How many labels, the last ones, the network has no logit for: their prototypes are compared as taught
            characters are.
        reference: Faces of the roster to hold another bundle against, where there are any.
    """

    prototypes: npt.NDArray[np.float32]
    owners: npt.NDArray[np.intp]
    offsets: npt.NDArray[np.float32]
    weights: Mapping[Feature, float] = field(default_factory=dict)
    bias: float = 0.0
    closeness: float = 0.0
    contested: bool = True
    teaching: Teaching = Teaching()
    strangers: npt.NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))
    comparison: Comparison | None = None
    compared: int = 0
    reference: Reference | None = None

    def check(self, labels: int) -> None:
        """Check that it fits a bundle with so many labels.

        Raises:
            ValueError: it does not.
        """
        if self.prototypes.ndim != 2 or not np.isfinite(self.prototypes).all():
            raise ValueError("its prototypes are no table of finite numbers")
        if self.strangers.size and self.strangers.shape[1:] != self.prototypes.shape[1:]:
            raise ValueError("its strangers and prototypes are of different dimensions")
        if not np.isfinite(self.strangers).all():
            raise ValueError("its strangers are no table of finite numbers")
        if self.owners.shape != (len(self.prototypes),) or set(self.owners.tolist()) != set(range(labels)):
            raise ValueError("its prototypes do not give each label at least one")
        if self.offsets.shape != (labels,) or not np.isfinite(self.offsets).all():
            raise ValueError(f"its recognition needs {labels} finite offsets")
        teaching = self.teaching
        numbers = (*self.weights.values(), self.bias, self.closeness, teaching.scale, teaching.offset)
        if not all(isinstance(number, int | float) and math.isfinite(number) for number in numbers):
            raise ValueError("its recognition has a number that is none")
        if teaching.scale <= 0 or not 0 < teaching.kinship <= 1:
            raise ValueError(f"its scale is {teaching.scale!r} and its kinship {teaching.kinship!r}")
        if not 0 <= self.compared < labels or (self.compared and self.comparison is None):
            raise ValueError(f"its recognition cannot compare {self.compared} of {labels} characters")
        if self.comparison is not None:
            self.comparison.check(self.prototypes.shape[1])
        if self.reference is not None:
            self.reference.check(labels, labels - self.compared, self.prototypes.shape[1])

    def pack(self) -> dict[str, bytes]:
        """Return the files that hold it in a bundle's archive, by name. Embeddings are kept as float16."""
        numbers = {
            "owners": self.owners.tolist(),
            "offsets": [round(float(offset), 6) for offset in self.offsets],
            "weights": {feature.value: weight for feature, weight in self.weights.items()},
            "bias": self.bias,
            "closeness": self.closeness,
            "contested": self.contested,
            "compared": self.compared,
            "teaching": asdict(self.teaching),
        }
        tables = {STRANGERS_FILE: self.strangers} if self.strangers.size else {}
        if self.comparison is not None:
            comparison = self.comparison
            numbers["comparison"] = {name: getattr(comparison, name) for name in ("scale", "offset", "caution")}
            tables |= {WHITENING_FILE: self.comparison.whitening, COHORT_FILE: self.comparison.cohort}
        if self.reference is not None:
            numbers["reference"] = self.reference.owners.tolist()
            tables[REFERENCE_FILE] = self.reference.table
        text = json.dumps(numbers, indent=2, sort_keys=True)
        packed = {name: _pack(table) for name, table in tables.items()}
        return {NUMBERS_FILE: text.encode(), PROTOTYPES_FILE: _pack(self.prototypes), **packed}


def unpack(files: Mapping[str, bytes], labels: int) -> Recognition:
    """Read back what `Recognition.pack` has made, and check it.

    Raises:
        KeyError, TypeError, ValueError: a file is missing or damaged.
    """
    numbers: Any = json.loads(files[NUMBERS_FILE])
    recognition = Recognition(
        _unpack(files[PROTOTYPES_FILE]),
        np.array(numbers["owners"], np.intp),
        np.array(numbers["offsets"], np.float32),
        {Feature(name): weight for name, weight in numbers["weights"].items()},
        numbers["bias"],
        numbers["closeness"],
        numbers["contested"],
        Teaching(**numbers["teaching"]),
        **({"strangers": _unpack(files[STRANGERS_FILE])} if STRANGERS_FILE in files else {}),
        comparison=_unpack_comparison(numbers, files) if "comparison" in numbers else None,
        compared=numbers.get("compared", 0),
        reference=_unpack_reference(numbers, files, labels) if "reference" in numbers else None,
    )
    recognition.check(labels)
    return recognition


def _unpack_comparison(numbers: Any, files: Mapping[str, bytes]) -> Comparison:
    return Comparison(_unpack(files[WHITENING_FILE]), _unpack(files[COHORT_FILE]), **numbers["comparison"])


def _unpack_reference(numbers: Any, files: Mapping[str, bytes], labels: int) -> Reference:
    logits = labels - numbers.get("compared", 0)
    return Reference.of_table(_unpack(files[REFERENCE_FILE]), np.array(numbers["reference"], np.intp), logits)


def _pack(embeddings: npt.NDArray[np.float32]) -> bytes:
    table = io.BytesIO()
    np.save(table, embeddings.astype("<f2"), allow_pickle=False)
    return table.getvalue()


def _unpack(content: bytes) -> npt.NDArray[np.float32]:
    return np.asarray(np.load(io.BytesIO(content), allow_pickle=False), np.float32)
