"""Add the characters of each roster to a bundle that is there, all steps in a row from one settings file.

Nothing is trained: the bundle's network embeds the faces, which are compared with as if a chat had taught them. So all
that the bundle knows stay known, and what chats have taught is embedded as before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from bot.recognition.bundle import Bundle, Reference, read_bundle, write_bundle
from bot.recognition.bundle.reference import NOBODY
from bot.recognition.interpreter import Network
from bot.recognition.model_files import FLOAT16, INT8, available
from bot.recognition.naming.reference import answers
from bot.recognition.results import display_name
from bot.recognition.teaching import taught_before
from trainer.classifier.adding import add, check_open
from trainer.classifier.crop import crop
from trainer.classifier.report import write_report
from trainer.classifier.results import LeftOut, Result, document
from trainer.classifier.scoring import BundleScorer, Evaluation, evaluate, look
from trainer.common.console import Console
from trainer.common.dataset import Example
from trainer.common.detectors import MODELS
from trainer.common.errors import DatasetError, ExportRefused
from trainer.common.folder_names import Names, read_table
from trainer.common.reference import with_reference
from trainer.common.settings import Crop, Export, Precision, Roster, Settings
from trainer.common.split import Split, make_split

SHIPPED = MODELS / "characters-int8.tflite"


@dataclass(frozen=True)
class Base:
    """The bundle that is added to, at `path`, and what lies beside it: the same in the other precision."""

    path: Path
    bundles: dict[Precision, Bundle]

    @property
    def chosen(self) -> Bundle:
        """The bundle itself."""
        return next(iter(self.bundles.values()))


@dataclass(frozen=True)
class _Added:
    """A bundle that has been added to, how it does on the pictures that are to test, and what changed, in sentences."""

    bundle: Bundle
    evaluation: Evaluation
    notes: tuple[str, ...]


def run_all(settings: Settings, console: Console) -> list[Result]:
    """Add, measure and write each roster.

    Raises:
        TrainerError, ConfigError, BundleError: a step cannot go on; what was finished is kept.
    """
    base = find_base(settings.beside or SHIPPED)
    crops = settings.pictures.crops
    if settings.pictures.source:
        crops = settings.work / "crops"
        crop(settings.pictures.source, crops, _as_wide(settings.crop, base.chosen), console).tell(console)
    results = [_train(roster, settings, base, crops, console) for roster in settings.rosters]
    document(results, settings)
    return results


def find_base(path: Path) -> Base:
    """Read the bundle that is added to, and its twin in the other precision, if that knows the same characters.

    Raises:
        BundleError: it is missing, damaged or cannot run.
        TrainerError: nothing can be added to it.
    """
    path = available(path)
    bundle = read_bundle(path)
    check_open(bundle)
    bundles = {_precision(bundle): bundle}
    for ending, other in ((INT8, FLOAT16), (FLOAT16, INT8)):
        twin = path.with_name(f"{path.name.removesuffix(ending)}{other}")
        if path.name.endswith(ending) and twin.exists():
            found = read_bundle(twin)
            if found.labels == bundle.labels and found.can_grow:
                bundles.setdefault(_precision(found), found)
    return Base(path, bundles)


def _precision(bundle: Bundle) -> Precision:
    return Precision.INT8 if Network(bundle).in_8_bits else Precision.FLOAT16


def _as_wide(settings: Crop, bundle: Bundle) -> Crop:
    """Have faces cut out as the bundle has learnt to see them, unless the settings say how."""
    if settings.margin is not None or settings.detector != "ours":
        return settings
    return settings.model_copy(update={"margin": bundle.info.margin})


def _train(roster: Roster, settings: Settings, base: Base, crops: Path | None, console: Console) -> Result:
    console.say(f"\n{roster.name}, beside {base.chosen.info.name}", style="bold")
    folder, pictures, export = settings.work / roster.name, settings.pictures, settings.export
    split = make_split(crops, pictures.train, pictures.test, settings.split, roster.characters, console, fewest=1)
    split.save(folder / "split.json")
    split = _served(split, Names(base.chosen.labels, read_table(base.path)))
    added, left_out = _attempt(base, roster.name, split, export, console)
    directory = export.directory if roster.ship else folder / "bundles"
    for one in added:
        path = directory / f"{one.bundle.info.name}.tflite"
        write_bundle(path, one.bundle.network, one.bundle.info, one.bundle.labels, one.bundle.recognition)
        console.say(f"Wrote {path} ({path.stat().st_size:,} bytes)")
        for note in one.notes:
            console.say(note)
        notes = [*one.notes, *(left.sentence for left in left_out)]
        _, page = write_report(one.evaluation, folder / f"report-{one.bundle.info.name}", notes)
        console.say(f"Wrote {page}")
    network = f"The network is that of `{base.chosen.info.name}`: nothing was trained."
    return Result(roster, split, network, tuple(one.evaluation for one in added), left_out=tuple(left_out))


def _served(split: Split, names: Names) -> Split:
    """Return what the pictures serve for, under the labels of the bundle where it knows their characters."""

    def labelled(examples: Sequence[Example]) -> tuple[Example, ...]:
        return tuple(replace(one, character=names.find(one.character) or one.character) for one in examples)

    labels = tuple(names.find(label) or label for label in split.labels)
    return Split(tuple(dict.fromkeys(labels)), labelled((*split.train, *split.validation)), (), labelled(split.test))


def _attempt(
    base: Base, name: str, split: Split, settings: Export, console: Console
) -> tuple[list[_Added], list[LeftOut]]:
    """Add to each bundle that was asked for and is there, else to the one that is; what is not good is left out.

    Raises:
        ExportRefused: none is as accurate as required.
    """
    added: list[_Added] = []
    left_out = [
        LeftOut(f"{name}-{precision}", f"beside {base.path} lies no such bundle that knows the same characters")
        for precision in settings.precisions
        if precision not in base.bundles
    ]
    for precision in [one for one in settings.precisions if one in base.bundles] or base.bundles:
        one = _add(base.bundles[precision], f"{name}-{precision}", split, console)
        right = one.evaluation.figures.top1
        if right < settings.require:
            words = f"it names {right:.1%} of the test pictures rightly, {settings.require:.1%} are required"
            left_out.append(LeftOut(one.bundle.info.name, words))
            console.warn(left_out[-1].sentence)
        else:
            added.append(one)
    if not added:
        raise ExportRefused(f"{'; '.join(left.reason for left in left_out)}. Nothing was written.")
    return added, left_out


def _add(base: Bundle, name: str, split: Split, console: Console) -> _Added:
    labels = (*base.labels, *(label for label in split.labels if label not in base.labels))
    learnt = look(base, split.train, labels, console, "faces to add")
    faces = {label: learnt.embeddings[learnt.owners == labels.index(label)] for label in split.labels}
    recognition = add(base, faces)
    added = {label: len(own) for label, own in faces.items()}
    info = replace(base.info, name=name, trained={**base.info.trained, "added_to": base.id, "added": added})
    bundle = replace(base, info=info, labels=labels, recognition=recognition)
    asked, held_back = _held_back(base, split.test, labels, console)
    evaluation = evaluate(BundleScorer(bundle), asked, console)
    figures = {key: round(value, 6) for key, value in asdict(evaluation.figures).items()}
    bundle = replace(bundle, info=replace(info, metrics=figures), recognition=with_reference(recognition, held_back))
    return _Added(bundle, evaluation, tuple(_notes(base, bundle, split.labels, held_back)))


def _held_back(
    base: Bundle, examples: Sequence[Example], labels: Sequence[str], console: Console
) -> tuple[list[Example], Reference]:
    """Return the pictures to test on, without those that were added to the bundle before, and what it says of them.

    Raises:
        DatasetError: all of them were.
    """
    seen = look(base, examples, labels, console, "faces to test on")
    recognition = check_open(base)
    before = [recognition.prototypes[recognition.owners == owner] for owner in seen.owners]
    new = [i for i, own in enumerate(before) if not taught_before(seen.embeddings[i], own)]
    if not new:
        raise DatasetError(f"{base.info.name} has met all pictures that are to test: add some that are new to it")
    return [examples[i] for i in new], seen.of(np.array(new))


def _notes(base: Bundle, bundle: Bundle, characters: Sequence[str], held_back: Reference) -> Iterator[str]:
    """Say who is added, how they do, and what that changes for the roster."""
    new, known = ([display_name(one) for one in characters if (one in base.labels) is there] for there in (False, True))
    whom = ", and ".join([f"the {len(base.labels)} of {base.info.name}", *([", ".join(new)] if new else [])])
    yield f"It knows {len(bundle.labels)} characters: {whom}."
    if known:
        yield f"Known already, and known better now: {', '.join(known)}."
    yield _rightly("pictures that are to test", held_back, base, bundle)
    reference = check_open(base).reference
    if reference is None:
        yield f"{base.info.name} brings no faces of its roster, so that what changes for that was not measured."
        return
    of_nobody = reference.owners == NOBODY
    yield _rightly("faces of the roster", reference.of(np.flatnonzero(~of_nobody)), base, bundle)
    if of_nobody.any():
        strangers = reference.of(np.flatnonzero(of_nobody))
        before, after = (sum(name is not None for name in answers(one, strangers)) for one in (base, bundle))
        yield f"Strangers that are named: {after} of {len(strangers)}; before, {before}."


def _rightly(what: str, faces: Reference, base: Bundle, bundle: Bundle) -> str:
    truth = [bundle.labels[owner] for owner in faces.owners]
    before, after = (
        sum(name == true for name, true in zip(answers(one, faces), truth, strict=True)) for one in (base, bundle)
    )
    return f"Named rightly of the {what}: {after} of {len(faces)}; before, {before}."
