"""What a community has taught joins the roster for good: nobody is lost over it, and it can be taken back.

Real are the network that ships, the commands of the operator and the trainer, and the store.
"""

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.recognition.bundle import read_bundle
from bot.recognition.crop import crop_face
from tests.support import tiny
from tests.support.artwork import CAST, Character, draw_portrait

Answers: TypeAlias = Sequence[dict[str, Any]]

SHIPPED = Path(__file__).resolve().parents[2] / "models" / "characters-int8.tflite"
MARGIN = 0.4
OLD = tuple(CAST[name] for name in ("fujino_rin", "tachibana_ren", "shirasagi_mio"))
NEW = tuple(CAST[name] for name in ("hoshina_sora", "kurose_akane", "minase_yuzu"))
STRANGERS = (
    replace(
        CAST["hoshina_sora"], id="stranger_in_green", hair="#3f8f4f", backend="#b04fb0", back="bob", bangs="parted"
    ),
    replace(CAST["fujino_rin"], id="stranger_in_pink", hair="#f08fb8", backend="#3fa6a6", back="short", bangs="spiky"),
)
TAUGHT, ASKED = range(6), range(100, 104)
"""Seeds of drawings: no picture that is asked for has taught."""


def draw(folder: Path, cast: Iterable[Character], seeds: Iterable[int]) -> list[Path]:
    """Write face crops, a folder for each character."""
    paths = []
    numbers = list(seeds)
    for character in cast:
        (folder / character.id).mkdir(parents=True, exist_ok=True)
        for seed in numbers:
            drawing = draw_portrait(character, seed, size=240)
            ((_, box),) = drawing.faces
            paths.append(folder / character.id / f"{seed}.png")
            paths[-1].write_bytes(tiny.encoded(crop_face(drawing.image, box, MARGIN)))
    return paths


def train(settings: Path) -> str:
    """Give the trainer a settings file."""
    from trainer.__main__ import app as trainer  # noqa: PLC0415 - it takes its time to load

    result = CliRunner().invoke(trainer, ["all", str(settings)])
    assert result.exit_code == 0, result.output
    return result.output


