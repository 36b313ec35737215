"""Taking over and going back, ended at every step: both bundles are there, and the next command finds its way."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.takeover import previous_of, settle, swap_back, take_over
from bot.errors import BundleError

OLDEST, OLD, NEW = b"the oldest bundle", b"the old bundle", b"the new bundle"


class Killed(BaseException):
    """Nothing of whobot catches it: what was to come does not happen."""


@pytest.fixture
def running(tmp_path: Path) -> Path:
    path = tmp_path / "x.tflite"
    path.write_bytes(OLD)
    previous_of(path).write_bytes(OLDEST)
    (tmp_path / "new.tflite").write_bytes(NEW)
    return path


def adopt(running: Path) -> None:
    take_over(running.with_name("new.tflite"), running)


def end_at(step: int, patch: pytest.MonkeyPatch, how: Callable[[], BaseException]) -> list[str]:
    """Have the program end before the step with this number, of all that touch the disk; return those that it took."""
    taken: list[str] = []

    def counted(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def stepping(*arguments: object, **options: object) -> object:
            if len(taken) == step:
                raise how()
            taken.append(name)
            return real(*arguments, **options)

        return stepping

    for name in ("replace", "unlink", "chmod"):
        patch.setattr(Path, name, counted(name, getattr(Path, name)))
    patch.setattr(os, "fsync", counted("fsync", os.fsync))
    patch.setattr(shutil, "copyfileobj", counted("copy", shutil.copyfileobj))
    patch.setattr(tempfile, "NamedTemporaryFile", counted("make", tempfile.NamedTemporaryFile))
    return taken


def steps_of(change: Callable[[Path], None], running: Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        taken = end_at(-1, patch, Killed)
        change(running)
    return len(taken)


@pytest.mark.parametrize("change", [adopt, swap_back])
def test_a_kill_at_any_step_leaves_both_bundles_and_no_litter(change: Callable[[Path], None], tmp_path: Path) -> None:
    before = {"x.tflite": OLD, "x.previous.tflite": OLDEST, "new.tflite": NEW}
    after = before | (
        {"x.tflite": NEW, "x.previous.tflite": OLD}
        if change is adopt
        else {"x.tflite": OLDEST, "x.previous.tflite": OLD}
    )
    (tmp_path / "first").mkdir()
    count = steps_of(change, written(tmp_path / "first", before))
    assert count > 6
    ends = []
    for step in range(count):
        folder = tmp_path / str(step)
        folder.mkdir()
        running = written(folder, before)
        with pytest.MonkeyPatch.context() as patch:
            end_at(step, patch, Killed)
            with pytest.raises(Killed):
                change(running)
        assert running.exists(), "a running bot finds its bundle at any time"
        settle(running)
        found = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert found in (before, after), step
        ends.append(found == after)
    assert ends == sorted(ends), "from some step on it has happened"
    assert any(ends)


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / "x.tflite"


@pytest.mark.parametrize("change", [adopt, swap_back])
def test_a_disk_that_is_full_is_said_and_nothing_changes(
    change: Callable[[Path], None], running: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = {path.name: path.read_bytes() for path in running.parent.iterdir()}
    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(BundleError, match="No space left on device"):
        change(running)
    assert {path.name: path.read_bytes() for path in running.parent.iterdir()} == before


def test_there_and_back_and_there_again(running: Path) -> None:
    adopt(running)
    swap_back(running)
    assert (running.read_bytes(), previous_of(running).read_bytes()) == (OLD, NEW)
    swap_back(running)
    assert (running.read_bytes(), previous_of(running).read_bytes()) == (NEW, OLD)
