"""Turn the last stage's weights into bundles: `logits`, `embedding`, and how they tell strangers from the roster."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from bot.recognition.bundle import Bundle, BundleInfo, InputSpec, write_bundle
from bot.recognition.naming.classifier import Classifier
from bot.recognition.naming.recogniser import Recogniser
from trainer.base_network.data import Faces
from trainer.base_network.network import scout, served
from trainer.base_network.outputs import ask_classifier, fitted_to, scouted
from trainer.base_network.run import known, load, spec
from trainer.base_network.settings import Settings, Stage
from trainer.base_network.strangers import Ground, carry_over, fit
from trainer.base_network.tilt import learn_tilt
from trainer.common.base_network_file import BASE, About, save_base
from trainer.common.console import Console
from trainer.common.errors import ExportRefused
from trainer.common.metrics import measure
from trainer.common.settings import Precision
from trainer.common.tflite import to_tflite

LEAST_AGREEMENT = 0.97
"""Share of held-back crops to which the smaller bundle has to give the name that the larger one gives."""


def export(settings: Settings, faces: Faces, folder: Path, name: str, directory: Path, console: Console) -> list[Path]:
    """Write ``name-float16.tflite`` and ``name-int8.tflite``, with all that tells strangers from the roster.

    Beside them goes the network that `whobot-train fit` starts from.

    Raises:
        TrainerError: a stage is not finished.
        ExportRefused: the two bundles disagree in their names.
        BundleError: a file cannot be written.
    """
    unknowing = ask_stages([unknowing_stage(settings)], settings, faces, folder, console)
    fitted = fit(unknowing.ground, settings.data.strangers, settings.export.prototypes)
    asked = ask_stages([stage for stage in settings.stages if stage.strangers], settings, faces, folder, console)
    own = carry_over(fitted, unknowing.ground, asked.ground, settings.export.prototypes)
    network = asked.network
    save_base(directory / BASE.name, network, About(settings.network.side, settings.data.margin, faces.key))
    held, written = faces.of("test"), []
    names: npt.NDArray[np.intp] | None = None
    for precision in (Precision.FLOAT16, Precision.INT8):
        converted = convert(network, faces.labels, precision, settings, faces, f"{name}-{precision}")
        bundle = own.given_to(converted)
        info = replace(bundle.info, trained=_trained(settings, faces))
        said = ask_classifier(Classifier(bundle), faces.images[held], console, f"Testing {info.name}")
        probabilities = Recogniser(bundle).rank(said.logits, said.embeddings).probabilities
        given = probabilities.argmax(axis=1)
        if names is not None and (agreement := float((given == names).mean())) < LEAST_AGREEMENT:
            raise ExportRefused(f"{info.name} gives the other bundle's name to {agreement:.1%} of the held-back crops")
        names = given
        figures = asdict(measure(probabilities, faces.truth[held]))
        path = directory / f"{info.name}.tflite"
        metrics = {key: round(value, 6) for key, value in figures.items()}
        write_bundle(path, bundle.network, replace(info, metrics=metrics), faces.labels, own.recognition)
        console.say(f"Wrote {path}: top-1 {figures['top1']:.1%} of {len(held)} held-back crops")
        written.append(path)
    return written


@dataclass(frozen=True)
class Asked:
    """What finished stages say of all crops, and the network that would ship of them."""

    ground: Ground
    network: keras.Model


def unknowing_stage(settings: Settings) -> Stage:
    """The last stage that has met no stranger."""
    return [stage for stage in settings.stages if not stage.strangers][-1]


def ask_stages(stages: Sequence[Stage], settings: Settings, faces: Faces, folder: Path, console: Console) -> Asked:
    """Ask finished stages about all crops, and fit their embedding and their tilt to those that they were trained on.

    They are one network: that of the mean of their weights. They have met the same characters.

    Raises:
        TrainerError: a stage is not finished.
    """
    names = known(stages[-1], settings, faces)
    columns = [faces.labels.index(name) for name in names]
    model = load(stages, settings, faces, folder)
    title = " and ".join(stage.name for stage in stages)
    scouting = convert(scout(model, columns), names, Precision.INT8, settings, faces, title)
    said, whitening = scouted(scouting, faces, faces.of("train", names), settings.export.embedding, console)
    network = served(model, columns, whitening, learn_tilt(scouting, faces, names, console))
    return Asked(Ground(faces, said, names), network)


def convert(
    network: keras.Model, labels: tuple[str, ...], precision: Precision, settings: Settings, faces: Faces, name: str
) -> Bundle:
    """Turn a network into a bundle in memory, with nothing fitted to it yet."""
    shown = spec(settings)
    samples = _calibration(settings, faces, shown) if precision is Precision.INT8 else None
    info = BundleInfo("classifier", name, shown, margin=settings.data.margin)
    return Bundle("unwritten", info, labels, to_tflite(network, shown, samples))


def _trained(settings: Settings, faces: Faces) -> dict[str, object]:
    crops = len(faces.of("train", known(settings.stages[-1], settings, faces)))
    return {"settings": settings.model_dump(mode="json"), "pictures": faces.key, "crops": crops}


def _calibration(settings: Settings, faces: Faces, shown: InputSpec) -> npt.NDArray[np.uint8]:
    train = faces.of("train")
    chosen = np.random.default_rng(settings.data.seed).permutation(train)[: settings.export.calibration]
    both = [images[i] for i in chosen for images in (faces.images, faces.framed)]
    return fitted_to(both, shown)
