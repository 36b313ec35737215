"""Turn a trained network into bundles, and refuse to write what is not as good as it was."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from bot.recognition.bundle import SMALLEST_NETWORK, Bundle, BundleInfo, write_bundle
from trainer.classifier.augment import augment
from trainer.classifier.fit import read_images
from trainer.classifier.keras_scorer import KerasScorer
from trainer.classifier.scoring import BundleScorer, Evaluation, evaluate
from trainer.classifier.trained import Trained
from trainer.common.console import Console
from trainer.common.dataset import Example
from trainer.common.errors import ExportRefused, TrainerError
from trainer.common.settings import Export, Precision
from trainer.common.split import Split
from trainer.common.tflite import to_tflite

SAMPLES = 300
"""Training crops from which the ranges of int8 are taken."""
COPIES = 6
"""Changed copies of each of them."""
THRESHOLD = 0.5
"""Of a network that cannot tell strangers."""


@dataclass(frozen=True)
class Tolerance:
    """How far a bundle may be from the network that it was made of, on the test pictures."""

    other_answers: float
    """Share of the pictures with another best label."""
    difference: float
    """Mean difference of the probability of the right label."""


TOLERANCE: dict[Precision, Tolerance] = {
    Precision.FLOAT16: Tolerance(other_answers=0.0, difference=0.005),
    Precision.INT8: Tolerance(other_answers=0.02, difference=0.05),
}
BYTES_PER_WEIGHT: dict[Precision, float] = {Precision.FLOAT16: 2.0, Precision.INT8: 1.0}


def export(
    trained: Trained, split: Split, name: str, settings: Export, console: Console
) -> list[tuple[Path, Evaluation]]:
    """Write a bundle for each precision, tested on the split's test pictures as the bot will run it.

    Returns:
        The path of each bundle, and how it did.

    Raises:
        ExportRefused: a bundle disagrees with the trained network, is too small, or is less accurate than required.
            No bundle is written then.
        BundleError: the disk is full, or writing is not allowed.
    """
    reference = evaluate(KerasScorer(trained), split.test, console)
    ready = []
    for precision in settings.precisions:
        console.say(f"Converting to {precision}")
        network = convert(trained, split.train, precision, console)
        bundle = _bundle(trained, network, f"{name}-{precision}", settings, {})
        # The network looks at each crop once, as it is: so shall what was made of it, while the two are compared.
        check(
            evaluate(BundleScorer(bundle, retry_doubtful=False), split.test, console),
            reference,
            precision,
            settings.require,
        )
        ready.append((network, precision, evaluate(BundleScorer(bundle), split.test, console)))
    written = []
    for network, precision, evaluation in ready:
        path = settings.directory / f"{name}-{precision}.tflite"
        figures = {key: round(value, 6) for key, value in asdict(evaluation.figures).items()}
        bundle = _bundle(trained, network, f"{name}-{precision}", settings, figures)
        write_bundle(path, bundle.network, bundle.info, bundle.labels, bundle.recognition)
        console.say(f"Wrote {path} ({path.stat().st_size:,} bytes)")
        written.append((path, evaluation))
    return written


def convert(trained: Trained, examples: Sequence[Example], precision: Precision, console: Console) -> bytes:
    """Convert a trained network to a TFLite flatbuffer; int8 takes its ranges from the training crops.

    Raises:
        ExportRefused: the file is smaller than its weights.
        TrainerError: the disk of temporary files is full.
    """
    model = trained.load()
    samples = _spread(examples, SAMPLES)
    images = None
    if precision is Precision.INT8:
        crops = read_images(samples, trained.spec, console, "representative")
        # Crops that were learnt by heart have narrower ranges than new ones: changed copies stand for these.
        seeds = [(copy, i) for copy in range(COPIES) for i in range(len(crops))]
        changed = [augment(crops[i], np.random.default_rng([1, copy, i])) for copy, i in seeds]
        images = np.concatenate([crops, np.stack(changed)])
    try:
        network = to_tflite(model, trained.spec, images)
    except (tf.errors.OpError, OSError) as error:
        raise TrainerError(f"cannot convert to {precision}: {str(error).splitlines()[0]}") from error
    least = max(SMALLEST_NETWORK, 0.9 * BYTES_PER_WEIGHT[precision] * model.count_params())
    if len(network) < least:
        raise ExportRefused(f"the {precision} network has {len(network):,} bytes, its weights alone take {least:,.0f}")
    return network


def check(evaluation: Evaluation, reference: Evaluation, precision: Precision, require: float) -> None:
    """Compare a bundle's answers with those of the network that it was made of.

    Raises:
        ExportRefused: they differ by more than the precision explains, or too few are right.
    """
    tolerance = TOLERANCE[precision]
    ours, theirs = evaluation.probabilities, reference.probabilities
    other = float((ours.argmax(axis=1) != theirs.argmax(axis=1)).mean())
    row = np.arange(len(ours))
    difference = float(np.abs(ours[row, evaluation.truth] - theirs[row, evaluation.truth]).mean())
    if other > tolerance.other_answers or not difference <= tolerance.difference:
        raise ExportRefused(
            f"{evaluation.network} does not answer as the trained network does: it gives another name to {other:.1%} "
            f"of the test pictures, and its probabilities differ by {difference:.3f} on average. Nothing was written."
        )
    if evaluation.figures.top1 < require:
        raise ExportRefused(
            f"{evaluation.network} names {evaluation.figures.top1:.1%} of the test pictures rightly, "
            f"{require:.1%} are required. Nothing was written."
        )


def _bundle(trained: Trained, network: bytes, name: str, settings: Export, figures: dict[str, float]) -> Bundle:
    info = BundleInfo(
        kind="classifier",
        name=name,
        input=trained.spec,
        temperature=trained.temperature,
        margin=settings.margin,
        threshold=_threshold(trained, settings),
        metrics=figures,
        trained={"backbone": trained.backbone, **trained.trained_on},
    )
    return Bundle(hashlib.sha256(network).hexdigest()[:16], info, trained.labels, network, trained.load_recognition())


def _threshold(trained: Trained, settings: Export) -> float:
    if settings.threshold is not None:
        return settings.threshold
    return THRESHOLD if trained.threshold is None else trained.threshold


def _spread(examples: Sequence[Example], count: int) -> list[Example]:
    """Choose examples evenly over all characters."""
    if len(examples) <= count:
        return list(examples)
    return [examples[i] for i in np.linspace(0, len(examples) - 1, count).astype(int)]
