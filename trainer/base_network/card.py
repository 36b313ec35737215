"""Figures for the model card: Markdown tables, the calibration curve and the confusion matrix."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from bot.recognition.results import display_name
from trainer.base_network.data import Faces
from trainer.base_network.evaluate import Mistaken, Strangers
from trainer.base_network.judged import Judged
from trainer.common.documents import markdown_table
from trainer.common.measure import Measured, Truth, Values, share, within_top
from trainer.common.metrics import confusion, expected_calibration_error
from trainer.evaluation.taught import SURE

WORST = 15
BINS = 10


def closed_tables(judged: Sequence[Judged], faces: Faces) -> str:
    """Top-1, top-5 and calibration on held-back faces of each set and in each framing, then time and size."""
    held = faces.of("test")
    truth, sets = faces.truth[held], faces.sets[held]
    rows = []
    for one in judged:
        for framing, probabilities in (("its set's", one.own), ("the bot's", one.framed)):
            for number, set_name in enumerate((*faces.set_names, "**all**")):
                chosen = (sets == number) | (number == len(faces.set_names))
                if not chosen.any():
                    continue
                rows.append([f"`{one.name}`", framing, set_name, *_closed_row(probabilities[chosen], truth[chosen])])
    head = ("Bundle", "Framing", "Set", "Faces", "Top-1", "Top-5", "Calibration error")
    cost = [[f"`{one.name}`", f"{one.median:.2f}", f"{one.mean:.2f}", f"{one.size / 1e6:.2f} MB"] for one in judged]
    cost_head = ("Bundle", "Milliseconds a face, one thread: median", "Mean", "File")
    return f"{markdown_table(head, rows)}\n\n{markdown_table(cost_head, cost)}"


def _closed_row(probabilities: Values, truth: Truth) -> list[str]:
    error = expected_calibration_error(probabilities.max(axis=1), probabilities.argmax(axis=1) == truth)
    tops = [_percent(share(within_top(probabilities, truth, k))) for k in (1, 5)]
    return [f"{len(truth)}", *tops, f"{error:.3f}"]


def _percent(measured: Measured) -> str:
    return f"{measured.value:.1%} ({measured.low:.1%} to {measured.high:.1%})"


def stranger_tables(found: Sequence[Strangers], mistaken: Sequence[Mistaken]) -> str:
    """How well strangers are told from the roster, and who of them is called by whose name most often."""
    rows = [
        [
            f"`{one.bundle}`",
            one.group,
            f"{one.open_set.known}",
            f"{one.named.count}",
            f"{one.open_set.auroc:.3f}",
            *(_percent(part) for part in (one.open_set.wrongly_named, one.named, one.sure)),
        ]
        for one in found
    ]
    head = (
        "Bundle",
        "Strangers",
        "Known faces",
        "Strangers' faces",
        "AUROC",
        "Strangers named where 95 % of the known are",
        "... at the bundle's threshold",
        f"... with {SURE:.0%} and more",
    )
    pairs = [[one.stranger, display_name(one.name), f"{one.times} of {one.faces}"] for one in mistaken]
    return f"{markdown_table(head, rows)}\n\n{markdown_table(('Stranger', 'Called', 'Faces'), pairs)}"


def recall_table(probabilities: Values, faces: Faces) -> str:
    """The recall of each character, and the confusions that came up most."""
    truth, labels = faces.truth[faces.of("test")], faces.labels
    table = confusion(probabilities, truth)
    counts = table.sum(axis=1)
    recalls = [
        [display_name(labels[row]), f"{table[row, row]} of {counts[row]}"]
        for row in np.argsort(np.diag(table) / np.maximum(counts, 1), kind="stable")
        if counts[row]
    ]
    mistakes = table - np.diag(np.diag(table))
    worst = np.argsort(-mistakes, axis=None, kind="stable")[:WORST]
    pairs = [(int(i) // len(labels), int(i) % len(labels)) for i in worst]
    confusions = [
        [display_name(labels[a]), display_name(labels[b]), f"{mistakes[a, b]} of {counts[a]}"]
        for a, b in pairs
        if mistakes[a, b]
    ]
    return (
        f"{markdown_table(('Shown', 'Taken for', 'Faces'), confusions)}\n\n"
        f"Every character, by rising recall:\n\n{markdown_table(('Character', 'Named rightly'), recalls)}"
    )


def draw(probabilities: Values, truth: Truth, path: Path) -> None:
    """Draw how often a name of a given probability is right, and the confusion matrix."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    bins = np.clip((confidence * BINS).astype(int), 0, BINS - 1)
    filled = np.unique(bins)
    figure = Figure(figsize=(11, 5), layout="constrained")
    left, middle = figure.subplots(1, 2)
    left.plot([0, 1], [0, 1], ":", color="grey")
    left.plot([confidence[bins == b].mean() for b in filled], [right[bins == b].mean() for b in filled], "o-")
    left.set(xlabel="probability of the best name", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1.02))
    table = confusion(probabilities, truth)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    middle.imshow(shares, cmap="viridis", vmin=0, vmax=1, interpolation="nearest")
    middle.set(xlabel="taken for", ylabel="shown, by name in the alphabet")
    figure.savefig(path, dpi=100, metadata={"Software": None})
