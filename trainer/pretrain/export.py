"""Turn the last stage's weights into bundles: `logits`, `embedding`, and how they tell strangers from the roster."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.bundle import Bundle, BundleInfo, InputSpec, write_bundle
from trainer.base import BASE, About, save_base
from trainer.console import Console
from trainer.errors import ExportRefused
from trainer.export import to_tflite
from trainer.metrics import measure
from trainer.pretrain.data import Faces
from trainer.pretrain.network import served
from trainer.pretrain.outputs import ask_about_all, fitted_to
from trainer.pretrain.run import known, load, spec
from trainer.pretrain.settings import Settings, Stage
from trainer.pretrain.strangers import Ground, carry_over, fit
from trainer.settings import Precision

LEAST_AGREEMENT = 0.97
"""Share of held-back crops to which the smaller bundle has to give the name that the larger one gives."""


def export(settings: Settings, faces: Faces, folder: Path, name: str, directory: Path, console: Console) -> list[Path]:
    """Write ``name-float16.tflite`` and ``name-int8.tflite``, with all that is fitted to what they say themselves.

    Beside them goes the network that `whobot-train fit` starts from.

    Raises:
        TrainerError: a stage is not finished.
        ExportRefused: the two bundles disagree in their names.
        BundleError: a file cannot be written.
    """
    stage, held = settings.stages[-1], faces.of("test")
    shy = ask_the_unknowing(settings, faces, folder, console)
    fitted = fit(shy, settings.data.strangers, settings.export.prototypes)
    about = About(settings.network.side, settings.data.margin, faces.key)
    save_base(directory / BASE.name, served(load(stage, settings, faces, folder)), about)
    written: list[Path] = []
    names: npt.NDArray[np.intp] | None = None
    for precision in (Precision.FLOAT16, Precision.INT8):
        bundle = convert(stage, precision, settings, faces, folder, f"{name}-{precision}")
        ground = Ground(faces, ask_about_all(bundle, faces, console), faces.labels)
        own = carry_over(fitted, shy, ground, settings.export.prototypes)
        shown = ground.part("test")
        probabilities = own.rank(shown, faces.labels)
        given = probabilities.argmax(axis=1)
        if names is not None and (agreement := float((given == names).mean())) < LEAST_AGREEMENT:
            raise ExportRefused(
                f"{bundle.info.name} gives the other bundle's name to {agreement:.1%} of the held-back crops"
            )
        names = given
        figures = asdict(measure(probabilities, shown.truth))
        info = replace(
            bundle.info,
            temperature=own.temperature,
            threshold=own.threshold,
            metrics={key: round(value, 6) for key, value in figures.items()},
        )
        path = directory / f"{info.name}.tflite"
        write_bundle(path, bundle.network, info, faces.labels, own.recognition)
        console.say(f"Wrote {path}: top-1 {figures['top1']:.1%} of {len(held)} held-back faces in two framings")
        written.append(path)
    return written


def ask_the_unknowing(settings: Settings, faces: Faces, folder: Path, console: Console) -> Ground:
    """Ask the last stage that has met no stranger about all crops."""
    unknowing = [stage for stage in settings.stages if not stage.strangers]
    bundle = convert(unknowing[-1], Precision.INT8, settings, faces, folder, unknowing[-1].name)
    return Ground(faces, ask_about_all(bundle, faces, console), known(unknowing[-1], settings, faces))


def convert(stage: Stage, precision: Precision, settings: Settings, faces: Faces, folder: Path, name: str) -> Bundle:
    """Turn a finished stage into a bundle in memory, with nothing fitted to it yet."""
    shown = spec(settings)
    samples = _calibration(settings, faces, shown) if precision is Precision.INT8 else None
    network = to_tflite(served(load(stage, settings, faces, folder)), shown, samples)
    trained = {
        "settings": settings.model_dump(mode="json"),
        "pictures": faces.key,
        "crops": len(faces.of("train", known(stage, settings, faces))),
    }
    info = BundleInfo("classifier", name, shown, margin=settings.data.margin, trained=trained)
    return Bundle("unwritten", info, faces.labels, network)


def _calibration(settings: Settings, faces: Faces, shown: InputSpec) -> npt.NDArray[np.uint8]:
    train = faces.of("train")
    chosen = np.random.default_rng(settings.data.seed).permutation(train)[: settings.export.calibration]
    both = [images[i] for i in chosen for images in (faces.images, faces.framed)]
    return fitted_to(both, shown)
