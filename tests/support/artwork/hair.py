"""Hair as SVG, in the face's units: `draw_back` lies behind the body, `draw_front` over the face."""

from tests.support.artwork.cast import Accessory, Character
from tests.support.artwork.colour import darker, lighter

DOME = "M-124,36 C-140,-78 -94,-166 0,-168 C94,-166 140,-78 124,36"
"""The head's silhouette from ear to ear, over the crown."""

# Tips of the fringe from left to right: x, y. Between two tips the hairline climbs to the notch.
FRINGES: dict[str, tuple[tuple[int, int], ...]] = {
    "straight": ((-90, -6), (-56, -20), (-22, -16), (12, -20), (46, -16), (84, -8)),
    "swept": ((-98, 18), (-74, -10), (-38, -20), (4, -24), (46, -38), (94, 6)),
    "parted": ((-100, 20), (-72, -4), (-36, -34), (32, -36), (70, -6), (100, 20)),
    "spiky": ((-100, 6), (-64, -6), (-28, -22), (2, -2), (38, -26), (68, -8), (100, 4)),
}


def draw_back(character: Character) -> str:
    """Draw what falls behind the shoulders."""
    colour = darker(character.hair, 0.22)
    stroke = _stroke(character)
    match character.back:
        case "long":
            path = (
                "M-122,-40 C-160,60 -150,190 -172,318 C-150,312 -140,300 -132,286 C-128,306 -124,320 -108,336 "
                "C-70,300 70,300 108,336 C124,320 128,306 132,286 C140,300 150,312 172,318 C150,190 160,60 122,-40 Z"
            )
        case "bob":
            path = (
                "M-124,-40 C-156,40 -150,100 -128,146 C-112,150 -100,142 -94,132 L94,132 C100,142 112,150 128,146 "
                "C150,100 156,40 124,-40 Z"
            )
        case "short":
            path = (
                "M-122,-50 C-142,10 -136,40 -150,72 C-130,74 -120,66 -114,56 C-114,80 -112,96 -122,112 C-98,108 -86,92 -80,80 "
                "L80,80 C86,92 98,108 122,112 C112,96 114,80 114,56 C120,66 130,74 150,72 C136,40 142,10 122,-50 Z"
            )
        case "twintails":
            tail = "M98,-92 C176,-120 214,-40 204,70 C198,150 206,214 178,286 C164,236 158,214 146,168 C132,110 118,40 98,-40 Z"
            return (
                "".join(
                    f'<g transform="scale({side},1)"><path d="{tail}" fill="{character.hair}" {stroke}/>'
                    f'<path d="M128,-70 C170,-30 176,60 174,170 M112,-56 C146,0 154,80 160,160" fill="none" stroke="{colour}" '
                    'stroke-width="3" opacity="0.7"/></g>'
                    for side in (-1, 1)
                )
                + f'<path d="M-122,-40 C-140,40 -120,90 -96,110 L96,110 C120,90 140,40 122,-40 Z" fill="{colour}" {stroke}/>'
            )
        case "ponytail":
            return (
                f'<path d="M60,-130 C150,-190 226,-110 214,10 C208,100 230,190 182,290 C168,240 176,200 160,140 C150,60 150,-20 70,-80 Z" '
                f'fill="{character.hair}" {stroke}/>'
                f'<path d="M96,-120 C180,-100 186,40 186,170 M90,-104 C160,-60 166,60 176,200" fill="none" stroke="{colour}" '
                'stroke-width="3" opacity="0.7"/>'
                f'<path d="M-120,-40 C-138,30 -122,80 -98,104 L98,104 C122,80 138,30 120,-40 Z" fill="{colour}" {stroke}/>'
            )
    return f'<path d="{path}" fill="{colour}" {stroke}/>'


def draw_front(character: Character, sway: float) -> str:
    """Draw crown, fringe and side locks; `sway` in units moves the tips."""
    fringe = _fringe(character, sway)
    return (
        f"{_side_locks(character, sway)}"
        f'<path d="{fringe}" fill="{character.hair}" {_stroke(character)} stroke-linejoin="round"/>'
        f'<clipPath id="fringe"><path d="{fringe}"/></clipPath><g clip-path="url(#fringe)">{_shading(character)}</g>'
        f"{_cowlick(character, sway)}{_accessory(character.accessory, character)}"
    )


def _stroke(character: Character) -> str:
    return f'stroke="{darker(character.hair, 0.62)}" stroke-width="3"'


def _fringe(character: Character, sway: float) -> str:
    tips = FRINGES[character.bangs]
    path = [DOME]
    x0, y0 = 124.0, 36.0
    for x, y in reversed(tips):
        notch = ((x0 + x) / 2 + 3, min(y0, y) - 34)
        tip = (x + sway, y + 14)
        path.append(
            f"Q{x0 - 6},{(y0 + notch[1]) / 2} {notch[0]},{notch[1]}"
            if x0 != 124.0
            else f"L112,20 Q108,-20 {notch[0] + 6},{notch[1]}"
        )
        path.append(f"Q{notch[0] - 2},{(notch[1] + y) / 2} {tip[0]},{tip[1]}")
        x0, y0 = tip
    path.append("Q-108,-16 -112,20 Z")
    return " ".join(path)


