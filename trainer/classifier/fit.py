"""Train a network that names characters: a new head on the features of a network that can see.

The base network is left as it is, and the head's temperature comes from cross-validation; its embedding tells
strangers from those who were trained. A network that has seen photographs only is fine-tuned: its last blocks are
trained along with the head.
"""

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from bot.recognition.bundle import InputSpec
from bot.recognition.results import Image
from trainer.classifier import starts
from trainer.classifier.augment import augment
from trainer.classifier.head import FOLDS, Head, HeldOut, cross_validate, fit_head
from trainer.classifier.recognition import Fitted, fit_recognition, fit_threshold
from trainer.classifier.starts import Start
from trainer.classifier.trained import Trained
from trainer.classifier.training import Training
from trainer.common.console import Console
from trainer.common.curves import Curves
from trainer.common.dataset import Example, fingerprint, read_picture
from trainer.common.files import write_file
from trainer.common.likeness import hash_image, near_duplicates
from trainer.common.measure import Truth, Values
from trainer.common.metrics import Figures, fit_temperature, measure, softmax
from trainer.common.network import BATCH, LOGITS, Predictor, build_classifier, make_repeatable
from trainer.common.settings import Fit
from trainer.common.split import Split

SHARD = 512
"""Pictures whose features are computed and kept at a time."""


