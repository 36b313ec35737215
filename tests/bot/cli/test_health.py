"""``whobot health``: a health check's exit code, and what is wrong in words."""

import json

from tests.bot.cli.conftest import Start, Whobot
from tests.bot.cli.test_run import JSON_LOG, wait_for
from tests.checks.container import free_port


def test_a_running_bot_is_well_and_one_that_is_not_there_is_not(start: Start, whobot: Whobot) -> None:
    port = str(free_port())
    process = start("run", env=JSON_LOG | {"WHOBOT_WEB__PORT": port})
    wait_for(process, "web_chat_open")
    asked = whobot("health", WHOBOT_WEB__PORT=port)
    assert asked.exit_code == 0, asked.output
    assert json.loads(asked.stdout)["platforms"] == {"web": True}
    process.terminate()
    assert process.wait() == 0
    gone = whobot("health", WHOBOT_WEB__PORT=port)
    assert gone.exit_code == 1
    assert "whobot does not answer" in gone.stderr
