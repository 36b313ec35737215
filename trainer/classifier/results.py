"""What came of training on the pictures of a roster, and the documents that tell of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.recognition.results import display_name
from trainer.classifier.report import picture_table, summary_table
from trainer.classifier.scoring import Evaluation
from trainer.common.documents import bundle_table, markdown_table, replace_section
from trainer.common.settings import Roster, Settings
from trainer.common.split import Split


@dataclass(frozen=True)
class LeftOut:
    """A bundle that was not written, and why: a sentence for whoever trains."""

    name: str
    reason: str

    @property
    def sentence(self) -> str:
        """Say what is missing, and why."""
        return f"{self.name} is left out: {self.reason}."


@dataclass(frozen=True)
class Result:
    """What came of one roster, and what comes of it from other networks: `compared`, a bundle's evaluation for each.

    `split` is what the pictures served for, `network` what the networks are in a sentence, and `left_out` are the
    bundles that were asked for and were not good enough to be written.
    """

    roster: Roster
    split: Split
    network: str
    evaluations: tuple[Evaluation, ...]
    compared: tuple[Evaluation, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def document(results: Sequence[Result], settings: Settings) -> None:
    """Write the figures into the documents that the settings name.

    Raises:
        TrainerError: one has no such section, or cannot be written.
        BundleError: a bundle in the export directory is damaged.
    """
    for result in results:
        if result.roster.card:
            replace_section(result.roster.card, "figures", _card(result))
    if settings.document:
        replace_section(settings.document, "comparison", "\n\n".join(_compare(result) for result in results))
        replace_section(settings.document, "bundles", bundle_table(settings.export.directory))


def _card(result: Result) -> str:
    parts = (result.split.train, result.split.validation, result.split.test)
    rows = [
        [display_name(label), *(f"{sum(e.character == label for e in part)}" for part in parts)]
        for label in result.split.labels
    ]
    return "\n\n".join(
        [
            result.network,
            markdown_table(["Character", "Crops to train", "to validate", "to test"], rows),
            summary_table((*result.evaluations, *result.compared)),
            *(left.sentence for left in result.left_out),
        ]
    )


def _compare(result: Result) -> str:
    count = len(result.split.labels)
    names = ", ".join(display_name(label) for label in result.split.labels)
    parts = [f"### {count} characters: {names}"]
    rows = []
    if published := result.roster.published:
        rows.append(
            [
                f"{published.network} ({published.source})",
                f"{published.right} of {published.pictures}",
                f"{published.lowest_right:.3f}",
            ]
        )
    for evaluation in (*result.evaluations, *result.compared):
        figures = evaluation.figures
        right = round(figures.top1 * figures.count)
        rows.append([f"`{evaluation.network}`", f"{right} of {figures.count}", f"{figures.lowest_right:.3f}"])
    parts.append(markdown_table(["Network", "Right", "Lowest score of a right answer"], rows))
    parts += [left.sentence for left in result.left_out]
    parts.append(picture_table(result.evaluations))
    return "\n\n".join(parts)
