"""Build the image and run it for real: ``make check-container``.

Shows that the bot starts as compose.yaml has it: without root, on a read-only file system, with its secrets. It is
healthy, answers a picture and an album that tries to fill the memory, and stops in time. What people get wrong is
answered by a sentence that says what to do. Needs Docker or Podman.
"""

import argparse
import asyncio
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.artwork import CAST, draw_portrait
from tests.support.large_pictures import hostile_album
from tests.support.webchat import WebChat

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGE = "whobot-check"
TIMEOUT = 60.0
STOP_SECONDS = 10.0
LARGEST_IMAGE = 700_000_000
"""Bytes. OpenCV's wheel takes 160 MB of that, with an FFmpeg and a BLAS that whobot never calls: less needs a build of
OpenCV without them."""
MEMORY = "1g"
"""As compose.yaml has it."""
LOCKED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")


def main() -> None:
    """Run every step; the first that fails ends the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.checks.container", description=__doc__)
    parser.add_argument("--engine", default="docker" if shutil.which("docker") else "podman", help="docker or podman")
    parser.add_argument("--build-option", action="append", default=[], help="an option for the engine's build command")
    parser.add_argument("--host-network", action="store_true", help="share the host's network, publish no port")
    parser.add_argument("--no-compose", action="store_true", help="leave out compose.yaml")
    arguments = parser.parse_args()
    engine = arguments.engine
    run(engine, "build", *arguments.build_option, "--tag", IMAGE, str(REPOSITORY))
    size = int(run(engine, "image", "inspect", "--format", "{{.Size}}", IMAGE))
    require(size <= LARGEST_IMAGE, f"the image takes {size / 1e6:.0f} MB, at most {LARGEST_IMAGE / 1e6:.0f}")
    check_mistakes(engine)
    check_without_a_page(engine)
    check_running(engine, host_network=arguments.host_network)
    if not arguments.no_compose:
        check_compose(engine)


def check_running(engine: str, *, host_network: bool) -> None:
    """The bot under the limits of compose.yaml, from its start to its stop."""
    password = secrets.token_urlsafe(12)
    port = free_port()
    network = ["--network", "host"] if host_network else ["--publish", f"127.0.0.1:{port}:{port}"]
    variables = {
        "WHOBOT_WEB__HOST": "127.0.0.1" if host_network else "0.0.0.0",  # noqa: S104 - of the container, not of this machine
        "WHOBOT_WEB__PORT": str(port),
        "WHOBOT_WEB__PASSWORD": password,
    }
    with container(engine, variables, ["--memory", MEMORY, *network]) as name:
        inside = ("exec", name, "python", "-c")
        report("healthy after", f"{wait_for_health(port):.1f} s")
        require(
            '"ok": true' in run(engine, "exec", name, "whobot", "health"), "the health check asks the port that is set"
        )
        user = run(engine, *inside, "import os; print(os.getuid())")
        require(user != "0", f"runs as user {user}")
        writable = "import pathlib\ntry: pathlib.Path('/opt/x').touch()\nexcept OSError as e: print(e.strerror)"
        require("Read-only" in run(engine, *inside, writable), "the root file system is read-only")
        absent = "import importlib.util as u; print(u.find_spec('tensorflow') is None)"
        require(run(engine, *inside, absent) == "True", "holds no TensorFlow")
        optional = "import importlib.util as u; print(all(map(u.find_spec, ('asyncpg', 'sentry_sdk'))))"
        require(run(engine, *inside, optional) == "True", "can use PostgreSQL and Sentry")
        counted = "from bot.recognition.capacity import *; print(fitting_workers(), usable_memory())"
        workers, memory = map(int, run(engine, *inside, counted).split())
        require(memory <= 1 << 30, f"knows that it may take {memory / 1e6:.0f} MB, and starts {workers} workers")
        url = f"http://127.0.0.1:{port}"
        portrait = draw_portrait(CAST["minase_yuzu"], 1, tilt=0, expression="calm").encode()
        report("answers a picture", repr(asyncio.run(ask(url, password, [("portrait.png", portrait)]))))
        report("and an album", repr(asyncio.run(ask(url, password, hostile_album()))))
        killed = run(engine, "inspect", "--format", "{{.State.OOMKilled}} {{.RestartCount}}", name)
        require(killed == "false 0", "ten pictures of 50 megapixels at once do not have it killed")
        started = time.monotonic()
        run(engine, "stop", "--time", "30", name)
        seconds = time.monotonic() - started
        require(seconds < STOP_SECONDS, f"stops in {seconds:.1f} s")
        code = run(engine, "inspect", "--format", "{{.State.ExitCode}}", name)
        require(code == "0", f"exit code {code}")


def check_mistakes(engine: str) -> None:
    """What people get wrong ends the bot with a sentence that says what to do."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir(mode=0o755)
        token = folder / "discord_token"
        token.write_text("the token")
        token.chmod(0o644)
        secret = ["--volume", f"{token}:/run/secrets/discord_token:ro"]
        variable = {"WHOBOT_DISCORD__TOKEN_FILE": "/run/secrets/discord_token"}
        refused(engine, "a placeholder", "still holds the placeholder", variable, secret)
        token.chmod(0o600)
        refused(engine, "a secret of mode 600", "give that user the file with chown 10001", variable, secret)
        refused(engine, "a folder of root's as /data", "chown 10001", {}, ["--volume", f"{data}:/data"])


