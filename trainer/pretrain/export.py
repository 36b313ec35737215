"""Turn the last stage's weights into bundles with two outputs, `logits` and `embedding`."""

from dataclasses import asdict, replace
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from bot.bundle import Bundle, BundleInfo, InputSpec, write_bundle
from trainer.console import Console
from trainer.errors import ExportRefused
from trainer.export import to_tflite
from trainer.metrics import fit_temperature, measure, softmax
from trainer.network import BATCH
from trainer.pretrain.data import Faces
from trainer.pretrain.evaluate import Outputs, ask_bundle, fitted_to
from trainer.pretrain.network import served
from trainer.pretrain.run import known, load, spec
from trainer.pretrain.settings import Settings
from trainer.settings import Precision

LEAST_AGREEMENT = 0.97
"""Share of held-back crops to which a bundle has to give the name that the fitted network gives."""


def ask_network(model: keras.Model, images: npt.NDArray[np.uint8], shown: InputSpec) -> Outputs:
    """Show crops of any size to a fitted network before it is converted."""
    network = served(model)
    answers = [
        network.predict_on_batch(shown.scale(fitted_to(images[start : start + BATCH], shown)))
        for start in range(0, len(images), BATCH)
    ]
    logits, embeddings = (np.concatenate([answer[name] for answer in answers]) for name in ("logits", "embedding"))
    return Outputs(logits, embeddings)


def export(settings: Settings, faces: Faces, folder: Path, name: str, directory: Path, console: Console) -> list[Path]:
    """Write ``name-float16.tflite`` and ``name-int8.tflite``, with the temperature that fits the validation crops.

    Raises:
        TrainerError: the last stage is not finished.
        ExportRefused: a bundle names other characters than the fitted network does.
        BundleError: a file cannot be written.
    """
    stage, shown = settings.stages[-1], spec(settings)
    model = load(stage, settings, faces, folder)
    validation, held = faces.of("validation"), faces.of("test")
    temperature = fit_temperature(ask_network(model, faces.images[validation], shown).logits, faces.truth[validation])
    names = ask_network(model, faces.images[held], shown).logits.argmax(axis=1)
    written = []
    for precision in (Precision.FLOAT16, Precision.INT8):
        samples = _calibration(settings, faces, shown) if precision is Precision.INT8 else None
        network = to_tflite(served(model), shown, samples)
        info = BundleInfo(
            "classifier",
            f"{name}-{precision}",
            shown,
            margin=settings.data.margin,
            temperature=temperature,
            threshold=settings.export.threshold,
            trained={
                "settings": settings.model_dump(mode="json"),
                "pictures": faces.key,
                "crops": len(faces.of("train", known(stage, settings, faces))),
            },
        )
        bundle = Bundle("unwritten", info, faces.labels, network)
        with console.steps(f"Testing {info.name}", len(held)) as advance:
            logits = ask_bundle(bundle, faces.images[held], advance).logits
        agreement = float((logits.argmax(axis=1) == names).mean())
        if agreement < LEAST_AGREEMENT:
            raise ExportRefused(
                f"{info.name} gives the fitted network's name to {agreement:.1%} of the held-back crops"
            )
        figures = asdict(measure(softmax(logits, temperature), faces.truth[held]))
        path = directory / f"{info.name}.tflite"
        metrics = {key: round(value, 6) for key, value in figures.items()}
        write_bundle(path, network, replace(info, metrics=metrics), faces.labels)
        console.say(f"Wrote {path}: top-1 {figures['top1']:.1%} of {len(held)} held-back crops")
        written.append(path)
    return written


def _calibration(settings: Settings, faces: Faces, shown: InputSpec) -> npt.NDArray[np.uint8]:
    train = faces.of("train")
    rng = np.random.default_rng(settings.data.seed)
    return fitted_to(faces.images[rng.permutation(train)[: settings.export.calibration]], shown)
