"""Workers are as many as the cores, and as the memory that the container allows."""

from pathlib import Path

import pytest

from bot.recognition.capacity import BESIDE_WORKERS, EACH_WORKER, usable_cores, usable_memory, workers_for

GIGABYTE = 1 << 30


@pytest.mark.parametrize(
    ("cores", "memory", "workers"),
    [
        (2, 64 * GIGABYTE, 2),
        (64, GIGABYTE, 2),
        (64, GIGABYTE // 2, 1),
        (64, GIGABYTE // 8, 1),
        (8, BESIDE_WORKERS + 5 * EACH_WORKER, 5),
    ],
)
def test_cores_and_memory_both_limit_the_workers(cores: int, memory: int, workers: int) -> None:
    assert workers_for(cores, memory) == workers


def machine(root: Path, groups: str, limits: dict[str, str]) -> Path:
    """A machine's /proc and /sys."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(groups)
    for name, text in limits.items():
        file = root / "sys/fs/cgroup" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    return root


@pytest.mark.parametrize(
    ("groups", "limits", "expected"),
    [
        ("0::/\n", {"memory.max": "500000000"}, 500_000_000),
        ("0::/\n", {"memory.max": "max"}, None),
        ("0::/a/b\n", {"a/memory.max": "400000000", "a/b/memory.max": "max"}, 400_000_000),
        ("0::/a/b\n", {"a/memory.max": "400000000", "a/b/memory.max": "300000000"}, 300_000_000),
        ("4:memory:/docker/1\n0::/\n", {"memory/docker/1/memory.limit_in_bytes": "600000000"}, 600_000_000),
        ("4:memory:/docker/1\n0::/\n", {"memory/memory.limit_in_bytes": "700000000"}, 700_000_000),
        ("4:memory:/\n", {"memory/memory.limit_in_bytes": str(2**63 - 4096)}, None),
        ("5:cpu,cpuacct:/\n", {"memory.max": "1"}, None),
    ],
)
def test_the_least_limit_of_the_control_groups_holds(
    tmp_path: Path, groups: str, limits: dict[str, str], expected: int | None
) -> None:
    unlimited = usable_memory(tmp_path / "no machine")
    found = usable_memory(machine(tmp_path, groups, limits))
    assert found == (unlimited if expected is None else expected)


def test_this_machine_has_cores_and_memory() -> None:
    assert usable_cores() >= 1
    assert usable_memory() > BESIDE_WORKERS
