"""Figures for the model card: Markdown tables and the curve."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from matplotlib.figure import Figure

from trainer.common.documents import markdown_table
from trainer.detector.evaluate import THRESHOLDS, Evaluation
from trainer.detector.labels import longest_side
from trainer.detector.matching import Match, Tally, tally

SIZES = (0, 24, 36, 48, 72, 120, 240, 100_000)
"""Bounds of the sizes of faces, in pixels of a picture whose longer side has 1280."""


def by_source(evaluation: Evaluation, threshold: float) -> str:
    """Counts and shares at one threshold, source by source."""
    sources = sorted({one.picture.source for one in evaluation.held})
    parts = [(source, [one for one in evaluation.held if one.picture.source == source]) for source in sources]
    parts += [("**held back, all**", list(evaluation.held)), ("seed (another test set)", list(evaluation.seed))]
    rows = [[name, str(len(matches)), *_figures(tally(matches, threshold))] for name, matches in parts]
    head = ("pictures of", "pictures", "faces", "found", "false", "precision", "recall", "F1")
    return markdown_table(head, rows) + "\n\n" + _empty(evaluation.empty, threshold)


def _figures(counts: Tally) -> list[str]:
    shares = (counts.precision, counts.recall, counts.f1)
    return [str(counts.faces), str(counts.found), str(counts.false), *(f"{share:.3f}" for share in shares)]


def _empty(matches: Sequence[Match], threshold: float) -> str:
    parts = []
    for source in sorted({one.picture.source for one in matches}):
        members = [one for one in matches if one.picture.source == source]
        parts.append(f"{tally(members, threshold).false} in {len(members)} of `{source}`")
    return f"False boxes on held-back pictures without a face: {', '.join(parts)}."


def by_size(matches: Sequence[Match], threshold: float) -> str:
    """Recall by the size of the face: counts of faces and of those found."""
    counts = [[0, 0] for _ in SIZES[1:]]
    for one in matches:
        longest = longest_side(one.picture.path)
        for box, score in zip(one.picture.faces, one.found_with, strict=True):
            pixels = float(box[2:].max()) * 1280 / longest
            index = next(i for i, bound in enumerate(SIZES[1:]) if pixels < bound)
            counts[index][0] += 1
            counts[index][1] += bool(score >= threshold)
    names = [f"{low} to {high}" for low, high in pairwise(SIZES[:-1])] + [f"{SIZES[-2]} and more"]
    rows = [[name, str(faces), str(found)] for name, (faces, found) in zip(names, counts, strict=True) if faces]
    return markdown_table(("pixels of a face, the picture's longer side being 1280", "faces", "found"), rows)


def by_angle(matches: Mapping[int, Sequence[Match]], threshold: float) -> str:
    """What turning the pictures costs, by angle in degrees."""
    rows = [[f"{angle}°", *_figures(tally(members, threshold))] for angle, members in matches.items()]
    return markdown_table(("pictures turned by", "faces", "found", "false", "precision", "recall", "F1"), rows)


def curve(evaluation: Evaluation, threshold: float, path: Path) -> None:
    """Draw precision against recall, and both and F1 against the threshold."""
    held = [tally(evaluation.held, t) for t in THRESHOLDS]
    seed = [tally(evaluation.seed, t) for t in THRESHOLDS]
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for counts, name in (held, "held back"), (seed, "seed"):
        left.plot([c.recall for c in counts], [c.precision for c in counts], label=name)
    at = tally(evaluation.held, threshold)
    left.plot(at.recall, at.precision, "o", label=f"held back, threshold {threshold:.2f}")
    left.set(xlabel="recall", ylabel="precision", xlim=(0.7, 1.005), ylim=(0.7, 1.005))
    for name, values in {
        "precision": [c.precision for c in held],
        "recall": [c.recall for c in held],
        "F1": [c.f1 for c in held],
    }.items():
        right.plot(THRESHOLDS, values, label=name)
    right.axvline(threshold, linestyle=":", color="grey")
    right.set(xlabel="threshold (held-back pictures)", ylim=(0.5, 1.005))
    for axes in (left, right):
        axes.grid(visible=True, alpha=0.3)
        axes.legend(loc="lower left")
    figure.savefig(path, dpi=100, metadata={"Software": None})
