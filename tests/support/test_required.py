"""What is missing is passed over on a developer's machine, and noticed where everything is to be there."""

import shutil
from pathlib import Path

import pytest

from tests.support import postgres, required
from tests.support.chromium import chromium


@pytest.mark.parametrize("value", [None, "", "0"])
def test_a_missing_program_skips_the_test(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv(required.REQUIRE_ALL, raising=False)
    if value is not None:
        monkeypatch.setenv(required.REQUIRE_ALL, value)
    with pytest.raises(pytest.skip.Exception, match="needs a thing"):
        required.missing("needs a thing")


def test_where_all_is_required_the_test_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(required.REQUIRE_ALL, "1")
    with pytest.raises(pytest.fail.Exception, match="needs a thing"):
        required.missing("needs a thing")


def test_so_does_a_missing_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(required.REQUIRE_ALL, "1")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(pytest.fail.Exception, match="chromium"), chromium(tmp_path):
        pass


def test_so_does_a_missing_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(required.REQUIRE_ALL, "1")
    monkeypatch.delenv(postgres.NAMED, raising=False)
    monkeypatch.setattr(postgres, "programs", lambda: None)
    with pytest.raises(pytest.fail.Exception, match="postgresql"), postgres.database():
        pass
