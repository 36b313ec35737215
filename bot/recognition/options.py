"""How a picture is analysed, and what that may cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.fair import Share
from bot.recognition.gallery import EMPTY, Gallery


@dataclass(frozen=True, slots=True)
class AnalysisOptions:
    """What to find out about a picture.

    Args:
        threshold: Probability under which the best guess counts as unknown; None for the bundle's own.
        annotate: Whether to draw the answer.
        face: Whether the whole picture is one face crop, which no detector needs to find.
        gallery: Characters that were taught beside the bundle's own; not used where it gives no embeddings.
        only_taught: Whether to answer from the gallery alone.
        portraits: Whether each sighting holds its `Portrait`, where the bundle gives embeddings.
        least_guess: Probability under which a guess is not drawn.
        unknown: The word that is drawn on unknown faces; in English where it is None or no font has it.
        share: Whose picture it is: workers serve those who wait in turns.
        boxes: Where the faces are, where somebody has said so and none is to be searched for: left, top, width and
            height of each as shares of the picture's.
    """

    threshold: float | None = None
    annotate: bool = True
    face: bool = False
    gallery: Gallery = EMPTY
    only_taught: bool = False
    portraits: bool = False
    least_guess: float = 0.0
    unknown: str | None = None
    share: Share = ()
    boxes: tuple[tuple[float, float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class LocalOptions:
    """What analysing pictures on this machine may cost, and what it is done with.

    Args:
        pixels: Most pixels of a picture, read from its header before it is decoded.
        frames: Most frames of an animated picture.
        video_seconds: The longest that a video or an animated sticker may last.
        looks: Most frames of a video or an animation that are analysed.
        faces: Most faces that are named in a picture, the detector's best first.
        analysis_seconds: Time for one picture, waiting included.
        queue: Pictures that may wait for a worker.
        threads: Worker threads; 0 is one for each core, and no more than fit into the memory.
        fonts: Font files for names, tried before those of the system.
        reload_seconds: How often to check whether the files of the models have changed.
    """

    pixels: int = 50_000_000
    frames: int = 2_000
    video_seconds: float = 60.0
    looks: int = 5
    faces: int = 20
    analysis_seconds: float = 30.0
    queue: int = 32
    threads: int = 0
    fonts: Sequence[Path] = ()
    reload_seconds: float = 5.0


DEFAULT_OPTIONS = AnalysisOptions()
"""Who is in the picture, drawn into it."""
LOCALLY = LocalOptions()
"""As on a machine of nothing special."""
