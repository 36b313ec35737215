"""A face as SVG: everything from the neck up but the hair. Units: the face is 200 wide, its middle at (0, 0)."""

from tests.support.artwork.cast import Character, Expression
from tests.support.artwork.colour import darker, lighter

OUTLINE = (
    "M-104,-24 C-106,34 -96,58 -50,100 C-30,117 -10,126 0,126 C10,126 30,117 50,100 C96,58 106,34 104,-24 "
    "C102,-110 -102,-110 -104,-24 Z"
)
EYE_WHITE = "M-29,6 C-27,-24 8,-38 28,-12 C31,12 20,33 0,34 C-16,33 -27,22 -29,6 Z"
UPPER_LASH = "M-33,10 C-32,-28 10,-44 31,-14 L39,-19 C36,-6 33,-4 28,-5 C10,-33 -24,-26 -28,6 Z"
INK = "#3a2a33"


def draw_face(character: Character, expression: Expression, gaze: float) -> str:
    """Draw the face; `gaze` from -1 to 1 is where the eyes look."""
    skin, shade = character.skin, darker(character.skin, 0.12)
    ears = "".join(
        f'<path transform="scale({side},1)" d="M92,-6 C112,-24 120,8 108,34 C102,46 92,44 90,34 Z" '
        f'fill="{skin}" stroke="{INK}" stroke-width="2.5"/>'
        for side in (-1, 1)
    )
    return (
        f'{ears}<path d="{OUTLINE}" fill="{skin}" stroke="{INK}" stroke-width="3"/>'
        f'<clipPath id="face"><path d="{OUTLINE}"/></clipPath>'
        # The fringe casts a soft shadow on the forehead.
        f'<g clip-path="url(#face)"><path d="M-110,-120 H110 V-14 C60,-38 20,-24 0,-28 C-30,-24 -70,-38 -110,-10 Z" '
        f'fill="{shade}" opacity="0.75"/></g>'
        f"{_cheeks(expression)}{_eyes(character, expression, gaze)}{_brows(character, expression)}"
        f'<path d="M-1,60 q4,4 -1,6" fill="none" stroke="{darker(skin, 0.4)}" stroke-width="2.6" stroke-linecap="round"/>'
        f'<g transform="translate(0,-4)">{_mouth(expression)}</g>'
    )


def _cheeks(expression: Expression) -> str:
    opacity = {"laugh": 0.6, "smile": 0.42, "surprised": 0.35}.get(expression, 0.28)
    return "".join(
        f'<ellipse cx="{x}" cy="66" rx="19" ry="10" fill="#ff8f8f" opacity="{opacity}"/>'
        f'<path d="M{x - 9},69 l4,-7 M{x},70 l4,-7 M{x + 9},69 l4,-7" stroke="#e86a6a" stroke-width="1.8" '
        f'opacity="{opacity}"/>'
        for x in (-68, 66)
    )


def _eyes(character: Character, expression: Expression, gaze: float) -> str:
    gradient = (
        '<linearGradient id="iris" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{darker(character.backend, 0.62)}"/>'
        f'<stop offset="0.5" stop-color="{character.backend}"/>'
        f'<stop offset="1" stop-color="{lighter(character.backend, 0.55)}"/></linearGradient>'
    )
    closed = {"laugh": (True, True), "wink": (False, True)}.get(expression, (False, False))
    backend = "".join(
        f'<g transform="translate({side * 49},23) scale(1.1)">{_closed_eye() if shut else _open_eye(side, expression, gaze)}</g>'
        for side, shut in zip((-1, 1), closed, strict=True)
    )
    return f"<defs>{gradient}</defs>{backend}"


def _closed_eye() -> str:
    return (
        f'<path d="M-30,10 C-18,-16 18,-16 30,10" fill="none" stroke="{INK}" stroke-width="6.5" stroke-linecap="round"/>'
        f'<path d="M-28,4 l-8,-3 M28,4 l8,-3" stroke="{INK}" stroke-width="4" stroke-linecap="round"/>'
    )


def _open_eye(side: int, expression: Expression, gaze: float) -> str:
    wide = 1.12 if expression == "surprised" else 1.0
    lid = 0.86 if expression in ("calm", "sad") else 1.0
    iris = 0.84 if expression == "surprised" else 1.0
    name = "left" if side < 0 else "right"
    x = gaze * 6
    return (
        f'<g transform="scale(1,{wide * lid})">'
        f'<clipPath id="{name}"><path transform="scale({side},1)" d="{EYE_WHITE}"/></clipPath>'
        f'<g clip-path="url(#{name})"><rect x="-40" y="-45" width="80" height="90" fill="#fffdfd"/>'
        f'<g transform="translate({x},2) scale({iris})">'
        f'<ellipse rx="20.5" ry="29" fill="url(#iris)" stroke="{INK}" stroke-width="2.6"/>'
        f'<ellipse cy="-3" rx="8.5" ry="13" fill="#1d1522"/>'
        f'<ellipse cy="18" rx="11" ry="6" fill="#ffffff" opacity="0.35"/></g>'
        f'<path d="M-40,-45 H40 V-14 C10,-26 -12,-24 -40,0 Z" fill="#8d7f9f" opacity="0.45"/></g>'
        f'<path transform="scale({side},1)" d="{UPPER_LASH}" fill="{INK}"/>'
        f'<path transform="scale({side},1)" d="M-15,32 C-4,37 12,37 22,27" fill="none" stroke="{INK}" stroke-width="2.4" '
        'stroke-linecap="round"/>'
        f'<path transform="scale({side},1)" d="M-26,-30 C-12,-46 14,-46 30,-30" fill="none" stroke="{INK}" '
        'stroke-width="1.8" opacity="0.6"/>'
        # The light falls from one side: highlights are not mirrored.
        f'<ellipse cx="{x - 8}" cy="-12" rx="7" ry="8.5" fill="#fff"/><circle cx="{x + 8}" cy="13" r="3.6" fill="#fff"/></g>'
    )


def _brows(character: Character, expression: Expression) -> str:
    lift, slant = {"surprised": (-14, -6), "sad": (-4, -12), "laugh": (-8, -4), "calm": (2, 0)}.get(
        expression, (-3, -3)
    )
    colour = darker(character.hair, 0.45)
    return "".join(
        f'<path transform="translate({side * 52},{-30 + lift}) scale({side},1)" '
        f'd="M-26,{(slant and -slant * -0.9) or 2} C-10,-8 12,-9 28,{2 + slant * -0.3}" fill="none" stroke="{colour}" '
        'stroke-width="4.2" stroke-linecap="round"/>'
        for side in (-1, 1)
    )


def _mouth(expression: Expression) -> str:
    line = f'fill="none" stroke="{INK}" stroke-width="3" stroke-linecap="round"'
    match expression:
        case "laugh":
            return (
                f'<path d="M-24,80 C-10,84 10,84 24,80 C20,110 -20,110 -24,80 Z" fill="#a8323e" stroke="{INK}" stroke-width="2.6"/>'
                '<path d="M-14,98 C-4,90 6,90 14,98 C6,105 -6,105 -14,98 Z" fill="#f2808a"/>'
            )
        case "surprised":
            return f'<ellipse cy="92" rx="8" ry="11" fill="#a8323e" stroke="{INK}" stroke-width="2.6"/>'
        case "sad":
            return f'<path d="M-13,95 C-5,87 5,87 13,95" {line}/>'
        case "calm":
            return f'<path d="M-11,90 C-4,92 4,92 11,90" {line}/>'
        case "smile" | "wink":
            return f'<path d="M-19,84 C-8,97 8,97 19,84" {line}/>'
