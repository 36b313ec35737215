"""Retrain a backbone on face crops: first a new head on frozen features, then the last blocks along with it."""

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from bot.bundle import InputSpec
from bot.domain import Image
from trainer import backbones
from trainer.augment import augment
from trainer.console import Console
from trainer.curves import Curves
from trainer.dataset import Example, fingerprint, read_picture
from trainer.errors import TrainerError
from trainer.files import read_json, write_file
from trainer.metrics import fit_temperature, measure, softmax
from trainer.network import BATCH, Predictor, build_classifier, empty_classifier, input_spec, make_repeatable
from trainer.settings import Fit
from trainer.split import Split
from trainer.training import Training

SHARD = 512
"""Pictures whose features are computed and kept at a time."""


@dataclass(frozen=True)
class Trained:
    """A trained classifier in its folder: ``classifier.weights.npz`` and ``fit.json``."""

    folder: Path
    key: str
    labels: tuple[str, ...]
    backbone: str
    size: int
    temperature: float
    report: dict[str, float]
    trained_on: dict[str, Any]

    @property
    def spec(self) -> InputSpec:
        """What the network wants to be shown."""
        return input_spec(backbones.find(self.backbone), self.size)

    def load(self) -> keras.Model:
        """Build the network with its trained weights."""
        model = empty_classifier(self.backbone, self.size, len(self.labels))
        with np.load(self.folder / "classifier.weights.npz", allow_pickle=False) as weights:
            model.set_weights([weights[f"w{i}"] for i in range(len(model.weights))])
        return model

    @classmethod
    def read(cls, folder: Path) -> "Trained":
        """Find a trained classifier.

        Raises:
            TrainerError: there is none in `folder`.
        """
        values = read_json(folder / "fit.json", "trained network (`whobot-train fit` makes one)")
        try:
            return cls(folder=folder, **{**values, "labels": tuple(values["labels"])})
        except (KeyError, TypeError) as error:
            raise TrainerError(f"{folder} was trained by another version: train it anew") from error


def fit(split: Split, recipe: Fit, folder: Path, console: Console, tensorboard: Path | None = None) -> Trained:
    """Train a classifier and leave it in `folder`; called again after an interruption, go on where it stopped.

    Raises:
        TrainerError: the backbone cannot be used, a picture cannot be read, or the disk is full.
    """
    backbones.choose(recipe.backbone, recipe.size, recipe.weights)
    pictures = (*split.train, *split.validation, *split.test)
    weights = hashlib.sha256(recipe.weights.read_bytes()).hexdigest() if recipe.weights else None
    key = fingerprint(pictures, recipe.model_dump(exclude={"weights"}), weights, tf.__version__)
    if (folder / "fit.json").exists() and (trained := Trained.read(folder)).key == key:
        console.say(f"{folder} is trained already")
        _say_results(trained.report, console)
        return trained
    make_repeatable(recipe.seed)
    trained = _Run(split, recipe, folder, console, key, tensorboard).train()
    _say_results(trained.report, console)
    return trained


def read_images(examples: Sequence[Example], spec: InputSpec, console: Console, what: str) -> npt.NDArray[np.uint8]:
    """Read crops and resize them as the bot does, to uint8 ``(count, height, width, 3)``."""
    images = np.empty((len(examples), spec.height, spec.width, 3), np.uint8)
    with console.steps(f"Reading {what} pictures", len(examples)) as advance:
        for i, example in enumerate(examples):
            images[i] = spec.fit(read_picture(example.path))
            advance(1)
    return images


def truth_of(examples: Sequence[Example], labels: Sequence[str]) -> npt.NDArray[np.intp]:
    """Return the index of each example's character among the labels."""
    column = {label: i for i, label in enumerate(labels)}
    return np.array([column[example.character] for example in examples], np.intp)


