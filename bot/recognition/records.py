"""What was seen in a picture, for programs: what JSON can hold."""

from typing import Any

from bot.recognition.results import Analysis, Sighting

GUESSES = 5
"""How many guesses of a face are told."""


def as_record(analysis: Analysis) -> dict[str, Any]:
    """Return the size in pixels, the faces with their best guesses, and the milliseconds that each stage took."""
    timings = analysis.timings
    return {
        "width": analysis.width,
        "height": analysis.height,
        "faces": [_face(sighting) for sighting in analysis.sightings],
        "ms": {stage: round(getattr(timings, stage), 2) for stage in ("decode", "detect", "classify", "annotate")},
    }


def _face(sighting: Sighting) -> dict[str, Any]:
    """Return a face: `nobody` is the probability that it is none of those who are known, `character` an id."""
    box = sighting.face.box
    return {
        "box": [round(value, 1) for value in (box.x, box.y, box.width, box.height)],
        "score": round(sighting.face.score, 4),
        "unknown": sighting.unknown,
        "nobody": round(sighting.unknown_probability, 6),
        "guesses": [
            {
                "character": guess.character,
                "name": guess.name,
                "series": guess.series,
                "probability": round(guess.probability, 6),
            }
            for guess in sighting.guesses[:GUESSES]
        ],
    }
