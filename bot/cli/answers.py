"""How ``whobot who`` writes its answers: JSON lines, tables, files."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from bot.cli.analysing import AnalysedPicture
from bot.recognition import formats
from bot.recognition.records import as_record
from bot.recognition.results import EncodedImage, Guess, Sighting


def as_json(analysed: AnalysedPicture) -> str:
    """Return one line: size, faces with their best guesses, and milliseconds for each stage; or the error."""
    if isinstance(analysed.outcome, str):
        return json.dumps({"path": analysed.path, "error": analysed.outcome})
    return json.dumps({"path": analysed.path, **as_record(analysed.outcome)})


def as_text(analysed: AnalysedPicture, written: Path | None) -> RenderableType:
    """Return a heading and a table with one row a face; or the error in a line."""
    path = (_printable(analysed.path), "bold")
    if isinstance(analysed.outcome, str):
        return Text.assemble(path, "  ", (analysed.outcome, "red"))
    analysis = analysed.outcome
    count = len(analysis.sightings)
    faces = "no face found" if not count else "1 face" if count == 1 else f"{count} faces"
    if analysis.faces_left_out:
        faces += f" ({analysis.faces_left_out} more left out: limits.faces)"
    heading = Text.assemble(path, f"  {analysis.width} x {analysis.height}, {faces}")
    table = Table("#", "who", Column("sure", justify="right"), "or else", box=None, padding=(0, 2), pad_edge=True)
    for number, sighting in enumerate(analysis.sightings, 1):
        table.add_row(str(number), *_row(sighting))
    parts: list[Text | Table] = [heading]
    if count:
        parts.append(table)
    if written is not None:
        parts.append(Text(f"  wrote {_printable(str(written))}", style="dim"))
    return Group(*parts)


def save(picture: EncodedImage, path: str, folder: Path) -> Path:
    """Write an annotated picture into `folder` as ``<name>.whobot.jpg``, under a name that is not taken yet.

    Raises:
        OSError: it cannot be written.
    """
    stem, suffix = f"{Path(path).stem}.whobot", formats.suffix_of(picture.media_type)
    number = 1
    while True:
        target = folder / f"{stem}{'' if number == 1 else f'-{number}'}{suffix}"
        try:
            with target.open("xb") as file:
                file.write(picture.data)
        except FileExistsError:
            number += 1
        else:
            return target


def _row(sighting: Sighting) -> tuple[Text, Text, Text]:
    others: Sequence[Guess]
    if sighting.unknown:
        others = sighting.guesses
        who, sure = Text("unknown", style="yellow"), Text("")
    else:
        best, *others = sighting.guesses
        series = f" ({best.series})" if best.series else ""
        who, sure = Text.assemble((best.name, "green"), (series, "dim")), Text(_percent(best.probability))
    rest = (f"{guess.name} {_percent(guess.probability)}" for guess in others[:2])
    return who, sure, Text(", ".join(rest), style="dim")


def _printable(path: str) -> str:
    """A path may hold what a terminal must not get to see: control codes, or bytes that are no text."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in path)


def _percent(probability: float) -> str:
    return f"{probability:.1%}"
