"""``whobot teach``, ``forget``, ``roster``, and ``who`` with what was taught."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.bot.cli.conftest import Whobot
from tests.support import tiny

YELLOW, GOLD, CYAN, TEAL, PURPLE = (240, 220, 20), (220, 190, 40), (10, 200, 220), (60, 190, 170), (130, 10, 130)


def crop(name: str, colour: tiny.Colour) -> str:
    """Write a face crop; a gradient keeps two crops of one colour from being the same picture."""
    image = np.full((48, 48, 3), colour, np.uint8)
    shade = sum(map(ord, name)) % 40
    image[:8] = np.clip(np.array(colour) - 40 - shade, 0, 255)
    Path(name).write_bytes(tiny.encoded(image))
    return name


@pytest.fixture
def base(environment: dict[str, str], tmp_path: Path) -> Path:
    """A bundle that can be taught, in the place of the tiny one; returns the models' folder."""
    tiny.tiny_base(tmp_path / "base.tflite", recognition=tiny.tiny_recognition())
    environment["WHOBOT_MODELS__CLASSIFIER"] = "base.tflite"
    (tmp_path / "characters.toml").write_text(
        '[akane_hoshino]\nname = "Hoshino Akane"\nseries = "Tests!"\naliases = ["Aka"]\n', "utf-8"
    )
    return tmp_path


def faces(text: str) -> list[dict[str, Any]]:
    return [face for line in text.splitlines() for face in json.loads(line)["faces"]]


def test_what_was_taught_is_known(whobot: Whobot, base: Path) -> None:
    result = whobot("teach", "Ki iro", crop("a.png", YELLOW), crop("b.png", GOLD), "--face", "--store", "my.db")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == ["a.png  taken", "b.png  taken", "Ki iro is taught by 2 pictures now"]
    result = whobot("teach", "Mizuiro", crop("c.png", CYAN), "--face", "--store", "my.db")
    assert result.exit_code == 0, result.output
    result = whobot(
        "who", "--store", "my.db", "--only-taught", "--face", "--json", crop("d.png", YELLOW), crop("e.png", CYAN)
    )
    assert result.exit_code == 0, result.output
    yellow, cyan = faces(result.stdout)
    assert [guess["character"] for guess in yellow["guesses"]] == ["Ki iro", "Mizuiro"]
    assert cyan["guesses"][0]["character"] == "Mizuiro"
    assert (yellow["guesses"][0]["name"], yellow["guesses"][0]["series"]) == ("Ki iro", None)
    assert yellow["unknown"] is False
    for face in (yellow, cyan):
        total = face["nobody"] + sum(guess["probability"] for guess in face["guesses"])
        assert total == pytest.approx(1, abs=1e-5)
        assert face["nobody"] > 0


def test_a_stranger_is_unknown_among_the_taught(whobot: Whobot, base: Path) -> None:
    whobot("teach", "Kiiro", crop("a.png", YELLOW), "--face", "--store", "my.db")
    result = whobot("who", "--store", "my.db", "--only-taught", "--face", "--json", crop("p.png", tiny.BLUE))
    (face,) = faces(result.stdout)
    assert face["unknown"] is True
    assert face["guesses"][0]["character"] == "Kiiro"
    assert face["nobody"] > 0.9


def test_the_who_command_reads_the_bots_store_by_default(whobot: Whobot, base: Path) -> None:
    whobot("teach", "Kiiro", crop("a.png", YELLOW), "--face")
    assert Path("whobot.db").exists()
    (face,) = faces(whobot("who", "--face", "--json", crop("b.png", YELLOW)).stdout)
    assert face["guesses"][0]["character"] == "Kiiro"
    assert {guess["character"] for guess in face["guesses"]} == {"Kiiro", *tiny.LABELS}
    (face,) = faces(whobot("who", "--face", "--json", crop("r.png", tiny.RED)).stdout)
    assert (face["guesses"][0]["name"], face["guesses"][0]["series"]) == ("Hoshino Akane", "Tests!")


def test_the_who_command_creates_no_store(whobot: Whobot, base: Path) -> None:
    assert whobot("who", "--face", "--json", crop("a.png", tiny.RED)).exit_code == 0
    assert whobot("roster").exit_code == 0
    assert whobot("forget", "Kiiro").exit_code == 1
    assert not Path("whobot.db").exists()


# --- what is odd -----------------------------------------------------------------------------------------------------


def test_each_picture_without_one_clear_face_is_named(whobot: Whobot, base: Path) -> None:
    Path("none.png").write_bytes(tiny.encoded(tiny.picture()))
    Path("two.png").write_bytes(tiny.encoded(tiny.picture(PURPLE, tiny.RED)))
    Path("one.png").write_bytes(tiny.encoded(tiny.picture(PURPLE)))
    Path("text.png").write_text("no picture")
    result = whobot("teach", "Murasaki", "none.png", "two.png", "one.png", "text.png", "gone.png")
    assert result.exit_code == 1
    none, two, one, text, gone, total = result.stdout.splitlines()
    assert none.startswith("none.png  no face found")
    assert two.startswith("two.png  2 faces, which one is it?")
    assert one == "one.png  taken"
    assert text.startswith("text.png  I cannot read this file")
    assert gone == "gone.png  No such file or directory"
    assert total == "Murasaki is taught by 1 picture now"


