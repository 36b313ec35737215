"""How many workers this machine, or this container, has room for."""

import os
from collections.abc import Iterator
from pathlib import Path

BESIDE_WORKERS = 250_000_000
"""Bytes that the bot takes beside its workers: libraries, models, uploads, remembered answers."""
EACH_DECODER = 300_000_000
"""Bytes that a decoder process takes at most: 35 million at rest, and what one file may take beyond that."""
EACH_WORKER = 50_000_000 + EACH_DECODER
"""Bytes that a worker takes for the picture that takes the most: its thread, which looks and draws, and its decoder.

``python -m tests.checks.needs`` measures them.
"""
_MEMORY_LIMITS = {"": "memory.max", "memory": "memory.limit_in_bytes"}
"""The file that holds a control group's limit, by the name of its hierarchy: version 2 has one without a name.

Source: https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
"""


def fitting_workers() -> int:
    """The number of workers for the cores and the memory that this process may use; at least one."""
    return workers_for(usable_cores(), usable_memory())


def workers_for(cores: int, memory: int) -> int:
    """One worker for each core, and no more than fit into `memory` bytes together with the bot; at least one."""
    return max(1, min(cores, (memory - BESIDE_WORKERS) // EACH_WORKER))


def usable_cores() -> int:
    """The cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def usable_memory(root: Path = Path("/")) -> int:
    """The bytes of memory that this process may take: the machine's, or less where a control group allows less.

    Args:
        root: Where the folders proc and sys lie.
    """
    return min((_machine_memory(), *_limits(root)))


def _machine_memory() -> int:
    if hasattr(os, "sysconf"):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return BESIDE_WORKERS + 64 * EACH_WORKER  # Windows does not say: the cores decide


def _limits(root: Path) -> Iterator[int]:
    """Every limit on the way from this process's control group to the root of its hierarchy."""
    try:
        groups = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # not Linux
        return
    for group in groups:
        _, controllers, path = group.split(":", 2)
        for hierarchy, file in _MEMORY_LIMITS.items():
            if hierarchy not in controllers.split(","):
                continue
            # A container without a name space of its own sees its host's path, and its own files at the top.
            folder = root / "sys/fs/cgroup" / hierarchy
            group_folder = folder / path.lstrip("/")
            for place in (group_folder, *group_folder.parents):
                if place.is_relative_to(folder):
                    yield from _limit(place / file)


def _limit(file: Path) -> Iterator[int]:
    try:
        text = file.read_text().strip()
    except OSError:
        return
    if text.isdecimal():  # "max" is none
        yield int(text)
