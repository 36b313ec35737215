"""What a network says of face crops."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.errors import BundleError
from bot.recognition.bundle import Bundle, InputSpec
from bot.recognition.interpreter import Network
from bot.recognition.naming.classifier import LOGITS, Classifier
from trainer.base_network.data import Faces, Indices
from trainer.base_network.whitening import Whitening, fit_whitening
from trainer.common.console import Console
from trainer.common.measure import Truth, Values


@dataclass(frozen=True)
class Outputs:
    """What a network says of some crops: `logits`, ``(count, characters)``, and `embeddings`, ``(count, dimensions)``.

    `median` and `mean` are the times for one face, in milliseconds.
    """

    logits: Values
    embeddings: Values
    median: float = float("nan")
    mean: float = float("nan")

    def at(self, indices: Indices) -> "Outputs":
        """What is said of some of the crops."""
        return Outputs(self.logits[indices], self.embeddings[indices])


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


def ask_bundle(bundle: Bundle, images: npt.NDArray[np.uint8], console: Console, title: str, vector: str) -> Outputs:
    """Show crops to a bundle's network, one at a time and once; `vector` names the output taken for embeddings.

    Raises:
        BundleError: the network does not load.
    """
    network = Network(bundle)
    logits, vectors = [], []
    with console.steps(title, len(images)) as advance:
        for image in images:
            answer = network.run(bundle.info.input.prepare([image])[0])
            logits.append(answer[LOGITS])
            vectors.append(answer[vector])
            advance(1)
    return Outputs(np.stack(logits), np.stack(vectors))


def ask_classifier(classifier: Classifier, images: npt.NDArray[np.uint8], console: Console, title: str) -> Outputs:
    """Show crops to a bundle as the bot does, which looks again at those that it doubts.

    Raises:
        BundleError: the bundle gives no embeddings.
    """
    if not classifier.embeds:
        raise BundleError("the bundle gives no embeddings: judge one that `whobot-train pretrain export` has written")
    seen, times = [], []
    with console.steps(title, len(images)) as advance:
        for image in images:
            began = time.perf_counter()
            seen.append(classifier.predict([image]))
            times.append(time.perf_counter() - began)
            advance(1)
    logits, embeddings = (np.concatenate([getattr(one, name) for one in seen]) for name in ("logits", "embeddings"))
    return Outputs(logits, embeddings, float(np.median(times)) * 1000, float(np.mean(times)) * 1000)


def fitted_to(images: Sequence[npt.NDArray[np.uint8]], spec: InputSpec) -> npt.NDArray[np.uint8]:
    """Resize crops, ``(count, side, side, 3)``, as the bot does."""
    return np.stack([spec.fit(image) for image in images])
