"""The protocols by which bundles are judged: what is asked, and which figures come of it, each with its interval."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

import numpy as np

from bot.recognition.characters import Characters
from bot.recognition.gallery import Gallery
from trainer.common.console import Console
from trainer.common.dataset import Example, list_pictures, read_examples
from trainer.common.errors import DatasetError, TrainerError
from trainer.common.folder_names import Names
from trainer.common.measure import Hits, Measured, Truth, Values, auroc, bootstrap, named_like_known, share, within_top
from trainer.common.metrics import expected_calibration_error
from trainer.evaluation.bundle_runner import BundleRunner, Faces, chosen
from trainer.evaluation.chat import judge_chat
from trainer.evaluation.findings import Figure, Findings, Recall

SURE = 0.95
SHOTS = (1, 5, 20)
DRAWS = 50
"""Of the pictures that teach."""


class Protocol(StrEnum):
    """What is asked of a bundle."""

    SEED = "seed"
    CLOSED = "closed"
    OPEN = "open"
    FEWSHOT = "fewshot"
    CHAT = "chat"


def judge(
    protocol: Protocol,
    runner: BundleRunner,
    folders: Sequence[Path],
    unknown: Sequence[Path],
    console: Console,
    characters: Characters | None = None,
) -> Findings:
    """Judge a bundle.

    Args:
        protocol: What to ask.
        runner: The bundle.
        folders: Hold a folder for each character; for the open protocol, those that the bundle does not know are
            strangers, for the chat they are taught.
        unknown: For the open protocol and the chat: folders of pictures of anybody else.
        console: Is told how far it is.
        characters: What else people call the characters, and may have called the folders.

    Raises:
        DatasetError: the folders are of no use, or not what the protocol needs.
        TrainerError: the bundle has no embeddings, and cannot be taught.
    """
    if unknown and protocol not in (Protocol.OPEN, Protocol.CHAT):
        raise DatasetError("folders of strangers are for the protocols open and chat: leave --unknown out")
    examples = [example for folder in folders for example in read_examples(folder)]
    others = [path for folder in unknown for path in list_pictures(folder)]
    names = Names(runner.bundle.labels, characters or Characters())
    match protocol:
        case Protocol.SEED:
            return _seed(runner, names.insist(examples), console)
        case Protocol.CLOSED:
            return _closed(runner, names.insist(examples), console)
        case Protocol.OPEN:
            known, strangers = names.sort(examples)
            return _open(runner, known, strangers, others, console)
        case Protocol.FEWSHOT:
            return _few_shot(runner, examples, console)
        case Protocol.CHAT:
            return judge_chat(runner, *names.sort(examples), others, console)


def _asked(runner: BundleRunner, examples: Sequence[Example], console: Console) -> tuple[Values, Truth]:
    column = {label: place for place, label in enumerate(runner.bundle.labels)}
    truth = np.array([column[example.character] for example in examples], np.intp)
    faces = runner.run([example.path for example in examples], "faces", console)
    return runner.probabilities(faces), truth


def _calibration(probabilities: Values, truth: Truth) -> Figure:
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth

    def error(rows: Truth) -> float:
        return expected_calibration_error(confidence[rows], right[rows])

    return Figure("calibration error", bootstrap(error, np.arange(len(truth))), is_share=False)


def _named(probabilities: Values, truth: Truth) -> Values:
    """The probability of the right character where that is the best guess, 0 elsewhere."""
    given = probabilities[np.arange(len(truth)), truth]
    return np.where(within_top(probabilities, truth, 1) & (given > 0), given, 0).astype(np.float32)


def _seed(runner: BundleRunner, examples: Sequence[Example], console: Console) -> Findings:
    probabilities, truth = _asked(runner, examples, console)
    named = _named(probabilities, truth)

    def lowest(rows: Truth) -> float:
        right = named[rows][named[rows] > 0]
        return float(right.min()) if len(right) else float("nan")

    return Findings(
        (
            Figure("named rightly", share(named > 0)),
            Figure("lowest score of a right answer", bootstrap(lowest, np.arange(len(truth))), is_share=False),
            Figure(f"named rightly with more than {SURE:g}", share(named > SURE)),
            _calibration(probabilities, truth),
        ),
        _recalls(examples, named > 0),
    )


def _closed(runner: BundleRunner, examples: Sequence[Example], console: Console) -> Findings:
    probabilities, truth = _asked(runner, examples, console)
    right = _named(probabilities, truth) > 0
    given = probabilities[np.arange(len(truth)), truth]

    def macro_recall(rows: Truth) -> float:
        return float(np.mean([right[rows][truth[rows] == one].mean() for one in np.unique(truth[rows])]))

    return Findings(
        (
            Figure("top-1", share(right)),
            Figure("top-5", share(within_top(probabilities, truth, 5) & (given > 0))),
            Figure("mean recall of a character", bootstrap(macro_recall, np.arange(len(truth)))),
            _calibration(probabilities, truth),
        ),
        _recalls(examples, right),
    )


def _open(
    runner: BundleRunner,
    examples: Sequence[Example],
    strangers: Sequence[Example],
    others: Sequence[Path],
    console: Console,
) -> Findings:
    paths = [*(example.path for example in strangers), *others]
    if not examples or not paths:
        raise DatasetError(
            "the protocol open needs pictures of characters that the bundle knows, in folders with their names, and of "
            "strangers, in folders with other names or given with --unknown FOLDER"
        )
    probabilities, _ = _asked(runner, examples, console)
    known = probabilities.max(axis=1)
    unknown = runner.probabilities(runner.run(paths, "strangers", console)).max(axis=1)
    threshold = runner.bundle.info.threshold
    return Findings(
        (
            Figure("AUROC of known against unknown", bootstrap(auroc, known, unknown), is_share=False),
            Figure("unknown named where 95 % of the known are", bootstrap(named_like_known, known, unknown)),
            Figure(f"unknown named at the bundle's threshold {threshold:g}", share(unknown >= threshold)),
            Figure(f"known named at the bundle's threshold {threshold:g}", share(known >= threshold)),
        ),
        strangers=tuple(sorted({example.character for example in strangers})),
    )


def _few_shot(runner: BundleRunner, examples: Sequence[Example], console: Console) -> Findings:
    if not runner.embeds:
        raise TrainerError(f"{runner.bundle.info.name} gives no embeddings, so that it cannot be taught")
    names = sorted({example.character for example in examples})
    truth = np.array([names.index(example.character) for example in examples], np.intp)
    if len(names) < 2 or np.bincount(truth).min() < 2:
        raise DatasetError("teaching takes at least two characters with at least two pictures each: one is asked for")
    faces = runner.run([example.path for example in examples], "faces", console)
    figures = []
    with console.steps("Teaching", len(SHOTS) * DRAWS) as advance:
        for shots in SHOTS:
            rng = np.random.default_rng(shots)
            results = []
            for _ in range(DRAWS):
                results.append(_taught_once(runner, faces, truth, names, shots, rng.permutation))
                advance(1)
            low, high = np.quantile(results, (0.025, 0.975))
            measured = Measured(float(np.mean(results)), float(low), float(high), len(examples))
            figures.append(Figure(f"{len(names)}-way top-1, taught from {shots} each, {DRAWS} draws", measured))
    return Findings(tuple(figures))


def _taught_once(
    runner: BundleRunner,
    faces: Faces,
    truth: Truth,
    names: Sequence[str],
    shots: int,
    shuffle: Callable[[Truth], Truth],
) -> float:
    """Teach each character from pictures drawn at random and ask for its others; every character counts alike.

    One with fewer pictures is taught from all but one.
    """
    teaches = np.zeros(len(truth), bool)
    for one in range(len(names)):
        own = shuffle(np.flatnonzero(truth == one))
        teaches[own[: min(shots, len(own) - 1)]] = True
    # A picture without a face cannot teach, and is not named.
    row = np.cumsum(faces.found) - 1
    embeddings = faces.seen.embeddings
    if embeddings is None:
        raise TrainerError("the bundle gives no embeddings")
    gallery = Gallery.of((names[truth[i]], embeddings[row[i]]) for i in np.flatnonzero(teaches & faces.found))
    asked = np.flatnonzero(~teaches & faces.found)
    right = np.zeros(len(truth), bool)
    for i, guesses in zip(asked, runner.name(chosen(faces.seen, row[asked]), gallery, only_taught=True), strict=True):
        right[i] = bool(guesses) and guesses[0].character == names[truth[i]]
    return float(np.mean([right[(truth == one) & ~teaches].mean() for one in range(len(names))]))


def _recalls(examples: Sequence[Example], right: Hits) -> tuple[Recall, ...]:
    found: dict[str, list[bool]] = {}
    for example, hit in zip(examples, right, strict=True):
        found.setdefault(example.character, []).append(bool(hit))
    recalls = [Recall(name, sum(hits), len(hits)) for name, hits in sorted(found.items())]
    return tuple(sorted(recalls, key=lambda one: one.right / one.count))
