"""A trained network as it is before it becomes a bundle, asked the same way as a bundle."""

from collections.abc import Sequence

import numpy as np

from bot.domain import Guess, Image
from trainer.fit import Trained
from trainer.metrics import softmax
from trainer.network import Predictor


class KerasScorer:
    """Satisfies `trainer.scoring.Scorer`."""

    def __init__(self, trained: Trained) -> None:
        self.id = trained.key
        self.name = f"{trained.folder.name} (Keras)"
        self.labels = trained.labels
        self._predict = Predictor(trained.load(), trained.spec)
        self._trained = trained

    def classify(self, crops: Sequence[Image]) -> list[tuple[Guess, ...]]:
        """Return, for each RGB uint8 crop, every label with its probability, best first."""
        spec = self._trained.spec
        logits = self._predict(np.stack([spec.fit(crop) for crop in crops]))
        return [
            tuple(sorted(map(Guess, self.labels, row.tolist()), key=lambda guess: -guess.probability))
            for row in softmax(logits, self._trained.temperature)
        ]
