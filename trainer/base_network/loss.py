"""What the base network minimises."""

from typing import Any

import tensorflow as tf

from trainer.base_network.settings import LossSettings

ABSENT = -1e4
"""The logit of a character that a stage does not show: neither learnt nor unlearnt."""


def loss(outputs: dict[str, Any], targets: Any, present: Any, settings: LossSettings) -> Any:
    """Cross entropy of the linear head plus that of the cosine head, whose right cosine has to lead by a margin.

    Args:
        outputs: As `build_network` has them.
        targets: Each crop's share of each character, ``(batch, characters)``; the margin is shared likewise. A
            stranger has none, and shall look like everybody alike.
        present: 1 for each character that the stage shows, 0 for the others, ``(characters,)``.
        settings: Scale, margin and smoothing.

    Source: https://arxiv.org/abs/1801.09414 (the large-margin cosine loss) and https://arxiv.org/abs/1812.04606
    (outlier exposure: strangers in training)
    """
    certain = targets * (1 - settings.smoothing)
    # What no character has a share of is shared by all: smoothing, and strangers as a whole.
    smooth = certain + (1 - tf.reduce_sum(certain, axis=1, keepdims=True)) * present / tf.reduce_sum(present)
    cosines = settings.scale * (outputs["cosines"] - settings.margin * targets)
    hidden = (1 - present) * ABSENT
    linear = tf.nn.softmax_cross_entropy_with_logits(smooth, outputs["logits"] + hidden)
    angular = tf.nn.softmax_cross_entropy_with_logits(smooth, cosines + hidden)
    return tf.reduce_mean(linear + angular)
