"""The commands ``whobot-train pretrain …``.

TensorFlow takes seconds to load and is needed by some of them only: the modules that use it are imported where they are
needed.
"""

# ruff: noqa: PLC0415

import os
from pathlib import Path
from typing import Annotated

import typer

from bot.bundle import read_bundle
from bot.vision.detect import Detector
from trainer.console import Console
from trainer.detectors import MODELS, make_detector
from trainer.documents import replace_section
from trainer.pretrain.settings import DEFAULT, read_settings
from trainer.quiet import load_tensorflow
from trainer.settings import Crop

app = typer.Typer(help="Train and judge the base network that knows the characters.", no_args_is_help=True)

Data = Annotated[Path, typer.Option(help="The folder of pictures that the settings' sets lie in.")]
Run = Annotated[Path, typer.Option(help="Where crops and checkpoints go; an interrupted run goes on from there.")]
SettingsFile = Annotated[Path, typer.Option("--settings", help="The settings of the run, TOML.")]
DetectorFile = Annotated[Path | None, typer.Option("--detector", help="The detector's bundle that crops pictures.")]
Card = Annotated[Path | None, typer.Option(help="A model card to write the figures into, between its markers.")]
_console = Console()


@app.command()
def fit(data: Data, run: Run, settings: SettingsFile = DEFAULT, detector: DetectorFile = None) -> None:
    """Crop, split and decode the pictures, then fit the network, stage by stage."""
    # An hour's work: the speed of oneDNN matters more than results that are the same to the last bit.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    load_tensorflow()
    from trainer.pretrain.data import prepare
    from trainer.pretrain.run import run as run_stages

    chosen = read_settings(settings)

    def finder() -> Detector:
        return make_detector(Crop(detector="ours", bundle=detector))

    run_stages(chosen, prepare(data, chosen, run, finder, _console), run, _console)
    _console.say(f"Fitted. Go on with: whobot-train pretrain export --run {run}")


@app.command()
def export(
    run: Run,
    name: Annotated[str, typer.Option(help="The name of the bundles.")] = "base",
    directory: Annotated[Path, typer.Option(help="Where the bundles go.")] = MODELS,
    settings: SettingsFile = DEFAULT,
) -> None:
    """Write what was fitted as bundles: the network with its logits and its embedding, float16 and 8 bits."""
    load_tensorflow()
    from trainer.pretrain.data import read_faces
    from trainer.pretrain.export import export as write

    write(read_settings(settings), read_faces(run), run, name, directory, _console)


@app.command()
def evaluate(
    run: Run,
    bundle: Annotated[list[Path], typer.Option(help="A bundle to judge; give it again for another.")],
    card: Card = None,
    settings: SettingsFile = DEFAULT,
) -> None:
    """Judge bundles by the crops that the run has held back, and by the characters that its first stage never saw.

    The last bundle is judged also by the same faces as the bot would have cropped them.
    """
    load_tensorflow()
    from trainer.metrics import fit_temperature, softmax
    from trainer.pretrain import card as cards
    from trainer.pretrain.data import read_faces
    from trainer.pretrain.evaluate import ask_bundle, judge_strangers
    from trainer.pretrain.export import ask_network
    from trainer.pretrain.run import load, spec

    chosen, faces = read_settings(settings), read_faces(run)
    held, validation = faces.of("test"), faces.of("validation")
    answers = {}
    for path in bundle:
        read = read_bundle(path)
        with _console.steps(f"Testing {path.stem}", len(held)) as advance:
            answers[path.stem] = (read, ask_bundle(read, faces.images[held], advance), path.stat().st_size)
    before = next((stage for stage in chosen.stages if not stage.strangers), None)
    last, outputs, _ = answers[bundle[-1].stem]
    probabilities = softmax(outputs.logits, last.info.temperature)
    closed = cards.closed_table(answers, faces)
    with _console.steps(f"Testing {bundle[-1].stem} on the bot's crops", len(held)) as advance:
        found_as = (last, ask_bundle(last, faces.framed[held], advance), bundle[-1].stat().st_size)
    table = cards.closed_table({bundle[-1].stem: found_as}, faces)
    closed += f"\n\nThe same faces, found and cropped as the bot does:\n\n{table}"
    sections = {
        "closed": closed,
        "characters": cards.recall_table(probabilities, faces.truth[held], faces.labels),
    }
    if before is not None:
        _console.say("Asking the stage that has met no stranger")
        said = ask_network(load(before, chosen, faces, run), faces.images, spec(chosen))
        temperature = fit_temperature(said.logits[validation], faces.truth[validation])
        found = judge_strangers(faces, said, chosen.data.strangers, temperature)
        sections["strangers"] = cards.stranger_tables(found)
    for name, text in sections.items():
        _console.say(f"\n{text}")
        if card is not None:
            replace_section(card, name, text)
    if card is not None:
        cards.draw(probabilities, faces.truth[held], card.with_suffix(".png"))
