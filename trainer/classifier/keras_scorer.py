"""A trained network as it is before it becomes a bundle, asked the same way as a bundle."""

from collections.abc import Sequence

import numpy as np

from bot.recognition.bundle import Bundle, BundleInfo
from bot.recognition.naming.recogniser import Recogniser
from bot.recognition.results import Guess, Image
from trainer.classifier.trained import Trained
from trainer.common.base_network_file import EMBEDDING
from trainer.common.network import LOGITS, Predictor


class KerasScorer:
    """Satisfies `trainer.classifier.scoring.Scorer`."""

    def __init__(self, trained: Trained) -> None:
        self.id = trained.key
        self.name = f"{trained.folder.name} (Keras)"
        self.labels = trained.labels
        self._spec = trained.spec
        recognition = trained.load_recognition()
        outputs = (LOGITS,) if recognition is None else (LOGITS, EMBEDDING)
        self._predict = Predictor(trained.load(), trained.spec, *outputs)
        info = BundleInfo("classifier", self.name, trained.spec, temperature=trained.temperature)
        self._recogniser = Recogniser(Bundle(trained.key, info, trained.labels, b"", recognition))

    def classify(self, crops: Sequence[Image]) -> list[tuple[Guess, ...]]:
        """Return, for each RGB uint8 crop, every label with its probability, best first."""
        said = self._predict(np.stack([self._spec.fit(crop) for crop in crops]))
        logits, embeddings = np.split(said, [len(self.labels)], axis=1)
        unit = embeddings / np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-6)
        ranking = self._recogniser.rank(logits, unit if embeddings.size else None)
        return [
            tuple(sorted(map(Guess, self.labels, row.tolist()), key=lambda guess: -guess.probability))
            for row in ranking.probabilities
        ]
