"""The API does what its description says: schemathesis asks it whatever that allows, and what it does not."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot import config
from bot.platforms.api.adapter import ApiAdapter
from bot.platforms.api.description import ROOT, described
from bot.platforms.api.platform import Api
from bot.platforms.web.platform import Web
from bot.storage.store import Store
from bot.storage.values import Grant
from tests.support import tiny
from tests.support.running import running

EXAMPLES = 8
"""Requests to each operation in each phase: enough to meet each kind of mistake, few enough to be quick."""
SKIPPED = ("positive_data_acceptance",)
"""What the description cannot say: that random bytes are no picture."""
REPORT = "report.json"


@asynccontextmanager
async def whole_bot(folder: Path) -> AsyncIterator[tuple[str, str]]:
    """Run a whole bot with tiny networks, its API alone; give its address and the secret of a token that may do all."""
    tiny.tiny_base(folder / "tiny.tflite", recognition=tiny.tiny_recognition())
    url = f"sqlite+aiosqlite:///{folder}/whobot.db"
    async with Store(url) as store:
        made = await store.make_token("tester", Grant)
        assert made is not None
    settings = config.Settings(
        platforms={"web": Web(enabled=False), "api": Api(enabled=True, port=0)},
        models=config.Models(directory=folder, classifier="tiny.tflite", detector=str(tiny.CASCADE)),
        store=config.Store(url=url),
        limits=config.Limits(user_requests=100_000, chat_requests=100_000, user_presses=100_000, chat_presses=100_000),
        workers=config.Workers(threads=1),
    )
    async with running(settings) as bot:
        [adapter] = bot.adapters
        assert isinstance(adapter, ApiAdapter)
        assert adapter.url is not None
        yield adapter.url, made[1]


def schemathesis(url: str, secret: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}{ROOT}/openapi.json"]
    options = {
        "--seed": "1",
        "--max-examples": f"{EXAMPLES}",
        "--suppress-health-check": "all",
        "--exclude-checks": ",".join(SKIPPED),
        "--header": f"Authorization: Bearer {secret}",
        "--report-json-path": REPORT,
    }
    arguments = [word for option in options.items() for word in option]
    return subprocess.run([*command, *arguments], cwd=folder, capture_output=True, text=True, check=False)


async def test_the_api_keeps_to_its_description(tmp_path: Path) -> None:
    async with whole_bot(tmp_path) as (url, secret):
        done = await asyncio.to_thread(schemathesis, url, secret, tmp_path)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    operations = [path for path, methods in described("")["paths"].items() for _ in methods]
    tested = json.loads((tmp_path / REPORT).read_text())["operations"]["tested"]
    assert tested == len(operations) - 1, "all but the one by which the description is fetched"