def test_nothing_of_use_teaches_nothing(whobot: Whobot, base: Path) -> None:
    Path("none.png").write_bytes(tiny.encoded(tiny.picture()))
    result = whobot("teach", "Kiiro", "none.png")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "Kiiro is taught by no picture now"
    assert whobot("forget", "Kiiro").exit_code == 1


def test_pictures_that_disagree_are_named(whobot: Whobot, base: Path) -> None:
    crops = [crop("a.png", YELLOW), crop("b.png", GOLD), crop("c.png", YELLOW), crop("x.png", PURPLE)]
    result = whobot("teach", "Kiiro", *crops, "--face")
    assert result.exit_code == 0
    warnings = [line for line in result.stdout.splitlines() if line.startswith("warning") and "little" in line]
    assert warnings == ["warning: x.png looks little like the other pictures: is it the same character?"]


def test_two_pictures_that_disagree_are_named_together(whobot: Whobot, base: Path) -> None:
    result = whobot("teach", "Kiiro", crop("a.png", YELLOW), crop("x.png", tiny.BLUE), "--face")
    assert "warning: a.png and x.png look little like each other: are they the same character?" in result.stdout


def test_a_character_hard_to_tell_apart_is_named(whobot: Whobot, base: Path) -> None:
    result = whobot("teach", "Akai", crop("a.png", tiny.RED), "--face")
    (warning,) = [line for line in result.stdout.splitlines() if line.startswith("warning")]
    assert warning.startswith("warning: hard to tell from Hoshino Akane: the pictures look 9")
    whobot("teach", "Kiiro", crop("b.png", YELLOW), "--face")
    result = whobot("teach", "Kin", crop("c.png", YELLOW), "--face")
    assert "hard to tell from Kiiro" in result.stdout


def test_a_name_that_is_known_already_is_added_to(whobot: Whobot, base: Path) -> None:
    result = whobot("teach", "aka", crop("a.png", YELLOW), "--face")
    assert "warning: Hoshino Akane (Tests!) is known already: this adds to it" in result.stdout
    assert "Hoshino Akane is taught by 1 picture now" in result.stdout
    (face,) = faces(whobot("who", "--face", "--json", crop("b.png", YELLOW)).stdout)
    assert face["guesses"][0]["character"] == "akane_hoshino"
    whobot("teach", "Mizuiro", crop("c.png", CYAN), "--face")
    result = whobot("teach", "Mizuiro", crop("d.png", TEAL), "--face")
    assert "warning: Mizuiro was taught before: this adds to it" in result.stdout
    assert "Mizuiro is taught by 2 pictures now" in result.stdout


def test_words_of_a_name_are_enough_and_slips_are_asked_about(whobot: Whobot, base: Path) -> None:
    result = whobot("teach", "hoshino", crop("a.png", YELLOW), "--face")
    assert "Hoshino Akane is taught by 1 picture now" in result.stdout
    result = whobot("teach", "Hoshinno", crop("b.png", YELLOW), "--face")
    assert result.exit_code == 2
    assert "Hoshinno: did you mean Hoshino Akane? Write the whole name" in result.stderr
    result = whobot("teach", '"Hoshinno"', crop("b.png", YELLOW), "--face")
    assert "Hoshinno is taught by 1 picture now" in result.stdout
    whobot("teach", "Kii Hoshino", crop("c.png", CYAN), "--face")
    result = whobot("teach", "hoshino", crop("d.png", CYAN), "--face")
    assert "hoshino: which one is it: Hoshino Akane, Kii Hoshino?" in result.stderr
    result = whobot("forget", "Hosshinno")
    assert result.exit_code == 1
    assert "no character was taught as just Hosshinno; did you mean Hoshinno, " in result.stderr
    assert whobot("forget", "kii").stdout == "Kii Hoshino is forgotten, 1 picture\n"


def test_a_lesson_is_held_against_the_earlier_ones(whobot: Whobot, base: Path) -> None:
    whobot("teach", "Kiiro", crop("a.png", YELLOW), crop("b.png", GOLD), "--face")
    result = whobot("teach", "Kiiro", crop("x.png", tiny.BLUE), crop("c.png", (200, 220, 40)), "--face")
    assert "warning: x.png looks little like the other pictures: is it the same character?" in result.stdout


@pytest.mark.parametrize(("name", "shown"), [("Kiiro", YELLOW), ("Hoshino Akane", tiny.RED)])
def test_pictures_of_another_character_count_only_with_consent(
    whobot: Whobot, base: Path, name: str, shown: tiny.Colour
) -> None:
    whobot("teach", name, crop("a.png", shown), "--face")
    result = whobot("teach", name, crop("x.png", tiny.BLUE), crop("y.png", tiny.BLUE), "--face")
    assert result.exit_code == 1
    doubt = f"these look like somebody else, not like {name}: none was added; --anyway adds them"
    assert result.stderr.splitlines()[-1] == doubt
    (face,) = faces(whobot("who", "--face", "--json", crop("z.png", tiny.BLUE)).stdout)
    assert face["guesses"][0]["character"] == "aoi_umino"
    result = whobot("teach", name, "x.png", "--face", "--anyway")
    assert result.exit_code == 0
    assert f"{name} is taught by 2 pictures now" in result.stdout


