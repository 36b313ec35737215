"""The commands ``whobot-train pretrain …``.

TensorFlow takes seconds to load and is needed by some of them only: the modules that use it are imported where they are
needed.
"""

# ruff: noqa: PLC0415

import os
from pathlib import Path
from typing import Annotated

import typer

from bot.recognition.detection.detector import Detector
from trainer.base_network.settings import DEFAULT, read_settings
from trainer.common.console import Console
from trainer.common.detectors import MODELS, make_detector
from trainer.common.documents import replace_section
from trainer.common.quiet import load_tensorflow
from trainer.common.settings import Crop

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
    from trainer.base_network.data import prepare
    from trainer.base_network.run import run as run_stages

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
    from trainer.base_network.data import read_faces
    from trainer.base_network.export import export as write

    write(read_settings(settings), read_faces(run), run, name, directory, _console)


@app.command()
def refit(
    run: Run,
    bundle: Annotated[list[Path], typer.Option(help="A bundle that was exported; give it again for another.")],
    settings: SettingsFile = DEFAULT,
) -> None:
    """Fit anew how exported bundles decide: the networks and all that they remember stay."""
    from bot.recognition.bundle import read_bundle
    from trainer.base_network.data import read_faces
    from trainer.base_network.export import finish

    chosen, faces = read_settings(settings), read_faces(run)
    for path in bundle:
        finish(read_bundle(path), path, chosen, faces, _console)


@app.command()
def evaluate(
    run: Run,
    bundle: Annotated[list[Path], typer.Option(help="A bundle to judge; give it again for another.")],
    card: Card = None,
) -> None:
    """Judge bundles by the crops that the run has held back, and by characters that never trained.

    The roster's are judged as their sets have them, and as the bot would have cropped them.
    """
    from trainer.base_network import card as cards
    from trainer.base_network.data import read_faces
    from trainer.base_network.evaluate import judge_strangers
    from trainer.base_network.judged import judge
    from trainer.base_network.turned import judge_turned, turned_table
    from trainer.evaluation.taught import taught_table

    faces = read_faces(run)
    judged = [judge(path, faces, _console) for path in bundle]
    met = [judge_strangers(path, faces, _console) for path in bundle]
    sections = {
        "taught": taught_table([row for one in met for row in one.taught]),
        "closed": cards.closed_tables(judged, faces),
        "strangers": cards.stranger_tables([row for one in met for row in one.strangers], met[-1].mistaken),
        "turned": turned_table([row for path in bundle for row in judge_turned(path, faces, _console)]),
        "characters": cards.recall_table(judged[-1].own, faces),
    }
    for name, text in sections.items():
        _console.say(f"\n{text}")
        if card is not None:
            replace_section(card, name, text)
    if card is not None:
        cards.draw(judged[-1].own, faces.truth[faces.of("test")], card.with_suffix(".png"))
