"""Read and write the files of bundles.

The file is a plain TFLite flatbuffer with a zip archive appended, as TFLite Metadata packs its associated files: any
TFLite runtime loads it, any unzip tool lists it. The archive holds ``labels.txt`` (one character a line, in the order
of the network's output), ``bundle.json`` (`BundleInfo`), and where the bundle tells the known from the unknown
``recognition.json``, ``prototypes.npy``, ``strangers.npy``, ``whitening.npy``, ``cohort.npy`` and ``reference.npy``
(`Recognition`).

The archive's comment, with which the file ends, is a checksum of all bytes in front of it. Bundles without a comment,
those of versions that wrote none, are read as well.
"""

import hashlib
import io
import json
import logging
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bot.errors import BundleError
from bot.recognition.bundle.info import BundleInfo, parse_info
from bot.recognition.bundle.recognition import RECOGNITION_FILES, Recognition, unpack
from bot.recognition.gallery import Embedding

SMALLEST_NETWORK = 10_000
"""Bytes. A converter that loses the weights still writes a file: none of ours is anywhere near as small."""

_CHECKSUM = b"sha256:"
"""What the checksum begins with; 64 hexadecimal digits follow."""

_log = logging.getLogger(__name__)

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


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle in memory. `id` is the start of the file's SHA-256: equal ids, equal bundles."""

    id: str
    info: BundleInfo
    labels: tuple[str, ...]
    network: bytes = field(repr=False)
    recognition: Recognition | None = field(default=None, repr=False, compare=False)

    @property
    def logits(self) -> int:
        """How many logits the network gives: those of the first labels."""
        return len(self.labels) - (self.recognition.compared if self.recognition else 0)

    @property
    def can_grow(self) -> bool:
        """Whether characters can be added without training: their faces are compared with those of a cohort."""
        return self.recognition is not None and self.recognition.comparison is not None

    def prototypes_of(self, character: str) -> list[Embedding]:
        """Return the embeddings that stand for a character; none where they are not known, or by the network alone."""
        if self.recognition is None or character not in self.labels:
            return []
        return list(self.recognition.prototypes[self.recognition.owners == self.labels.index(character)])


def read_bundle(path: Path) -> Bundle:
    """Read and check a bundle file; one that has no checksum is accepted with a line in the log.

    Raises:
        BundleError: it is missing, damaged, not what its checksum says, or of a format that this version does not know.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BundleError(f"cannot read the bundle {path}: {error.strerror}") from error
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(path, content, archive.comment)
            network = content[: _archive_start(archive)]
            labels = tuple(archive.read("labels.txt").decode().splitlines())
            info = parse_info(json.loads(archive.read("bundle.json")))
            recognition = _read_recognition(archive, len(labels))
    except _DAMAGE as error:
        raise BundleError(f"{path} is no whobot bundle, or it is damaged: {error}") from error
    if len(network) < SMALLEST_NETWORK or network[4:8] != b"TFL3":
        raise BundleError(f"{path} holds no TFLite network")
    if info.kind == "classifier" and len(labels) < 2:
        raise BundleError(f"{path} is a classifier with {len(labels)} labels; it needs at least two")
    return Bundle(hashlib.sha256(content).hexdigest()[:16], info, labels, network, recognition)


def write_bundle(
    path: Path,
    network: bytes,
    info: BundleInfo,
    labels: Sequence[str] = (),
    recognition: Recognition | None = None,
) -> Bundle:
    """Write a bundle beside `path`, read it back, and only then rename it into place.

    Raises:
        BundleError: the network is suspiciously small, or the file cannot be written (what was at `path` stays).
    """
    if len(network) < SMALLEST_NETWORK:
        raise BundleError(f"the network has only {len(network)} bytes: the converter has lost its weights")
    if any("\n" in label or not label for label in labels):
        raise BundleError("labels must be one line each and not empty")
    files = {
        "labels.txt": "".join(f"{label}\n" for label in labels).encode(),
        "bundle.json": json.dumps(asdict(info), indent=2, ensure_ascii=False, sort_keys=True).encode(),
        **({} if recognition is None else recognition.pack()),
    }
    packed = io.BytesIO()
    packed.write(network)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # A fixed date: the same training gives the same file, byte for byte.
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content)
    summed = add_checksum(packed.getvalue())
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            file.write(summed)
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


def add_checksum(content: bytes) -> bytes:
    """Return a bundle file that has no checksum with one; nothing else of it changes but the length of its comment.

    Raises:
        ValueError: its archive has a comment already.
    """
    if not content.endswith(b"\0\0"):
        raise ValueError("the archive has a comment already")
    length = len(_CHECKSUM) + 2 * hashlib.sha256().digest_size
    summed = content[:-2] + struct.pack("<H", length)
    return summed + _checksum(summed)


def _checksum(content: bytes) -> bytes:
    return _CHECKSUM + hashlib.sha256(content).hexdigest().encode()


def _check(path: Path, content: bytes, comment: bytes) -> None:
    """Hold a file against its checksum. A comment that is none may be one that was damaged.

    Raises:
        ValueError: they do not agree.
    """
    if not comment:
        _log.info("the bundle %s has no checksum: damage to it may go unnoticed", path)
    elif comment != _checksum(content[: -len(comment)]):
        raise ValueError("its checksum does not match")


def _archive_start(archive: zipfile.ZipFile) -> int:
    return min(entry.header_offset for entry in archive.infolist())


def _read_recognition(archive: zipfile.ZipFile, labels: int) -> Recognition | None:
    names = RECOGNITION_FILES & set(archive.namelist())
    return unpack({name: archive.read(name) for name in names}, labels) if names else None
