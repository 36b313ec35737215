"""Turn the last stage's weights into bundles: `logits`, `embedding`, and how they tell strangers from the roster."""

from dataclasses import asdict, replace
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from bot.recognition.bundle import Bundle, BundleInfo, InputSpec, Reference, write_bundle
from bot.recognition.naming.classifier import Classifier
from bot.recognition.naming.recogniser import Recogniser
from trainer.base_network.data import Faces, Indices
from trainer.base_network.network import scout, served
from trainer.base_network.outputs import ask_classifier, fitted_to, scouted
from trainer.base_network.run import load, spec
from trainer.base_network.settings import Settings
from trainer.base_network.strangers import Ground, decide, remember
from trainer.base_network.tilt import learn_tilt
from trainer.common.base_network_file import BASE, About, save_base
from trainer.common.console import Console
from trainer.common.errors import ExportRefused
from trainer.common.metrics import measure
from trainer.common.reference import with_reference
from trainer.common.settings import Precision
from trainer.common.tflite import to_tflite

LEAST_AGREEMENT = 0.97
"""Share of held-back crops to which the smaller bundle has to give the name that the larger one gives."""

REFERENCE = 1
"""Faces of a character that travel in a bundle: a face has a logit for each character, and takes its room."""


def export(settings: Settings, faces: Faces, folder: Path, name: str, directory: Path, console: Console) -> list[Path]:
    """Write ``name-float16.tflite`` and ``name-int8.tflite``, with all that tells strangers from the roster.

    Beside them goes the network that `whobot-train fit` starts from.

    Raises:
        TrainerError: a stage is not finished.
        ExportRefused: the two bundles disagree in their names.
        BundleError: a file cannot be written.
    """
    network, ground = ask_stages(settings, faces, folder, console)
    recognition = remember(ground, settings.export.prototypes, settings.export.cohort)
    save_base(directory / BASE.name, network, About(settings.network.side, settings.data.margin, faces.key))
    written, names = [], None
    for precision in (Precision.FLOAT16, Precision.INT8):
        converted = convert(network, faces.labels, precision, settings, faces, f"{name}-{precision}")
        info = replace(converted.info, trained=_trained(settings, faces))
        path = directory / f"{info.name}.tflite"
        names = finish(replace(converted, info=info, recognition=recognition), path, settings, faces, console, names)
        written.append(path)
    return written


def finish(
    bundle: Bundle,
    path: Path,
    settings: Settings,
    faces: Faces,
    console: Console,
    names: Indices | None = None,
) -> Indices:
    """Fit how a bundle decides, test it on the crops that were held back, and write it.

    Args:
        bundle: It remembers characters and strangers.
        path: Of its file.
        settings: Of the run.
        faces: All crops.
        console: Told how far it is.
        names: What another bundle has called the crops held back.

    Returns:
        What this one calls them.

    Raises:
        ExportRefused: the two bundles disagree in too many.
        BundleError: the bundle cannot be fitted or written.
    """
    held = faces.of("test")
    bundle = decide(bundle, faces, settings.held_back.lesson_sets, console)
    said = ask_classifier(Classifier(bundle), faces.images[held], console, f"Testing {bundle.info.name}")
    probabilities = Recogniser(bundle).rank(said.logits, said.embeddings).probabilities
    given: Indices = probabilities.argmax(axis=1)
    if names is not None and (agreement := float((given == names).mean())) < LEAST_AGREEMENT:
        raise ExportRefused(
            f"{bundle.info.name} gives the other bundle's name to {agreement:.1%} of the held-back crops"
        )
    figures = asdict(measure(probabilities, faces.truth[held]))
    info = replace(bundle.info, metrics={key: round(value, 6) for key, value in figures.items()})
    reference = Reference(said.logits, said.embeddings, faces.truth[held])
    if bundle.recognition is not None:
        recognition = with_reference(replace(bundle.recognition, reference=None), reference, REFERENCE)
        write_bundle(path, bundle.network, info, bundle.labels, recognition)
    console.say(f"Wrote {path}: top-1 {figures['top1']:.1%} of {len(held)} held-back crops")
    return given


def ask_stages(settings: Settings, faces: Faces, folder: Path, console: Console) -> tuple[keras.Model, Ground]:
    """Ask the network that ships about all crops, and fit its embedding and its tilt to those that trained.

    It is that of the mean of the weights of the stages that are `averaged`.

    Returns:
        The network, and what it says of all crops.

    Raises:
        TrainerError: a stage is not finished.
    """
    stages = settings.stages[-settings.export.averaged :]
    model = load(stages, settings, faces, folder)
    title = " and ".join(stage.name for stage in stages)
    count = len(faces.labels)
    scouting = convert(scout(model, count), faces.labels, Precision.INT8, settings, faces, title)
    said, whitening = scouted(scouting, faces, faces.of("train"), settings.export.embedding, console)
    return served(model, count, whitening, learn_tilt(scouting, faces, console)), Ground(faces, said)


def convert(
    network: keras.Model, labels: tuple[str, ...], precision: Precision, settings: Settings, faces: Faces, name: str
) -> Bundle:
    """Turn a network into a bundle in memory, with nothing fitted to it yet."""
    shown = spec(settings)
    samples = _calibration(settings, faces, shown) if precision is Precision.INT8 else None
    info = BundleInfo("classifier", name, shown, margin=settings.data.margin)
    return Bundle("unwritten", info, labels, to_tflite(network, shown, samples))


def _trained(settings: Settings, faces: Faces) -> dict[str, object]:
    crops = len(faces.of("train"))
    return {"settings": settings.model_dump(mode="json"), "pictures": faces.key, "crops": crops}


def _calibration(settings: Settings, faces: Faces, shown: InputSpec) -> npt.NDArray[np.uint8]:
    train = faces.of("train")
    chosen = np.random.default_rng(settings.data.seed).permutation(train)[: settings.export.calibration]
    both = [images[i] for i in chosen for images in (faces.images, faces.framed)]
    return fitted_to(both, shown)
