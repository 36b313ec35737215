"""What a training can start from: whobot's own base network, or a backbone that knows ImageNet."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import keras
import numpy as np

from bot.errors import BundleError
from bot.recognition.bundle import Bundle, Comparison, InputSpec, Teaching, read_bundle
from trainer.common import backbones
from trainer.common.backbones import Backbone
from trainer.common.base_network_file import BACKBONE, BASE, LAST, About, build_base, read_base
from trainer.common.errors import TrainerError
from trainer.common.measure import Values
from trainer.common.network import input_spec
from trainer.common.settings import BASE_NETWORK, Fit

IMAGENET_SIDE = 96
"""Pixels: of the published crops."""
IMAGENET_EPOCHS = 30
"""Of fine-tuning. The base network needs none: it knows drawn faces, and what it embeds stays comparable."""
ROSTERS = "characters-*.tflite"
"""Beside a base network: the bundles of its own characters."""


@dataclass(frozen=True)
class Start:
    """A network to start from.

    `backbone` is what it consists of up to its features, `spec` what it will be shown. `weights` is the file that they
    come from, None where they come with a package. `teaching` is how characters compare that are taught to what comes
    of it, None where it gives no embedding that stays as it is; `strangers` are embeddings of strangers' faces,
    ``(count, dimensions)``, none where none are at hand; `comparison` is what taught characters are compared by.
    """

    name: str
    backbone: Backbone
    spec: InputSpec
    fine_tune_epochs: int
    weights: Path | None
    teaching: Teaching | None = None
    strangers: Values = field(default_factory=lambda: np.empty((0, 0), np.float32), compare=False, repr=False)
    comparison: Comparison | None = field(default=None, compare=False, repr=False)

    def build(self) -> keras.Model:
        """Build it with its weights: it gives `features`, and if it is the base network `embedding`.

        Both are float32, ``(batch, features)`` and ``(batch, dimensions)``.

        Raises:
            WeightsError: the weights do not fit.
        """
        if self.name == BASE_NETWORK:
            return build_base(self.spec.width, self.weights or BASE)
        backbone = backbones.build(self.name, self.spec.width, self.weights)
        return keras.Model(backbone.input, {"features": backbone.output}, name=self.name)

    def check(self) -> None:
        """Find out whether weights that were handed over fit, before anything long is begun.

        Raises:
            WeightsError: they do not.
        """
        if self.weights is not None:
            self.build()


def choose(recipe: Fit) -> Start:
    """Return what a recipe starts from, once it is clear that it can be used as asked.

    Raises:
        TrainerError: there is no network of that name, or it cannot see pictures as small as that.
        WeightsError: its weights have to be handed over, are missing, or are not those of a base network.
    """
    if recipe.backbone == BASE_NETWORK:
        return _from_base(recipe, recipe.weights or BASE)
    if recipe.backbone not in backbones.BACKBONES:
        known = ", ".join((BASE_NETWORK, *backbones.BACKBONES))
        raise TrainerError(f"there is no backbone {recipe.backbone}; known are {known}")
    side = recipe.size or IMAGENET_SIDE
    backbone = backbones.choose(recipe.backbone, side, recipe.weights)
    epochs = IMAGENET_EPOCHS if recipe.fine_tune_epochs is None else recipe.fine_tune_epochs
    return Start(recipe.backbone, backbone, input_spec(backbone, side), epochs, recipe.weights)


def _from_base(recipe: Fit, weights: Path) -> Start:
    about = read_base(weights).about
    side, epochs = recipe.size or about.side, recipe.fine_tune_epochs or 0
    whole = backbones.choose(BACKBONE, side, None)
    last = LAST.replace("_project_norm", "_expand")
    backbone = replace(whole, block_starts=whole.block_starts[: whole.block_starts.index(last) + 1])
    roster = _roster(weights, about)
    spec = replace(input_spec(backbone, side), sharpest=roster.info.input.sharpest if roster else 0)
    start = Start(recipe.backbone, backbone, spec, epochs, weights)
    if epochs:
        # Fine-tuning changes the embedding: what was fitted to the old one means nothing any more.
        return start
    recognition = roster.recognition if roster else None
    if recognition is None:
        return replace(start, teaching=Teaching())
    return replace(
        start,
        teaching=recognition.teaching,
        strangers=recognition.strangers,
        comparison=recognition.comparison,
    )


def _roster(weights: Path, about: About) -> Bundle | None:
    """Find the bundle that was made along with a base network: what was fitted to the one holds for the other."""
    for path in sorted(weights.parent.glob(ROSTERS)):
        with suppress(BundleError):
            bundle = read_bundle(path)
            if bundle.info.trained.get("pictures") == about.pictures:
                return bundle
    return None
