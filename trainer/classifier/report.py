"""Write what a classifier says of its test pictures: Markdown as in the published tables, and one HTML page."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import cv2
import jinja2
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from bot.recognition.results import display_name
from trainer.classifier.scoring import Evaluation, Scored
from trainer.common.dataset import read_picture
from trainer.common.documents import markdown_table
from trainer.common.files import write_file
from trainer.common.metrics import Figures

SHOWN = 3
"""Names of each picture that are listed with their scores."""
THUMBNAIL = 96
MOST_NAMES = 40
"""Characters up to which the confusion matrix names its rows and columns."""


@dataclass(frozen=True)
class Column:
    """A figure's heading, and how it is written."""

    heading: str
    text: str


def columns(figures: Figures) -> list[Column]:
    """Return an evaluation's figures, worded for people."""
    return [
        Column("Pictures", f"{figures.count}"),
        Column("Right", f"{round(figures.top1 * figures.count)}"),
        Column("Top-1", f"{figures.top1:.1%}"),
        Column("Top-3", f"{figures.top3:.1%}"),
        Column("Macro recall", f"{figures.macro_recall:.1%}"),
        Column("Log loss", f"{figures.log_loss:.3f}"),
        Column("Calibration error", f"{figures.calibration_error:.3f}"),
        Column("Lowest right score", f"{figures.lowest_right:.3f}"),
    ]


def summary_table(evaluations: Sequence[Evaluation]) -> str:
    """Return a Markdown table with a row of figures for each evaluation."""
    rows = [[f"`{evaluation.network}`", *(c.text for c in columns(evaluation.figures))] for evaluation in evaluations]
    return markdown_table(["Network", *(c.heading for c in columns(evaluations[0].figures))], rows)


def picture_table(evaluations: Sequence[Evaluation]) -> str:
    """Return a Markdown table with a row for each test picture: the best names and OK or NG, as in the published ones.

    The evaluations are of the same pictures; each has two columns.
    """
    several = len(evaluations) > 1
    headings = ["Picture"]
    for evaluation in evaluations:
        headings += [evaluation.network, "OK/NG"] if several else ["Classification", "OK/NG"]
    rows = []
    for scored in zip(*(evaluation.scored for evaluation in evaluations), strict=True):
        row = [escape(picture_name(scored[0]))]
        for evaluation, one in zip(evaluations, scored, strict=True):
            guesses = evaluation.ranked(one)[:SHOWN]
            row.append(
                "<br>".join(
                    f"{escape(display_name(guess.character))} (score = {guess.probability:.5f})" for guess in guesses
                )
            )
            row.append("OK" if evaluation.right(one) else "**NG**")
        rows.append(row)
    return markdown_table(headings, rows)


def markdown(evaluation: Evaluation, notes: Sequence[str] = ()) -> str:
    """Return the whole report in Markdown, without pictures; `notes` stand above the figures."""
    parts = [
        f"# {evaluation.network}",
        *notes,
        markdown_table(["Figure", "Value"], [[c.heading, c.text] for c in columns(evaluation.figures)]),
        "## Each picture",
        picture_table([evaluation]),
    ]
    return "\n\n".join(parts) + "\n"


def html(evaluation: Evaluation, notes: Sequence[str] = ()) -> str:
    """Return the report as one HTML page with a thumbnail of each picture; it loads nothing from elsewhere."""
    pictures = [
        {
            "name": picture_name(scored),
            "thumbnail": _thumbnail(scored),
            "character": display_name(scored.example.character),
            "guesses": [(display_name(g.character), g.probability) for g in evaluation.ranked(scored)[:SHOWN]],
            "right": evaluation.right(scored),
        }
        for scored in evaluation.scored
    ]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("report.html").render(
        network=evaluation.network,
        notes=notes,
        columns=columns(evaluation.figures),
        pictures=sorted(pictures, key=lambda picture: bool(picture["right"])),
        confusion=_data_uri(_confusion_picture(evaluation), "image/png"),
        characters=len(evaluation.labels),
    )


def write_report(evaluation: Evaluation, folder: Path, notes: Sequence[str] = ()) -> tuple[Path, Path]:
    """Write ``report.md`` and ``report.html``; `notes` are sentences that a reader should not miss.

    Raises:
        TrainerError: the disk is full, or writing is not allowed.
    """
    paths = folder / "report.md", folder / "report.html"
    write_file(paths[0], markdown(evaluation, notes))
    write_file(paths[1], html(evaluation, notes))
    return paths


def picture_name(scored: Scored) -> str:
    """Return the folder and the file that a test picture was read from."""
    return "/".join(scored.example.path.parts[-3:])


def _thumbnail(scored: Scored) -> str:
    image = read_picture(scored.example.path)
    share = min(1.0, THUMBNAIL / max(image.shape[:2]))
    size = (max(1, round(image.shape[1] * share)), max(1, round(image.shape[0] * share)))
    small = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2BGR)
    return _data_uri(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes(), "image/jpeg")


def _confusion_picture(evaluation: Evaluation) -> bytes:
    """Draw the confusion matrix as a PNG, on a ground that suits a light page and a dark one."""
    table, labels = evaluation.confusion, [display_name(label) for label in evaluation.labels]
    side = min(14.0, 3.0 + 0.45 * len(labels))
    figure = Figure(figsize=(side, side), dpi=130, facecolor="#f6f7fb", layout="constrained")
    axes = figure.subplots()
    shares = table / table.sum(axis=1, keepdims=True).clip(1)
    axes.imshow(shares, cmap=LinearSegmentedColormap.from_list("whobot", ["#ffffff", "#3b5bdb"]), vmin=0, vmax=1)
    axes.set_xlabel("taken for")
    axes.set_ylabel("really is")
    if len(labels) <= MOST_NAMES:
        axes.set_xticks(range(len(labels)), labels, rotation=60, ha="right", parse_math=False)
        axes.set_yticks(range(len(labels)), labels, parse_math=False)
        for (row, column), count in ((place, table[place]) for place in zip(*table.nonzero(), strict=True)):
            colour = "white" if shares[row, column] > 0.5 else "#20243a"
            axes.text(column, row, str(count), ha="center", va="center", color=colour)
    packed = io.BytesIO()
    figure.savefig(packed, format="png", metadata={"Software": None})
    return packed.getvalue()


def _data_uri(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
