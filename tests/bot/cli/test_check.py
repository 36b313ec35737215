"""``whobot check``: what is right, and what to do about what is not."""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot import config
from bot.cli import checks
from bot.finding import Finding, Status
from bot.platforms.discord.online_check import MESSAGE_CONTENT, check_online
from bot.platforms.discord.platform import Discord
from bot.platforms.telegram.platform import Telegram
from bot.storage.store import Store
from tests.bot.cli.conftest import Whobot
from tests.support.fakes.telegram import TOKEN, fake_telegram
from tests.support.tokens import DISCORD_TOKEN


def findings(text: str) -> dict[str, dict[str, Any]]:
    return {finding["subject"]: finding for finding in json.loads(text)}


def test_all_is_well(whobot: Whobot) -> None:
    result = whobot("check", "--json", WHOBOT_DISCORD__TOKEN=DISCORD_TOKEN)
    assert result.exit_code == 0
    found = findings(result.stdout)
    assert list(found) == ["settings", "runtime", "models", "fonts", "store", "discord", "telegram", "web", "api"]
    assert "fail" not in {finding["status"] for finding in found.values()}
    assert "3 characters (akane_hoshino, midori_hayashi, aoi_umino)" in found["models"]["message"]
    assert "litert" in found["runtime"]["message"] or "tflite" in found["runtime"]["message"]
    assert "will be made" in found["store"]["message"]
    assert "looks right" in found["discord"]["message"]
    assert "WHOBOT_TELEGRAM__TOKEN" in found["telegram"]["advice"]
    assert not list(Path().iterdir())  # nothing was made, the database least of all


def test_reports_of_errors_are_checked_where_they_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.check_sentry(config.Settings()) == []
    wanted = config.Settings(sentry=config.Sentry(dsn=SecretStr("https://key@sentry.invalid/1")))
    assert [finding.status for finding in checks.check_sentry(wanted)] == [Status.OK]
    (finding,) = checks.check_sentry(config.Settings(sentry=config.Sentry(dsn=SecretStr("nonsense"))))
    assert (finding.status, "is no DSN" in finding.message) == (Status.FAIL, True)
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    (finding,) = checks.check_sentry(wanted)
    assert finding.status is Status.FAIL
    assert "whobot[sentry]" in finding.message


