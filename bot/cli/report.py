"""Write down what was seen in many pictures: JSON lines or tables, and the annotated pictures."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TimeRemainingColumn

from bot.cli import answers
from bot.cli.analysing import AnalysedPicture
from bot.recognition.results import Analysis


def report(pictures: Iterable[AnalysedPicture], total: int | None, *, folder: Path | None, as_json: bool) -> bool:
    """Print each answer as it comes and write the annotated pictures into `folder`.

    A progress bar is shown on a terminal where it does not get between the lines that a script reads.

    Args:
        pictures: what came of each picture.
        total: how many there will be, where that is known.
        folder: where annotated pictures go; None writes none.
        as_json: whether JSON lines are printed, else tables.

    Returns:
        Whether all pictures could be analysed and written.
    """
    console = Console(highlight=False, soft_wrap=True)
    bar_on = console if console.is_terminal and not as_json else Console(stderr=True)
    shown = bar_on.is_terminal and total != 1 and not (as_json and console.is_terminal)
    all_well = True
    with _progress(bar_on, shown=shown) as progress:
        task = progress.add_task("looking", total=total)
        for picture in pictures:
            analysed, written = _write(picture, folder)
            all_well &= isinstance(analysed.outcome, Analysis)
            if as_json:
                typer.echo(answers.as_json(analysed))
            else:
                console.print(answers.as_text(analysed, written))
            progress.advance(task)
    return all_well


def _progress(console: Console, *, shown: bool) -> Progress:
    columns = (SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not shown)


def _write(analysed: AnalysedPicture, folder: Path | None) -> tuple[AnalysedPicture, Path | None]:
    analysis = analysed.outcome
    if folder is None or not isinstance(analysis, Analysis) or analysis.drawing is None:
        return analysed, None
    try:
        return analysed, answers.save(analysis.drawing, analysed.path, folder)
    except OSError as error:
        return replace(analysed, outcome=f"cannot write the annotated picture into {folder}: {error.strerror}"), None
