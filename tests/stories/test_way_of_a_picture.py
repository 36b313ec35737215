"""The way of a picture as a whole: from a server on loopback through download, pipeline and replies to an answer."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from PIL import Image as Pillow

from bot.chat.model import Ask, Capabilities, Chat, Incoming, Picture, Reply, Trigger, User
from bot.chat.service import Service
from bot.config import Limits
from bot.metrics import Metrics
from bot.platforms.shared.openers import opener
from bot.recognition.local import LocalBackend
from bot.recognition.model_files import ModelFiles
from bot.recognition.options import LocalOptions
from bot.recognition.results import Image
from bot.storage.store import Store
from tests.support import tiny
from tests.support.service_harness import REGISTRY

LIMITS = Limits(bytes=100_000, pixels=1_000_000, pictures=5, faces=3)
CAPABILITIES = Capabilities(2000, 1024, 10, 10_000_000, alt_text=True)


def png(image: Image) -> bytes:
    buffer = io.BytesIO()
    Pillow.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def files() -> dict[str, bytes]:
    two = png(tiny.picture(tiny.RED, tiny.BLUE))
    vast = io.BytesIO()
    Pillow.new("1", (2000, 2000)).save(vast, "PNG")
    return {
        "two": two,
        "grey": png(tiny.picture(tiny.GREY)),
        "empty": png(tiny.picture()),
        "crowd": png(tiny.picture(*[tiny.GREEN] * 10)),
        "truncated": two[: len(two) // 2],
        "nothing": b"",
        "page": b"<html>not a picture</html>",
        "large": b"\x89PNG\r\n\x1a\n" + bytes(200_000),
        "vast": vast.getvalue(),
    }


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    tiny.tiny_models(tmp_path)
    models = ModelFiles(tmp_path / "tiny.tflite", tiny.CASCADE)
    async with (
        Store(f"sqlite+aiosqlite:///{tmp_path}/whobot.db") as store,
        LocalBackend(models, LocalOptions(pixels=LIMITS.pixels, faces=LIMITS.faces)) as backend,
    ):
        yield Service(REGISTRY, backend, store, Metrics(), limits=LIMITS)


@pytest.fixture
async def ask(service: Service) -> AsyncIterator["Asker"]:
    content = files()

    async def serve(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in content:
            raise web.HTTPNotFound
        return web.Response(body=content[name])

    app = web.Application()
    app.router.add_get("/{name}", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as session:
        yield Asker(service, session, f"http://127.0.0.1:{port}")
    await runner.cleanup()


class Asker:
    """Asks who is in pictures of the server."""

    def __init__(self, service: Service, session: aiohttp.ClientSession, address: str) -> None:
        self._service, self._session, self._address = service, session, address

    async def __call__(self, *names: str, trigger: Trigger = Trigger.COMMAND) -> Reply:
        openers = [opener(self._session, f"{self._address}/{name}", {"127.0.0.1"}) for name in names]
        pictures = tuple(Picture(name, open_) for name, open_ in zip(names, openers, strict=True))
        request = Incoming(Chat("web", "1"), User("web", "1"), Ask(pictures, trigger), CAPABILITIES)
        return await self._service.handle(request)


async def test_faces_come_back_named_and_drawn(ask: Asker) -> None:
    reply = await ask("two")
    first, second = reply.text.splitlines()
    assert first.startswith("1. Akane Hoshino, ")
    assert second.startswith("2. Aoi Umino, ")
    (image,) = reply.images
    assert "Akane Hoshino" in image.alt
    with Pillow.open(io.BytesIO(image.data)) as drawn:
        assert drawn.width > 100


async def test_an_unknown_face_and_no_face_are_said(ask: Asker) -> None:
    assert (await ask("grey")).text.startswith("1. Nobody I know (looks a little like ")
    assert "no anime face" in (await ask("empty")).text


async def test_a_crowd_is_cut_to_the_limit(ask: Asker) -> None:
    reply = await ask("crowd")
    assert reply.text.count("Midori Hayashi") == 3
    assert "There are 7 more faces that I have not named." in reply.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("truncated", "damaged"),
        ("nothing", "damaged or incomplete"),
        ("page", "cannot read this file"),
        ("large", "too large. I take up to 100 kB"),
        ("vast", "has 4 megapixels, and I take up to 1"),
        ("missing", "could not fetch"),
    ],
)
async def test_unreadable_pictures_get_a_clear_answer_and_the_others_their_own(
    ask: Asker, name: str, words: str
) -> None:
    reply = await ask(name)
    assert words in reply.text
    assert not reply.images
    reply = await ask("two", name)
    assert "Akane Hoshino" in reply.text
    assert words in reply.text
    assert len(reply.images) == 1
