"""What the image and the trainer install is locked, to the hash of every file, and fits pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
EXTRAS = {"bot": ("postgres", "sentry"), "trainer": ("trainer",)}


def locked(name: str) -> dict[str, list[str]]:
    """The versions of each package in a lock: some have one for each Python."""
    found: dict[str, list[str]] = {}
    text = (REPOSITORY / f"requirements/{name}.txt").read_text()
    for package, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE):
        found.setdefault(canonicalize_name(package), []).append(version)
    return found


@pytest.mark.parametrize("name", EXTRAS)
def test_the_lock_fits_what_is_asked_for(name: str) -> None:
    asked = [
        *PROJECT["dependencies"],
        *(line for extra in EXTRAS[name] for line in PROJECT["optional-dependencies"][extra]),
    ]
    versions = locked(name)
    for requirement in map(Requirement, asked):
        chosen = versions.get(canonicalize_name(requirement.name))
        assert chosen, f"{requirement} is not locked: run make lock"
        assert all(requirement.specifier.contains(one) for one in chosen), f"{requirement}: run make lock"


@pytest.mark.parametrize("name", EXTRAS)
def test_every_locked_package_has_its_hashes(name: str) -> None:
    text = (REPOSITORY / f"requirements/{name}.txt").read_text()
    entries = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 30
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text, "whichever index was asked, the files are known by their hashes"


def test_every_requirement_has_an_upper_bound() -> None:
    lines = [*PROJECT["dependencies"], *(line for extra in PROJECT["optional-dependencies"].values() for line in extra)]
    unbound = [
        line for line in lines if not any(one.operator in {"<", "==", "<="} for one in Requirement(line).specifier)
    ]
    assert unbound == []
