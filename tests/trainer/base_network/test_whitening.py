"""Embeddings fitted to features."""

import numpy as np
import pytest

from trainer.base_network.whitening import fit_whitening

CHARACTERS, EACH, SIZE = 12, 30, 24


@pytest.fixture
def faces() -> tuple[np.ndarray, np.ndarray]:
    """Features of characters that differ little, under noise that is strong in two directions for everybody."""
    rng = np.random.default_rng(1)
    means = rng.normal(size=(CHARACTERS, SIZE))
    noise = rng.normal(size=(CHARACTERS, EACH, SIZE)) * np.r_[9.0, 9.0, np.full(SIZE - 2, 0.6)]
    features = (means[:, np.newaxis] + noise + 5).reshape(-1, SIZE).astype(np.float32)
    return features, np.repeat(np.arange(CHARACTERS), EACH)


def test_embeddings_have_unit_length_and_the_dimensions_asked_for(faces: tuple[np.ndarray, np.ndarray]) -> None:
    features, truth = faces
    embeddings = fit_whitening(features, truth, 8)(features)
    assert embeddings.shape == (CHARACTERS * EACH, 8)
    assert np.linalg.norm(embeddings, axis=1) == pytest.approx(1, abs=1e-5)


def test_characters_that_it_was_not_fitted_to_are_told_apart_better(faces: tuple[np.ndarray, np.ndarray]) -> None:
    features, truth = faces
    seen, new = truth < CHARACTERS // 2, truth >= CHARACTERS // 2
    whitened = fit_whitening(features[seen], truth[seen], SIZE)(features[new])
    plain = features[new] / np.linalg.norm(features[new], axis=1, keepdims=True)
    taught = np.tile(np.arange(EACH) < 5, CHARACTERS // 2)

    def named(embeddings: np.ndarray) -> float:
        names = truth[new]
        means = np.stack([embeddings[taught & (names == one)].mean(axis=0) for one in np.unique(names)])
        nearest = np.unique(names)[(embeddings[~taught] @ means.T).argmax(axis=1)]
        return float((nearest == names[~taught]).mean())

    assert named(whitened) > named(plain) + 0.2