class Operator:
    """Whoever runs whobot with the bundle ``house-int8.tflite``, at the command line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            "WHOBOT_MODELS__DIRECTORY": str(folder),
            "WHOBOT_MODELS__CLASSIFIER": "house-int8.tflite",
            "WHOBOT_MODELS__DETECTOR": str(tiny.CASCADE),
            "COLUMNS": "200",
        }

    def whobot(self, *arguments: str | Path, store: str = "taught") -> str:
        """Give a command that succeeds, and return what it prints."""
        variables = self._environment | {"WHOBOT_STORE__URL": f"sqlite+aiosqlite:///{self._folder}/{store}.db"}
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], env=variables)
        assert result.exit_code == 0, result.output
        return result.stdout

    def who(self, pictures: Sequence[Path], *, store: str = "taught") -> Answers:
        """Ask who is on face crops; the store says what was taught."""
        lines = self.whobot("who", "--face", "--json", *pictures, store=store).splitlines()
        return [face for line in lines for face in json.loads(line)["faces"]]


def named(face: dict[str, Any]) -> bool:
    return not face["unknown"]


def right(faces: Answers, pictures: Sequence[Path]) -> list[bool]:
    """Tell of each picture whether the first guess is whom its folder is called after."""
    return [face["guesses"][0]["character"] == path.parent.name for face, path in zip(faces, pictures, strict=True)]


@dataclass(frozen=True)
class Faces:
    """Face crops, each in a folder that is called after its character."""

    lessons: Sequence[Path]
    new: Sequence[Path]
    old: Sequence[Path]
    strangers: Sequence[Path]

    @property
    def asked(self) -> list[Path]:
        return [*self.new, *self.old, *self.strangers]


def tell(folder: Path, operator: Operator, faces: Faces) -> str:
    """Teach, export, add, adopt and roll back; return what the trainer said."""
    names = sorted({path.parent.name for path in faces.lessons})
    assert not any(right(operator.who(faces.new), faces.new)), "nobody has met them"
    for name in names:
        mine = [path for path in faces.lessons if path.parent.name == name]
        operator.whobot("teach", name.replace("_", " ").title(), *mine, "--face")
    before = operator.who(faces.asked)
    labels = read_bundle(folder / "house-int8.tflite").labels

    assert f"of {len(names)} characters" in operator.whobot("export-dataset", folder / "set")
    trained = train(folder / "set" / "train.toml")
    told = operator.whobot("adopt", folder / "set" / "bundles" / "community-int8.tflite")
    assert f"knows also: {', '.join(names)}" in told
    assert "no longer knows" not in told
    assert read_bundle(folder / "house-int8.tflite").labels == (*labels, *names)

    # A chat that has taught nothing knows them, too; one that has taught them knows each of them once.
    for store in ("empty", "taught"):
        after = operator.who(faces.asked, store=store)
        assert all(len({guess["name"] for guess in face["guesses"]}) == len(face["guesses"]) for face in after)
        (new, old, strangers), (_, old_before, strangers_before) = split(faces, after), split(faces, before)
        assert sum(right(new, faces.new)) >= 0.8 * len(new)
        assert sum(right(old, faces.old)) >= sum(right(old_before, faces.old)) - 0.01 * len(old)
        # One face more or less is chance.
        assert len(list(filter(named, strangers))) <= len(list(filter(named, strangers_before))) + 1

    assert "house-int8" in operator.whobot("rollback")
    # What was taught is embedded anew, from crops as they were kept: a face near the threshold may change sides.
    again = operator.who(faces.asked)
    same = [said(face) == said(earlier) for face, earlier in zip(again, before, strict=True)]
    assert sum(same) >= 0.9 * len(same)
    return trained


def said(face: dict[str, Any]) -> str | None:
    """Return whom a face is called, if it is named."""
    return str(face["guesses"][0]["character"]) if named(face) else None


def split(faces: Faces, answers: Answers) -> tuple[Answers, Answers, Answers]:
    """Part the answers for `Faces.asked`."""
    first, second = len(faces.new), len(faces.new) + len(faces.old)
    return answers[:first], answers[first:second], answers[second:]


def test_drawn_characters_join_those_who_were_there(tmp_path: Path, restored_logs: None) -> None:
    operator = Operator(tmp_path)
    draw(tmp_path / "own", OLD, TAUGHT)
    own = tmp_path / "own.toml"
    own.write_text(f"""
        work = "{tmp_path}/run"
        beside = "{SHIPPED}"
        pictures = {{crops = "{tmp_path}/own"}}
        export = {{directory = "{tmp_path}", precisions = ["int8"]}}
        [[rosters]]
        name = "house"
    """)
    count = len(read_bundle(SHIPPED).labels)
    assert f"It knows {count + 3} characters: the {count} of characters-int8, and Fujino Rin" in train(own)
    new, old, strangers = (draw(tmp_path / "asked", cast, ASKED) for cast in (NEW, OLD, STRANGERS))
    told = tell(tmp_path, operator, Faces(draw(tmp_path / "lessons", NEW, TAUGHT), new, old, strangers))
    found = re.search(r"Named rightly of the faces of the roster: (\d+) of (\d+); before, (\d+)", told)
    assert found is not None
    after, count, earlier = map(int, found.groups())
    assert after >= earlier - 0.01 * count


def test_girls_of_one_franchise_join_the_roster_that_ships(tmp_path: Path, shared: Path, restored_logs: None) -> None:
    if not (faces := shared / "data" / "faces").is_dir():
        pytest.skip("there are no face crops in ../shared/data/faces")
    shutil.copyfile(SHIPPED, tmp_path / "house-int8.tflite")
    cast = {path.name: sorted(path.iterdir()) for path in (faces / "gakumas").iterdir() if path.is_dir()}
    girls = sorted(cast, key=lambda name: -len(cast[name]))[:3]

    def linked(part: str, name: str, paths: Iterable[Path]) -> list[Path]:
        folder = tmp_path / part / f"{name}_of_gakumas"
        folder.mkdir(parents=True)
        for path in paths:
            (folder / path.name).symlink_to(path)
        return sorted(folder.iterdir())

    lessons = [path for name in girls for path in linked("lessons", name, cast[name][::2])]
    new = [path for name in girls for path in linked("asked", name, cast[name][1::2])]
    strangers = [path for name in cast if name not in girls for path in linked("asked", name, cast[name][:4])]
    labels = read_bundle(SHIPPED).labels
    old = [path for name in labels if (faces / "hololive" / name).is_dir() for path in some(faces / "hololive" / name)]
    tell(tmp_path, Operator(tmp_path), Faces(lessons, new, old, strangers))


def some(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())[::40]
