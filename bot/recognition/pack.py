"""Character packs: what one community has taught, in a file that another one can take over.

A pack is a zip of three things:

- ``manifest.json``: names, series, aliases, how many faces each has, and a checksum of every other member
- ``embeddings.npy``: float32 ``(faces, dimensions)``, no pickle
- ``faces/00000.webp`` and so on: a picture for each face, where whoever made the pack chose that

It comes from strangers: nothing is unpacked to the disk, every size is limited before it is read, and every name is
checked as one that somebody types.
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bot.errors import PackError, UserError
from bot.recognition import formats
from bot.recognition.characters import Characters
from bot.recognition.gallery import Embedding
from bot.recognition.names import is_active
from bot.recognition.teaching import taught_before, tidied, unlike

FORMAT, VERSION = "whobot-pack", 1
MANIFEST, EMBEDDINGS = "manifest.json", "embeddings.npy"
MOST_FACES = 20_000
MOST_CHARACTERS = 5_000
MOST_ALIASES = 20
LARGEST_PACK = 200_000_000
LARGEST_MANIFEST = 4_000_000
LARGEST_CROP = 1_000_000
"""Bytes. What whobot cuts out is far smaller."""
DIMENSIONS = 4_096
"""Most numbers of an embedding."""


@dataclass(frozen=True, slots=True)
class PackedCharacter:
    """A character with its faces: unit-length embeddings, and an encoded crop for each or none at all."""

    name: str
    series: str | None
    aliases: tuple[str, ...]
    embeddings: tuple[Embedding, ...] = field(repr=False, compare=False)
    crops: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Pack:
    """Characters as the bundle called `bundle_id` sees them."""

    bundle_id: str
    characters: tuple[PackedCharacter, ...]

    @property
    def has_crops(self) -> bool:
        """Whether another bundle can see the faces anew."""
        return all(one.crops for one in self.characters)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a character of a pack would add.

    Args:
        id: Who it is here; the name itself for somebody new.
        new: How many faces are not known yet.
        known: Whether somebody is called so already.
        strange: Whether the faces look nothing like that one: it may be somebody else of the same name.
    """

    id: str
    character: PackedCharacter
    new: tuple[int, ...]
    known: bool
    strange: bool


