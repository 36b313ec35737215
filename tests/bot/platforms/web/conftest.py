"""What the web chat's tests may ask for: a web chat, and a browser to look at it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.platforms.web.adapter import WebAdapter
from tests.support.artwork import CAST, draw_portrait
from tests.support.chromium import Browser, chromium
from tests.support.web.page import DESKTOP, NAMES, Page
from tests.support.web.server import Recorder, serve


@pytest.fixture
def handler() -> Recorder:
    return Recorder()


@pytest.fixture
async def adapter(handler: Recorder) -> AsyncIterator[WebAdapter]:
    async with serve(handler) as adapter:
        yield adapter


@pytest.fixture
def url(adapter: WebAdapter) -> str:
    assert adapter.url is not None
    return adapter.url


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    browser.appear(DESKTOP)
    browser.console()  # what the page of the test before has left: it may still have been reconnecting
    yield Page(browser, tmp_path)
    browser.get("about:blank")
    browser.forget()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("pictures")
    paths = [folder / f"{name}.png" for name in NAMES[:3]]
    for seed, path in enumerate(paths):
        path.write_bytes(draw_portrait(CAST[path.stem], seed, size=360).encode())
    return [str(path) for path in paths]
