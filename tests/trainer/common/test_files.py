"""Writing: all or nothing, and what was done stays noted."""

from pathlib import Path

import pytest

from tests.trainer.conftest import full_disk
from trainer.common.errors import TrainerError
from trainer.common.files import Journal, read_json, write_file


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "scores.txt"
    write_file(path, "old")
    with full_disk(1000), pytest.raises(TrainerError, match="the same command goes on"):
        write_file(path, "x" * 5000)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_whoever_reads_meanwhile_sees_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "scores.txt"
    write_file(path, "old")
    with path.open() as reader:
        write_file(path, "new")
        assert reader.read() == "old"
    assert path.read_text() == "new"


def test_folders_are_made_as_needed(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "b" / "c.txt", b"bytes")
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == b"bytes"


def test_a_journal_remembers_under_the_same_key_only(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    Journal(path, "one").note("item", {"faces": 2})
    assert Journal(path, "one").find("item") == {"faces": 2}
    assert Journal(path, "two").find("item") is None
    assert Journal(path, "one").find("other") is None


def test_a_line_that_was_cut_short_costs_that_line_only(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    Journal(path, "one").note("first", {})
    with path.open("a") as file:
        file.write('\n{"key": "one", "it')
    Journal(path, "one").note("third", {})
    journal = Journal(path, "one")
    assert journal.find("first") == {}
    assert journal.find("third") == {}


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_damaged_file_is_named(content: str, tmp_path: Path) -> None:
    path = tmp_path / "split.json"
    path.write_text(content)
    with pytest.raises(TrainerError, match="is no split"):
        read_json(path, "split")
