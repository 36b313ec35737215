"""How well turned faces are named, in one pass and in several: held-back faces, asked as a chat asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.recognition.bundle import Bundle, read_bundle
from bot.recognition.naming.classifier import Classifier, Predictions
from bot.recognition.naming.recogniser import Recogniser
from bot.recognition.naming.straighten import crop_upright
from bot.recognition.results import Box, Image
from trainer.base_network.data import Faces
from trainer.common.console import Console
from trainer.common.documents import markdown_table
from trainer.common.measure import Measured, Truth, share, within_top

ANGLES = (0, 15, 30, 45, 60, 90, 180)
"""Degrees; every other face is turned the other way."""
EVERY = 3
"""Each so manieth held-back face is asked."""


@dataclass(frozen=True)
class Turned:
    """What is said of faces that are turned by `angle` degrees.

    `once` and `again` are the shares that are named rightly, after one pass and where doubtful ones get several;
    `turned_back` is the share of those that were found tilted then, and `error` the median distance in degrees between
    the angle found and the true one, NaN where none was.
    """

    bundle: str
    angle: int
    once: Measured
    again: Measured
    turned_back: Measured
    error: float


def judge_turned(path: Path, faces: Faces, console: Console, angles: Sequence[int] = ANGLES) -> list[Turned]:
    """Show held-back faces, as the bot frames them, to a bundle at each angle.

    What a turned crop lacks in its corners repeats its edge; a tilted face is cropped anew from the crop as it was, as
    it would be from its picture.

    Raises:
        BundleError: the bundle is damaged or does not load.
    """
    bundle = read_bundle(path)
    held = faces.of("test")[::EVERY]
    crops, truth = faces.framed[held], faces.truth[held]
    hasty, careful = (Classifier(bundle, retry_doubtful=again) for again in (False, True))
    rows = []
    for angle in angles:
        ways = angle * np.where(np.arange(len(held)) % 2, -1, 1)
        with console.steps(f"Testing {path.stem} on faces turned by {angle}°", len(held)) as advance:
            pairs = []
            for crop, way in zip(crops, ways, strict=True):
                pairs.append((hasty.predict([_turn(crop, way)]), _asked(careful, crop, way)))
                advance(1)
        once, again = (_right(bundle, seen, truth) for seen in zip(*pairs, strict=True))
        tilts = _tilts([seen for _, seen in pairs])
        back = tilts != 0
        apart = np.abs((tilts - ways + 180) % 360 - 180)[back]
        error = float(np.median(apart)) if len(apart) else float("nan")
        rows.append(Turned(bundle.info.name, angle, once, again, share(back), error))
    return rows


def turned_table(rows: Sequence[Turned]) -> str:
    """A Markdown table of the bundles' rows."""
    head = (
        "Bundle",
        "Turned by",
        "Faces",
        "Top-1 at one look",
        "Top-1 where the doubtful are looked at again",
        "Turned back",
        "Median error",
    )
    return markdown_table(
        head,
        [
            [
                f"`{row.bundle}`",
                f"{row.angle}°",
                f"{row.once.count}",
                *(_percent(measured) for measured in (row.once, row.again)),
                f"{row.turned_back.value:.0%}",
                "" if np.isnan(row.error) else f"{row.error:.0f}°",
            ]
            for row in rows
        ],
    )


def _percent(measured: Measured) -> str:
    return f"{measured.value:.1%} ({measured.low:.1%} to {measured.high:.1%})"


def _turn(crop: Image, angle: float) -> Image:
    """Turn a square crop clockwise."""
    return crop_upright(crop, Box(0, 0, crop.shape[1], crop.shape[0]), 0, -angle) if angle else crop


def _asked(classifier: Classifier, crop: Image, angle: float) -> Predictions:
    return classifier.predict([_turn(crop, angle)], lambda _, tilt: _turn(crop, angle - tilt))


def _right(bundle: Bundle, seen: Sequence[Predictions], truth: Truth) -> Measured:
    logits = np.concatenate([one.logits for one in seen])
    embeddings = [one.embeddings for one in seen if one.embeddings is not None]
    probabilities = Recogniser(bundle).rank(logits, np.concatenate(embeddings) if embeddings else None).probabilities
    return share(within_top(probabilities, truth, 1))


def _tilts(seen: Sequence[Predictions]) -> npt.NDArray[np.float32]:
    """The angles that were found; 0 where none was."""
    return np.array([0 if one.tilts is None else one.tilts[0] for one in seen], np.float32)
