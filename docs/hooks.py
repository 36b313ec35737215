"""What the site shows beyond docs/: documents of the repository's other folders, and tables taken out of them.

Links are written as they work in the repository. Here they are led to the same documents on the site; a file that is
no document is put on the site as it is.
"""

import os
import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

REPOSITORY = Path(__file__).resolve().parents[1]
DOCS = "docs/"
DOCUMENTS = (
    *("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "THREATS.md"),
    *Path("models").glob("*.md"),
)
"""Shown as pages, though they lie outside docs/."""
LINK = re.compile(r"(\]\(|(?:src|srcset|href)=\")([^)\s\"#]+)")
TABLE = re.compile(r"<!-- table: (\w+) of (\S+) -->")
"""Stands for what lies between the marks of that name in another document."""


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the documents that lie outside docs/."""
    for path in sorted(REPOSITORY.joinpath(document) for document in DOCUMENTS):
        files.append(_file(config, path.relative_to(REPOSITORY).as_posix()))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Fill in the tables, and lead each link to where its target lies on the site."""
    outside = page.file.generated_by is not None
    here = posixpath.dirname(page.file.src_uri if outside else DOCS + page.file.src_uri)

    def table(match: re.Match[str]) -> str:
        name, document = match.groups()
        text = (REPOSITORY / here / document).read_text()
        found = re.search(rf"<!-- begin: {name} -->\n(.*?)<!-- end: {name} -->", text, re.DOTALL)
        if found is None:
            raise PluginError(f"{page.file.src_uri}: {document} has no table {name}")
        return found[1].strip()

    def link(match: re.Match[str]) -> str:
        before, target = match.groups()
        path = posixpath.normpath(posixpath.join(here, target))
        if re.match(r"[a-z]+:", target) or not (REPOSITORY / path).is_file():
            return match[0]  # another site, or nothing: mkdocs says so
        uri = path.removeprefix(DOCS)
        if files.get_file_from_path(uri) is None:
            files.append(_file(config, path))
        return before + os.path.relpath(uri, posixpath.dirname(page.file.src_uri) or ".")

    return LINK.sub(link, TABLE.sub(table, markdown))


def _file(config: MkDocsConfig, path: str) -> File:
    return File.generated(config, path, abs_src_path=str(REPOSITORY / path))