def test_a_picture_that_was_taught_before_counts_once(whobot: Whobot, base: Path) -> None:
    one = crop("a.png", YELLOW)
    whobot("teach", "Kiiro", one, "--face")
    result = whobot("teach", "Kiiro", one, one, "--face")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["a.png  taught before"] * 2 + ["Kiiro is taught by 1 picture now"]


def test_a_name_that_a_chat_would_act_upon_is_refused(whobot: Whobot, base: Path) -> None:
    result = whobot("teach", "t.me/evil", crop("a.png", YELLOW), "--face")
    assert result.exit_code != 0
    assert "a link, a command or a mention" in result.stderr


def test_a_lookalike_of_a_known_name_is_reported(whobot: Whobot, base: Path) -> None:
    result = whobot("teach", "Hoshin\N{CYRILLIC SMALL LETTER O} Akane", crop("a.png", YELLOW), "--face")
    assert "only looks like Hoshino Akane" in result.stdout


@pytest.mark.parametrize("name", ["", "  ", "a" * 65, "a\tb\x07"])
def test_a_name_that_is_none_is_refused(whobot: Whobot, base: Path, name: str) -> None:
    result = whobot("teach", name, crop("a.png", YELLOW), "--face")
    assert result.exit_code == 2
    assert "a name has 1 to 64 characters" in result.stderr


@pytest.mark.parametrize("command", [["teach", "Kiiro"], ["who", "--only-taught"]])
def test_a_bundle_that_cannot_be_taught_says_which_one_can(whobot: Whobot, command: list[str]) -> None:
    result = whobot(*command, crop("a.png", YELLOW), "--face")
    assert result.exit_code == 2
    assert 'set models.classifier = "characters-int8.tflite"' in result.stderr
    assert "Traceback" not in result.output


def test_without_lessons_it_says_what_to_do(whobot: Whobot, base: Path) -> None:
    result = whobot("who", "--only-taught", "--face", crop("a.png", YELLOW))
    assert result.exit_code == 2
    assert "begin with whobot teach" in result.stderr
    result = whobot("who", "--store", "nowhere.db", "--face", crop("a.png", YELLOW))
    assert result.exit_code == 2
    assert "there is no store at nowhere.db" in result.stderr


def test_another_bundle_knows_what_an_earlier_one_was_taught(whobot: Whobot, base: Path) -> None:
    whobot("teach", "Kiiro", crop("a.png", YELLOW), "--face")
    tiny.tiny_base(base / "base.tflite", name="newer", mean=40.0)
    (face,) = faces(whobot("who", "--only-taught", "--face", "--json", crop("b.png", YELLOW)).stdout)
    assert face["guesses"][0]["character"] == "Kiiro"
    assert face["unknown"] is False


# --- forget and roster -----------------------------------------------------------------------------------------------


def test_what_is_forgotten_is_unknown_again(whobot: Whobot, base: Path) -> None:
    whobot("teach", "Ki Iro", crop("a.png", YELLOW), crop("b.png", GOLD), "--face")
    result = whobot("forget", "ki iro")
    assert (result.exit_code, result.stdout) == (0, "Ki Iro is forgotten, 2 pictures\n")
    assert whobot("who", "--only-taught", "--face", crop("c.png", YELLOW)).exit_code == 2
    result = whobot("forget", "Ki Iro")
    assert result.exit_code == 1
    assert "no character was taught by that name" in result.stderr
    result = whobot("forget", "aka")
    assert result.exit_code == 1
    assert "Hoshino Akane was not taught" in result.stderr


def test_the_roster_lists_the_bundles_own_and_the_taught(whobot: Whobot, base: Path) -> None:
    whobot("teach", "Kiiro", crop("a.png", YELLOW), crop("b.png", GOLD), "--face")
    result = whobot("roster")
    assert result.exit_code == 0
    assert [" ".join(line.split()) for line in result.stdout.splitlines()] == [
        "4 characters series taught by",
        "Aoi Umino",
        "Hoshino Akane Tests!",
        "Kiiro 2 pictures",
        "Midori Hayashi",
    ]
    found = json.loads(whobot("roster", "tests", "--json").stdout)
    assert found == {
        "characters": [
            {
                "id": "akane_hoshino",
                "name": "Hoshino Akane",
                "series": "Tests!",
                "aliases": ["Aka"],
                "bundle": True,
                "taught": 0,
            }
        ]
    }
    assert [entry["taught"] for entry in json.loads(whobot("roster", "kii", "--json").stdout)["characters"]] == [2]
    result = whobot("roster", "nobody")
    assert result.exit_code == 1
    assert "no character has a name" in result.stderr
