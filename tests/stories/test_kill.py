"""The bot is killed under load, as by a power cut: nobody is left without an answer, and nobody gets two."""

import os
from pathlib import Path

import pytest

from tests.checks import kill_inbox


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the check makes the bot's lives by fork")
async def test_ten_kills(tmp_path: Path) -> None:
    log = tmp_path / "said.log"
    report = await kill_inbox.measure(10, seconds=300.0, seed=1, log=log)
    said = "\n".join((*report.lines(), log.read_text(errors="replace")[-5000:]))
    assert report.kills > 0, said
    assert (report.lost, report.twice) == ([], []), said
    assert {platform for platform, _ in report.asked} == {"Discord", "Telegram"}
