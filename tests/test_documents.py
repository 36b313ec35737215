"""The documents point at what exists."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from bot.chat.model import Capabilities
from tests.checks.commands import table as table_of_commands
from tests.checks.docs_pictures import SKETCHES
from tests.checks.features import CAPABILITIES, table

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"), *REPOSITORY.glob("models/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")


def anchors(document: Path) -> set[str]:
    """The anchors that a document's headings make, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_every_local_link_leads_somewhere(document: Path) -> None:
    broken = []
    for match in LINK.finditer(document.read_text()):
        link = match.group(1) or match.group(2)
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def test_the_table_of_features_says_what_the_platforms_declare() -> None:
    assert table() in (REPOSITORY / "docs/platforms.md").read_text()
    flags = {one.name for one in fields(Capabilities) if one.type is bool}
    assert flags == set(CAPABILITIES)


def test_every_capability_is_read_where_replies_are_made() -> None:
    code = "".join(path.read_text() for path in (REPOSITORY / "bot/chat").rglob("*.py"))
    read = set(re.findall(r"\bcapabilities\.(\w+)", code))
    assert {one.name for one in fields(Capabilities)} <= read


def test_the_table_of_commands_says_what_the_registry_holds() -> None:
    assert table_of_commands() in (REPOSITORY / "docs/platforms.md").read_text()


def test_contributors_are_told_the_floor_of_coverage() -> None:
    floor = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["coverage"]["report"]["fail_under"]
    assert f"less than {floor} % of lines and branches" in (REPOSITORY / "CONTRIBUTING.md").read_text()


def test_contributors_are_told_every_command_of_make_that_checks() -> None:
    told = (REPOSITORY / "CONTRIBUTING.md").read_text()
    targets = re.findall(r"^(test|coverage|check[a-z-]*):.* ##", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert len(targets) >= 6
    assert [name for name in targets if f"`make {name}`" not in told] == []


@pytest.mark.parametrize("document", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_file_that_is_named_exists(document: str) -> None:
    """A name in code quotes with a folder and an ending: as it is, or within bot/. Patterns stand for many."""
    named = re.findall(r"`([\w.-]+/[\w./-]+\.[a-z]+)`", (REPOSITORY / document).read_text())
    assert len(named) >= 5
    assert [name for name in named if not ((REPOSITORY / name).exists() or (REPOSITORY / "bot" / name).exists())] == []


def test_the_pictures_of_the_instructions_are_drawn_by_their_command() -> None:
    drawn = {f"{name}.svg": draw().svg() for name, draw in SKETCHES.items()}
    assert {path.name: path.read_text() for path in (REPOSITORY / "docs/images").glob("*.svg")} == drawn


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_every_table_that_the_site_takes_from_elsewhere_is_there(document: Path) -> None:
    for name, source in re.findall(r"<!-- table: (\w+) of (\S+) -->", document.read_text()):
        text = (document.parent / source).read_text()
        assert f"<!-- begin: {name} -->" in text
        assert f"<!-- end: {name} -->" in text


@pytest.mark.parametrize("document", ["THREATS.md", "docs/developers/faults.md"])
def test_every_test_that_a_document_names_exists(document: str) -> None:
    named = set(re.findall(r"`(test_\w+)`", (REPOSITORY / document).read_text()))
    defined = {
        name
        for path in (REPOSITORY / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert len(named) > 20
    assert sorted(named - defined) == []


def test_every_warning_and_error_of_the_log_is_explained_to_operators() -> None:
    lines = {
        line
        for path in (REPOSITORY / "bot").rglob("*.py")
        for line in re.findall(r"log(?:ger)?\.(?:warning|error|exception|critical)\(\s*\"([^\"]+)\"", path.read_text())
    }
    rows = re.findall(r"^\| (`.+?`) \|", (REPOSITORY / "docs/watching.md").read_text(), re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert "cannot_run" in lines
    assert sorted(lines - explained) == []


def test_every_figure_that_operators_should_watch_is_counted() -> None:
    named = set(re.findall(r"\bwhobot_[a-z_]+", (REPOSITORY / "docs/watching.md").read_text()))
    counted = set(re.findall(r"whobot_[a-z_]+", (REPOSITORY / "bot/metrics.py").read_text()))
    assert {name.removesuffix("_total").removesuffix("_bucket") for name in named} <= counted
