"""The commands ``whobot-train detector …``.

TensorFlow takes seconds to load and is needed by some of them only: the modules that use it are imported where they are
needed.
"""

# ruff: noqa: PLC0415

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, get_args

import typer

from bot.errors import OperatorError
from bot.recognition.bundle import Bundle, BundleInfo, read_bundle, write_bundle
from trainer.common.console import Console
from trainer.common.detectors import OURS
from trainer.common.documents import replace_section
from trainer.common.errors import TrainerError
from trainer.common.quiet import load_tensorflow
from trainer.common.settings import Crop
from trainer.detector.data import DetectorData, collect
from trainer.detector.labels import LabelledPicture
from trainer.detector.settings import DEFAULT, read_settings

app = typer.Typer(help="Train, judge and compare the detector that finds the faces.", no_args_is_help=True)

Data = Annotated[Path, typer.Option(help="The folder of pictures, with face_boxes.json in it.")]
Run = Annotated[Path, typer.Option(help="Where checkpoints go; a run that was interrupted goes on from there.")]
SettingsFile = Annotated[Path, typer.Option("--settings", help="The settings of the run, TOML.")]
BundleFile = Annotated[Path, typer.Option("--bundle", help="The detector's bundle.")]
Card = Annotated[Path | None, typer.Option(help="A model card to write the figures into, between its markers.")]
_console = Console()

ANGLES = (0, 15, 30, 45, 60, 90, 180)
"""Degrees by which pictures are turned to see what that costs."""


@app.command()
def fit(data: Data, run: Run, settings: SettingsFile = DEFAULT) -> None:
    """Fit the network, stage by stage: one to two hours on two cores."""
    # An hour's work: the speed of oneDNN matters more than results that are the same to the last bit.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    load_tensorflow()
    from trainer.detector.run import run as run_stages

    chosen = read_settings(settings)
    weights = run_stages(chosen, collect(data, chosen.data.held_back), run, _track)
    _console.say(f"Fitted: {weights}. Go on with: whobot-train detector export --data {data} --run {run}")


@app.command()
def export(data: Data, run: Run, bundle: BundleFile = OURS, settings: SettingsFile = DEFAULT) -> None:
    """Quantise what was fitted, choose its threshold on held-back pictures, and write the bundle."""
    load_tensorflow()
    from trainer.detector.run import export as export_weights
    from trainer.detector.run import fitted, input_spec

    chosen = read_settings(settings)
    pictures = collect(data, chosen.data.held_back)
    trained = {"settings": chosen.model_dump(mode="json")}
    info = BundleInfo("detector", bundle.stem, input_spec(chosen), trained=trained)
    _choose_threshold(export_weights(chosen, pictures, fitted(chosen, run), bundle, info), bundle, pictures)


@app.command()
def threshold(data: Data, bundle: BundleFile = OURS, settings: SettingsFile = DEFAULT) -> None:
    """Choose a bundle's threshold anew, as export does, and keep its network: for another way of searching with it."""
    _choose_threshold(read_bundle(bundle), bundle, collect(data, read_settings(settings).data.held_back))


def _choose_threshold(read: Bundle, path: Path, pictures: DetectorData) -> None:
    """Choose the threshold on held-back pictures, and write the bundle with it and its figures."""
    from trainer.detector.evaluate import best_threshold, evaluate, sensitive
    from trainer.detector.matching import tally

    seen = evaluate(sensitive(read), pictures, _track)
    best = best_threshold(seen)
    held = tally(seen.held, best)
    metrics = {"precision": held.precision, "recall": held.recall, "f1": held.f1}
    write_bundle(path, read.network, replace(read.info, threshold=best, metrics=metrics))
    _console.say(f"Wrote {path}: threshold {best:.2f}, F1 {held.f1:.3f} on held-back pictures.")


@app.command("evaluate")
def evaluate_bundle(data: Data, bundle: BundleFile = OURS, card: Card = None, settings: SettingsFile = DEFAULT) -> None:
    """Judge a bundle by held-back pictures: by source, by size of the face, by angle, and as a curve."""
    from trainer.detector import card as cards
    from trainer.detector.evaluate import evaluate, sensitive, turned

    pictures = collect(data, read_settings(settings).data.held_back)
    read = read_bundle(bundle)
    detector, threshold = sensitive(read), read.info.threshold
    seen = evaluate(detector, pictures, _track)
    sections = {
        "sources": cards.by_source(seen, threshold),
        "sizes": cards.by_size(seen.held, threshold),
        "angles": cards.by_angle(
            {angle: turned(detector, _track(pictures.held, f"turned by {angle}°"), angle) for angle in ANGLES},
            threshold,
        ),
    }
    for name, text in sections.items():
        _console.say(f"\n{text}")
        if card is not None:
            replace_section(card, name, text)
    if card is not None:
        cards.curve(seen, threshold, card.with_suffix(".png"))


@app.command("compare")
def compare_detectors(
    data: Data, bundle: BundleFile = OURS, card: Card = None, settings: SettingsFile = DEFAULT
) -> None:
    """Measure every installed detector side by side, with time and memory."""
    from trainer.detector.compare import as_table, compare

    pictures = collect(data, read_settings(settings).data.held_back)
    rows = []
    for name in get_args(Crop.model_fields["detector"].annotation):
        try:
            rows.append(compare(Crop(detector=name, bundle=bundle if name == "ours" else None), pictures, _track))
        except OperatorError as error:
            _console.warn(f"{name} is left out: {error}")
    if not rows:
        raise TrainerError("no detector can be used: begin with whobot-train detector export")
    text = as_table(rows)
    _console.say(f"\n{text}")
    if card is not None:
        replace_section(card, "detectors", text)


def _track(pictures: Sequence[LabelledPicture], title: str) -> Iterable[LabelledPicture]:
    with _console.steps(title, len(pictures)) as advance:
        for picture in pictures:
            yield picture
            advance(1)
