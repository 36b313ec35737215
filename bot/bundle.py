"""Read and write bundles: one ``.tflite`` file with the network, its labels and all the numbers to run it with.

The file is a plain TFLite flatbuffer with a zip archive appended, as TFLite Metadata packs its associated files: any
TFLite runtime loads it, any unzip tool lists it. The archive holds ``labels.txt`` (one character a line, in the order
of the network's output) and ``bundle.json`` (`BundleInfo`).

The numbers of preprocessing live here once. Trainer and bot both call `InputSpec.prepare`, so they cannot drift apart.
"""

import hashlib
import io
import json
import math
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from bot.domain import Image
from bot.errors import BundleError

FORMAT = 1
SMALLEST_NETWORK = 10_000
"""Bytes. A converter that loses the weights still writes a file: none of ours is anywhere near as small."""

LARGEST_INPUT = 4096
"""Pixels on a side."""

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    KeyError,
    ValueError,
    TypeError,
    EOFError,
    RuntimeError,
    OSError,
)
"""What zipfile and json raise over damaged files, a method of compression that is none among it."""

Kind: TypeAlias = Literal["classifier", "detector"]


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What the network wants to be shown: RGB of `width` x `height`, each value as ``(value - mean) / std``."""

    width: int
    height: int
    mean: float = 127.0
    std: float = 128.0

    def fit(self, image: Image) -> Image:
        """Resize an RGB uint8 image to ``(height, width, 3)``, by area when it shrinks and linearly when it grows."""
        shrinks = image.shape[0] > self.height or image.shape[1] > self.width
        size = (self.width, self.height)
        resized = cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        return resized.astype(np.uint8, copy=False)

    def scale(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Map uint8 values to the network's range, as float32 of the same shape."""
        scaled: npt.NDArray[np.float32] = (images.astype(np.float32) - self.mean) / self.std
        return scaled

    def prepare(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        """Turn RGB uint8 crops of any size into the network's input, float32 ``(len(crops), height, width, 3)``."""
        if not crops:
            return np.empty((0, self.height, self.width, 3), np.float32)
        return self.scale(np.stack([self.fit(crop) for crop in crops]))


@dataclass(frozen=True, slots=True)
class BundleInfo:
    """The content of ``bundle.json``.

    `margin` is how far a crop reaches beyond the face's box on each side, as a share of the box's longer side.
    `temperature` divides the logits before the softmax; `threshold` is the probability under which the best guess of a
    classifier counts as unknown, and the score under which a detector's box does not count. `metrics` holds figures
    measured on the exported file itself.
    """

    kind: Kind
    name: str
    input: InputSpec
    margin: float = 0.0
    temperature: float = 1.0
    threshold: float = 0.5
    metrics: Mapping[str, float] = field(default_factory=dict)
    trained: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle in memory. `id` is the start of the file's SHA-256: equal ids, equal bundles."""

    id: str
    info: BundleInfo
    labels: tuple[str, ...]
    network: bytes = field(repr=False)


def read_bundle(path: Path) -> Bundle:
    """Read and check a bundle file.

    Raises:
        BundleError: it is missing, damaged, or of a format that this version does not know.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BundleError(f"cannot read the bundle {path}: {error.strerror}") from error
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            network = content[: _archive_start(archive)]
            labels = tuple(archive.read("labels.txt").decode().splitlines())
            info = _parse_info(json.loads(archive.read("bundle.json")))
    except _DAMAGE as error:
        raise BundleError(f"{path} is no whobot bundle, or it is damaged: {error}") from error
    if len(network) < SMALLEST_NETWORK or network[4:8] != b"TFL3":
        raise BundleError(f"{path} holds no TFLite network")
    if info.kind == "classifier" and len(labels) < 2:
        raise BundleError(f"{path} is a classifier with {len(labels)} labels; it needs at least two")
    return Bundle(hashlib.sha256(content).hexdigest()[:16], info, labels, network)


def write_bundle(path: Path, network: bytes, info: BundleInfo, labels: Sequence[str] = ()) -> Bundle:
    """Write a bundle beside `path`, read it back, and only then rename it into place.

    Raises:
        BundleError: the network is suspiciously small, or the file cannot be written (what was at `path` stays).
    """
    if len(network) < SMALLEST_NETWORK:
        raise BundleError(f"the network has only {len(network)} bytes: the converter has lost its weights")
    if any("\n" in label or not label for label in labels):
        raise BundleError("labels must be one line each and not empty")
    packed = io.BytesIO()
    packed.write(network)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("labels.txt", "".join(f"{label}\n" for label in labels)),
            ("bundle.json", json.dumps(asdict(info), indent=2, ensure_ascii=False, sort_keys=True)),
        ):
            # A fixed date: the same training gives the same file, byte for byte.
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), text)
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            file.write(packed.getvalue())
            file.flush()
            os.fsync(file.fileno())
        bundle = read_bundle(Path(temporary))
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise BundleError(f"cannot write the bundle {path}: {error.strerror}") from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
    return bundle


def _archive_start(archive: zipfile.ZipFile) -> int:
    return min(entry.header_offset for entry in archive.infolist())


def _parse_info(values: Any) -> BundleInfo:
    if not isinstance(values, dict):
        raise TypeError("its bundle.json is no JSON object")
    if values.get("format") != FORMAT:
        raise ValueError(f"its format is {values.get('format')!r}, this version reads {FORMAT}")
    if values.get("kind") not in ("classifier", "detector"):
        raise ValueError(f"its kind is {values.get('kind')!r}")
    info = BundleInfo(**{**values, "input": InputSpec(**values["input"])})
    _check_numbers(info)
    return info


def _check_numbers(info: BundleInfo) -> None:
    """Find numbers that would fail, or mislead, only once a picture is looked at."""
    shown = info.input
    for name, value in (("width", shown.width), ("height", shown.height)):
        if not isinstance(value, int) or not 1 <= value <= LARGEST_INPUT:
            raise ValueError(f"its input's {name} is {value!r}")
    for name, number, positive in (
        ("mean", shown.mean, False),
        ("std", shown.std, True),
        ("margin", info.margin, False),
        ("temperature", info.temperature, True),
        ("threshold", info.threshold, False),
    ):
        if not isinstance(number, int | float) or not math.isfinite(number) or (positive and number <= 0):
            raise ValueError(f"its {name} is {number!r}")
