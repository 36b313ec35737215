"""The documents point at what exists."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bot.chat.model import Capabilities
from tests.checks.features import FEATURES, table

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    path for folder in (".", "docs/decisions", "models") for path in sorted((REPOSITORY / folder).glob("*.md"))
]
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")


def anchors(document: Path) -> set[str]:
    """The anchors that a document's headings make, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
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


def test_the_table_of_features_says_what_the_adapters_declare() -> None:
    assert table() in (REPOSITORY / "README.md").read_text()
    flags = {one.name for one in fields(Capabilities) if one.type is bool}
    assert flags == set(FEATURES)
