"""What a decoder process gives up before it sees a stranger's file.

Each system has other means. `confine` says which are missing.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

MEMORY = 265_000_000
"""Bytes that a file may take beyond what the process takes at rest."""
PROCESSOR_SECONDS = 30
"""Processor time that a file may take, on all cores together."""
LARGEST_OUTPUT = 1 << 26
"""Bytes that may be written to any file, the memory that is shared with the bot among them."""

_SET_PARENT_DEATH_SIGNAL = 1  # <linux/prctl.h>

_CALLS = (
    # Memory.
    "brk", "madvise", "mmap", "mmap2", "mprotect", "mremap", "munmap", "get_mempolicy",
    # Messages and pixels, on what is open already.
    "read", "readv", "pread64", "preadv", "write", "writev", "pwrite64", "pwritev", "close", "fstat", "fstat64",
    "lseek", "_llseek", "ftruncate", "ftruncate64", "poll", "ppoll",
    # Threads, of which decoders make some.
    "futex", "futex_time64", "futex_waitv", "set_robust_list", "get_robust_list", "set_tid_address", "rseq",
    "sched_yield", "sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_getscheduler", "getcpu",
    "membarrier", "exit", "exit_group", "restart_syscall", "setpriority", "prctl",
    # Signals to oneself, clocks, chance, and the limits of the next file.
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "tgkill", "alarm", "setitimer", "getitimer",
    "clock_gettime", "clock_gettime64", "clock_getres", "clock_nanosleep", "clock_nanosleep_time64", "nanosleep",
    "gettimeofday", "getrandom", "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getrusage",
    "sysinfo", "uname", "prlimit64", "setrlimit", "getrlimit", "ugetrlimit", "times",
)  # fmt: skip
"""The system calls that decoding needs. Every other one fails: above all those that open, connect and start."""
_CLONE_THREAD = 0x10000
"""The flag of `clone` by which it makes a thread, and no process."""
_NO_SUCH_CALL, _NOT_PERMITTED = 38, 1
"""ENOSYS, at which the C library falls back to `clone`, whose flags a filter can see; EPERM."""


def end_with_parent() -> None:
    """Have this process ended when the one that started it ends. Where Linux cannot, the end of its pipe has to do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def confine() -> list[str]:
    """Give up opening files and connections, starting processes, and most of the memory.

    Returns:
        What this system has no means for, in words for a log.
    """
    missing = []
    try:
        import resource  # noqa: PLC0415
    except ImportError:
        return ["limits of memory, time and files"]
    size = _data_size()
    if size is None:
        missing.append("a limit of memory")
    else:
        _lower(resource.RLIMIT_DATA, size + MEMORY)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, LARGEST_OUTPUT)
    try:
        put_into_force = _make_filter()
    except (ImportError, OSError, RuntimeError):  # RuntimeError: the library under it is not there
        missing.append("a filter of system calls")
    else:
        put_into_force()
    _lower(resource.RLIMIT_NOFILE, 0)
    return missing


def limit_time(seconds: float) -> None:
    """Have the system end this process after so many seconds, or `PROCESSOR_SECONDS` more of processor time."""
    with contextlib.suppress(ImportError, AttributeError):  # Windows has neither; the bot's own clock has to do
        import resource  # noqa: PLC0415

        signal.setitimer(signal.ITIMER_REAL, seconds)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + PROCESSOR_SECONDS, hard))


def _lower(limit: int, value: int) -> None:
    import resource  # noqa: PLC0415

    _, hard = resource.getrlimit(limit)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))


def _data_size() -> int | None:
    """Bytes that this process has for data, as RLIMIT_DATA counts them; None where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[5])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def _make_filter() -> Callable[[], None]:
    """Make a filter of system calls, and return what puts it into force for every thread of this process."""
    import pyseccomp  # noqa: PLC0415

    calls = pyseccomp.SyscallFilter(pyseccomp.ERRNO(_NOT_PERMITTED))
    calls.set_attr(pyseccomp.Attr.CTL_TSYNC, 1)
    for name in _CALLS:
        with contextlib.suppress(OSError):  # a processor of another kind has other calls
            calls.add_rule(pyseccomp.ALLOW, name)
    calls.add_rule(pyseccomp.ALLOW, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD))
    calls.add_rule(pyseccomp.ERRNO(_NO_SUCH_CALL), "clone3")
    load: Callable[[], None] = calls.load
    return load
