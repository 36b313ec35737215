"""A PostgreSQL server for one run of the tests: made in a temporary folder, and gone afterwards."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.required import missing

DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps the server's programs, in a folder for each version, off the PATH."""

FASTER = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB")
"""Nothing has to survive a power cut."""

SECONDS = 180.0
NAMED = "WHOBOT_TEST_POSTGRES"
"""Holds the address of a database that the tests may empty, where they are to start no server."""


def programs() -> Path | None:
    """The folder of the newest server that is installed, where there is one."""
    beside = shutil.which("initdb")
    found = [Path(beside).resolve().parent] if beside else []
    versions = [path.parent for path in DEBIAN.glob("*/bin/initdb")]
    found += sorted(versions, key=lambda path: [int(n) for n in re.findall(r"\d+", str(path))])
    return next((folder for folder in reversed(found) if (folder / "pg_ctl").exists()), None)


@contextmanager
def database() -> Iterator[str]:
    """Yield the address of a database that may be emptied: the one in `NAMED`, or one of a server for this block.

    Where there is neither, the test is passed over: see `tests.support.required`.
    """
    if named := os.environ.get(NAMED):
        yield named
    elif binaries := programs():
        with server(binaries) as address:
            yield address
    else:
        missing(
            "needs PostgreSQL's server (Debian: apt install postgresql), "
            f"or {NAMED}=postgresql+asyncpg://user@host/database, a database that may be emptied"
        )


@contextmanager
def server(binaries: Path) -> Iterator[str]:
    """Run a server of the programs in `binaries`; yield the address of its one database.

    It listens on a socket in its own folder alone, so that no port has to be found and no other user can reach it.

    Raises:
        RuntimeError: it could not be made or started; says what its programs said.
    """
    # pytest's temporary folders are closed to the user as which root runs the server, and too long for a socket's name.
    folder = Path(tempfile.mkdtemp(prefix="whobot-pg-"))
    unprivileged: dict[str, Any] = {}
    if (user := _unprivileged_user()) is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
        unprivileged = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    process: dict[str, Any] = {
        "cwd": folder,
        "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
    } | unprivileged
    data, log, control = str(folder / "data"), folder / "log", str(binaries / "pg_ctl")
    # Whatever ends the tests, also a signal that Python never sees, closes the pipe that this waits for.
    undo = f'read -r _; [ ! -f {data}/postmaster.pid ] || "$0" stop -w -s -m immediate -D {data}; rm -rf {folder}'
    with subprocess.Popen(["/bin/sh", "-c", undo, control], stdin=subprocess.PIPE, start_new_session=True, **process):
        _call(binaries / "initdb", "-D", data, "-U", "whobot", "-A", "trust", "-E", "UTF8", "--no-sync", **process)
        options = " ".join(("-c listen_addresses=", f"-k {folder}", *(f"-c {setting}" for setting in FASTER)))
        try:
            _call(control, "start", "-w", "-D", data, "-l", str(log), "-o", options, **process)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{log.read_text() if log.exists() else ''}") from error
        yield f"postgresql+asyncpg://whobot@/postgres?host={folder}"


def _call(program: Path | str, *arguments: str, **process: Any) -> None:
    # A file, not a pipe: the server inherits it, and a pipe would be read until the server ends.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
            **process,
        )
        said.seek(0)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {said.read()}")


def _unprivileged_user() -> pwd.struct_passwd | None:
    """The user as which root runs the server: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    everybody = {user.pw_name: user for user in pwd.getpwall()}
    return everybody.get("postgres") or everybody["nobody"]
