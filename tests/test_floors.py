"""The architecture as a rule: imports only go down. Reads the source, so that nothing needs to be importable."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

FLOORS: dict[str, int] = {
    "domain": 0,
    "errors": 0,
    "redact": 0,
    "background": 1,
    "bundle": 1,
    "commands": 1,
    "characters": 1,
    "config": 1,
    "download": 1,
    "gallery": 1,
    "logs": 1,
    "metrics": 1,
    "rates": 1,
    "records": 1,
    "workers": 1,
    "teaching": 2,
    "sentry": 2,
    "store": 2,
    "vision": 2,
    "adapters.discord": 3,
    "adapters.telegram": 3,
    "adapters.web": 3,
    "housekeeping": 3,
    "links": 3,
    "pipeline": 3,
    "reembed": 3,
    "replies": 3,
    "supervisor": 3,
    "service": 4,
    "app": 5,
    "cli": 6,
    "__main__": 7,
}
"""Each module or package of bot/, and the floor that it stands on."""
ADAPTERS_KNOW = {"commands", "domain", "errors", "download", "config"}
TRAINER_KNOWS = {"bundle", "characters", "domain", "errors", "gallery", "vision"}
TRAINING_ONLY = {"tensorflow", "keras", "torch", "trainer"}
ASYNCHRONOUS = {"asyncio", "aiohttp", "anyio"}


@dataclass(frozen=True)
class Import:
    """One import of a module, by its full name."""

    where: str
    name: str


def imports_of(source: str, module: str, *, package: bool = False) -> Iterator[Import]:
    """Yield every import in `source`, those within functions and under conditions included."""
    home = module.split(".") if package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(f"{module}:{node.lineno}", alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = home[: len(home) - node.level + 1] if node.level else []
            parent = ".".join([*base, *([node.module] if node.module else [])])
            yield from (Import(f"{module}:{node.lineno}", f"{parent}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called in ("__import__", "import_module") and node.args and isinstance(node.args[0], ast.Constant):
                yield Import(f"{module}:{node.lineno}", str(node.args[0].value))


def imports_in(folder: str) -> Iterator[Import]:
    for path in sorted((REPOSITORY / folder).rglob("*.py")):
        parts = list(path.relative_to(REPOSITORY).with_suffix("").parts)
        package = parts[-1] == "__init__"
        module = ".".join(parts[:-1] if package else parts)
        yield from imports_of(path.read_text(encoding="utf-8"), module, package=package)


def unit(name: str) -> str | None:
    """Return the part of bot/ that a full name belongs to; None where it is something else, "" for bot/ itself."""
    top, _, rest = name.partition(".")
    if top != "bot":
        return None
    known = [key for key in FLOORS if rest == key or rest.startswith(f"{key}.")]
    return max(known, key=len, default=rest)


def unit_of(place: Import) -> str:
    return unit(place.where.partition(":")[0]) or ""


def climbing(imports: Iterator[Import]) -> list[str]:
    """Return the imports that go up, or to a sibling."""
    return [
        f"{place.where} (floor {FLOORS[here]}) imports {place.name} (floor {FLOORS.get(there, '?')})"
        for place in imports
        if (there := unit(place.name)) and (here := unit_of(place)) in FLOORS and there != here
        if FLOORS.get(there, 99) >= FLOORS[here]
    ]


def strangers(imports: Iterator[Import], allowed: set[str], own: str = "") -> list[str]:
    """Return the imports from bot/ that are neither `allowed` nor the importer's `own`."""
    return [
        f"{place.where} imports {place.name}"
        for place in imports
        if (there := unit(place.name)) is not None and there not in allowed and (not own or there != own)
    ]


def outsiders(imports: Iterator[Import], forbidden: set[str]) -> list[str]:
    """Return the imports of `forbidden` top-level packages."""
    return [f"{place.where} imports {place.name}" for place in imports if place.name.split(".")[0] in forbidden]


