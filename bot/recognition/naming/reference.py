"""What bundles answer for the reference that travels in one of them."""

from bot.recognition.bundle import Bundle, Reference
from bot.recognition.gallery import EMPTY, Gallery
from bot.recognition.naming.recogniser import Recogniser


def answers(bundle: Bundle, reference: Reference, gallery: Gallery = EMPTY) -> list[str | None]:
    """Return the character that a bundle names for each face of a reference; None where the face is unknown.

    Args:
        bundle: What answers. Its network is that of the bundle which the reference is from.
        reference: The faces.
        gallery: Characters that were taught beside the bundle's own.
    """
    ranking = Recogniser(bundle).rank(reference.logits, reference.embeddings, gallery)
    best = ranking.probabilities.argmax(axis=1)
    return [
        ranking.characters[place] if row[place] >= bundle.info.threshold else None
        for row, place in zip(ranking.probabilities, best, strict=True)
    ]
