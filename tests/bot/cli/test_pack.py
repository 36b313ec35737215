"""What one community has taught, handed to another one in a file that may come from anybody."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.errors import PackError
from bot.recognition.bundle import read_bundle
from bot.recognition.pack import Pack, PackedCharacter, read_pack, write_pack
from tests.support import tiny
from tests.support.web.running_bot import YELLOW, sheet

Members = dict[str, bytes]


def environment(folder: Path) -> dict[str, str]:
    folder.mkdir(exist_ok=True)
    tiny.tiny_base(folder / "running.tflite", recognition=tiny.tiny_recognition())
    return {
        "WHOBOT_MODELS__DIRECTORY": str(folder),
        "WHOBOT_MODELS__CLASSIFIER": "running.tflite",
        "WHOBOT_MODELS__DETECTOR": str(tiny.CASCADE),
        "WHOBOT_STORE__URL": f"sqlite+aiosqlite:///{folder}/whobot.db",
        "COLUMNS": "200",
    }


def whobot(where: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env=where)


@pytest.mark.parametrize("crops", [(), ("--crops",)])
def test_a_character_goes_from_one_community_to_another(
    tmp_path: Path, crops: tuple[str, ...], restored_logs: None
) -> None:
    ours, theirs, pack = environment(tmp_path / "ours"), environment(tmp_path / "theirs"), str(tmp_path / "cast.zip")
    picture = tmp_path / "one.png"
    picture.write_bytes(sheet(YELLOW))
    assert whobot(ours, "pack", "export", pack).exit_code == 1, "nobody was taught yet"
    assert whobot(ours, "teach", "Ki Iro", str(picture)).exit_code == 0
    exported = whobot(ours, "pack", "export", pack, *crops)
    assert exported.stdout == f"1 character in {pack}\n", exported.output
    with zipfile.ZipFile(pack) as archive:
        assert any(name.startswith("faces/") for name in archive.namelist()) is bool(crops)

    previewed = whobot(theirs, "pack", "preview", pack)
    assert previewed.stdout == "Ki Iro: new, 1 new of 1 faces\n", previewed.output
    assert "Ki Iro" not in whobot(theirs, "roster").stdout, "a preview adds nothing"
    assert whobot(theirs, "pack", "import", pack).exit_code == 0
    named = whobot(theirs, "who", "--json", "--no-picture", str(picture))
    assert json.loads(named.stdout)["faces"][0]["guesses"][0]["character"] == "Ki Iro"
    assert whobot(theirs, "pack", "import", pack).exit_code == 1, "all of it is known now"
    assert whobot(theirs, "pack", "preview", pack).stdout == "Ki Iro: adds to who is known, 0 new of 1 faces\n"


def test_embeddings_of_another_bundle_need_their_pictures(tmp_path: Path, restored_logs: None) -> None:
    where = environment(tmp_path / "ours")
    (tmp_path / "cast.zip").write_bytes(write_pack(packed(crops=())))
    refused = whobot(where, "pack", "import", str(tmp_path / "cast.zip"))
    assert refused.exit_code == 2
    assert "made with another bundle" in refused.stderr


def test_embeddings_that_only_claim_to_be_of_this_bundle_are_refused(tmp_path: Path, restored_logs: None) -> None:
    where = environment(tmp_path / "ours")
    bundle = read_bundle(tmp_path / "ours" / "running.tflite")
    assert bundle.recognition is not None
    assert bundle.recognition.prototypes.shape[1] != 5
    forged = packed(embeddings=(np.array([1, 0, 0, 0, 0], np.float32),))
    (tmp_path / "cast.zip").write_bytes(write_pack(replace(forged, bundle_id=bundle.id)))
    for command in ("preview", "import"):
        refused = whobot(where, "pack", command, str(tmp_path / "cast.zip"))
        assert refused.exit_code == 2
        assert "have 5 numbers each" in refused.stderr


def packed(**details: Any) -> Pack:
    one = np.array([1, 0, 0], np.float32)
    crop = tiny.encoded(np.zeros((8, 8, 3), np.uint8), "WEBP")
    return Pack(
        "b1",
        (
            PackedCharacter(
                **{
                    "name": "Umi",
                    "series": "Sea",
                    "aliases": ("海未",),
                    "embeddings": (one,),
                    "crops": (crop,),
                    **details,
                }
            ),
        ),
    )


def rewritten(change: Callable[[dict[str, Any], Members], None]) -> bytes:
    """A pack whose manifest and members somebody has tampered with."""
    with zipfile.ZipFile(io.BytesIO(write_pack(packed()))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(manifest, members)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def renamed(name: Any) -> Callable[[dict[str, Any], Members], None]:
    return lambda manifest, _: manifest["characters"][0].update(name=name)


def with_table(array: np.ndarray) -> Callable[[dict[str, Any], Members], None]:
    def change(manifest: dict[str, Any], members: Members) -> None:
        file = io.BytesIO()
        np.save(file, array, allow_pickle=array.dtype == object)
        members["embeddings.npy"] = file.getvalue()
        manifest["sha256"]["embeddings.npy"] = hashlib.sha256(file.getvalue()).hexdigest()

    return change


def test_a_pack_is_read_as_it_was_written() -> None:
    read = read_pack(write_pack(packed()))
    assert read == packed()
    assert np.array_equal(read.characters[0].embeddings[0], np.array([1, 0, 0], np.float32))
    assert not read_pack(write_pack(packed(crops=()))).has_crops


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest, _: manifest.update(format="other"),
        lambda manifest, _: manifest.update(version=2),
        lambda manifest, _: manifest.update(characters=[]),
        lambda manifest, _: manifest.update(characters=7),
        lambda manifest, _: manifest.update(bundle=""),
        lambda manifest, _: manifest.pop("sha256"),
        lambda manifest, _: manifest["characters"][0].update(faces=2),
        lambda manifest, _: manifest["characters"][0].update(faces=10**9),
        lambda manifest, _: manifest["characters"][0].update(faces=True),
        lambda manifest, _: manifest["characters"][0].update(aliases=["x"] * 99),
        lambda manifest, _: manifest["characters"].append(manifest["characters"][0]),
        renamed("https://example.org/"),
        renamed("a\u202eb"),
        renamed("x" * 1_000),
        renamed(None),
        lambda _, members: members.update({"../evil": b"x"}),
        lambda _, members: members.pop("embeddings.npy"),
        lambda _, members: members.update({"faces/00000.webp": b"not a picture"}),
        lambda _, members: members.update({"embeddings.npy": members["embeddings.npy"] + b"x"}),
        with_table(np.array([[np.nan, 0, 0]], "<f4")),
        with_table(np.array([[2, 0, 0]], "<f4")),
        with_table(np.array([[1, 0, 0]], "<f8")),
        with_table(np.array([["pickled"]], object)),
    ],
)
def test_what_strangers_put_into_a_pack_is_refused(change: Callable[[dict[str, Any], Members], None]) -> None:
    with pytest.raises(PackError):
        read_pack(rewritten(change))


def test_a_bomb_and_what_is_no_zip_are_refused() -> None:
    for data in (b"", b"PK\x03\x04", b"x" * 1_000, write_pack(packed())[:200]):
        with pytest.raises(PackError):
            read_pack(data)
    with pytest.raises(PackError, match="too large"):
        read_pack(rewritten(lambda manifest, _: manifest.update(padding="0" * 5_000_000)))
