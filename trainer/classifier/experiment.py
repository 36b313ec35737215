"""Train classifiers of their own, all steps in a row from one settings file."""

from dataclasses import replace
from pathlib import Path

from trainer.classifier import starts
from trainer.classifier.crop import crop
from trainer.classifier.export import export
from trainer.classifier.fit import fit
from trainer.classifier.report import write_report
from trainer.classifier.results import Result, document
from trainer.classifier.trained import Trained
from trainer.common.console import Console
from trainer.common.settings import Fit, Roster, Settings
from trainer.common.split import Split, make_split


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
    document(results, settings)
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
    served = _served(split, trained)
    return Result(roster, served, _network(trained), evaluations, tuple(compared), exported.left_out)


def _recipes(settings: Settings) -> list[Fit]:
    """How to train what ships, and then what it is compared with."""
    compared = [settings.fit.model_copy(update={"backbone": name, "weights": None}) for name in settings.compare]
    return [settings.fit, *compared]


def _served(split: Split, trained: Trained) -> Split:
    """Return what the pictures served for: where it was cross-validated, all but those of the tests have trained."""
    if "cross_validation_count" in trained.report:
        return replace(split, train=(*split.train, *split.validation), validation=())
    return split


def _network(trained: Trained) -> str:
    spec = trained.spec
    return f"The network sees {spec.width} x {spec.height} pixels. Temperature: {trained.temperature:g}."
