"""Documents whose tables come out of a command: only what stands between the marks of a section is rewritten."""

import re
from collections.abc import Sequence
from pathlib import Path

from bot.recognition.bundle import read_bundle
from trainer.common.errors import TrainerError
from trainer.common.files import write_file


def replace_section(path: Path, section: str, content: str) -> None:
    """Put `content` between ``<!-- begin: section -->`` and ``<!-- end: section -->``.

    Raises:
        TrainerError: the document is missing, has no such marks, or cannot be written.
    """
    try:
        text = path.read_text()
    except OSError as error:
        raise TrainerError(f"cannot read {path}: {error.strerror}") from error
    begin, end = f"<!-- begin: {section} -->", f"<!-- end: {section} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise TrainerError(f"{path} has to have one {begin} and one {end}: the tables go between them")
    write_file(path, pattern.sub(lambda _: f"{begin}\n\n{content.strip()}\n\n{end}", text))


def bundle_table(folder: Path) -> str:
    """Return a Markdown table of all bundles in a folder.

    Raises:
        BundleError: one is damaged.
    """
    rows = []
    for path in sorted(folder.glob("*.tflite")):
        bundle = read_bundle(path)
        info = bundle.info
        figures = ", ".join(
            f"{name.replace('_', ' ')} {round(value, 3):g}" for name, value in sorted(info.metrics.items())
        )
        rows.append(
            [
                f"`{path.name}`",
                info.kind,
                f"{len(bundle.labels)}" if bundle.labels else "",
                f"{info.input.width} x {info.input.height}",
                f"{path.stat().st_size / 1e6:.1f} MB",
                f"`{bundle.id}`",
                figures,
            ]
        )
    return markdown_table(["File", "Kind", "Characters", "Input", "Size", "Id", "Measured on the file itself"], rows)


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
