"""Turn a trained network into bundles, and leave out what is not as good as it was."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from scipy.stats import binomtest

from bot.recognition.bundle import SMALLEST_NETWORK, Bundle, BundleInfo, write_bundle
from trainer.classifier.augment import augment
from trainer.classifier.fit import read_images
from trainer.classifier.keras_scorer import KerasScorer
from trainer.classifier.results import LeftOut
from trainer.classifier.scoring import BundleScorer, Evaluation, evaluate, look
from trainer.classifier.trained import Trained
from trainer.common.console import Console
from trainer.common.dataset import Example
from trainer.common.errors import ExportRefused, TrainerError
from trainer.common.reference import with_reference
from trainer.common.settings import Export, Precision
from trainer.common.split import Split
from trainer.common.tflite import to_tflite

SAMPLES = 300
"""Training crops from which the ranges of int8 are taken."""
COPIES = 6
"""Changed copies of each of them."""
THRESHOLD = 0.5
"""Of a network that cannot tell strangers."""


CERTAINTY = 0.95
"""How sure it must be that a bundle is worse than its network before it is left out: small test sets have accidents."""


@dataclass(frozen=True)
class Tolerance:
    """How far a bundle may be from the network that it was made of, on the test pictures."""

    other_answers: float
    """Share of the pictures with another best label."""
    difference: float
    """Mean difference of the probability of the right label."""


TOLERANCE: dict[Precision, Tolerance] = {
    Precision.FLOAT16: Tolerance(other_answers=0.005, difference=0.005),
    Precision.INT8: Tolerance(other_answers=0.02, difference=0.05),
}
BYTES_PER_WEIGHT: dict[Precision, float] = {Precision.FLOAT16: 2.0, Precision.INT8: 1.0}


@dataclass(frozen=True)
class Exported:
    """What was written, at least one bundle with how it did on the test pictures, and what was left out."""

    written: tuple[tuple[Path, Evaluation], ...]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class _Candidate:
    precision: Precision
    network: bytes
    evaluation: Evaluation


def export(trained: Trained, split: Split, name: str, settings: Export, console: Console) -> Exported:
    """Write a bundle for each precision, tested on the split's test pictures as the bot will run it.

    A precision that does not do as the trained network does is left out with a word, and the others are written. Where
    none of those that were asked for is good, float16 is written in their place.

    Raises:
        ExportRefused: not even float16 is good, or none is as accurate as required. No bundle is written then.
        BundleError: the disk is full, or writing is not allowed.
    """
    reference = evaluate(KerasScorer(trained), split.test, console)
    ready: list[_Candidate] = []
    left_out: list[LeftOut] = []

    def attempt(precision: Precision) -> None:
        try:
            ready.append(_try_out(trained, split, name, precision, settings, reference, console))
        except ExportRefused as refusal:
            left_out.append(LeftOut(f"{name}-{precision}", str(refusal)))
            console.warn(left_out[-1].sentence)

    for precision in settings.precisions:
        attempt(precision)
    if not ready and Precision.FLOAT16 not in settings.precisions:
        attempt(Precision.FLOAT16)
    if not ready:
        raise ExportRefused(f"{'; '.join(left.reason for left in left_out)}. Nothing was written.")
    written = [_write(trained, split, name, candidate, settings, console) for candidate in ready]
    for left in left_out:
        earlier = settings.directory / f"{left.name}.tflite"
        if earlier.exists():
            console.warn(f"{earlier} is of an earlier training: delete it, or the bot goes on with it.")
    return Exported(tuple(written), tuple(left_out))


def _try_out(
    trained: Trained,
    split: Split,
    name: str,
    precision: Precision,
    settings: Export,
    reference: Evaluation,
    console: Console,
) -> _Candidate:
    """Convert, and test as the bot will run it; raise `ExportRefused` where that is not good."""
    console.say(f"Converting to {precision}")
    network = convert(trained, split.train, precision, console)
    bundle = _bundle(trained, network, f"{name}-{precision}", settings, {})
    # The network looks at each crop once, as it is: so shall what was made of it, while the two are compared.
    alike = evaluate(BundleScorer(bundle, retry_doubtful=False), split.test, console)
    check(alike, reference, precision, settings.require)
    return _Candidate(precision, network, evaluate(BundleScorer(bundle), split.test, console))


def _write(
    trained: Trained, split: Split, name: str, candidate: _Candidate, settings: Export, console: Console
) -> tuple[Path, Evaluation]:
    path = settings.directory / f"{name}-{candidate.precision}.tflite"
    figures = {key: round(value, 6) for key, value in asdict(candidate.evaluation.figures).items()}
    bundle = _bundle(trained, candidate.network, path.stem, settings, figures)
    recognition = bundle.recognition
    if recognition is not None:
        held_back = look(bundle, split.test, bundle.labels, console, "faces to keep")
        recognition = with_reference(recognition, held_back)
    write_bundle(path, bundle.network, bundle.info, bundle.labels, recognition)
    console.say(f"Wrote {path} ({path.stat().st_size:,} bytes)")
    return path, candidate.evaluation


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

    What counts is what the test pictures show for certain: the lower end of the interval of Wilson (1927) for the share
    of other answers, that of the mean's normal interval for the difference, and an exact sign test of those pictures
    that only one of the two has right (McNemar 1947) for the accuracy.

    Raises:
        ExportRefused: they differ by more than the precision explains, fewer are right, or too few are right.
    """
    tolerance = TOLERANCE[precision]
    ours, theirs, truth = evaluation.probabilities, reference.probabilities, evaluation.truth
    count, row = len(ours), np.arange(len(ours))
    said, meant = ours.argmax(axis=1), theirs.argmax(axis=1)
    others = int((said != meant).sum())
    interval = binomtest(others, count).proportion_ci(CERTAINTY, method="wilson")
    differences = np.abs(ours[row, truth] - theirs[row, truth])
    doubt = 1.96 * float(differences.std(ddof=1)) / count**0.5 if count > 1 else 0.0
    # A network that gives NaN is far off for certain, and no comparison with NaN is true.
    if interval.low > tolerance.other_answers or not differences.mean() - doubt <= tolerance.difference:
        raise ExportRefused(
            f"{evaluation.network} does not answer as the trained network does: it gives another name to {others} of "
            f"{count} test pictures ({others / count:.1%}), and its probabilities differ by {differences.mean():.3f} "
            "on average"
        )
    lost, won = int(((meant == truth) & (said != truth)).sum()), int(((meant != truth) & (said == truth)).sum())
    if lost > won and binomtest(lost, lost + won, alternative="greater").pvalue < 1 - CERTAINTY:
        raise ExportRefused(
            f"{evaluation.network} is less accurate than the trained network: it names {lost} of {count} test pictures "
            f"wrongly that were right, and {won} rightly that were wrong"
        )
    if evaluation.figures.top1 < require:
        raise ExportRefused(
            f"{evaluation.network} names {evaluation.figures.top1:.1%} of the test pictures rightly, "
            f"{require:.1%} are required"
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