def refused(engine: str, what: str, words: str, variables: dict[str, str], options: Sequence[str]) -> None:
    """Run the bot to its end; require its exit code for wrong settings, and these words."""
    settings = [f"--env={key}={value}" for key, value in variables.items()]
    command = [engine, "run", "--rm", *LOCKED, *settings, *options, IMAGE]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
    require(done.returncode == 2 and words in done.stderr, f"{what} is answered with what to do")


def check_without_a_page(engine: str) -> None:
    """The health check asks the process where the web chat is off."""
    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde." + "x" * 38
    variables = {"WHOBOT_WEB__ENABLED": "false", "WHOBOT_DISCORD__TOKEN": token}
    with container(engine, variables, ["--network", "none"]) as name:
        end = time.monotonic() + TIMEOUT
        while True:
            asked = subprocess.run(
                [engine, "exec", name, "whobot", "health"], check=False, capture_output=True, text=True
            )
            if asked.stdout:
                break
            if time.monotonic() > end:
                sys.exit(f"FAILED: whobot health: {asked.stderr}")
            time.sleep(0.5)
        told = '"workers": true' in asked.stdout and '"discord": false' in asked.stdout and asked.returncode == 1
        require(told, "without a page, the health check asks the process")


def check_compose(engine: str) -> None:
    """compose.yaml starts the bot from its secrets, and the tokens may be empty."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(REPOSITORY / "compose.yaml", folder)
        (folder / "compose.override.yaml").write_text(
            f'services: {{whobot: {{ports: !override ["127.0.0.1:{port}:8080"]}}}}\n'
        )
        (folder / "secrets").mkdir()
        for secret, text in (
            ("web_password", secrets.token_urlsafe(12)),
            ("discord_token", ""),
            ("telegram_token", ""),
        ):
            (folder / "secrets" / secret).write_text(text)
            (folder / "secrets" / secret).chmod(0o644)
        compose = [engine, "compose", "--project-directory", name, "--project-name", IMAGE]
        os.environ["WHOBOT_IMAGE"] = IMAGE
        try:
            run(*compose, "up", "--detach", "--pull", "never")
            report("compose", f"healthy after {wait_for_health(port):.1f} s")
            require('"ok": true' in run(*compose, "exec", "-T", "whobot", "whobot", "health"), "compose runs it")
        finally:
            subprocess.run([*compose, "down", "--volumes"], check=False, capture_output=True)


@contextmanager
def container(engine: str, variables: dict[str, str], options: Sequence[str]) -> Iterator[str]:
    """Run the image as locked down as compose.yaml does; remove it and its volume in the end."""
    name = f"{IMAGE}-{secrets.token_hex(4)}"
    settings = [f"--env={key}={value}" for key, value in variables.items()]
    run(engine, "run", "--detach", "--name", name, "--volume", f"{name}:/data", *LOCKED, *settings, *options, IMAGE)
    try:
        yield name
    except BaseException:
        subprocess.run([engine, "logs", name], check=False)
        raise
    finally:
        subprocess.run([engine, "rm", "--force", name], check=False, capture_output=True)
        subprocess.run([engine, "volume", "rm", name], check=False, capture_output=True)


def wait_for_health(port: int) -> float:
    """Ask until the bot is healthy; return the seconds that it took."""
    started = time.monotonic()
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return time.monotonic() - started
        except OSError:  # not listening yet, or not healthy yet
            if time.monotonic() - started > TIMEOUT:
                raise
            time.sleep(0.2)


async def ask(url: str, password: str, pictures: Sequence[tuple[str, bytes]]) -> str:
    """Post pictures through the web chat; return the answer's words."""
    async with WebChat.open(url, password) as chat:
        answer = await chat.answer_to(await chat.post("/who", pictures))
    require(bool(answer["text"]), f"{len(pictures)} pictures are answered")
    return str(answer["text"])


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def run(*command: str) -> str:
    """Run a command to its end; return what it printed."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command[:3])} failed:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def require(holds: bool, what: str) -> None:
    """Report what holds; end the command where it does not."""
    if not holds:
        sys.exit(f"FAILED: {what}")
    report("ok", what)


def report(what: str, value: str) -> None:
    """Print one line."""
    print(f"{what:>18}: {value}", flush=True)


if __name__ == "__main__":
    main()
