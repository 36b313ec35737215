"""``whobot who``: answers, files, order, and how it ends."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.recognition.engine import Engine
from bot.recognition.naming.classifier import Classifier
from bot.recognition.options import AnalysisOptions
from bot.recognition.results import Analysis, Guess
from tests.bot.cli.conftest import Start, Whobot
from tests.support import tiny


@pytest.fixture
def pictures(environment: dict[str, str]) -> Path:
    """The working folder, with pictures of two, one and no faces."""
    for name, colours in {"two": (tiny.RED, tiny.BLUE), "grey": (tiny.GREY,), "none": ()}.items():
        Path(f"{name}.png").write_bytes(tiny.encoded(tiny.picture(*colours)))
    return Path.cwd()


def answers(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_json_holds_what_was_seen(whobot: Whobot, pictures: Path) -> None:
    result = whobot("who", "--json", "two.png", "grey.png", "none.png")
    assert result.exit_code == 0
    two, grey, none = answers(result.stdout)
    assert set(two) == {"path", "width", "height", "faces", "ms"}
    assert (two["path"], two["width"], two["height"]) == ("two.png", 240, 140)
    assert set(two["ms"]) == {"decode", "detect", "classify", "annotate"}
    assert [face["guesses"][0]["character"] for face in two["faces"]] == ["akane_hoshino", "aoi_umino"]
    for face, box in zip(two["faces"], tiny.boxes(2), strict=True):
        assert set(face) == {"box", "score", "unknown", "nobody", "guesses"}
        assert face["unknown"] is False
        assert face["nobody"] == pytest.approx(0, abs=1e-5)
        assert set(face["guesses"][0]) == {"character", "name", "series", "probability"}
        assert face["box"] == pytest.approx([box.x, box.y, box.width, box.height], abs=8)
        assert sum(guess["probability"] for guess in face["guesses"]) == pytest.approx(1, abs=1e-4)
    (face,) = grey["faces"]
    assert face["unknown"] is True
    assert {guess["character"] for guess in face["guesses"]} == set(tiny.LABELS)
    assert none["faces"] == []


def test_five_guesses_of_a_larger_roster(whobot: Whobot, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roster = tuple(Guess(f"nr_{number}", 0.3 / (number + 1)) for number in range(9))
    monkeypatch.setattr(Classifier, "name", lambda *_, **__: [roster])
    (grey,) = answers(whobot("who", "--json", "grey.png").stdout)
    (face,) = grey["faces"]
    assert face["unknown"] is True
    assert [guess["character"] for guess in face["guesses"]] == [f"nr_{number}" for number in range(5)]


def test_unreadable_pictures_are_reported_and_the_others_analysed(whobot: Whobot, pictures: Path) -> None:
    Path("text.png").write_text("no picture")
    Path("cut.png").write_bytes(Path("two.png").read_bytes()[:200])
    result = whobot("who", "--json", "gone.png", "text.png", "cut.png", ".", "two.png")
    assert result.exit_code == 1
    gone, text, cut, folder, two = answers(result.stdout)
    assert gone == {"path": "gone.png", "error": "No such file or directory"}
    assert "cannot read this file" in text["error"]
    assert "damaged" in cut["error"]
    assert folder == {"path": ".", "error": "Is a directory"}
    assert len(two["faces"]) == 2


def test_limits_hold_here_too(whobot: Whobot, pictures: Path) -> None:
    (answer,) = answers(whobot("who", "--json", "two.png", WHOBOT_LIMITS__BYTES="100").stdout)
    assert "too large" in answer["error"]
    (answer,) = answers(whobot("who", "--json", "two.png", WHOBOT_LIMITS__PIXELS="100").stdout)
    assert "megapixels" in answer["error"]


def test_the_threshold_of_the_settings_holds(whobot: Whobot, pictures: Path) -> None:
    (answer,) = answers(whobot("who", "--json", "grey.png", WHOBOT_ANSWERS__THRESHOLD="0.1").stdout)
    assert answer["faces"][0]["unknown"] is False


def test_face_takes_the_whole_picture(whobot: Whobot, pictures: Path) -> None:
    crop = np.full((50, 40, 3), tiny.GREEN, np.uint8)
    Path("crop.png").write_bytes(tiny.encoded(crop))
    (answer,) = answers(whobot("who", "--json", "--face", "crop.png").stdout)
    (face,) = answer["faces"]
    assert face["box"] == [0, 0, 40, 50]
    assert face["guesses"][0]["character"] == "midori_hayashi"


def test_the_table_names_the_faces_and_the_file(whobot: Whobot, pictures: Path) -> None:
    result = whobot("who", "two.png", "grey.png", "none.png", "gone.png")
    assert result.exit_code == 1
    for words in ("240 x 140, 2 faces", "Akane Hoshino", "Aoi Umino", "unknown", "no face found", "No such file"):
        assert words in result.stdout
    assert "wrote two.whobot." in result.stdout


def written() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*.whobot*"))


def test_annotated_pictures_go_where_they_are_wanted(whobot: Whobot, pictures: Path) -> None:
    assert whobot("who", "two.png", "none.png", "--no-picture").exit_code == 0
    assert whobot("who", "two.png", "--json").exit_code == 0
    assert written() == []
    assert whobot("who", "two.png", "none.png", "--output", "new/folder").exit_code == 0
    (path,) = written()
    assert path.startswith("new/folder/two.whobot.")
    (again,) = answers(whobot("who", path, "--json", "--no-picture").stdout)
    assert again["width"] >= 240


def test_no_file_is_ever_overwritten(whobot: Whobot, pictures: Path) -> None:
    Path("other").mkdir()
    Path("other/two.png").write_bytes(tiny.encoded(tiny.picture(tiny.GREEN)))
    assert whobot("who", "two.png", "other/two.png", "two.png").exit_code == 0
    names = [Path(path).stem for path in written()]
    assert sorted(names) == ["two.whobot", "two.whobot-2", "two.whobot-3"]
    before = {path: Path(path).read_bytes() for path in written()}
    assert whobot("who", *before).exit_code == 0
    assert all(Path(path).read_bytes() == data for path, data in before.items())


def test_a_folder_that_cannot_be_made_ends_it(whobot: Whobot, pictures: Path) -> None:
    result = whobot("who", "two.png", "--output", "two.png/folder")
    assert result.exit_code == 2
    assert "cannot make the folder" in result.stderr


def test_a_broken_model_ends_it(whobot: Whobot, pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.tflite").write_bytes(b"not a bundle")
    result = whobot("who", "two.png")
    assert result.exit_code == 2
    assert "tiny.tflite is no whobot bundle" in result.stderr
    assert result.stdout == ""


def test_wrong_settings_end_it(whobot: Whobot, pictures: Path) -> None:
    result = whobot("who", "two.png", WHOBOT_LIMITS__BYTE="3")
    assert result.exit_code == 2
    assert "Did you mean WHOBOT_LIMITS__BYTES?" in result.stderr
    assert whobot("who").exit_code == 2


def test_a_bug_in_one_picture_does_not_end_the_others(
    whobot: Whobot, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyse = Engine.analyse

    def sometimes(self: Engine, data: bytes, options: AnalysisOptions) -> Analysis:
        if data == Path("grey.png").read_bytes():
            raise ZeroDivisionError
        return analyse(self, data, options)

    monkeypatch.setattr(Engine, "analyse", sometimes)
    result = whobot("who", "--json", "grey.png", "two.png")
    assert result.exit_code == 1
    grey, two = answers(result.stdout)
    assert "unexpected ZeroDivisionError" in grey["error"]
    assert len(two["faces"]) == 2
    assert "Traceback" in result.stderr


def test_names_and_paths_are_no_markup(whobot: Whobot, pictures: Path, tmp_path: Path) -> None:
    tiny.tiny_bundle(tmp_path / "tiny.tflite", ("[red]x[/red]", "b", "[/bold]"))
    Path("[blue]a.png").write_bytes(Path("two.png").read_bytes())
    result = whobot("who", "[blue]a.png")
    assert result.exit_code == 0
    assert "[blue]a.png" in result.stdout
    assert "[red]x[/red]" in result.stdout


def test_a_path_that_is_no_text_does_no_harm(start: Start, pictures: Path) -> None:
    name = os.fsdecode(b"\xff\x1b[2J.png")
    Path(name).write_bytes(Path("two.png").read_bytes())
    table, _ = start("who", name).communicate()
    assert "\ufffd\ufffd[2J.png  240 x 140, 2 faces" in table
    line, _ = start("who", "--json", name).communicate()
    assert json.loads(line)["path"] == name


def test_many_pictures_keep_their_order(whobot: Whobot, pictures: Path) -> None:
    names = ["two.png", "none.png", "gone.png", "grey.png"] * 20
    result = whobot("who", "--json", *names, WHOBOT_WORKERS__THREADS="3")
    assert [answer["path"] for answer in answers(result.stdout)] == names


def test_paths_are_read_as_they_come(start: Start, pictures: Path) -> None:
    process = start("who", "--json", "-")
    assert process.stdin
    assert process.stdout
    for name in ("two.png", "gone.png", "none.png"):
        process.stdin.write(f"{name}\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["path"] == name
    process.stdin.close()
    assert process.wait() == 1
    assert process.stdout.read() == ""


def test_a_closed_pipe_ends_it_quietly(start: Start, pictures: Path) -> None:
    reading, writing = os.pipe()
    process = start("who", "--json", *["two.png"] * 20, stdout=writing)
    os.close(writing)
    os.close(reading)
    _, errors = process.communicate()
    assert process.returncode == 1
    assert "Traceback" not in errors
    assert "Broken" not in errors


def test_a_closed_standard_input_is_reported(start: Start, pictures: Path) -> None:
    process = start("who", "-", stdin=None, preexec_fn=lambda: os.close(0))
    _, errors = process.communicate()
    assert process.returncode == 2
    assert "standard input is closed" in errors
    assert "Traceback" not in errors


def test_an_interrupt_ends_it_quietly(start: Start, pictures: Path) -> None:
    process = start("who", "--json", "two.png", "-")
    assert process.stdout
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    assert process.stderr
    errors = process.stderr.read()
    assert "Traceback" not in errors
    assert "Fatal" not in errors