def test_every_module_has_its_floor() -> None:
    folder = REPOSITORY / "bot"
    found = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    found |= {f"adapters.{path.parent.name}" for path in folder.glob("adapters/*/__init__.py")}
    found |= {f"adapters.{path.stem}" for path in folder.glob("adapters/*.py")}
    found -= {"__init__", "adapters", "adapters.__init__"}
    assert found == set(FLOORS), "a new module of bot/ needs a floor in this file, and a removed one none"


def test_imports_only_go_down() -> None:
    assert climbing(imports_in("bot")) == []


@pytest.mark.parametrize("adapter", sorted(key for key in FLOORS if key.startswith("adapters.")))
def test_adapters_know_their_platform_and_the_domain(adapter: str) -> None:
    assert strangers(imports_in(f"bot/{adapter.replace('.', '/')}"), ADAPTERS_KNOW, own=adapter) == []


def test_the_trainer_shares_only_what_must_be_the_same() -> None:
    assert strangers(imports_in("trainer"), TRAINER_KNOWS) == []


def test_the_bot_never_needs_what_the_trainer_needs() -> None:
    assert outsiders(imports_in("bot"), TRAINING_ONLY) == []


def test_vision_is_synchronous() -> None:
    assert outsiders(imports_in("bot/vision"), ASYNCHRONOUS) == []


# --- does the reading see it? ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.vision.decode", "from bot.pipeline import Pipeline"),
        ("bot.vision.decode", "import bot.pipeline"),
        ("bot.vision.decode", "from bot import pipeline"),
        ("bot.vision.decode", "from .. import pipeline"),
        ("bot.vision.decode", "from ..pipeline import Pipeline"),
        ("bot.vision.decode", "def later():\n    from bot.pipeline import Pipeline"),
        ("bot.vision.decode", "if TYPE_CHECKING:\n    from bot.pipeline import Pipeline"),
        ("bot.vision.decode", "importlib.import_module('bot.pipeline')"),
        ("bot.vision.decode", "from bot.store import Store"),
        ("bot.adapters.web.page", "from bot.adapters.discord import DiscordAdapter"),
        ("bot.adapters.web.page", "from bot.adapters import discord"),
        ("bot.adapters.web.page", "from ..telegram import TelegramAdapter"),
        ("bot.domain", "from bot.errors import UserError"),
        ("bot.service", "from bot.brand_new import Thing"),
    ],
)
def test_an_import_that_climbs_is_seen(module: str, source: str) -> None:
    assert len(climbing(imports_of(source, module))) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.vision.decode", "from bot.domain import Image"),
        ("bot.vision.decode", "from .crop import crop_face"),
        ("bot.vision.decode", "from bot.vision import crop"),
        ("bot.vision.decode", "import numpy"),
        ("bot.adapters.web.page", "from bot.adapters.web import api"),
        ("bot.adapters.web.page", "from . import api"),
    ],
)
def test_an_import_that_goes_down_or_stays_at_home_is_fine(module: str, source: str) -> None:
    assert climbing(imports_of(source, module)) == []


def test_the_other_rules_see_too() -> None:
    seen = imports_of("from bot.config import Web\nfrom bot.store import Store", "bot.adapters.web.page")
    assert strangers(seen, ADAPTERS_KNOW, own="adapters.web") == ["bot.adapters.web.page:2 imports bot.store.Store"]
    seen = imports_of("from bot import vision, service", "trainer.crop")
    assert strangers(seen, TRAINER_KNOWS) == ["trainer.crop:1 imports bot.service"]
    seen = imports_of("def f():\n    import tensorflow.keras as k", "bot.vision.classify")
    assert outsiders(seen, TRAINING_ONLY) == ["bot.vision.classify:2 imports tensorflow.keras"]
    seen = imports_of("from . import x", "bot.vision", package=True)
    assert next(seen).name == "bot.vision.x"