def write_pack(pack: Pack) -> bytes:
    """Return the file of a pack.

    Raises:
        PackError: there is nothing in it, or too much.
    """
    faces = [embedding for one in pack.characters for embedding in one.embeddings]
    if not faces or len(faces) > MOST_FACES:
        raise PackError(f"a pack has 1 to {MOST_FACES} faces, and this one has {len(faces)}")
    table = io.BytesIO()
    np.lib.format.write_array(table, np.stack(faces).astype("<f4"), allow_pickle=False)
    members = {EMBEDDINGS: table.getvalue()}
    if pack.has_crops:
        crops = (crop for one in pack.characters for crop in one.crops)
        members |= {_crop_name(number): crop for number, crop in enumerate(crops)}
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "bundle": pack.bundle_id,
        "crops": pack.has_crops,
        "characters": [
            {"name": one.name, "series": one.series, "aliases": list(one.aliases), "faces": len(one.embeddings)}
            for one in pack.characters
        ],
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in members.items()},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def read_pack(data: bytes) -> Pack:
    """Read a pack.

    Raises:
        PackError: it is none, damaged, of a later version, or holds what no pack of ours would.
    """
    if len(data) > LARGEST_PACK:
        raise PackError(f"it is larger than {LARGEST_PACK // 1_000_000} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, KeyError) as error:
        raise PackError(f"it is no pack, or damaged: {error}") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise PackError(f"it says what no pack says: {error}") from error


def foresee(
    pack: Pack, known: Mapping[str, Sequence[Embedding]], characters: Characters, *, kinship: float
) -> list[Foreseen]:
    """Say what a pack would add, without adding it.

    Args:
        known: The faces by which characters are known here, by present id, as the pack's bundle sees them.
        characters: Everybody who is known here.
        kinship: The cosine that two faces of one character have on average, as the bundle says.
    """
    found = []
    for one in pack.characters:
        id_ = characters.find(one.name) or one.name
        earlier = list(known.get(id_, ()))
        new = tuple(place for place, face in enumerate(one.embeddings) if not taught_before(face, earlier))
        strange = unlike([one.embeddings[place] for place in new], earlier, kinship=kinship)
        found.append(Foreseen(id_, one, new, id_ in known or id_ in characters, strange))
    return found


def _read(archive: zipfile.ZipFile) -> Pack:
    names = archive.namelist()
    if len(names) > MOST_FACES + 2 or len(set(names)) != len(names):
        raise PackError("it has too many members, or one of them twice")
    manifest = json.loads(_member(archive, MANIFEST, LARGEST_MANIFEST))
    if manifest["format"] != FORMAT:
        raise PackError("it is no pack of whobot's")
    if manifest["version"] != VERSION:
        raise PackError(
            f"it is of version {manifest['version']!r}, and this whobot reads version {VERSION}: upgrade it"
        )
    entries = list(map(_entry, manifest["characters"]))
    if not 0 < len(entries) <= MOST_CHARACTERS or len({name for name, *_ in entries}) != len(entries):
        raise PackError(f"a pack has 1 to {MOST_CHARACTERS} characters, each once")
    count = sum(faces for *_, faces in entries)
    if count > MOST_FACES:
        raise PackError(f"it has more than {MOST_FACES} faces")
    table = _table(_checked(archive, manifest, EMBEDDINGS, count * DIMENSIONS * 4 + 1_000), count)
    crops = manifest["crops"] is True
    expected = {MANIFEST, EMBEDDINGS, *(_crop_name(number) for number in range(count if crops else 0))}
    if set(names) != expected:
        raise PackError("it has other members than its manifest says")
    characters, start = [], 0
    for name, series, aliases, faces in entries:
        places = range(start, start + faces)
        pictures = tuple(_crop(archive, manifest, number) for number in places) if crops else ()
        characters.append(PackedCharacter(name, series, aliases, tuple(table[place] for place in places), pictures))
        start += faces
    bundle_id = manifest["bundle"]
    if not isinstance(bundle_id, str) or not 0 < len(bundle_id) <= 64:
        raise PackError("it names no bundle")
    return Pack(bundle_id, tuple(characters))


def _entry(entry: Any) -> tuple[str, str | None, tuple[str, ...], int]:
    faces, series, aliases = entry["faces"], entry["series"], entry["aliases"]
    if not isinstance(faces, int) or isinstance(faces, bool) or not 0 < faces <= MOST_FACES:
        raise PackError("a character has no face, or no number of faces")
    if not isinstance(aliases, list) or len(aliases) > MOST_ALIASES:
        raise PackError(f"a character has more than {MOST_ALIASES} further names")
    return _name(entry["name"]), None if series is None else _name(series), tuple(map(_name, aliases)), faces


def _name(text: Any) -> str:
    if not isinstance(text, str):
        raise PackError("a name is no text")
    try:
        name = tidied(text)
    except UserError as error:
        raise PackError("it has a name that no character can have") from error
    if is_active(name):
        raise PackError("it has a name in which chats would show a link, a command or a mention")
    return name


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    if archive.getinfo(name).file_size > most:
        raise PackError(f"{name} is too large")
    with archive.open(name) as member:
        data = member.read(most + 1)  # what it says of its size need not be true
    if len(data) > most:
        raise PackError(f"{name} is too large")
    return data


def _checked(archive: zipfile.ZipFile, manifest: Mapping[str, Any], name: str, most: int) -> bytes:
    data = _member(archive, name, most)
    if manifest["sha256"][name] != hashlib.sha256(data).hexdigest():
        raise PackError(f"{name} does not match its checksum")
    return data


def _table(data: bytes, count: int) -> Embedding:
    """Read the embeddings. The header is looked at first: numpy would make room for whatever it says."""
    file = io.BytesIO(data)
    if np.lib.format.read_magic(file) != (1, 0):
        raise PackError("its embeddings are of an unknown format")
    shape, fortran, kind = np.lib.format.read_array_header_1_0(file)
    if kind != np.dtype("<f4") or fortran or len(shape) != 2 or shape[0] != count or not 0 < shape[1] <= DIMENSIONS:
        raise PackError("its embeddings are no table of numbers for its faces")
    table: Embedding = np.frombuffer(file.read(), "<f4").reshape(shape).astype(np.float32)
    if not np.isfinite(table).all() or not np.allclose(np.linalg.norm(table, axis=1), 1, atol=1e-3):
        raise PackError("its embeddings are not of unit length")
    return table


def _crop(archive: zipfile.ZipFile, manifest: Mapping[str, Any], number: int) -> bytes:
    data = _checked(archive, manifest, _crop_name(number), LARGEST_CROP)
    kind = formats.sniff(data)
    if kind is None or not any(media_type.startswith("image/") for media_type in kind.media_types):
        raise PackError(f"{_crop_name(number)} is no picture")
    return data


def _crop_name(number: int) -> str:
    return f"faces/{number:05d}.webp"
