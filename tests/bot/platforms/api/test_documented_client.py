"""The client in docs/api.md works as it stands there."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

from tests.support.api import Bench

DOCUMENT = Path(__file__).resolve().parents[4] / "docs/api.md"


async def test_the_client_says_who_is_in_a_picture(api: Bench, tmp_path: Path) -> None:
    [code] = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    assert len([line for line in code.splitlines() if line]) <= 11
    (tmp_path / "client.py").write_text(code)
    (tmp_path / "picture.jpg").write_bytes(b"maki+somebody")
    environment = {"API": api.adapter.url or "", "TOKEN": (await api.program()).secret}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "client.py", "picture.jpg"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == ["Nishikino Maki", "unknown"], done.stderr
