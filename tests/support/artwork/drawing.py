"""Put characters on a backdrop and render the picture."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin
from random import Random

import numpy as np
import resvg_py
from PIL import Image as PillowImage

from bot.recognition.results import Box, Image
from tests.support.artwork.backdrop import draw_scenery
from tests.support.artwork.cast import EXPRESSIONS, Character, Expression
from tests.support.artwork.face import draw_face
from tests.support.artwork.hair import draw_back, draw_front
from tests.support.artwork.outfit import draw_body

FACE_SIDE = 205
"""Side of the square from the brows to the chin, in the face's units."""
FACE_MIDDLE = 24
"""How far that square's middle lies below the origin."""
NECK = 130
"""The head tilts round this point below the origin."""


@dataclass(frozen=True)
class Drawing:
    """A rendered picture and where its faces are."""

    image: Image
    faces: tuple[tuple[str, Box], ...]

    def encode(self, format: str = "PNG", **options: object) -> bytes:  # noqa: A002 (Pillow's own word)
        """Return the picture as a file's bytes, in any format that Pillow writes."""
        buffer = io.BytesIO()
        PillowImage.fromarray(self.image).save(buffer, format, **options)
        return buffer.getvalue()


@dataclass(frozen=True)
class _Pose:
    """Where and how one character stands: the face's middle in pixels, pixels per unit, degrees clockwise."""

    x: float
    y: float
    scale: float
    tilt: float
    expression: Expression
    gaze: float
    sway: float

    def face_box(self) -> Box:
        side = FACE_SIDE * self.scale
        # The square's middle turns round the neck with the head.
        up = (NECK - FACE_MIDDLE) * self.scale
        x = self.x + up * sin(radians(self.tilt))
        y = self.y + NECK * self.scale - up * cos(radians(self.tilt))
        return Box(x - side / 2, y - side / 2, side, side)


def draw_portrait(
    character: Character,
    seed: int = 0,
    *,
    size: int = 480,
    tilt: float | None = None,
    expression: Expression | None = None,
) -> Drawing:
    """Draw one character from the chest up on `size` x `size` pixels; what is not given is drawn by lot."""
    random = Random(f"{character.id}-{seed}")
    lot = _pose_by_lot(random, size * random.uniform(0.44, 0.56), size * random.uniform(0.42, 0.5), size / 520)
    pose = _Pose(
        lot.x,
        lot.y,
        lot.scale * random.uniform(0.85, 1.1),
        lot.tilt if tilt is None else tilt,
        expression or lot.expression,
        lot.gaze,
        lot.sway,
    )
    return _render(size, size, [(character, pose)], random)


def draw_scene(characters: Sequence[Character], seed: int = 0, *, width: int = 1280, height: int = 720) -> Drawing:
    """Draw several characters side by side, the outer ones further back."""
    random = Random(f"scene-{seed}")
    step = width / len(characters)
    scale = min(step / 330, height / 560)
    poses = [
        _pose_by_lot(random, (i + 0.5) * step, height * random.uniform(0.42, 0.56), scale * random.uniform(0.85, 1.0))
        for i in range(len(characters))
    ]
    return _render(width, height, list(zip(characters, poses, strict=True)), random)


def draw_backdrop(seed: int = 0, *, width: int = 640, height: int = 480) -> Drawing:
    """Draw a picture without anybody."""
    return _render(width, height, [], Random(f"backdrop-{seed}"))


def _pose_by_lot(random: Random, x: float, y: float, scale: float) -> _Pose:
    return _Pose(
        x,
        y,
        scale,
        random.uniform(-10, 10),
        random.choice(EXPRESSIONS),
        random.uniform(-0.7, 0.7),
        random.uniform(-7, 7),
    )


def _render(width: int, height: int, cast: Sequence[tuple[Character, _Pose]], random: Random) -> Drawing:
    layers = [_svg(width, height, draw_scenery(width, height, random))]
    # Each character is a document of its own: ids of gradients and clips would collide in one.
    layers += [_svg(width, height, _figure(character, pose)) for character, pose in cast]
    canvas = _rasterise(layers[0])
    for layer in layers[1:]:
        canvas.alpha_composite(_rasterise(layer))
    faces = tuple((character.id, pose.face_box()) for character, pose in cast)
    return Drawing(np.asarray(canvas.convert("RGB")), faces)


def _figure(character: Character, pose: _Pose) -> str:
    head = f'<g transform="rotate({pose.tilt},0,{NECK})">'
    return (
        f'<g transform="translate({pose.x},{pose.y}) scale({pose.scale})">'
        f"{head}{draw_back(character)}</g>{draw_body(character)}"
        f"{head}{draw_face(character, pose.expression, pose.gaze)}{draw_front(character, pose.sway)}</g></g>"
    )


def _svg(width: int, height: int, content: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{content}</svg>'


def _rasterise(svg: str) -> PillowImage.Image:
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    return PillowImage.open(io.BytesIO(bytes(png))).convert("RGBA")
