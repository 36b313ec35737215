"""How a picture is to be looked at."""

from dataclasses import dataclass

from bot.recognition.gallery import EMPTY, Gallery


@dataclass(frozen=True, slots=True)
class AnalysisOptions:
    """What to find out about a picture.

    Args:
        threshold: Probability under which the best guess counts as unknown; None for the bundle's own.
        annotate: Whether to draw the answer.
        face: Whether the whole picture is one face crop, which no detector needs to find.
        gallery: Characters that were taught beside the bundle's own; not looked at where it gives no embeddings.
        only_taught: Whether to answer from the gallery alone.
        portraits: Whether each sighting shall hold its `Portrait`, where the bundle gives embeddings.
        unknown: The word that is drawn on faces of nobody; None, or one that no font has, is in English.
    """

    threshold: float | None = None
    annotate: bool = True
    face: bool = False
    gallery: Gallery = EMPTY
    only_taught: bool = False
    portraits: bool = False
    unknown: str | None = None


DEFAULT_OPTIONS = AnalysisOptions()
"""Who is in the picture, drawn into it."""
