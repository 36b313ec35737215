"""Build the image and run it for real: ``make check-container``.

Shows that the bot starts without root on a read-only file system, is healthy, answers a picture, holds no TensorFlow
and stops in time. Needs Docker or Podman.
"""

import argparse
import asyncio
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.artwork import CAST, draw_portrait
from tests.support.webchat import WebChat

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGE = "whobot-check"
TIMEOUT = 60.0
STOP_SECONDS = 10.0


def main() -> None:
    """Run every step; the first that fails ends the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.checks.container", description=__doc__)
    parser.add_argument("--engine", default="docker" if shutil.which("docker") else "podman", help="docker or podman")
    parser.add_argument("--build-option", action="append", default=[], help="an option for the engine's build command")
    parser.add_argument("--host-network", action="store_true", help="share the host's network, publish no port")
    arguments = parser.parse_args()
    engine = arguments.engine
    run(engine, "build", *arguments.build_option, "--tag", IMAGE, str(REPOSITORY))
    report("image", run(engine, "image", "inspect", "--format", "{{.Size}}", IMAGE) + " bytes")
    password = secrets.token_urlsafe(12)
    port = free_port()
    with container(engine, port, password, host_network=arguments.host_network) as name:
        inside = ("exec", name, "python", "-c")
        report("healthy after", f"{wait_for_health(port):.1f} s")
        user = run(engine, *inside, "import os; print(os.getuid())")
        require(user != "0", f"runs as user {user}")
        writable = "import pathlib\ntry: pathlib.Path('/opt/x').touch()\nexcept OSError as e: print(e.strerror)"
        require("Read-only" in run(engine, *inside, writable), "the root file system is read-only")
        absent = "import importlib.util as u; print(u.find_spec('tensorflow') is None)"
        require(run(engine, *inside, absent) == "True", "holds no TensorFlow")
        optional = "import importlib.util as u; print(all(map(u.find_spec, ('asyncpg', 'sentry_sdk'))))"
        require(run(engine, *inside, optional) == "True", "can use PostgreSQL and Sentry")
        report("answers a picture", repr(asyncio.run(ask(port, password))))
        started = time.monotonic()
        run(engine, "stop", "--time", "30", name)
        seconds = time.monotonic() - started
        require(seconds < STOP_SECONDS, f"stops in {seconds:.1f} s")
        code = run(engine, "inspect", "--format", "{{.State.ExitCode}}", name)
        require(code == "0", f"exit code {code}")


@contextmanager
def container(engine: str, port: int, password: str, *, host_network: bool) -> Iterator[str]:
    """Run the image as locked down as compose.yaml does; remove it and its volume in the end."""
    name = f"{IMAGE}-{secrets.token_hex(4)}"
    network = ["--network", "host"] if host_network else ["--publish", f"127.0.0.1:{port}:{port}"]
    environment = {
        "WHOBOT_WEB__HOST": "127.0.0.1" if host_network else "0.0.0.0",  # noqa: S104 - of the container, not of this machine
        "WHOBOT_WEB__PORT": str(port),
        "WHOBOT_WEB__PASSWORD": password,
    }
    options = [f"--env={key}={value}" for key, value in environment.items()]
    locked = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    run(engine, "run", "--detach", "--name", name, "--volume", f"{name}:/data", *network, *locked, *options, IMAGE)
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


async def ask(port: int, password: str) -> str:
    """Post a drawn portrait through the web chat; return the answer's words."""
    portrait = draw_portrait(CAST["minase_yuzu"], 1, tilt=0, expression="calm").encode()
    async with WebChat.open(f"http://127.0.0.1:{port}", password) as chat:
        answer = await chat.answer_to(await chat.post("/who", [("portrait.png", portrait)]))
    require(bool(answer["pictures"]), "the answer shows a picture")
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
