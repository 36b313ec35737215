"""The platform that the documents show whole does what it says."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from bot import app, config
from bot.platforms.registry import sections
from tests.support import tiny
from tests.support.platform_chats import until

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/developers/platform.md"


@pytest.fixture
def shown() -> dict[str, Any]:
    """What the document's file defines."""
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {"__name__": "folder"}
    exec(compile(code.group(1), "folder.py", "exec"), names)  # noqa: S102 - it is our own
    return names


async def test_a_picture_in_the_inbox_is_answered_in_the_outbox(
    shown: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    picture = tmp_path / "inbox/red.png"
    picture.parent.mkdir()
    picture.write_bytes(tiny.encoded(tiny.picture(tiny.RED)))
    tiny.tiny_models(tmp_path)
    assert not re.search(r"bot\.cli", DOCUMENT.read_text())
    read = config.load(None, {"WHOBOT_FOLDER__OUTBOX": "answers"}, sections(shown["PLATFORMS"])).settings
    settings = config.Settings(
        platforms=read.platforms,
        models=config.Models(directory=tmp_path, classifier="tiny.tflite", detector=str(tiny.CASCADE)),
        store=config.Store(url=f"sqlite+aiosqlite:///{tmp_path}/whobot.db"),
        workers=config.Workers(threads=1),
    )
    stop = asyncio.Event()
    running = asyncio.create_task(app.run(settings, stop, platforms=shown["PLATFORMS"]))
    await until(lambda: not picture.exists())
    stop.set()
    assert await running
    text, *images = sorted((tmp_path / "answers").iterdir(), key=lambda path: path.suffix != ".txt")
    assert "Akane Hoshino" in text.read_text()
    (answer,) = images
    with Pillow.open(answer) as image:
        assert image.format == "JPEG"
