"""Logs: one way out, and no secret takes it."""

import io
import json
import logging
import sys
import threading
import warnings

import pytest
import structlog

from bot import logs
from bot.redact import MASK
from tests.support.tokens import DISCORD_TOKEN, TELEGRAM_TOKEN

PASSWORD = 'pass "wörd"\\1'


pytestmark = pytest.mark.usefixtures("restored_logs")


@pytest.fixture(params=["console", "json"])
def stream(request: pytest.FixtureRequest) -> io.StringIO:
    stream = io.StringIO()
    logs.configure("info", request.param, [PASSWORD, TELEGRAM_TOKEN], stream)
    return stream


def test_known_secrets_are_removed_however_they_are_spelt(stream: io.StringIO) -> None:
    log = structlog.get_logger("test")
    log.info("opened %s", PASSWORD)
    log.info("value", password=PASSWORD, nested={"a": [PASSWORD]}, url="/?password=pass%20%22w%C3%B6rd%22%5C1")
    log.bind(token=TELEGRAM_TOKEN).warning("bound")
    logging.getLogger("library").warning("stdlib %r", PASSWORD)
    written = stream.getvalue()
    assert written.count(MASK) == 6
    for part in ("wörd", "w%C3%B6rd", "w\\u00f6rd", TELEGRAM_TOKEN[5:]):
        assert part not in written


def test_exceptions_and_their_causes_are_redacted(stream: io.StringIO) -> None:
    def fail() -> None:
        try:
            int(f"https://api.telegram.org/file/bot{TELEGRAM_TOKEN}/a.jpg")
        except ValueError as error:
            raise RuntimeError(f"token {DISCORD_TOKEN}") from error

    try:
        fail()
    except RuntimeError:
        structlog.get_logger().exception("failed")
        logging.getLogger("library").exception("failed too")
    written = stream.getvalue()
    assert written.count("RuntimeError") >= 2
    assert written.count("ValueError") >= 2
    assert TELEGRAM_TOKEN not in written
    assert DISCORD_TOKEN not in written


def test_uncaught_exceptions_are_logged_and_redacted(stream: io.StringIO) -> None:
    sys.excepthook(ValueError, ValueError(TELEGRAM_TOKEN), None)

    def crash() -> None:
        raise ValueError(DISCORD_TOKEN)

    thread = threading.Thread(target=crash)
    thread.start()
    thread.join()
    written = stream.getvalue()
    assert written.count("uncaught_exception") == 2
    assert written.count(f"ValueError: {MASK}") == 2


def test_a_record_that_cannot_be_formatted_does_not_leak(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    record = logging.LogRecord("library", logging.WARNING, __file__, 1, "%d", (TELEGRAM_TOKEN,), None)
    logging.getLogger().handlers[0].handle(record)
    captured = capsys.readouterr()
    written = stream.getvalue() + captured.err + captured.out
    assert "library" in written
    assert TELEGRAM_TOKEN not in written


def test_warnings_are_logged(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"deprecated {TELEGRAM_TOKEN}", stacklevel=1)
    # pytest hears the warning first; the logger that warnings go to is what is wired here
    logging.getLogger("py.warnings").warning("deprecated %s", TELEGRAM_TOKEN)
    assert f"deprecated {MASK}" in stream.getvalue()
    assert TELEGRAM_TOKEN not in stream.getvalue()


def test_request_lines_of_libraries_are_quiet(stream: io.StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request: POST https://api.telegram.org/bot…/getUpdates")
    logging.getLogger("discord.gateway").info("connected to the gateway")
    logging.getLogger("httpx").warning("trouble")
    assert "HTTP Request" not in stream.getvalue()
    assert "connected to the gateway" in stream.getvalue()
    assert "trouble" in stream.getvalue()


def test_what_people_write_stays_out_of_the_log_even_while_debugging() -> None:
    stream = io.StringIO()
    logs.configure("debug", stream=stream)
    structlog.get_logger("bot.chat.service").debug("looked into")
    for name in ("discord.gateway", "telegram.ext.ExtBot", "aiosqlite", "a_platform_of_tomorrow"):
        logging.getLogger(name).debug("event: %s", {"content": "who is this?"})
        logging.getLogger(name).info("connected")
    assert "who is this?" not in stream.getvalue()
    assert stream.getvalue().count("connected") == 4
    assert stream.getvalue().count("looked into") == 1


def test_the_level_holds_for_both_ways() -> None:
    stream = io.StringIO()
    logs.configure("warning", "console", (), stream)
    structlog.get_logger("whobot").info("quiet")
    logging.getLogger("library").info("quiet")
    assert stream.getvalue() == ""


def test_json_is_one_object_a_line() -> None:
    stream = io.StringIO()
    logs.configure("info", "json", (), stream)
    with structlog.contextvars.bound_contextvars(request="r1"):
        structlog.get_logger("whobot.test").info("answered", faces=2, name="真姫\n")
    logging.getLogger("library").warning("hm", extra={"shard": 1})
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first | {"timestamp": ""} == {
        "event": "answered",
        "faces": 2,
        "name": "真姫\n",
        "request": "r1",
        "level": "info",
        "logger": "whobot.test",
        "timestamp": "",
    }
    assert first["timestamp"].endswith("Z")
    assert (second["event"], second["shard"]) == ("hm", 1)


def test_a_line_break_in_a_value_forges_no_line() -> None:
    stream = io.StringIO()
    logs.configure("info", "console", (), stream)
    structlog.get_logger().info("posted", filename="a.png\n12:00:00 [info] all is well")
    assert len(stream.getvalue().splitlines()) == 1
