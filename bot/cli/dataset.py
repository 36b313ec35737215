"""Write what people have taught as a set to train on: a folder of face crops for each character."""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import ConfigError
from bot.recognition.bundle import Bundle
from bot.storage.store import Store
from bot.storage.values import Draft, Example, Origin, Scope, State, Truth, Verdict

FACES, PROVENANCE, EXPERIMENT = "faces", "faces.jsonl", "train.toml"
LONGEST_SLUG = 100
"""Bytes of a folder's name that every file system, and the trainer, takes."""
FEWEST = 3
"""Faces of a character that training needs: to learn from, to validate and to test on."""
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
"""Names that Windows takes for devices."""


def slug(character: str) -> str:
    """Return the name of a character's folder: small letters and digits of any script, joined by underscores.

    What the roster calls by an id already keeps it. It is the label that a network trained on the folder will give.
    """
    letters = (letter if letter.isalnum() or unicodedata.combining(letter) else " " for letter in character.casefold())
    name = "_".join(unicodedata.normalize("NFC", "".join(letters)).split())
    if len(name.encode()) <= LONGEST_SLUG and name and name not in RESERVED:
        return name
    start = name.encode()[: LONGEST_SLUG - 9].decode(errors="ignore") or "character"
    return f"{start}_{hashlib.sha256(character.encode()).hexdigest()[:8]}"


@dataclass
class Dataset:
    """A set while it is written: how many faces each folder has, and who gave them, as numbers."""

    folder: Path
    counts: Counter[str] = field(default_factory=Counter)
    _people: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, example: Draft) -> None:
        """Write a face and where it comes from.

        One that is there already is not written again, and one of a pack without pictures cannot be.
        """
        if not example.image:
            return
        name = slug(example.character)
        path = self.folder / FACES / name / f"{hashlib.sha256(example.image).hexdigest()[:16]}.webp"
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(example.image)
        self.counts[name] += 1
        line = {
            "file": path.relative_to(self.folder).as_posix(),
            "character": example.character,
            "origin": example.origin,
            "scope": f"{example.scope.platform}:{example.scope.home}" if example.scope.home else "everywhere",
            "when": example.at.isoformat(timespec="seconds"),
            "by": self._pseudonym(example),
            "bundle": example.bundle_id,
        }
        with (self.folder / PROVENANCE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def enough(self) -> list[str]:
        """Return the folders with faces enough to train on."""
        return sorted(name for name, count in self.counts.items() if count >= FEWEST)

    def _pseudonym(self, example: Draft) -> str:
        if example.by is None:
            return "operator"
        return self._people.setdefault((example.by.platform, example.by.id), f"person-{len(self._people) + 1}")


def prepare(folder: Path) -> Dataset:
    """Make the folder.

    Raises:
        ConfigError: it cannot be made, or holds something already.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ConfigError(f"{folder} holds something already: name a new folder, or empty this one")
    except OSError as error:
        raise ConfigError(f"cannot make the folder {folder}: {error.strerror}") from error
    return Dataset(folder)


def write_experiment(dataset: Dataset, running: Path, bundle: Bundle) -> Path:
    """Write the settings with which ``whobot-train all`` adds the set to what runs, or trains on it alone.

    Args:
        dataset: The set.
        running: The file of the classifier that runs.
        bundle: What is in it; crops reach as far beyond the detector's boxes as it says.
    """
    folder = dataset.folder.absolute()
    path = folder / EXPERIMENT
    names = json.dumps(dataset.enough(), ensure_ascii=False)
    path.write_text(
        "# Train on what people have taught whobot:\n"
        "#\n"
        f"#     whobot-train all {path}\n"
        f"#     whobot adopt {folder / 'bundles' / 'community-int8.tflite'}\n"
        "\n"
        f"work = {json.dumps(str(folder / 'run'), ensure_ascii=False)}\n"
        f"{_beside(running) if bundle.can_grow else 'alone = true # nothing can be added to the bundle that runs'}\n"
        "\n"
        "[pictures]\n"
        f"crops = {json.dumps(str(folder / FACES), ensure_ascii=False)}\n"
        "\n"
        "[[rosters]]\n"
        'name = "community"\n'
        f"# Those with at least {FEWEST} faces.\n"
        f"characters = {names}\n"
        "\n"
        "[export]\n"
        f"directory = {json.dumps(str(folder / 'bundles'), ensure_ascii=False)}\n"
        f"margin = {bundle.info.margin:g}\n",
        encoding="utf-8",
    )
    return path


def _beside(running: Path) -> str:
    return f"beside = {json.dumps(str(running.absolute()), ensure_ascii=False)}"


async def lessons(store: Store, scope: Scope | None) -> AsyncIterator[Example]:
    """Yield all examples that count, in the order in which they were taught."""
    last = 0
    while portion := await store.lessons(scope, after=last):
        for example in portion:
            yield example
        last = portion[-1].id


async def confirmed(store: Store, scope: Scope | None) -> list[Draft]:
    """Return the faces that were kept with a verdict alone, where the bot was right and no person says otherwise.

    Of a character with examples enough, a right answer is no further one: to train on, every face is welcome.
    """
    verdicts = await store.verdicts(scope)
    disputed = {(verdict.scope, verdict.face) for verdict in verdicts if not _is_right(verdict)}
    return [
        Draft(
            verdict.scope,
            verdict.character,
            verdict.image,
            None,
            verdict.bundle_id,
            verdict.by,
            verdict.at,
            State.CONFIRMED,
            Origin.CONFIRMED,
        )
        for verdict in verdicts
        if verdict.image is not None and verdict.character and (verdict.scope, verdict.face) not in disputed
    ]


def _is_right(verdict: Verdict) -> bool:
    return verdict.truth is Truth.CHARACTER and verdict.character == verdict.said
