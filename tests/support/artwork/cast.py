"""Who can be drawn: characters of our own invention."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Bangs: TypeAlias = Literal["straight", "swept", "parted", "spiky"]
BackHair: TypeAlias = Literal["long", "bob", "twintails", "ponytail", "short"]
Outfit: TypeAlias = Literal["sailor", "hoodie", "blazer", "kimono"]
Accessory: TypeAlias = Literal["ribbon", "hairclip", "glasses", "headphones", "flower", "none"]
Expression: TypeAlias = Literal["smile", "laugh", "calm", "surprised", "sad", "wink"]

EXPRESSIONS: tuple[Expression, ...] = ("smile", "laugh", "calm", "surprised", "sad", "wink")


@dataclass(frozen=True, slots=True)
class Character:
    """A character's appearance in every picture. Colours are CSS colours."""

    id: str
    hair: str
    backend: str
    bangs: Bangs
    back: BackHair
    outfit: Outfit
    cloth: str
    accent: str
    accessory: Accessory
    skin: str = "#fde3d3"


CAST = {
    character.id: character
    for character in (
        Character("hoshina_sora", "#4f7fd9", "#e8a23a", "swept", "long", "sailor", "#f7f7fb", "#2f4b9b", "hairclip"),
        Character(
            "kurose_akane", "#c8374a", "#3fa66b", "straight", "twintails", "blazer", "#39405e", "#c8374a", "ribbon"
        ),
        Character("minase_yuzu", "#f2c14e", "#3f7fd0", "parted", "bob", "hoodie", "#f29f9f", "#ffffff", "headphones"),
        Character("fujino_rin", "#3b3550", "#9b59d0", "straight", "ponytail", "kimono", "#7b4fa3", "#f6d365", "flower"),
        Character(
            "tachibana_ren",
            "#6b4a3a",
            "#4b8f8c",
            "spiky",
            "short",
            "blazer",
            "#2f3f4f",
            "#4b8f8c",
            "glasses",
            "#f6d7c3",
        ),
        Character(
            "shirasagi_mio", "#dfe3ee", "#d0416b", "parted", "long", "hoodie", "#4a4e69", "#d0416b", "none", "#fff0e8"
        ),
    )
}
