"""Every command in the documents works when it is pasted: those that need no network are run."""

import io
import plistlib
import re
import shlex
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from bot.cli import app as bot_commands
from bot.config import keys
from bot.config.load import CONFIG_VARIABLE
from bot.platforms.registry import sections
from bot.recognition.bundle import read_bundle
from tests.checks.container import free_port
from tests.support.artwork import CAST, draw_portrait
from tests.support.installed import Installed
from trainer.__main__ import app as trainer_commands

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"), *REPOSITORY.glob("models/*.md")])
RUN_HERE = ("README.md", "docs/command-line.md", "docs/operating.md", "docs/teaching.md", "docs/web-chat.md")
"""Documents whose commands are run, in their order, in a folder with the pictures that they name."""
OURS = {"whobot": bot_commands, "whobot-train": trainer_commands}
OTHERS = frozenset(
    {
        ".venv/bin/pip",
        ".venv/bin/python",
        "apt",
        "apt-get",
        "brew",
        "chmod",
        "chown",
        "createdb",
        "docker",
        "head",
        "install",
        "journalctl",
        "launchctl",
        "make",
        "mkdir",
        "pipx",
        "printf",
        "python",
        "python3",
        "sudo",
        "sudoedit",
        "systemctl",
        "touch",
        "umask",
        "useradd",
        "uv",
    }
)
"""Programs that the documents may call: a new one needs a word on where it comes from."""
BEFORE_A_COMMAND = re.compile(
    r"^(?:sudo (?:-u \w+ )?|docker compose (?:exec|run --rm) whobot (?=whobot )|\w+=\S+ |\.venv/bin/(?=whobot))+"
)
OF_DEVELOPERS = {"WHOBOT_IMAGE", "WHOBOT_REQUIRE_ALL", "WHOBOT_TEST_POSTGRES"}


def blocks(document: Path, language: str = "sh") -> list[str]:
    """The blocks of a document that are meant to be pasted, those within lists too."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", document.read_text(), re.MULTILINE | re.DOTALL)
    return ["\n".join(line.removeprefix(indent) for line in text.splitlines()) for indent, text in found]


def commands(document: Path) -> list[str]:
    """The lines of these blocks."""
    return [line for block in blocks(document) for line in block.splitlines() if line]


def spoken_of(document: Path) -> list[str]:
    """Commands of ours within sentences."""
    return re.findall(r"`((?:\.venv/bin/)?whobot(?:-train)? [a-z][^`]*)`", document.read_text())


def problem(line: str, *, complete: bool) -> str:
    """Say what is wrong with a command of ours: its name, an option or, where it is `complete`, what it lacks."""
    program, *arguments = shlex.split(BEFORE_A_COMMAND.sub("", line).split(" > ")[0])
    command = get_command(OURS[program])
    for one in leaves(command):
        one.callback = lambda **_: None
    with redirect_stderr(io.StringIO()) as said, redirect_stdout(io.StringIO()), pytest.raises(SystemExit) as end:
        command(arguments, prog_name=program)
    words = " ".join(said.getvalue().split())
    return "" if end.value.code == 0 or (not complete and "Missing" in words) else words


def leaves(command: Any) -> Iterator[Any]:
    """The commands that do something."""
    below = getattr(command, "commands", {})
    for one in below.values():
        yield from leaves(one)
    if not below:
        yield command


def name(document: Path) -> str:
    return document.relative_to(REPOSITORY).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_command_of_ours_exists_with_its_options(document: Path) -> None:
    pasted = [line for line in commands(document) if BEFORE_A_COMMAND.sub("", line).split()[0] in OURS]
    wrong = {line: said for line in pasted if (said := problem(line, complete=True))}
    wrong |= {line: said for line in spoken_of(document) if (said := problem(line, complete=False))}
    assert not wrong


def test_a_command_that_there_is_not_is_found_out() -> None:
    assert problem("whobot whom picture.jpg", complete=True)
    assert problem("sudo whobot who --jason picture.jpg", complete=True)
    assert problem("whobot forget", complete=True)
    assert not problem("whobot forget", complete=False)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_block_is_a_script_of_known_programs(document: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    for block in blocks(document):
        subprocess.run(["/bin/sh", "-n", "-c", block], check=True)
        for line in block.splitlines():
            program, *arguments = shlex.split(BEFORE_A_COMMAND.sub("", line))
            assert program in OTHERS or program in OURS, line
            if program == "make":
                assert arguments[0] in targets
            for file in re.findall(r"-f (\S+)", line) if program == "docker" else ():
                assert (REPOSITORY / file).is_file(), line


OF_THE_EXAMPLE = "WHOBOT_FOLDER__"
"""The platform that docs/developers/platform.md shows how to write."""


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_variable_that_is_named_exists(document: Path) -> None:
    known = {key.variable for key in keys(sections()).values()} | {CONFIG_VARIABLE} | OF_DEVELOPERS
    named = set(re.findall(r"\bWHOBOT_[A-Z_]*[A-Z]\b", document.read_text()))
    assert {name for name in named if not name.startswith(OF_THE_EXAMPLE)} <= known


def test_the_services_of_systemd_and_of_macos_start_the_bot() -> None:
    (service,) = blocks(REPOSITORY / "docs/install/linux.md", "ini")
    assert re.findall(r"^ExecStart=\S+/(whobot) (\w+)$", service, re.MULTILINE) == [("whobot", "run")]
    (agent,) = blocks(REPOSITORY / "docs/install/macos.md", "xml")
    command, *arguments = plistlib.loads(agent.encode())["ProgramArguments"]
    assert (Path(command).name, arguments) == ("whobot", ["run"])


@pytest.fixture
def folder(tmp_path: Path, installed: Installed) -> Path:
    """A folder with the pictures and the folder of folders that the documents name, and a character taught before."""
    sora, yuzu = CAST["hoshina_sora"], CAST["minase_yuzu"]
    for number, suffix in enumerate(("jpg", "png", "webp"), 1):
        portrait = draw_portrait(sora, number, tilt=0, expression="calm").encode()
        (tmp_path / f"sora-{number}.{suffix}").write_bytes(portrait)
    cast = tmp_path / "pictures" / "Hoshina Sora"
    cast.mkdir(parents=True)
    shutil.copy(tmp_path / "sora-1.jpg", cast)
    for picture in ("picture.jpg", "face.png"):
        (tmp_path / picture).write_bytes(draw_portrait(yuzu, 4, tilt=0, expression="calm").encode())
    taught = installed.run("whobot teach 'Minase Yuzu' face.png", tmp_path)
    assert taught.returncode == 0, taught.stderr
    return tmp_path


def start_and_stop(line: str, folder: Path, installed: Installed) -> int:
    """Run the bot until its page answers, and stop it; return its exit code."""
    port = free_port()
    environment = installed.environment({"WHOBOT_WEB__PORT": str(port)})
    with (folder / "log").open("w") as log:
        bot = subprocess.Popen(["/bin/sh", "-c", f"exec env {line}"], cwd=folder, env=environment, stderr=log)
        try:
            while not answers(f"http://127.0.0.1:{port}/healthz"):
                assert bot.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
        finally:
            bot.terminate()
    return bot.wait()


def answers(url: str) -> bool:
    """Whether a page is there."""
    try:
        urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 - loopback
    except OSError:
        return False
    return True


@pytest.mark.parametrize("document", RUN_HERE)
def test_the_commands_work(document: str, folder: Path, installed: Installed) -> None:
    ran = 0
    for line in commands(REPOSITORY / document):
        program = BEFORE_A_COMMAND.sub("", line).split()[0]
        if line.endswith("whobot run"):
            assert start_and_stop(line, folder, installed) == 0, line
        elif program in {"whobot", "printf", "umask", "head"}:
            done = installed.run(line, folder)
            assert done.returncode == 0, line + "\n" + done.stdout + done.stderr
        else:
            continue
        ran += 1
    assert ran


def test_the_count_of_characters_is_that_of_the_bundle() -> None:
    known = len(read_bundle(REPOSITORY / "models/characters-int8.tflite").labels)
    for document in ("README.md", "docs/accuracy.md"):
        assert f"{known:,} characters" in (REPOSITORY / document).read_text()


def test_the_readme_is_short() -> None:
    assert len((REPOSITORY / "README.md").read_text().splitlines()) <= 150