class _Run:
    """One training, from pictures to a folder with the trained network."""

    def __init__(
        self, split: Split, recipe: Fit, folder: Path, console: Console, key: str, tensorboard: Path | None
    ) -> None:
        self._split = split
        self._recipe = recipe
        self._folder = folder
        self._console = console
        self._key = key
        self._backbone = backbones.find(recipe.backbone)
        self._spec = input_spec(self._backbone, recipe.size)
        self._curves = Curves(tensorboard)
        self._truth = truth_of(split.train, split.labels)

    def train(self) -> Trained:
        images = read_images(self._split.train, self._spec, self._console, "training")
        body = backbones.build(self._recipe.backbone, self._recipe.size, self._recipe.weights)
        model = build_classifier(body, len(self._split.labels))
        self._train_head(body, model, images)
        self._fine_tune(model, images)
        return self._finish(model, images)

    def _train_head(self, body: keras.Model, model: keras.Model, images: npt.NDArray[np.uint8]) -> None:
        # A mirrored face is the same character: the features of both are computed once.
        features = self._features(body, np.concatenate([images, images[:, :, ::-1]]))
        truth = np.concatenate([self._truth, self._truth])
        vector = keras.Input(features.shape[1:])
        head = model.get_layer("logits")
        training = Training(
            keras.Model(vector, head(vector)),
            rate=self._recipe.head_rate,
            epochs=self._recipe.head_epochs,
            smoothing=self._recipe.label_smoothing,
            state=self._folder / "head.npz",
            key=self._key,
        )

        def batches(epoch: int) -> Iterator[tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]]:
            for chosen in self._shuffled(len(truth), 0, epoch):
                yield features[chosen], truth[chosen]

        self._run(training, "Training the head", self._recipe.head_epochs, batches)

    def _features(self, body: keras.Model, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        folder = self._folder / f"features-{self._key}"
        predict = Predictor(body, self._spec)
        shards = []
        with self._console.steps("Computing features", len(images)) as advance:
            for start in range(0, len(images), SHARD):
                path, shard = folder / f"{start:07}.npy", images[start : start + SHARD]
                if path.exists():
                    shards.append(np.load(path, allow_pickle=False))
                    advance(len(shard))
                else:
                    shards.append(predict(shard, advance))
                    _save_array(path, shards[-1])
        return np.concatenate(shards)

    def _fine_tune(self, model: keras.Model, images: npt.NDArray[np.uint8]) -> None:
        self._backbone.unfreeze(model, self._recipe.fine_tune_blocks)
        model.get_layer("logits").trainable = True
        training = Training(
            model,
            rate=self._recipe.fine_tune_rate,
            epochs=self._recipe.fine_tune_epochs,
            smoothing=self._recipe.label_smoothing,
            state=self._folder / "fine-tuning.npz",
            key=self._key,
        )

        def batches(epoch: int) -> Iterator[tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]]:
            random = np.random.default_rng([self._recipe.seed, 2, epoch])
            for chosen in self._shuffled(len(images), 1, epoch):
                changed: list[Image] = [augment(images[i], random) for i in chosen]
                yield self._spec.scale(np.stack(changed)), self._truth[chosen]

        self._run(training, "Fine-tuning", self._recipe.fine_tune_epochs, batches)

    def _shuffled(self, count: int, phase: int, epoch: int) -> list[npt.NDArray[np.intp]]:
        order = np.random.default_rng([self._recipe.seed, phase, epoch]).permutation(count)
        return [order[start : start + BATCH] for start in range(0, count, BATCH)]

    def _run(self, training: Training, what: str, epochs: int, batches: Callable[[int], Iterator[Any]]) -> None:
        with self._console.steps(what, epochs) as advance:
            advance(training.epoch)

            def on_epoch(epoch: int, loss: float) -> None:
                advance(1)
                self._curves.add(f"loss/{what.lower()}", loss, epoch)

            training.run(batches, on_epoch)

    def _finish(self, model: keras.Model, images: npt.NDArray[np.uint8]) -> Trained:
        split, labels = self._split, self._split.labels
        report: dict[str, float] = {}
        temperature = 1.0
        predict = Predictor(model, self._spec)
        for part, examples in (("validation", split.validation), ("train", split.train), ("test", split.test)):
            if not examples:
                continue
            shown = images if part == "train" else read_images(examples, self._spec, self._console, part)
            logits, truth = predict(shown), truth_of(examples, labels)
            if part == "validation":
                temperature = fit_temperature(logits, truth)
            figures = measure(softmax(logits, 1.0), truth)
            report |= {
                f"{part}_accuracy": figures.top1,
                f"{part}_cross_entropy": figures.log_loss,
                f"{part}_count": figures.count,
            }
        packed = io.BytesIO()
        np.savez(packed, allow_pickle=False, **{f"w{i}": value for i, value in enumerate(model.get_weights())})
        write_file(self._folder / "classifier.weights.npz", packed.getvalue())
        trained_on = {
            "pictures": len(split.train),
            "characters": len(labels),
            "settings": self._recipe.model_dump(mode="json", exclude={"weights"}),
            "tensorflow": tf.__version__,
        }
        trained = Trained(
            self._folder, self._key, labels, self._recipe.backbone, self._recipe.size, temperature, report, trained_on
        )
        values = asdict(trained)
        del values["folder"]
        write_file(self._folder / "fit.json", json.dumps(values, indent=1, ensure_ascii=False))
        return trained


def _say_results(report: dict[str, float], console: Console) -> None:
    """Print what the published experiment's tool printed."""
    console.say(f"Train accuracy = {report['train_accuracy']:.1%} (N={report['train_count']})")
    console.say(f"Cross entropy = {report['train_cross_entropy']:.6f}")
    if "validation_accuracy" in report:
        console.say(f"Validation accuracy = {report['validation_accuracy']:.1%} (N={report['validation_count']})")
    if "test_accuracy" in report:
        console.say(f"Final test accuracy = {report['test_accuracy']:.1%} (N={report['test_count']})")


def _save_array(path: Path, values: npt.NDArray[np.float32]) -> None:
    packed = io.BytesIO()
    np.save(packed, values, allow_pickle=False)
    write_file(path, packed.getvalue())
