"""Judge a bundle file by a protocol, from its files to the text of what came of it."""

from collections.abc import Sequence
from pathlib import Path

from rich import console as rich_console

from bot.recognition.bundle import read_bundle
from trainer.common.console import Console
from trainer.common.detectors import make_detector
from trainer.common.errors import TrainerError
from trainer.common.folder_names import read_table
from trainer.common.settings import Crop
from trainer.evaluation.bundle_runner import BundleRunner
from trainer.evaluation.findings import as_json as written_as_json
from trainer.evaluation.findings import as_lines
from trainer.evaluation.protocols import Protocol, judge


def answer(
    protocol: Protocol, bundle: Path, folders: Sequence[Path], unknown: Sequence[Path], *, detect: bool, as_json: bool
) -> str:
    """Judge the bundle and return a table, or JSON. Progress goes to standard error.

    Args:
        protocol: What to ask.
        bundle: The file of a classifier.
        folders: Hold a folder for each character.
        unknown: Folders of strangers.
        detect: Whether to find the face in each picture; otherwise each is a face crop.
        as_json: Whether a program will read it.

    Raises:
        BundleError: the bundle is damaged.
        ConfigError: the table of the characters' names has a mistake.
        DatasetError: the folders are of no use, or not what the protocol needs.
        TrainerError: the bundle is no classifier, or cannot be taught.
    """
    read = read_bundle(bundle)
    if read.info.kind != "classifier":
        raise TrainerError(f"{bundle} is a {read.info.kind}: name a classifier")
    runner = BundleRunner(read, make_detector(Crop()) if detect else None)
    console = Console(rich_console.Console(stderr=True, highlight=False))
    findings = judge(protocol, runner, folders, unknown, console, read_table(bundle))
    return written_as_json(findings, protocol, read) if as_json else "\n".join(as_lines(findings))
