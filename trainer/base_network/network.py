"""The base network: a backbone, a linear head over the roster, and two embeddings with a cosine head each."""

from typing import Any

import keras
from keras import layers

from trainer.base_network.settings import NetworkSettings
from trainer.base_network.tilt import TiltMap
from trainer.base_network.whitening import Whitening
from trainer.common import backbones
from trainer.common.base_network_file import BASE, EMBEDDING, PROJECTION, embedded_features, inner_features, load_base
from trainer.common.tilt import FEATURES, TILT, tilt_features, tilt_output

BACKBONE = "efficientnet-lite0"
BLOCKS = len(backbones.BACKBONES[BACKBONE].block_starts)


@keras.saving.register_keras_serializable("whobot")
class Cosines(layers.Layer):  # type: ignore[misc]
    """Cosines between unit-length embeddings, ``(batch, dimensions)``, and a learnt direction for each character."""

    def __init__(self, characters: int, **options: Any) -> None:
        super().__init__(**options)
        self.characters = characters

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the directions."""
        self.kernel = self.add_weight(shape=(shape[-1], self.characters), initializer="glorot_normal", name="kernel")

    def call(self, embeddings: Any) -> Any:
        """Return cosines, ``(batch, characters)``."""
        return keras.ops.matmul(embeddings, keras.ops.normalize(self.kernel, axis=0))


def build_network(settings: NetworkSettings, characters: int, side: int, frozen: int = 0) -> keras.Model:
    """Build the network with pre-trained weights, all but the first `frozen` blocks trainable.

    It takes float32 ``(batch, side, side, 3)`` and gives `logits`, `cosines` and `inner_cosines`, ``(batch, casts *
    characters)`` each. The last are of the inner features, which are what ships as the embedding: a loss of their own
    keeps in them what tells one character from another. Batch normalisation stays as it was pre-trained.

    Raises:
        TrainerError: the backbone has fewer blocks.
        WeightsError: the base network's file is missing or damaged.
    """
    backbone = backbones.build(BACKBONE, side)
    if settings.start == "base":
        load_base(backbone, BASE)
    backbones.find(BACKBONE).unfreeze(backbone, BLOCKS - frozen)
    features = layers.Dropout(settings.dropout, name="dropout")(backbone.output)
    classes = settings.casts * characters
    logits = layers.Dense(classes, kernel_initializer="zeros", name="logits")(features)
    outputs = {"logits": logits}
    for name, vector in (("cosines", features), ("inner_cosines", inner_features(backbone))):
        projected = layers.Dense(settings.embedding, use_bias=False, name=f"{name}_projection")(vector)
        outputs[name] = Cosines(classes, name=name)(layers.UnitNormalization(name=f"{name}_direction")(projected))
    return keras.Model(backbone.input, outputs, name="base")


def scout(model: keras.Model, characters: int) -> keras.Model:
    """The network before anything is fitted to it.

    It gives `logits` of so many characters as they are, `features` to embed, and `FEATURES`,
    which tell the tilt.
    """
    outputs = {
        "logits": _own_logits(model, characters),
        "features": embedded_features(model),
        FEATURES: tilt_features(model),
    }
    return keras.Model(model.input, outputs, name="scout")


def served(model: keras.Model, characters: int, whitening: Whitening, tilt: TiltMap | None = None) -> keras.Model:
    """The network that ships: `logits` of so many characters, `embedding`, and `tilt` where it is given.

    The embedding is made of whitened features, inner ones and those of the block after them. Their length is left for
    who runs it to make one: in 8 bits that would cost the precision of its parts.
    """
    embedding = layers.Dense(whitening.kernel.shape[1], name=PROJECTION)
    outputs = {"logits": _own_logits(model, characters), EMBEDDING: embedding(embedded_features(model))}
    embedding.set_weights([whitening.kernel, whitening.bias])
    if tilt is not None:
        outputs[TILT] = tilt_output(model, tilt.kernel, tilt.bias)
    return keras.Model(model.input, outputs, name="served")


def _own_logits(model: keras.Model, characters: int) -> Any:
    """The logits without those of the characters' other casts, which only training needs."""
    trained = model.get_layer("logits")
    own = layers.Dense(characters, name="logits")
    logits = own(model.get_layer("dropout").input)
    own.set_weights([values[..., :characters] for values in trained.get_weights()])
    return logits
