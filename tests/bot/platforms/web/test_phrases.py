"""The page's own words: all there, none left over, in the browser's language, never markup."""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from gettext import NullTranslations
from pathlib import Path

import aiohttp
import pytest

from bot.platforms.web import assets, people_phrases, phrases
from bot.platforms.web.refusal import Refusal
from bot.platforms.web.requests import Reader
from tests.support.service_harness import REGISTRY
from tests.support.web.server import Recorder, serve
from tests.support.webchat import WebChat

PACKAGE = Path(phrases.__file__).parent
ENGLISH = NullTranslations()
BY_THE_SERVER = {"accept", "language", "phrases"}


class Shouting(NullTranslations):
    """A language in which everything is louder, and full of markup."""

    def __init__(self) -> None:
        super().__init__()
        self._info = {"language": "en-x-loud"}

    def gettext(self, message: str) -> str:
        return f"</script><b>{message.upper()}" if "{" not in message else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if n == 1 else msgid2


PEOPLE_SHARES = ("phrases.js", "api.js", "dialogs.js")
"""Scripts of the chat that the people page has as well."""


def asked_for(page: Path, scripts: Iterable[Path]) -> set[str]:
    """The names of phrases that a page and its scripts ask for, in every way of choosing one."""
    names = set(re.findall(r"\{\{([\w-]+)\}\}", page.read_text()))
    for script in scripts:
        for call in re.findall(r"say\((?=([^(){}]*))", script.read_text()):
            names |= set(re.findall(r'"([a-z][\w-]*)"', call))
    return names


def used() -> set[str]:
    """Those of the chat."""
    names = asked_for(assets.TEMPLATE, assets.FOLDER.glob("*.js"))
    stages = {f"stage-{stage}{many}" for stage in ("downloading", "analysing") for many in ("", "-many")}
    return (names | stages) - BY_THE_SERVER


def refusals() -> Iterator[tuple[str, set[str]]]:
    """The kinds of refusal in the code, each with the names of its facts."""
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
                kind = node.args[1]
                assert isinstance(kind, ast.Constant)
                yield str(kind.value), {keyword.arg or "" for keyword in node.keywords} - {"retry_after"}


def test_every_phrase_is_there_and_used() -> None:
    assert used() == set(phrases.page_phrases(ENGLISH))


def test_every_phrase_of_the_people_page_is_there_and_used() -> None:
    scripts = [*(assets.FOLDER / "people").glob("*.js"), *(assets.FOLDER / name for name in PEOPLE_SHARES)]
    sides = {f"side-{side}" for side in ("left", "top", "width", "height")}
    assert (asked_for(assets.PEOPLE, scripts) | sides) - BY_THE_SERVER == set(people_phrases.people_phrases(ENGLISH))


def test_every_refusal_has_a_sentence() -> None:
    found = dict(refusals())
    assert len(found) > 15
    for kind, facts in found.items():
        sentence = phrases.sentence(Refusal(400, kind, **dict.fromkeys(facts, 7)), ENGLISH)
        assert sentence.endswith((".", "?"))
        assert ("7" in sentence) is bool(facts), kind


def test_no_place_of_the_page_stays_empty() -> None:
    for template, words in ((assets.TEMPLATE, phrases.page_phrases), (assets.PEOPLE, people_phrases.people_phrases)):
        assert "{{" not in assets.render(template.read_text(), ENGLISH, words)


async def test_the_page_speaks_the_browsers_language_and_words_are_never_markup(handler: Recorder) -> None:
    def translations(tag: str | None) -> NullTranslations:
        return Shouting() if tag == "en-x-loud" else ENGLISH

    async with serve(handler, translations=translations) as adapter, aiohttp.ClientSession(adapter.url) as http:
        async with http.get("/", headers={"Accept-Language": "en-x-loud, en"}) as response:
            assert response.headers["Vary"] == "Accept-Language"
            loud, loud_tag = await response.text(), response.headers["ETag"]
        async with http.get("/", headers={"If-None-Match": loud_tag}) as response:
            assert response.status == 200
            plain = await response.text()
        assert adapter.url is not None
        async with WebChat.open(adapter.url) as chat:
            chat.http.headers["Accept-Language"] = "en-x-loud"
            _, refused = await chat.send("")
    assert '<html lang="en-x-loud">' in loud
    assert "&lt;/script&gt;&lt;b&gt;PASSWORD" in loud
    assert "<b>" not in loud
    block = loud.split('id="phrases">')[1].split("</script>")[0]
    assert json.loads(block)["password"] == "</script><b>PASSWORD"
    assert "PASSWORD" not in plain
    assert refused["message"] == "</script><b>ADD A PICTURE OR WRITE SOMETHING FIRST."


def test_the_palette_is_that_of_a_private_chat() -> None:
    entries = {entry["name"]: entry for entry in Reader(REGISTRY, {}).palette(ENGLISH)}
    assert {"who", "teach", "forget", "roster", "settings", "optout", "help"} <= set(entries)
    assert "watch" not in entries
    assert entries["who"]["usage"] == "/who"
    assert not entries["who"]["takes"]
    assert (entries["teach"]["usage"], entries["teach"]["names"]) == ("/teach <name>", "any")
    assert entries["forget"]["names"] == "taught"
    assert entries["optout"]["choices"] == ["on", "off"]


@pytest.mark.parametrize(
    "script", sorted(path.relative_to(assets.FOLDER).as_posix() for path in assets.FOLDER.rglob("*.js"))
)
def test_scripts_hold_no_words_of_their_own(script: str) -> None:
    text = re.sub(r"^\s*//.*$", "", (assets.FOLDER / script).read_text(), flags=re.MULTILINE)
    assert not re.findall(r'"[A-Z][a-z]+(?: [a-z]+)+[^"]*"', text)
