"""Artwork of our own: original characters drawn by code, for tests, documents and screenshots.

    portrait = draw_portrait(CAST["hoshina_sora"], seed=3)
    portrait.image   # RGB uint8
    portrait.faces   # where the faces are: ((character id, Box), ...)

The same seed draws the same picture. Its characters exist nowhere else.
"""

from tests.support.artwork.cast import CAST, Character
from tests.support.artwork.drawing import Drawing, draw_backdrop, draw_portrait, draw_scene

__all__ = ["CAST", "Character", "Drawing", "draw_backdrop", "draw_portrait", "draw_scene"]
