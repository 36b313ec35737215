"""Judge the base network: bundles as the bot runs them, strangers by the stage that never saw them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.bundle import Bundle, InputSpec
from bot.vision.interpreter import Network
from trainer.console import Advance
from trainer.measure import (
    Measured,
    OpenSet,
    Truth,
    Values,
    few_shot,
    nearest_mean,
    open_set,
    prototypes,
)
from trainer.metrics import softmax
from trainer.pretrain.data import Faces, Indices

SHOTS = (1, 5, 20)
NEIGHBOURS = 5


@dataclass(frozen=True)
class Outputs:
    """What a network says of some crops: `logits`, ``(count, characters)``, and `embeddings`, ``(count, dimensions)``.

    `milliseconds` is the median time for one face, NaN where it was not taken.
    """

    logits: Values
    embeddings: Values
    milliseconds: float = float("nan")


def ask_bundle(bundle: Bundle, images: npt.NDArray[np.uint8], advance: Advance) -> Outputs:
    """Show crops to a bundle, one at a time on one thread.

    Raises:
        BundleError: the network does not load.
    """
    network = Network(bundle)
    logits, embeddings, times = [], [], []
    for image in images:
        prepared = bundle.info.input.prepare([image])[0]
        began = time.perf_counter()
        answer = network.run(prepared)
        times.append(time.perf_counter() - began)
        logits.append(answer["logits"])
        embeddings.append(answer["embedding"])
        advance(1)
    return Outputs(np.stack(logits), np.stack(embeddings), float(np.median(times)) * 1000)


def fitted_to(images: npt.NDArray[np.uint8], spec: InputSpec) -> npt.NDArray[np.uint8]:
    """Resize crops, ``(count, side, side, 3)``, as the bot does."""
    return np.stack([spec.fit(image) for image in images])


@dataclass(frozen=True)
class Strangers:
    """Figures for characters that trained nothing: by each way to score a face, and by pictures a character."""

    open_sets: dict[str, OpenSet]
    few_shots: dict[tuple[str, int], Measured]


def judge_strangers(faces: Faces, outputs: Outputs, strangers: Sequence[str], temperature: float) -> Strangers:
    """Measure what happens to strangers, from what a stage without them says of all crops.

    Known are the crops held back of all other characters; the prototypes are made of those that trained.
    """
    known = [name for name in faces.labels if name not in strangers]
    train, held = faces.of("train", known), faces.of("test", known)
    unknown = np.concatenate([faces.of(part, strangers) for part in ("train", "validation", "test")])
    columns = [faces.labels.index(name) for name in known]
    scores = {
        "softmax": softmax(outputs.logits[:, columns], temperature).max(axis=1),
        "nearest prototype": _to_prototypes(faces, outputs, train),
        f"{NEIGHBOURS} nearest neighbours": nearest_mean(outputs.embeddings, outputs.embeddings[train], NEIGHBOURS),
    }
    scores["softmax x nearest neighbours"] = scores["softmax"] * np.clip(
        scores[f"{NEIGHBOURS} nearest neighbours"], 0, None
    )
    return Strangers(
        {name: open_set(score[held], score[unknown]) for name, score in scores.items()},
        {
            (f"{len(group)} of {name}", shots): _taught(faces, outputs, group, shots)
            for name, group in _groups(faces, strangers).items()
            for shots in SHOTS
        },
    )


def _to_prototypes(faces: Faces, outputs: Outputs, train: Indices) -> Values:
    means = prototypes(outputs.embeddings[train], faces.truth[train], len(faces.labels))
    return np.asarray((outputs.embeddings @ means.T).max(axis=1))


def _groups(faces: Faces, strangers: Sequence[str]) -> dict[str, list[str]]:
    """All strangers together, and those of each set that has several."""
    groups = {"all sets": list(strangers)}
    for name in faces.set_names:
        members = [one for one in strangers if len(faces.of("test", [one], name))]
        if 1 < len(members) < len(strangers):
            groups[name] = members
    return groups


def _taught(faces: Faces, outputs: Outputs, group: Sequence[str], shots: int) -> Measured:
    def some(*parts: Indices) -> tuple[Values, Truth]:
        chosen = np.concatenate(parts)
        return outputs.embeddings[chosen], faces.truth[chosen]

    held = some(faces.of("test", group), faces.of("validation", group))
    return few_shot(some(faces.of("train", group)), held, shots)
