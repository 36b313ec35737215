"""Cut faces out of a picture, the same way for training and for answering."""

import numpy as np

from bot.recognition.results import Box, Image


def crop_face(image: Image, box: Box, margin: float) -> Image:
    """Cut the square round a face's box, widened on each side by `margin` times the box's longer side.

    Where the square reaches over the edge of the picture, the edge's pixels are repeated, so that the face keeps its
    place and proportions.

    Args:
        image: RGB uint8 ``(height, width, 3)``.

    Returns:
        RGB uint8 ``(side, side, 3)``, a copy.
    """
    side = side_of(box, margin)
    return cut_square(image, round(box.x + box.width / 2 - side / 2), round(box.y + box.height / 2 - side / 2), side)


def side_of(box: Box, margin: float) -> int:
    """Return the side, in pixels, of the crop of a face."""
    return max(1, round(max(box.width, box.height) * (1 + 2 * margin)))


def cut_square(image: Image, left: int, top: int, side: int) -> Image:
    """Cut a square out of an RGB uint8 image, a copy; beyond the image its edge's pixels are repeated."""
    height, width = image.shape[:2]
    # Indices outside the picture are pulled back to its edge: that repeats the edge's pixels.
    rows = np.clip(np.arange(top, top + side), 0, height - 1)
    columns = np.clip(np.arange(left, left + side), 0, width - 1)
    inside = min(left, top) >= 0 and left + side <= width and top + side <= height
    if inside:
        return image[top : top + side, left : left + side].copy()
    return np.ascontiguousarray(image[np.ix_(rows, columns)])
