"""A trained classifier on disk, between `fit` and `export`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from bot.recognition.bundle import InputSpec, Recognition
from bot.recognition.bundle.recognition import RECOGNITION_FILES, unpack
from trainer.common.errors import TrainerError
from trainer.common.files import read_json


@dataclass(frozen=True)
class Trained:
    """A trained classifier in its folder: ``classifier.json``, ``classifier.weights.npz`` and ``fit.json``.

    `threshold` is the probability under which a face counts as unknown, None where nothing tells strangers: otherwise
    the files of a `Recognition` lie there, too.
    """

    folder: Path
    key: str
    labels: tuple[str, ...]
    backbone: str
    spec: InputSpec
    temperature: float
    threshold: float | None
    report: dict[str, float]
    trained_on: dict[str, Any]

    def load(self) -> keras.Model:
        """Build the network with its trained weights."""
        model = keras.models.model_from_json((self.folder / "classifier.json").read_text())
        with np.load(self.folder / "classifier.weights.npz", allow_pickle=False) as weights:
            model.set_weights([weights[f"w{i}"] for i in range(len(model.weights))])
        return model

    def load_recognition(self) -> Recognition | None:
        """Read how strangers are told from the characters that the network knows, where it can tell them."""
        if self.threshold is None:
            return None
        paths = [self.folder / name for name in sorted(RECOGNITION_FILES)]
        return unpack({path.name: path.read_bytes() for path in paths if path.exists()}, len(self.labels))

    @classmethod
    def finished(cls, folder: Path, key: str) -> "Trained | None":
        """Find what was trained on just this, and by this version; None where it is still to be trained.

        Raises:
            TrainerError: what lies in `folder` is damaged.
        """
        path = folder / "fit.json"
        if not path.exists() or read_json(path, "trained network").get("key") != key:
            return None
        return cls.read(folder)

    @classmethod
    def read(cls, folder: Path) -> "Trained":
        """Find a trained classifier.

        Raises:
            TrainerError: there is none in `folder`.
        """
        values = read_json(folder / "fit.json", "trained network (`whobot-train fit` makes one)")
        try:
            labels, spec = tuple(values.pop("labels")), InputSpec(**values.pop("spec"))
            return cls(folder=folder, labels=labels, spec=spec, **values)
        except (KeyError, TypeError) as error:
            raise TrainerError(f"{folder} was trained by another version: train it anew") from error
