"""The architecture as a rule: imports only go down. Reads the source, so that nothing needs to be importable."""

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

FLOORS: dict[str, int] = {
    "errors": 0,
    "redact": 0,
    "background": 0,
    "config": 1,
    "logs": 1,
    "sentry": 2,
    "recognition.formats": 0,
    "recognition.results": 0,
    "recognition.gallery": 0,
    "recognition.runtime_greeting": 0,
    "recognition.workers": 1,
    "recognition.characters": 1,
    "recognition.crop": 1,
    "recognition.bundle": 1,
    "recognition.options": 1,
    "recognition.teaching": 2,
    "recognition.interpreter": 2,
    "recognition.backend": 2,
    "recognition.decoding": 3,
    "recognition.detection": 3,
    "recognition.naming": 3,
    "recognition.drawing": 4,
    "recognition.engine": 5,
    "recognition.model_files": 6,
    "recognition.local": 7,
    "metrics": 8,
    "storage.values": 10,
    "storage": 11,
    "chat.model": 20,
    "chat.commands": 21,
    "chat.download": 21,
    "chat.links": 21,
    "chat.rates": 21,
    "chat.stored_links": 22,
    "chat.words": 22,
    "chat": 23,
    "chat.features": 24,
    "chat.service": 25,
    "platforms.base": 30,
    "platforms.supervisor": 31,
    "platforms.shared": 31,
    "platforms.discord": 32,
    "platforms.telegram": 32,
    "platforms.web": 32,
    "app": 40,
    "cli": 50,
    "__main__": 60,
}
"""Each module or package of bot/, and the floor that it stands on; the longest name counts."""
PLATFORMS_KNOW = {
    "chat.model",
    "chat.commands",
    "chat.links",
    "platforms.base",
    "platforms.shared",
    "recognition.formats",
    "errors",
    "config",
}
RECOGNITION_KNOWS = {"errors", "config"}
TRAINER_KNOWS = {"errors"}
TRAINER_FLOORS: dict[str, int] = {
    "common": 0,
    "detector": 1,
    "evaluation": 1,
    "classifier": 1,
    "base_network": 2,
    "__main__": 3,
}
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


def unit(name: str, top: str = "bot", floors: Mapping[str, int] = FLOORS) -> str | None:
    """Return the part of `top` that a full name belongs to; None where it is something else, "" for `top` itself."""
    first, _, rest = name.partition(".")
    if first != top:
        return None
    known = [key for key in floors if rest == key or rest.startswith(f"{key}.")]
    return max(known, key=len, default=rest)


def climbing(imports: Iterator[Import], top: str = "bot", floors: Mapping[str, int] = FLOORS) -> list[str]:
    """Return the imports that go up, or to a sibling."""
    return [
        f"{place.where} (floor {floors[here]}) imports {place.name} (floor {floors.get(there, '?')})"
        for place in imports
        if (there := unit(place.name, top, floors))
        if (here := unit(place.where.partition(":")[0], top, floors) or "") in floors and there != here
        if floors.get(there, 99) >= floors[here]
    ]


def outside(imports: Iterator[Import], allowed: Collection[str], own: str = "") -> list[str]:
    """Return the imports from bot/ that are neither `allowed` nor beneath the importer's `own` package."""
    return [
        f"{place.where} imports {place.name}"
        for place in imports
        if (there := unit(place.name)) is not None and there not in allowed
        if not own or not f"{there}.".startswith(f"{own}.")
    ]


def outsiders(imports: Iterator[Import], forbidden: set[str]) -> list[str]:
    """Return the imports of `forbidden` top-level packages."""
    return [f"{place.where} imports {place.name}" for place in imports if place.name.split(".")[0] in forbidden]


def test_every_module_has_its_floor() -> None:
    modules = {path.relative_to(REPOSITORY / "bot") for path in (REPOSITORY / "bot").rglob("*.py")}
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in modules} - {"__init__"}
    packages = {"recognition", "platforms"}
    assert {unit(f"bot.{name}") for name in names} - packages == set(FLOORS), "a module of bot/ needs a floor, once"


