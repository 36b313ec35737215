"""What the base network minimises."""

from typing import Any

import tensorflow as tf

from trainer.base_network.settings import LossSettings


def loss(outputs: dict[str, Any], targets: Any, settings: LossSettings) -> Any:
    """Cross entropy of the linear head plus those of the cosine heads, whose right cosine has to lead by a margin.

    Args:
        outputs: As `build_network` has them.
        targets: Each crop's share of each character, ``(batch, characters)``; the margin is shared likewise. A
            stranger has none, and should be equally far from all.
        settings: Scale, margin and smoothing.

    Source: https://arxiv.org/abs/1801.09414 (the large-margin cosine loss) and https://arxiv.org/abs/1812.04606
    (outlier exposure: strangers in training)
    """
    certain = targets * (1 - settings.smoothing)
    # What no character has a share of is shared by all: smoothing, and strangers as a whole.
    smooth = certain + (1 - tf.reduce_sum(certain, axis=1, keepdims=True)) / targets.shape[1]
    total = tf.nn.softmax_cross_entropy_with_logits(smooth, outputs["logits"])
    for name in ("cosines", "inner_cosines"):
        cosines = settings.scale * (outputs[name] - settings.margin * targets)
        total += tf.nn.softmax_cross_entropy_with_logits(smooth, cosines)
    return tf.reduce_mean(total)
