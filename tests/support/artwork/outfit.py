"""Neck, shoulders and clothes as SVG, in the face's units."""

from tests.support.artwork.cast import Character
from tests.support.artwork.colour import darker, lighter
from tests.support.artwork.face import INK

SHOULDERS = "M-42,150 C-60,186 -150,186 -186,232 C-206,262 -212,330 -214,420 L214,420 C212,330 206,262 186,232 C150,186 60,186 42,150 Z"


def draw_body(character: Character) -> str:
    """Draw everything below the chin."""
    skin = character.skin
    line = f'stroke="{INK}" stroke-width="3"'
    neck = (
        f'<path d="M-36,92 C-34,140 -40,160 -62,182 L62,182 C40,160 34,140 36,92 Z" fill="{skin}" {line}/>'
        f'<path d="M-35,104 C-12,140 12,140 35,104 L36,128 C14,152 -14,152 -36,128 Z" fill="{darker(skin, 0.2)}"/>'
    )
    cloth = f'<path d="{SHOULDERS}" fill="{character.cloth}" {line}/>'
    fold = f'stroke="{darker(character.cloth, 0.3)}" stroke-width="3" fill="none"'
    folds = f'<path d="M-150,420 C-140,360 -146,320 -132,290 M150,420 C140,360 146,320 132,290" {fold}/>'
    return f"{_collar_behind(character)}{cloth}{folds}{neck}{_collar(character, line)}"


def _collar_behind(character: Character) -> str:
    if character.outfit != "hoodie":
        return ""
    return f'<path d="M-110,214 C-120,130 120,130 110,214 Z" fill="{darker(character.cloth, 0.25)}" stroke="{INK}" stroke-width="3"/>'


def _collar(character: Character, line: str) -> str:
    accent = character.accent
    match character.outfit:
        case "sailor":
            return (
                f'<path d="M-56,164 C-96,180 -134,196 -150,226 C-120,262 -60,292 0,318 C60,292 120,262 150,226 C134,196 96,180 56,164 '
                f'C40,220 20,252 0,268 C-20,252 -40,220 -56,164 Z" fill="{accent}" {line}/>'
                '<path d="M-136,226 C-104,256 -52,282 0,303 C52,282 104,256 136,226" fill="none" stroke="#fff" stroke-width="4"/>'
                f'<path d="M0,302 C-40,284 -66,310 -60,352 C-36,350 -14,334 0,318 C14,334 36,350 60,352 C66,310 40,284 0,302 Z" '
                f'fill="#e2574c" {line}/>'
            )
        case "blazer":
            return (
                f'<path d="M-52,170 L0,290 L52,170 L66,190 L0,420 L-66,190 Z" fill="#fbfbff" {line}/>'
                f'<path d="M-14,232 L14,232 L20,262 L26,420 L-26,420 L-20,262 Z" fill="{accent}" {line}/>'
                f'<path d="M-58,166 C-84,186 -100,240 -92,280 L-30,420 L0,420 L-52,250 Z M58,166 C84,186 100,240 92,280 L30,420 L0,420 '
                f'L52,250 Z" fill="{lighter(character.cloth, 0.1)}" {line}/>'
            )
        case "hoodie":
            return (
                f'<path d="M-60,166 C-110,190 -120,220 -96,246 C-60,262 -20,272 0,276 C20,272 60,262 96,246 C120,220 110,190 60,166 '
                f'C40,214 -40,214 -60,166 Z" fill="{lighter(character.cloth, 0.12)}" {line}/>'
                f'<path d="M-30,262 v74 M30,262 v66" stroke="{accent}" stroke-width="7" stroke-linecap="round"/>'
            )
        case "kimono":
            return (
                f'<path d="M58,164 C40,220 -20,300 -70,420 L-128,420 C-70,320 10,250 32,168 Z" fill="{accent}" {line}/>'
                f'<path d="M-58,164 C-40,220 20,300 70,420 L128,420 C70,320 -10,250 -32,168 Z" fill="{accent}" {line}/>'
                f'<path d="M-46,172 C-30,214 -10,240 4,262 C16,240 34,214 46,172" fill="none" stroke="#fff" stroke-width="6"/>'
            )
