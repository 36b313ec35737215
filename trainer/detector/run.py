"""A whole training run, stage by stage. What is finished in its folder is not done again."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from bot.recognition.bundle import Bundle, BundleInfo, InputSpec, read_bundle, write_bundle
from bot.recognition.detection.network_detector import NetworkDetector
from bot.recognition.results import Image
from trainer.common.errors import TrainerError
from trainer.detector.augment import ViewSettings
from trainer.detector.data import DetectorData
from trainer.detector.export import to_tflite
from trainer.detector.fit import FITTED, fit_stage
from trainer.detector.labels import LabelledPicture, read_image, read_labels, write_labels
from trainer.detector.network import build_network
from trainer.detector.proposals import mine, propose, propose_head
from trainer.detector.samples import Mixture, SampleStream, Source
from trainer.detector.settings import Settings, Stage

HEAD_VIEW = ViewSettings(long_side=(40, 300))
"""A crop of a head is shown smaller than a whole picture: enlarged, it would teach blur."""

Track = Callable[[Sequence[LabelledPicture], str], Iterable[LabelledPicture]]
"""Shows progress through a sequence under a title."""


def run(settings: Settings, data: DetectorData, folder: Path, track: Track) -> Path:
    """Fit all stages, going on where an interrupted run in `folder` left off; return the last stage's weights."""
    weights: Path | None = None
    for stage in settings.stages:
        here = folder / stage.name
        if not (here / FITTED).exists():
            here.mkdir(parents=True, exist_ok=True)
            proposals = _proposals(
                stage, settings, data, here if stage.afresh else folder / "proposals", weights, track
            )
            drawn = _mined(settings, data, here, weights, track) if stage.mined and weights else data.fit
            stream = _stream(stage, settings, drawn, data.empty, proposals)
            fit_stage(stage, stream, settings.samples, here, weights)
        weights = here / FITTED
    assert weights is not None  # noqa: S101 - the settings hold at least one stage
    return weights


def fitted(settings: Settings, folder: Path) -> Path:
    """The weights of a finished run.

    Raises:
        TrainerError: the last stage is not finished.
    """
    weights = folder / settings.stages[-1].name / FITTED
    if not weights.exists():
        raise TrainerError(f"{weights} is missing: finish the run with whobot-train detector fit --run {folder}")
    return weights


def export(settings: Settings, data: DetectorData, weights: Path, path: Path, info: BundleInfo) -> Bundle:
    """Write fitted weights as a quantised bundle.

    Raises:
        BundleError: the file cannot be written, or the converter has lost the weights.
    """
    network = build_network()
    network.load_weights(weights)
    return write_bundle(path, to_tflite(network, _calibration(settings, data), info.input), info)


def input_spec(settings: Settings) -> InputSpec:
    """How the network sees a picture: fitted into a square of the settings' size."""
    return InputSpec(settings.export.longest, settings.export.longest)


def _calibration(settings: Settings, data: DetectorData) -> Iterable[Image]:
    rng = np.random.default_rng(settings.samples.seed)
    chosen = rng.permutation(len(data.fit))[: settings.export.calibration]
    return (read_image(data.fit[i].path) for i in chosen)


Proposals = tuple[Sequence[LabelledPicture], Sequence[LabelledPicture]]
"""Labelled whole pictures, and labelled crops of heads."""


def _proposals(
    stage: Stage, settings: Settings, data: DetectorData, here: Path, weights: Path | None, track: Track
) -> Proposals:
    """What was proposed in `here`; where nothing was yet, `weights` propose it now."""
    if weights is None or not (stage.proposed or stage.heads):
        return (), ()
    rng = np.random.default_rng(settings.samples.seed)
    heads = [data.heads[i] for i in rng.permutation(len(data.heads))[: settings.proposals.heads]]
    files = here / "pictures.json", here / "heads.json"
    if not all(file.exists() for file in files):
        here.mkdir(parents=True, exist_ok=True)
        detector = _detector(settings, data, here, weights, settings.proposals.doubtful)
        sure = settings.proposals.sure
        proposed = [propose(detector, picture, sure) for picture in track(data.unlabelled, "Proposing boxes")]
        write_labels(files[0], data.root, proposed)
        sure = settings.proposals.sure_head
        cropped = [propose_head(detector, head, sure) for head in track(heads, "Proposing boxes of heads")]
        write_labels(files[1], data.root, [head for head in cropped if head is not None])
    return read_labels(files[0], data.root), read_labels(files[1], data.root)


def _mined(
    settings: Settings, data: DetectorData, here: Path, weights: Path, track: Track
) -> Sequence[LabelledPicture]:
    detector = _detector(settings, data, here, weights, settings.proposals.decoy)
    return [mine(detector, picture) for picture in track(data.fit, "Mining false boxes")]


def _detector(settings: Settings, data: DetectorData, here: Path, weights: Path, threshold: float) -> NetworkDetector:
    path = here / "detector.tflite"
    if not path.exists():
        export(settings, data, weights, path, BundleInfo("detector", "interim", input_spec(settings)))
    return NetworkDetector(read_bundle(path), threshold)


def _stream(
    stage: Stage,
    settings: Settings,
    drawn: Sequence[LabelledPicture],
    empty: Sequence[LabelledPicture],
    proposals: Proposals,
) -> SampleStream:
    pictures, heads = proposals
    sources = (
        Source(drawn, stage.fit),
        Source(empty, stage.empty),
        Source(pictures, stage.proposed),
        Source(heads, stage.heads, HEAD_VIEW),
    )
    samples = settings.samples
    mixture = Mixture(samples.side, samples.collages, samples.pasted, samples.decoys)
    return SampleStream(sources, heads, mixture, samples.seed, empty)