def _side_locks(character: Character, sway: float) -> str:
    length = {"short": 62, "bob": 116, "ponytail": 150, "twintails": 128, "long": 176}[character.back]
    return "".join(
        f'<path transform="scale({side},1)" d="M98,-50 C124,-30 134,20 130,{length * 0.55} C128,{length * 0.8} 126,{length * 0.95} '
        f'{116 + side * sway},{length} C108,{length * 0.8} 102,{length * 0.6} 104,{length * 0.4} C106,20 102,-10 88,-34 Z" '
        f'fill="{character.hair}" {_stroke(character)}/>'
        for side in (-1, 1)
    )


def _shading(character: Character) -> str:
    shade, shine = darker(character.hair, 0.22), lighter(character.hair, 0.5)
    strands = "".join(
        f'<path d="M{x * 0.25},-168 C{x * 0.8},-130 {x * 1.02},-80 {x},-10" fill="none" stroke="{shade}" stroke-width="3"/>'
        for x in (-108, -80, -46, -12, 26, 62, 96)
    )
    return (
        f'<path d="M-140,60 C-120,-30 -120,-60 -96,-100 C-110,-40 -100,0 -104,60 Z M140,60 C120,-30 120,-60 96,-100 '
        f'C110,-40 100,0 104,60 Z" fill="{shade}"/>{strands}'
        f'<path d="M-102,-78 L-90,-100 L-76,-96 L-60,-116 L-40,-108 L-16,-124 L10,-112 L34,-120 L54,-106 L76,-108 L96,-80 '
        f'C78,-92 66,-90 56,-96 C40,-96 24,-104 8,-102 C-14,-106 -30,-98 -44,-98 C-62,-98 -80,-90 -102,-78 Z" fill="{shine}" opacity="0.7"/>'
    )


def _cowlick(character: Character, sway: float) -> str:
    if character.back in ("twintails", "ponytail"):
        return ""
    return (
        f'<path d="M-6,-164 C-2,-196 {22 + sway},-208 {46 + sway},-200 C26,-196 12,-184 12,-162 Z" fill="{character.hair}" '
        f"{_stroke(character)}/>"
    )


def _accessory(accessory: Accessory, character: Character) -> str:
    fill = f'fill="{character.accent}" stroke="{darker(character.accent, 0.55)}" stroke-width="3"'
    match accessory:
        case "ribbon":
            bow = '<path d="M0,0 C-34,-34 -52,-20 -48,4 C-50,26 -28,26 0,0 C28,26 50,26 48,4 C52,-20 34,-34 0,0 Z"'
            return "".join(
                f'<g transform="translate({x},-104) rotate({x * 0.16})">{bow} {fill}/><circle r="9" {fill}/></g>'
                for x in (-112, 112)
            )
        case "hairclip":
            star = "M0,-20 L6,-6 L20,-6 L9,4 L13,18 L0,9 L-13,18 L-9,4 L-20,-6 L-6,-6 Z"
            return f'<path transform="translate(74,-62) rotate(14)" d="{star}" fill="#ffd75e" stroke="#a87614" stroke-width="3"/>'
        case "flower":
            petals = "".join(
                f'<ellipse transform="rotate({a}) translate(0,-17)" rx="11" ry="16" {fill}/>' for a in range(0, 360, 72)
            )
            return f'<g transform="translate(-88,-86)">{petals}<circle r="9" fill="#e2574c" stroke="#7a2320" stroke-width="2"/></g>'
        case "headphones":
            return (
                '<path d="M-128,2 C-142,-120 -70,-184 0,-184 C70,-184 142,-120 128,2" fill="none" stroke="#2d2f3d" stroke-width="13"/>'
                + "".join(
                    f'<g transform="translate({x},16)"><rect x="-17" y="-36" width="34" height="72" rx="16" fill="#2d2f3d" '
                    f'stroke="#17181f" stroke-width="3"/><rect x="-8" y="-22" width="16" height="44" rx="8" {fill}/></g>'
                    for x in (-128, 128)
                )
            )
        case "glasses":
            lens = 'fill="#ffffff" fill-opacity="0.12" stroke="#4a5b68" stroke-width="3"'
            return (
                f'<rect x="-92" y="-16" width="82" height="76" rx="34" {lens}/><rect x="10" y="-16" width="82" height="76" rx="34" {lens}/>'
                '<path d="M-10,16 q10,-8 20,0" fill="none" stroke="#4a5b68" stroke-width="3"/>'
            )
        case "none":
            return ""
