"""What a report to Sentry holds, and what it does not. None is sent."""

import gzip
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
import sentry_sdk
import structlog
from pydantic import SecretStr
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from bot import logs, sentry
from bot.config import Sentry
from bot.errors import ConfigError
from tests.conftest import REPOSITORY

DSN = "https://publickey@sentry.invalid/1"
TOKEN = "a secret of mine"

Reports = list[dict[str, Any]]


class Postbox(Transport):
    """Keeps what would be sent."""

    reports: Reports

    def capture_envelope(self, envelope: Envelope) -> None:
        event = envelope.get_event()
        assert event
        self.reports.append(json.loads(json.dumps(event, default=str)))


@pytest.fixture
def reports(restored_logs: None) -> Iterator[Reports]:
    """The reports of errors from here on."""
    logs.configure()
    Postbox.reports = []
    sentry.start(Sentry(dsn=SecretStr(DSN)), "whobot@1", [TOKEN], transport=Postbox)
    yield Postbox.reports
    sentry_sdk.init(dsn=None)


def fail(words: str) -> None:
    picture = f"the picture of {words}"
    raise ValueError(picture)


def fail_and_log(log: Callable[[], None], words: str) -> None:
    try:
        fail(words)
    except ValueError:
        log()


def test_an_error_is_reported_by_kind_and_place(reports: Reports) -> None:
    with structlog.contextvars.bound_contextvars(request="c0ffee", platform="discord"):
        fail_and_log(lambda: structlog.get_logger("bot").exception("failed", user="Ann"), "of Ann")
    (report,) = reports
    (error,) = report["exception"]["values"]
    assert error["type"] == "ValueError"
    assert [frame["function"] for frame in error["stacktrace"]["frames"]] == ["fail_and_log", "fail"]
    assert report["release"] == "whobot@1"
    assert report["tags"] == {"request": "c0ffee", "platform": "discord", "event": "failed"}


def test_nothing_of_people_pictures_or_the_machine_is_reported(reports: Reports) -> None:
    words = "Ann's holiday"
    structlog.get_logger("bot").info("what came before", words=words)
    fail_and_log(lambda: structlog.get_logger("bot").exception("failed", words=words), words)
    fail_and_log(lambda: logging.getLogger("library").exception("trouble with %s", words), words)  # noqa: LOG004
    logging.getLogger("library").error(f"trouble with {words}")
    assert len(reports) == 3
    text = json.dumps(reports)
    for never in (words, "publickey", "server_name", "breadcrumbs", sys.argv[0]):
        assert never not in text
    assert all(
        "vars" not in frame for r in reports[:2] for frame in r["exception"]["values"][0]["stacktrace"]["frames"]
    )
    assert reports[2]["message"] == "an error of library"


def test_a_secret_is_taken_out_wherever_it_is(reports: Reports) -> None:
    structlog.get_logger("bot").error(f"failed with {TOKEN}")
    (report,) = reports
    assert TOKEN not in json.dumps(report)
    assert report["message"] == "failed with [redacted]"


def test_what_is_no_error_is_not_reported(reports: Reports) -> None:
    structlog.get_logger("bot").warning("hm", exc_info=ValueError("x"))
    assert reports == []


def test_a_failing_report_does_no_harm(reports: Reports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    monkeypatch.setattr(sentry_sdk, "new_scope", lambda: 1 / 0)
    structlog.get_logger("bot").error("failed")
    assert reports == []


LAST_WORDS = """
import sys
import structlog
from pydantic import SecretStr
from bot import logs, sentry
from bot.config import Sentry

logs.configure()
sentry.start(Sentry(dsn=SecretStr(sys.argv[1])), "whobot@1")
structlog.get_logger("bot").critical("cannot_run", kind="StoreError", problem="the database of Ann")
"""


class Server(BaseHTTPRequestHandler):
    """Takes reports as Sentry does."""

    received: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append(gzip.decompress(content) if self.headers["Content-Encoding"] == "gzip" else content)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_what_is_reported_last_of_all_still_arrives() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        dsn = f"http://publickey@127.0.0.1:{server.server_port}/1"
        subprocess.run([sys.executable, "-c", LAST_WORDS, dsn], cwd=REPOSITORY, timeout=300, check=True)
        server.shutdown()
    (report,) = Server.received
    assert b"cannot_run" in report
    assert b"StoreError" in report
    assert b"Ann" not in report


def test_without_a_dsn_nothing_happens(restored_logs: None) -> None:
    before = logging.getLogger().handlers[:]
    sentry.start(Sentry(), "whobot@1")
    assert logging.getLogger().handlers == before


def test_a_dsn_that_is_none_is_explained_without_showing_it(restored_logs: None) -> None:
    with pytest.raises(ConfigError, match=r"sentry\.dsn is no DSN") as caught:
        sentry.start(Sentry(dsn=SecretStr("s3cr3t nonsense")), "whobot@1")
    assert "s3cr3t" not in str(caught.value)


def test_a_missing_library_is_explained(restored_logs: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with pytest.raises(ConfigError, match=r"install whobot\[sentry\]"):
        sentry.start(Sentry(dsn=SecretStr(DSN)), "whobot@1")
