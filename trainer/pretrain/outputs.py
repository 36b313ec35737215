"""What a network says of face crops."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.bundle import Bundle, InputSpec
from bot.vision.interpreter import Network
from trainer.console import Console
from trainer.measure import Truth, Values
from trainer.pretrain.data import Faces, Indices
from trainer.pretrain.whitening import Whitening, fit_whitening


@dataclass(frozen=True)
class Outputs:
    """What a network says of some crops: `logits`, ``(count, characters)``, and `embeddings`, ``(count, dimensions)``.

    `milliseconds` is the median time for one face, NaN where it was not taken.
    """

    logits: Values
    embeddings: Values
    milliseconds: float = float("nan")

    def at(self, indices: Indices) -> "Outputs":
        """What is said of some of the crops."""
        return Outputs(self.logits[indices], self.embeddings[indices], self.milliseconds)


@dataclass(frozen=True)
class Answers:
    """What a network says of all crops: as their sets have them, and as our detector frames them."""

    own: Outputs
    framed: Outputs

    def both(self, indices: Indices) -> Outputs:
        """What is said of some faces in both framings, one after the other."""
        own, framed = self.own.at(indices), self.framed.at(indices)
        return Outputs(np.concatenate([own.logits, framed.logits]), np.concatenate([own.embeddings, framed.embeddings]))


@dataclass(frozen=True)
class Shown:
    """What is said of faces of which it is known who they are: `truth` is each one's column, negative for strangers."""

    logits: Values
    embeddings: Values
    truth: Truth


def scouted(
    bundle: Bundle, faces: Faces, trained: Indices, dimensions: int, console: Console
) -> tuple[Answers, Whitening]:
    """Show all crops to a bundle that gives `features`, in both framings, and fit the embedding to those that trained.

    Raises:
        BundleError: the network does not load.
    """
    own = ask_bundle(bundle, faces.images, console, f"Asking {bundle.info.name}", "features")
    framed = ask_bundle(bundle, faces.framed, console, f"Asking {bundle.info.name} about the bot's crops", "features")
    features = np.concatenate([own.embeddings[trained], framed.embeddings[trained]])
    whitening = fit_whitening(features, np.tile(faces.truth[trained], 2), dimensions)
    answers = Answers(*(Outputs(one.logits, whitening(one.embeddings)) for one in (own, framed)))
    return answers, whitening


def ask_bundle(
    bundle: Bundle, images: npt.NDArray[np.uint8], console: Console, title: str, vector: str = "embedding"
) -> Outputs:
    """Show crops to a bundle, one at a time on one thread; `vector` names the output that is taken for embeddings.

    Raises:
        BundleError: the network does not load.
    """
    network = Network(bundle)
    logits, vectors, times = [], [], []
    with console.steps(title, len(images)) as advance:
        for image in images:
            prepared = bundle.info.input.prepare([image])[0]
            began = time.perf_counter()
            answer = network.run(prepared)
            times.append(time.perf_counter() - began)
            logits.append(answer["logits"])
            vectors.append(answer[vector])
            advance(1)
    answers = np.stack(vectors)
    if vector == "embedding":  # as the bot does: the network leaves their length as it comes
        answers /= np.maximum(np.linalg.norm(answers, axis=1, keepdims=True), 1e-6)
    return Outputs(np.stack(logits), answers, float(np.median(times)) * 1000)


def fitted_to(images: Sequence[npt.NDArray[np.uint8]], spec: InputSpec) -> npt.NDArray[np.uint8]:
    """Resize crops, ``(count, side, side, 3)``, as the bot does."""
    return np.stack([spec.fit(image) for image in images])
