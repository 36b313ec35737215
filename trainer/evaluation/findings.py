"""What came of judging a bundle, for people and for programs."""

import json
from dataclasses import asdict, dataclass

from bot.recognition.bundle import Bundle
from bot.recognition.results import display_name
from trainer.common.measure import Measured


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its name; `is_share` tells whether it is a share of what was asked."""

    name: str
    measured: Measured
    is_share: bool = True


@dataclass(frozen=True, slots=True)
class Recall:
    """How many of a character's pictures were named rightly."""

    character: str
    right: int
    count: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What came of a protocol.

    `recalls` are by rising recall; `strangers` are the folders of characters that the bundle does not know.
    """

    figures: tuple[Figure, ...]
    recalls: tuple[Recall, ...] = ()
    strangers: tuple[str, ...] = ()


def as_lines(findings: Findings) -> list[str]:
    """Return a table for people: each figure, its 95 % bootstrap interval, and of how many faces it is."""
    width = max(len(figure.name) for figure in findings.figures) + 2
    lines = [f"{'':<{width}}{'value':>8}{'95 % interval':>20}{'faces':>8}"]
    for figure in findings.figures:
        one = figure.measured
        value, low, high = (_written(number, figure.is_share) for number in (one.value, one.low, one.high))
        lines.append(f"{figure.name:<{width}}{value:>8}{f'{low} to {high}':>20}{one.count:>8}")
    if findings.strangers:
        lines += ["", f"Not known to the bundle, and asked for as strangers: {', '.join(findings.strangers)}"]
    if findings.recalls:
        lines.append("")
    return [*lines, *(f"{display_name(one.character)}: {one.right} of {one.count}" for one in findings.recalls)]


def as_json(findings: Findings, protocol: str, bundle: Bundle) -> str:
    """Return one JSON object; a figure that is no number, for want of faces, is null."""
    figures = [
        {"figure": figure.name, **{key: _finite(value) for key, value in asdict(figure.measured).items()}}
        for figure in findings.figures
    ]
    recalls = [asdict(recall) for recall in findings.recalls]
    content = {
        "protocol": protocol,
        "bundle": bundle.info.name,
        "id": bundle.id,
        "figures": figures,
        "characters": recalls,
        "strangers": findings.strangers,
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _written(value: float, is_share: bool) -> str:
    return f"{value:.1%}" if is_share else f"{value:.3f}"


def _finite(value: float) -> float | None:
    return value if value == value else None  # noqa: PLR0124 - NaN alone differs from itself
