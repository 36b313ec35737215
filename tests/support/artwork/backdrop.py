"""What is behind the characters, as SVG on a 1 x 1 canvas scaled by the caller."""

from random import Random


def draw_scenery(width: int, height: int, random: Random) -> str:
    """Draw one of several backdrops over the whole canvas."""
    return random.choice((_sky, _dusk, _petals, _dots, _room))(width, height, random)


def _gradient(name: str, *colours: str) -> str:
    stops = "".join(f'<stop offset="{i / (len(colours) - 1)}" stop-color="{c}"/>' for i, c in enumerate(colours))
    return f'<defs><linearGradient id="{name}" x1="0" y1="0" x2="0.25" y2="1">{stops}</linearGradient></defs>'


def _fill(width: int, height: int, *colours: str) -> str:
    return f'{_gradient("backdrop", *colours)}<rect width="{width}" height="{height}" fill="url(#backdrop)"/>'


def _sky(width: int, height: int, random: Random) -> str:
    clouds = []
    for _ in range(6):
        x, y, size = random.uniform(0, width), random.uniform(0, height * 0.6), random.uniform(0.05, 0.12) * width
        puffs = "".join(
            f'<ellipse cx="{x + dx * size}" cy="{y - dy * size}" rx="{size * r}" ry="{size * r * 0.7}"/>'
            for dx, dy, r in ((-0.9, 0, 0.6), (0, 0.25, 0.9), (0.9, 0, 0.7), (0.2, -0.1, 1.0))
        )
        clouds.append(f'<g fill="#ffffff" opacity="0.85">{puffs}</g>')
    return _fill(width, height, "#6fb7f2", "#bfe3fb", "#f3fbff") + "".join(clouds)


def _dusk(width: int, height: int, random: Random) -> str:
    stars = "".join(
        f'<circle cx="{random.uniform(0, width)}" cy="{random.uniform(0, height * 0.7)}" r="{random.uniform(0.001, 0.004) * width}" '
        f'fill="#fff" opacity="{random.uniform(0.4, 1)}"/>'
        for _ in range(60)
    )
    towers = "".join(
        f'<rect x="{x}" y="{height * (1 - h)}" width="{width * 0.1}" height="{height * h}" fill="#3a2a55"/>'
        for x, h in ((i * width * 0.11, random.uniform(0.15, 0.4)) for i in range(10))
    )
    return _fill(width, height, "#2b2a63", "#a5548f", "#f7b27a") + stars + towers


def _petals(width: int, height: int, random: Random) -> str:
    petals = "".join(
        f'<path transform="translate({random.uniform(0, width)},{random.uniform(0, height)}) rotate({random.uniform(0, 360)}) '
        f'scale({random.uniform(0.0006, 0.0016) * width})" d="M0,0 C-14,-12 -10,-30 0,-26 C10,-30 14,-12 0,0 Z" fill="#ff9fbd" '
        f'opacity="{random.uniform(0.5, 0.95)}"/>'
        for _ in range(46)
    )
    return _fill(width, height, "#fdeff4", "#fbd3e0", "#f7e9c9") + petals


def _dots(width: int, height: int, random: Random) -> str:
    step = width / 9
    hue = random.choice(("#ffd9a0", "#bfe8d2", "#cfd2ff"))
    dots = "".join(
        f'<circle cx="{(i + (j % 2) / 2) * step}" cy="{j * step * 0.8}" r="{step * 0.2}" fill="#ffffff" opacity="0.55"/>'
        for i in range(11)
        for j in range(int(height / step / 0.8) + 2)
    )
    return _fill(width, height, hue, "#ffffff") + dots


def _room(width: int, height: int, random: Random) -> str:
    x = random.uniform(0.05, 0.5) * width
    w, h = width * 0.42, height * 0.48
    return (
        _fill(width, height, "#f4e6d2", "#e3c9a8")
        + f'<rect y="{height * 0.8}" width="{width}" height="{height * 0.2}" fill="#b98d62"/>'
        + f'<rect x="{x}" y="{height * 0.1}" width="{w}" height="{h}" fill="#a9d8f5" stroke="#fffaf2" stroke-width="{width * 0.02}"/>'
        + f'<path d="M{x + w / 2},{height * 0.1} v{h} M{x},{height * 0.1 + h / 2} h{w}" stroke="#fffaf2" stroke-width="{width * 0.012}"/>'
    )
