"""``whobot run`` as a process: it starts without any settings, stops when it is told, and says why if it does not."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from tests.bot.cli.conftest import Start

JSON_LOG = {"WHOBOT_LOG__FORMAT": "json", "WHOBOT_WEB__PORT": "0", "WHOBOT_WORKERS__THREADS": "1"}


def wait_for(process: subprocess.Popen[str], event: str) -> dict[str, str]:
    assert process.stderr
    seen = []
    for line in process.stderr:
        seen.append(line)
        if line.startswith("{"):
            entry: dict[str, str] = json.loads(line)
            if entry["event"] == event:
                return entry
    raise AssertionError(f"{event} was not logged:\n{''.join(seen)}")


def test_without_settings_it_is_a_web_chat_that_stops_when_told(start: Start) -> None:
    process = start("run", env=JSON_LOG)
    url = wait_for(process, "web_chat_open")["url"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    with urllib.request.urlopen(f"{url}/healthz") as response:  # noqa: S310
        report = {"ok": True, "parts": {"workers": True, "store": True}, "platforms": {"web": True}}
        assert json.load(response) == report | {"decoders_replaced": 0}
    process.send_signal(signal.SIGTERM)
    wait_for(process, "stopped")
    assert process.wait() == 0


def test_a_json_log_is_json_from_the_first_line_to_the_last(start: Start) -> None:
    process = start("run", env=JSON_LOG)
    assert process.stderr
    events = []
    for line in process.stderr:
        events.append(json.loads(line)["event"])
        if events[-1] == "web_chat_open":
            process.send_signal(signal.SIGTERM)
    assert process.wait() == 0
    assert (events[0], events[-1]) == ("settings_read", "stopped")


def test_a_json_log_says_why_it_cannot_run(start: Start) -> None:
    process = start("run", env=JSON_LOG | {"WHOBOT_MODELS__CLASSIFIER": "gone.tflite"})
    _, errors = process.communicate()
    last = [json.loads(line) for line in errors.splitlines()][-1]
    assert process.returncode == 2
    assert (last["event"], last["level"]) == ("cannot_run", "critical")
    assert "gone.tflite" in last["problem"]
    assert "tiny.tflite" in last["problem"], "it names what could be chosen"


def test_ctrl_c_is_as_good(start: Start) -> None:
    process = start("run", env=JSON_LOG)
    wait_for(process, "web_chat_open")
    process.send_signal(signal.SIGINT)
    wait_for(process, "stopped")
    assert process.wait() == 0


def test_a_taken_port_is_reported(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        process = start("run", env={"WHOBOT_WEB__PORT": str(other.getsockname()[1])})
        _, errors = process.communicate()
    assert process.returncode == 2
    assert "another program uses that port" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"WHOBOT_WEB__ENABLED": "no"}, "there is nothing to run"),
        ({"WHOBOT_WEB__HOST": "0.0.0.0"}, "a password is needed"),  # noqa: S104
        ({"WHOBOT_MODELS__CLASSIFIER": "gone.tflite"}, "gone.tflite"),
    ],
)
def test_the_reason_for_not_starting_is_reported(start: Start, variables: dict[str, str], expected: str) -> None:
    process = start("run", env={"WHOBOT_WEB__PORT": "0"} | variables)
    _, errors = process.communicate()
    assert process.returncode == 2
    assert expected in errors
    assert "Traceback" not in errors


HANGING = """
import asyncio, time
from bot import logs, signals

async def main():
    stop = asyncio.Event()
    with signals.stop_on_signals(stop):
        print("ready", flush=True)
        await stop.wait()
        print("asked", flush=True)
        time.sleep(600)

{setting}
asyncio.run(main())
"""


def hang(setting: str) -> subprocess.Popen[str]:
    script = HANGING.format(setting=setting)
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    while process.stdout.readline() != "asked\n":
        assert process.poll() is None
    return process


def test_a_second_signal_ends_it_at_once() -> None:
    with hang("") as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 128 + signal.SIGTERM


def test_what_hangs_is_cut_off() -> None:
    with hang("signals.LAST_CALL_SECONDS = 0.1") as process:
        assert process.wait() == 1
