"""Where the networks come from: two files, read and tried out together."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from bot.errors import BundleError
from bot.recognition.bundle import Bundle, read_bundle
from bot.recognition.characters import TABLE, Characters
from bot.recognition.engine import Engine, Models

CASCADE = "lbpcascade_animeface.xml"
"""The cascade that ships with whobot, chosen by the name "cascade"."""

INT8, FLOAT16 = "-int8.tflite", "-float16.tflite"
"""How the names of a bundle in two precisions end."""

Stamp: TypeAlias = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The files of a classifier and a detector. A detector that ends in ``.xml`` is an OpenCV cascade.

    Beside the classifier may lie ``characters.toml``, which says how the names of its labels are written.
    """

    classifier: Path
    detector: Path

    @property
    def characters(self) -> Path:
        """The characters' table."""
        return self.classifier.with_name(TABLE)

    @classmethod
    def choose(cls, directory: Path, classifier: str, detector: str) -> "ModelFiles":
        """Name the files in a folder of models; the detector "cascade" is the one that ships.

        Of a classifier that is not there in one precision, the other one is taken: see `available`.
        """
        return cls(available(directory / classifier), directory / (CASCADE if detector == "cascade" else detector))

    def stamp(self) -> Stamp:
        """Return what tells a changed file from the same one: equal stamps, equal files."""
        return tuple(_stamp(path) for path in (self.classifier, self.detector, self.characters))

    def load(self, make_engine: Callable[[Models], Engine]) -> Models:
        """Read the files and try them out once, so that what takes over is known to work.

        Raises:
            BundleError: a bundle is missing, damaged, of the wrong kind or cannot run.
            ConfigError: the detector is no cascade, or the characters' table has a mistake.
        """
        classifier = _read(self.classifier)
        if classifier.info.kind != "classifier":
            raise BundleError(f"{self.classifier} is a {classifier.info.kind}; name a classifier bundle")
        cascade = self.detector.suffix == ".xml"
        models = Models(
            classifier,
            self.detector if cascade else _read(self.detector),
            Characters.read(self.characters).including(classifier.labels),
        )
        engine = make_engine(models)
        engine.probe(np.full((240, 320, 3), 127, np.uint8))
        return replace(models, embeds=engine.embeds)


def available(path: Path) -> Path:
    """Return a bundle's path, or that of the same bundle in another precision where only that was written.

    The trainer leaves out ``NAME-int8.tflite`` where it is not as good as ``NAME-float16.tflite``.
    """
    for precision, other in ((INT8, FLOAT16), (FLOAT16, INT8)):
        twin = path.with_name(f"{path.name.removesuffix(precision)}{other}")
        if path.name.endswith(precision) and not path.exists() and twin.exists():
            return twin
    return path


def _read(path: Path) -> Bundle:
    if not path.exists():
        others = ", ".join(sorted(other.name for other in path.parent.glob("*.tflite"))) or "no bundles"
        raise BundleError(f"there is no {path}. Its folder holds {others}: see [models] in the settings")
    return read_bundle(path)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
