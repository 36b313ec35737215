"""The protocol of a chat: newcomers are taught beside the roster, and everybody is asked for."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from trainer.common.console import Console
from trainer.common.dataset import Example
from trainer.common.errors import DatasetError, TrainerError
from trainer.common.likeness import Hashes, drawings, hash_pictures
from trainer.common.measure import Measured
from trainer.evaluation.bundle_runner import BundleRunner
from trainer.evaluation.findings import Figure, Findings
from trainer.evaluation.taught import SURE, Crops, Lesson, TaughtFigures, judge_taught

SHOTS = (1, 3, 5, 20)
"""Drawings that teach a newcomer."""
AT_ONCE = 5
"""Newcomers that are taught together, beside all of them."""


def judge_chat(
    runner: BundleRunner,
    known: Sequence[Example],
    newcomers: Sequence[Example],
    unknown: Sequence[Path],
    console: Console,
) -> Findings:
    """Teach newcomers from some of their drawings, and ask for them by the others, for strangers and for the known.

    A picture in which no face is found is left out.

    Args:
        runner: The bundle.
        known: Pictures of characters of its roster, under its labels.
        newcomers: Pictures of characters that it does not know; those that a lesson leaves out are strangers in it.
        unknown: Pictures of further strangers.
        console: Is told how far it is.

    Raises:
        DatasetError: there is no character to teach.
        TrainerError: the bundle cannot be taught.
    """
    if not runner.embeds:
        raise TrainerError(f"{runner.bundle.info.name} gives no embeddings, so that it cannot be taught")
    crops = _read(runner, newcomers, "newcomers", console)
    lessons = list(_lessons(crops))
    if not lessons:
        raise DatasetError(
            "the protocol chat needs somebody to teach: folders of characters that the bundle does not know, with two "
            "drawings at least"
        )
    strangers = _read(runner, [Example("", path) for path in unknown], "strangers", console)
    roster = _read(runner, known, "known characters", console)
    figures: list[Figure] = []
    with console.steps("Teaching", len(lessons)) as advance:
        for found in judge_taught(runner.bundle, crops, roster, lessons, others=strangers):
            if not figures:
                figures += _figures({"known, named rightly, before anybody is taught": found.known_before})
            figures += _rows(found)
            advance(1)
    return Findings(tuple(figures))


def _lessons(crops: Crops) -> Iterator[Lesson]:
    """Yield what can be taught: of characters with a drawing more than it takes."""
    counts = [len(np.unique(crops.drawings[crops.characters == one])) for one in np.unique(crops.characters)]
    for shots, fewer in zip(SHOTS, (0, *SHOTS), strict=False):
        able = sum(count > shots for count in counts)
        for characters in sorted({min(AT_ONCE, able), able} - {0}):
            yield Lesson("newcomers", characters, shots, fewer)


def _rows(found: TaughtFigures) -> list[Figure]:
    lesson = found.lesson
    rows = {
        "first guess right": found.first,
        "named rightly": found.named,
        f"the same faces, taught from {lesson.fewer} each": found.named_by_fewer,
        "strangers called by a taught name": found.strangers_called,
        "strangers named": found.strangers_named,
        f"strangers named with {SURE:.0%} and more": found.strangers_sure,
        "known, named rightly": found.known_after,
    }
    return _figures(
        {f"{lesson.characters} taught from {lesson.drawings} each: {what}": one for what, one in rows.items()}
    )


def _figures(rows: dict[str, Measured]) -> list[Figure]:
    """Make figures of what was asked of anybody."""
    return [Figure(name, measured) for name, measured in rows.items() if measured.count]


def _read(runner: BundleRunner, examples: Sequence[Example], what: str, console: Console) -> Crops:
    """Show pictures to the bundle, and number their characters and their drawings."""
    paths = [example.path for example in examples]
    faces = runner.run(paths, what, console)
    embeddings = faces.seen.embeddings
    if embeddings is None:
        raise TrainerError("the bundle gives no embeddings")
    names = tuple(sorted({example.character for example in examples}))
    characters = np.array([names.index(example.character) for example in examples], np.intp)
    hashes: Hashes = {}
    with console.steps(f"Comparing {what}", len(paths)) as advance:
        hash_pictures(paths, hashes, lambda: advance(1))
    numbers = np.zeros(len(paths), np.intp)
    for one in range(len(names)):
        own = np.flatnonzero(characters == one)
        numbers[own] = own[drawings([paths[i] for i in own], hashes)]
    return Crops(faces.seen.logits, embeddings, characters[faces.found], numbers[faces.found], names)