def test_each_fault_comes_with_advice(whobot: Whobot, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("123")
    (tmp_path / "token").chmod(0o644)
    result = whobot(
        "check",
        WHOBOT_MODELS__CLASSIFIER="gone.tflite",
        WHOBOT_TELEGRAM__TOKEN_FILE=str(tmp_path / "token"),
        WHOBOT_ANSWERS__FONTS=str(tmp_path / "gone.ttf"),
        WHOBOT_STORE__URL="mysql://db/x",
    )
    assert result.exit_code == 1
    for words in (
        "gone.tflite. Its folder holds",
        "cannot read the font",
        "the token does not look like one",
        "@BotFather",
        "chmod 600",
        "sqlite+aiosqlite:///whobot.db",
    ):
        assert words in result.stdout
    assert "123" not in result.stdout


def test_wrong_settings_end_it(whobot: Whobot) -> None:
    assert whobot("check", WHOBOT_WEB__HOST="0.0.0.0").exit_code == 2  # noqa: S104


def at(path: Path) -> config.Settings:
    return config.Settings(store=config.Store(url=f"sqlite+aiosqlite:///{path}"))


async def test_a_database_of_this_version_is_right(tmp_path: Path) -> None:
    async with Store(at(tmp_path / "whobot.db").store.url):
        pass
    finding = await checks.check_store(at(tmp_path / "whobot.db"))
    assert finding.status == Status.OK
    assert "schema" in finding.message


async def test_a_database_of_a_newer_version_is_refused_as_it_is_by_run(tmp_path: Path) -> None:
    settings = at(tmp_path / "whobot.db")
    async with Store(settings.store.url):
        pass
    with closing(sqlite3.connect(tmp_path / "whobot.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'later'")
        database.commit()
    finding = await checks.check_store(settings)
    assert (finding.status, "has schema later" in finding.message) == (Status.FAIL, True)
    assert "upgrade this one" in finding.advice


async def test_another_schema_or_a_missing_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    finding = await checks.check_store(at(tmp_path / "empty.db"))
    assert (finding.status, "has schema none" in finding.message) == (Status.WARN, True)
    (tmp_path / "text.db").write_text("no database, but long enough to look like one" * 50)
    finding = await checks.check_store(at(tmp_path / "text.db"))
    assert (finding.status, finding.message) == (Status.FAIL, "file is not a database")
    finding = await checks.check_store(at(tmp_path / "text.db/whobot.db"))
    assert (finding.status, "cannot be made" in finding.message) == (Status.FAIL, True)


def test_missing_fonts_are_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.recognition.drawing.fonts._system_folders", list)
    finding = checks.check_fonts(config.Settings())
    assert finding.status == Status.WARN
    assert "Japanese" in finding.message
    assert "fonts-noto-cjk" in finding.advice


async def test_telegram_is_asked_whose_token_it_is() -> None:
    async with fake_telegram() as telegram:
        stranger = telegram.settings(token=TOKEN[:-1] + "9")
        (right,) = await checks.check_online(config.Settings(platforms={"telegram": telegram.settings()}))
        (wrong,) = await checks.check_online(config.Settings(platforms={"telegram": stranger}))
    assert right.status == Status.OK
    assert f"@{telegram.me.username}" in right.message
    assert wrong == Finding("telegram", Status.FAIL, "the platform refuses the token (401)", wrong.advice)
    assert "@BotFather" in wrong.advice


def test_a_platform_that_was_asked_has_one_line(whobot: Whobot) -> None:
    variables = {"WHOBOT_TELEGRAM__TOKEN": TOKEN, "WHOBOT_TELEGRAM__API": "http://127.0.0.1:1"}
    result = whobot("check", "--online", "--json", **variables)
    assert result.exit_code == 1
    (telegram,) = [finding for finding in json.loads(result.stdout) if finding["subject"] == "telegram"]
    assert telegram["message"] == "the platform cannot be reached"
    assert TOKEN not in result.output


async def test_telegram_out_of_reach_does_not_leak_the_token(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = Telegram(token=SecretStr(TOKEN), api="http://127.0.0.1:1")
    (finding,) = await checks.check_online(config.Settings(platforms={"telegram": nowhere}))
    assert (finding.status, finding.message) == (Status.FAIL, "the platform cannot be reached")
    assert TOKEN not in f"{finding} {caplog.text}"


@pytest.mark.parametrize(
    ("flags", "status", "words"),
    [
        (1 << 19, Status.OK, "logged in as whobot"),
        (1 << 18, Status.OK, "logged in as whobot"),
        (0, Status.FAIL, "may not read messages"),
    ],
)
async def test_discord_is_asked_who_it_is_and_what_it_may(flags: int, status: Status, words: str) -> None:
    async def me(request: web.Request) -> web.Response:
        if request.headers["Authorization"] != f"Bot {DISCORD_TOKEN}":
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        return web.json_response({"username": "whobot"} if "users" in request.path else {"flags": flags})

    application = web.Application()
    application.router.add_get("/users/@me", me)
    application.router.add_get("/applications/@me", me)
    async with TestServer(application) as server, ClientSession() as session:
        api = str(server.make_url("")).rstrip("/")
        for token, expected in ((DISCORD_TOKEN, (status, words)), ("wrong", (Status.FAIL, "refuses the token (401)"))):
            finding = await check_online(Discord(token=SecretStr(token)), session, api=api)
            assert finding.status == expected[0]
            assert expected[1] in finding.message
    assert MESSAGE_CONTENT == 1 << 18 | 1 << 19