def test_imports_only_go_down() -> None:
    assert climbing(imports_in("bot")) == []
    assert climbing(imports_in("trainer"), "trainer", TRAINER_FLOORS) == []


@pytest.mark.parametrize("platform", ["discord", "telegram", "web"])
def test_platforms_know_what_chats_ask_and_are_answered(platform: str) -> None:
    assert outside(imports_in(f"bot/platforms/{platform}"), PLATFORMS_KNOW, own=f"platforms.{platform}") == []


def test_recognition_knows_of_no_chat_and_no_store() -> None:
    assert outside(imports_in("bot/recognition"), RECOGNITION_KNOWS, own="recognition") == []


def test_the_trainer_shares_only_recognition() -> None:
    assert outside(imports_in("trainer"), TRAINER_KNOWS, own="recognition") == []


def test_the_bot_never_needs_what_the_trainer_needs() -> None:
    assert outsiders(imports_in("bot"), TRAINING_ONLY) == []


@pytest.mark.parametrize("part", ["decoding", "detection", "naming", "drawing", "bundle"])
def test_recognition_is_synchronous(part: str) -> None:
    assert outsiders(imports_in(f"bot/recognition/{part}"), ASYNCHRONOUS) == []


# --- does the reading see it? ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.recognition.decoding.decode", "from bot.chat.rates import Rates"),
        ("bot.recognition.decoding.decode", "import bot.app"),
        ("bot.recognition.decoding.decode", "from bot import app"),
        ("bot.recognition.decoding.decode", "from ... import app"),
        ("bot.recognition.decoding.decode", "from ..engine import Engine"),
        ("bot.recognition.decoding.decode", "def later():\n    from bot.chat.rates import Rates"),
        ("bot.recognition.decoding.decode", "if TYPE_CHECKING:\n    from bot.chat.rates import Rates"),
        ("bot.recognition.decoding.decode", "importlib.import_module('bot.app')"),
        ("bot.recognition.decoding.decode", "from bot.storage.store import Store"),
        ("bot.platforms.web.page", "from bot.platforms.discord import DiscordAdapter"),
        ("bot.platforms.web.page", "from bot.platforms import discord"),
        ("bot.platforms.web.page", "from ..telegram import TelegramAdapter"),
        ("bot.recognition.results", "from bot.errors import UserError"),
        ("bot.chat.service", "from bot.brand_new import Thing"),
    ],
)
def test_an_import_that_climbs_is_seen(module: str, source: str) -> None:
    assert len(climbing(imports_of(source, module))) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.recognition.decoding.decode", "from bot.recognition.results import Image"),
        ("bot.recognition.decoding.decode", "from .png import Rows"),
        ("bot.recognition.decoding.decode", "from bot.recognition import crop"),
        ("bot.recognition.decoding.decode", "import numpy"),
        ("bot.platforms.web.page", "from bot.platforms.web import api"),
        ("bot.platforms.web.page", "from . import api"),
    ],
)
def test_an_import_that_goes_down_or_stays_at_home_is_fine(module: str, source: str) -> None:
    assert climbing(imports_of(source, module)) == []


def test_the_other_rules_see_too() -> None:
    seen = imports_of("from bot.config import Web\nfrom bot.storage.store import Store", "bot.platforms.web.page")
    assert outside(seen, PLATFORMS_KNOW, own="platforms.web") == [
        "bot.platforms.web.page:2 imports bot.storage.store.Store"
    ]
    seen = imports_of("from bot.recognition import crop\nfrom bot.chat import service", "trainer.classifier.crop")
    assert outside(seen, TRAINER_KNOWS, own="recognition") == ["trainer.classifier.crop:2 imports bot.chat.service"]
    seen = imports_of("def f():\n    import tensorflow.keras as k", "bot.recognition.crop")
    assert outsiders(seen, TRAINING_ONLY) == ["bot.recognition.crop:2 imports tensorflow.keras"]
    seen = imports_of("from . import x", "bot.recognition", package=True)
    assert next(seen).name == "bot.recognition.x"
