"""Shades of a colour."""


def darker(colour: str, share: float) -> str:
    """Mix a ``#rrggbb`` colour with a violet black: shadows in cel shading are never grey."""
    return _mix(colour, (38, 20, 60), share)


def lighter(colour: str, share: float) -> str:
    """Mix a ``#rrggbb`` colour with white."""
    return _mix(colour, (255, 255, 255), share)


def _mix(colour: str, other: tuple[int, int, int], share: float) -> str:
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(channels, other, strict=True))