def fit(split: Split, recipe: Fit, folder: Path, console: Console, tensorboard: Path | None = None) -> Trained:
    """Train a classifier and leave it in `folder`; called again after an interruption, go on where it stopped.

    Raises:
        TrainerError: the backbone cannot be used, a picture cannot be read, or the disk is full.
    """
    start = starts.choose(recipe)
    pictures = (*split.train, *split.validation, *split.test)
    weights = hashlib.sha256(start.weights.read_bytes()).hexdigest() if start.weights else None
    settings = recipe.model_dump(exclude={"weights"})
    key = fingerprint(pictures, settings, weights, tf.__version__, start.spec, start.teaching)
    if trained := Trained.finished(folder, key):
        console.say(f"{folder} is trained already")
        _say_results(trained.report, console)
        return trained
    make_repeatable(recipe.seed)
    trained = _Run(split, recipe, start, folder, console, key, tensorboard).train()
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
        self,
        split: Split,
        recipe: Fit,
        start: Start,
        folder: Path,
        console: Console,
        key: str,
        tensorboard: Path | None,
    ) -> None:
        self._split = split
        self._recipe = recipe
        self._start = start
        self._folder = folder
        self._console = console
        self._key = key
        self._curves = Curves(tensorboard)
        # Cross-validation asks for every picture: none has to be kept back to validate on.
        self._learnt = split.train if start.fine_tune_epochs else (*split.train, *split.validation)
        self._truth = truth_of(self._learnt, split.labels)

    def train(self) -> Trained:
        # First of all, so that weights that do not fit are reported before pictures are read.
        body = self._start.build()
        images = read_images(self._learnt, self._start.spec, self._console, "training")
        model = build_classifier(body, len(self._split.labels))
        # A mirrored face is the same character.
        views = self._features(body, np.concatenate([images, images[:, :, ::-1]])).reshape(2, len(images), -1)
        head = self._fit_head(model, views)
        if self._start.fine_tune_epochs:
            self._fine_tune(model, images)
            return self._finish(model, Predictor(model, self._start.spec)(images), self._validate(model), "validation")
        groups = near_duplicates([hash_image(image) for image in images])
        held_out = self._cross_validate(views, groups)
        fitted = self._fit_recognition(views, groups)
        return self._finish(model, head(views[0]), held_out, "cross_validation", fitted)

    def _features(self, body: keras.Model, images: npt.NDArray[np.uint8]) -> Values:
        folder = self._folder / f"features-{self._key}"
        predict = Predictor(body, self._start.spec, "features")
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

    def _fit_head(self, model: keras.Model, views: Values) -> Head:
        with self._console.steps("Fitting the head", 1) as advance:
            head = fit_head(views, self._truth, len(self._split.labels), self._recipe.penalty)
            advance(1)
        model.get_layer(LOGITS).set_weights([head.kernel, head.bias])
        return head

    def _cross_validate(self, views: Values, groups: Sequence[Sequence[int]]) -> HeldOut:
        with self._console.steps("Cross-validating", FOLDS) as advance:
            return cross_validate(
                views, self._truth, len(self._split.labels), self._recipe.penalty, groups, lambda: advance(1)
            )

    def _fit_recognition(self, views: Values, groups: Sequence[Sequence[int]]) -> Fitted | None:
        # Only the base network's features are an embedding, of unit length.
        if self._start.teaching is None:
            return None
        fitted = fit_recognition(
            views, self._truth, len(self._split.labels), groups, self._start.teaching, self._start.strangers
        )
        if fitted is None:
            return None
        return replace(fitted, recognition=replace(fitted.recognition, comparison=self._start.comparison))

    def _fine_tune(self, model: keras.Model, images: npt.NDArray[np.uint8]) -> None:
        self._start.backbone.unfreeze(model, self._recipe.fine_tune_blocks)
        model.get_layer(LOGITS).trainable = True
        epochs = self._start.fine_tune_epochs
        training = Training(
            keras.Model(model.input, model.output[LOGITS]),
            rate=self._recipe.fine_tune_rate,
            epochs=epochs,
            smoothing=self._recipe.label_smoothing,
            state=self._folder / "fine-tuning.npz",
            key=self._key,
        )

        def batches(epoch: int) -> Iterator[tuple[Values, Truth]]:
            random = np.random.default_rng([self._recipe.seed, 2, epoch])
            order = np.random.default_rng([self._recipe.seed, 1, epoch]).permutation(len(images))
            for start in range(0, len(images), BATCH):
                chosen = order[start : start + BATCH]
                changed: list[Image] = [augment(images[i], random) for i in chosen]
                yield self._start.spec.scale(np.stack(changed)), self._truth[chosen]

        with self._console.steps("Fine-tuning", epochs) as advance:
            advance(training.epoch)

            def on_epoch(epoch: int, loss: float) -> None:
                advance(1)
                self._curves.add("loss/fine-tuning", loss, epoch)

            training.run(batches, on_epoch)

    def _validate(self, model: keras.Model) -> HeldOut:
        return self._ask(model, self._split.validation, "validation")

    def _ask(self, model: keras.Model, examples: Sequence[Example], what: str) -> HeldOut:
        images = read_images(examples, self._start.spec, self._console, what)
        return HeldOut(Predictor(model, self._start.spec)(images), truth_of(examples, self._split.labels))

    def _finish(
        self, model: keras.Model, learnt: Values, held_out: HeldOut, how: str, fitted: Fitted | None = None
    ) -> Trained:
        asked = {
            how: held_out,
            "train": HeldOut(learnt, self._truth),
            "test": self._ask(model, self._split.test, "test"),
        }
        report: dict[str, float] = {}
        for part, said in asked.items():
            if len(said.truth):
                report |= _figures(part, measure(softmax(said.logits, 1.0), said.truth))
        packed = io.BytesIO()
        np.savez(packed, allow_pickle=False, **{f"w{i}": value for i, value in enumerate(model.get_weights())})
        write_file(self._folder / "classifier.weights.npz", packed.getvalue())
        write_file(self._folder / "classifier.json", model.to_json())
        temperature = fit_temperature(held_out.logits, held_out.truth)
        threshold = None
        if fitted is not None:
            threshold = fit_threshold(held_out.logits, fitted.odds, temperature)
            for name, content in fitted.recognition.pack().items():
                write_file(self._folder / name, content)
        trained = Trained(
            self._folder,
            self._key,
            self._split.labels,
            self._start.name,
            self._start.spec,
            temperature,
            threshold,
            report,
            {
                "pictures": len(self._learnt),
                "characters": len(self._split.labels),
                "settings": self._recipe.model_dump(mode="json", exclude={"weights"}),
                "tensorflow": tf.__version__,
            },
        )
        values = asdict(trained)
        del values["folder"]
        write_file(self._folder / "fit.json", json.dumps(values, indent=1, ensure_ascii=False))
        return trained


def _figures(part: str, figures: Figures) -> dict[str, float]:
    return {
        f"{part}_accuracy": figures.top1,
        f"{part}_cross_entropy": figures.log_loss,
        f"{part}_count": figures.count,
    }


def _say_results(report: dict[str, float], console: Console) -> None:
    """Print what the published experiment's tool printed."""
    console.say(f"Train accuracy = {report['train_accuracy']:.1%} (N={report['train_count']})")
    console.say(f"Cross entropy = {report['train_cross_entropy']:.6f}")
    if "validation_accuracy" in report:
        console.say(f"Validation accuracy = {report['validation_accuracy']:.1%} (N={report['validation_count']})")
    if "cross_validation_accuracy" in report:
        count = report["cross_validation_count"]
        console.say(f"Cross-validated accuracy = {report['cross_validation_accuracy']:.1%} (N={count})")
    if "test_accuracy" in report:
        console.say(f"Final test accuracy = {report['test_accuracy']:.1%} (N={report['test_count']})")


def _save_array(path: Path, values: npt.NDArray[np.float32]) -> None:
    packed = io.BytesIO()
    np.save(packed, values, allow_pickle=False)
    write_file(path, packed.getvalue())
