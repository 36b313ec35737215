"""whobot as people install it: its wheel, alone in an environment, with the commands on the PATH."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel."""

    wheel: Path
    commands: Path
    """The folder of `whobot` and `whobot-train`."""

    def environment(self, variables: Mapping[str, str] | None = None) -> dict[str, str]:
        """What a terminal has with whobot on its PATH: nothing of the checkout, and none of this machine's settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("WHOBOT_", "PYTHON"))}
        return kept | {"PATH": f"{self.commands}{os.pathsep}{os.environ['PATH']}"} | dict(variables or {})

    def run(self, command: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a line of a shell in `folder`."""
        return subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )


def install(folder: Path) -> Installed:
    """Build the wheel and install it into a fresh environment, offline: its libraries are those of the tests."""
    # The build backend is the one of the `test` extra, not one that pip fetches.
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    commands = folder / "venv/bin"
    pip = [sys.executable, "-m", "pip", "--python", str(commands / "python"), "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    # Lines of a .pth are plain entries of sys.path: that of the editable install, which leads here, is not followed.
    (packages,) = folder.glob("venv/lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return Installed(wheel, commands)
