"""All steps in a row from one settings file, and the tables of the documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.recognition.results import display_name
from trainer.classifier import starts
from trainer.classifier.crop import crop
from trainer.classifier.export import LeftOut, export
from trainer.classifier.fit import fit
from trainer.classifier.report import picture_table, summary_table, write_report
from trainer.classifier.scoring import Evaluation
from trainer.classifier.trained import Trained
from trainer.common.console import Console
from trainer.common.documents import bundle_table, markdown_table, replace_section
from trainer.common.settings import Fit, Roster, Settings
from trainer.common.split import Split, make_split


@dataclass(frozen=True)
class Result:
    """What came of one roster, and what comes of it from other networks: `compared`, a bundle's evaluation for each.

    `left_out` are the bundles that were asked for and were not good enough to be written.
    """

    roster: Roster
    split: Split
    trained: Trained
    evaluations: tuple[Evaluation, ...]
    compared: tuple[Evaluation, ...]
    left_out: tuple[LeftOut, ...] = ()


def run_all(settings: Settings, console: Console) -> list[Result]:
    """Train, export and evaluate each roster; called again after an interruption, go on where it stopped.

    Raises:
        TrainerError, ConfigError, BundleError: a step cannot go on; what was finished is kept.
    """
    for recipe in _recipes(settings):
        starts.choose(recipe).check()
    crops = settings.pictures.crops
    if settings.pictures.source:
        crops = settings.work / "crops"
        crop(settings.pictures.source, crops, settings.crop, console).tell(console)
    results = [_train(roster, settings, crops, console) for roster in settings.rosters]
    _document(results, settings)
    return results


def _train(roster: Roster, settings: Settings, crops: Path | None, console: Console) -> Result:
    console.say(f"\n{roster.name}", style="bold")
    folder = settings.work / roster.name
    pictures = settings.pictures
    split = make_split(crops, pictures.train, pictures.test, settings.split, roster.characters, console)
    split.save(folder / "split.json")
    recipe, *others = _recipes(settings)
    kept = settings.export.model_copy(update={"directory": folder / "bundles"})
    trained = fit(split, recipe, folder, console)
    exported = export(trained, split, roster.name, settings.export if roster.ship else kept, console)
    evaluations = tuple(evaluation for _, evaluation in exported.written)
    # What others came to does not stand in the way of what ships, however bad, and one bundle shows it.
    kept = kept.model_copy(update={"require": 0.0, "precisions": kept.precisions[:1]})
    compared = []
    for other in others:
        console.say(f"\n{roster.name}, from {other.backbone}", style="bold")
        started = fit(split, other, folder / other.backbone, console)
        ((_, evaluation),) = export(started, split, f"{roster.name}-from-{other.backbone}", kept, console).written
        compared.append(evaluation)
    notes = [left.sentence for left in exported.left_out]
    for evaluation in (*evaluations, *compared):
        of_ours = evaluation in evaluations
        _, page = write_report(evaluation, folder / f"report-{evaluation.network}", notes if of_ours else ())
        console.say(f"Wrote {page}")
    return Result(roster, split, trained, evaluations, tuple(compared), exported.left_out)


def _recipes(settings: Settings) -> list[Fit]:
    """How to train what ships, and then what it is compared with."""
    compared = [settings.fit.model_copy(update={"backbone": name, "weights": None}) for name in settings.compare]
    return [settings.fit, *compared]


def _document(results: Sequence[Result], settings: Settings) -> None:
    for result in results:
        if result.roster.card:
            replace_section(result.roster.card, "figures", _card(result))
    if settings.document:
        replace_section(settings.document, "comparison", "\n\n".join(_compare(result) for result in results))
        replace_section(settings.document, "bundles", bundle_table(settings.export.directory))


def _card(result: Result) -> str:
    split, spec = result.split, result.trained.spec
    parts = (split.train, split.validation, split.test)
    if "cross_validation_count" in result.trained.report:
        parts = ((*split.train, *split.validation), (), split.test)
    rows = [
        [display_name(label), *(f"{sum(e.character == label for e in part)}" for part in parts)]
        for label in split.labels
    ]
    return "\n\n".join(
        [
            f"The network sees {spec.width} x {spec.height} pixels. Temperature: {result.trained.temperature:g}.",
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
