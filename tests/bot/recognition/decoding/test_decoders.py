"""Decoder processes: they read what is read in this process, and their end is nobody else's."""

import importlib
import io
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags
from PIL import Image as Pillow
from structlog.testing import capture_logs

from bot.errors import (
    AnalysisTimeout,
    BrokenPicture,
    DecodingFailed,
    OperatorError,
    SideTooLong,
    Stopping,
    TooLong,
    TooManyFrames,
    TooManyPixels,
    UnsupportedFormat,
)
from bot.recognition.decoding import confinement, decoders, frames
from bot.recognition.decoding.decode import Decoded
from bot.recognition.decoding.decoder import LATER
from bot.recognition.decoding.decoders import Decoders
from bot.recognition.decoding.handover import HandoverError
from tests.support import clips, tiny
from tests.support.hostile_decoder import CRASHES, EATS, EATS_BELOW_PYTHON, HANGS, PROGRAM, TURNS, does
from tests.support.large_pictures import SIDE

REPOSITORY = Path(__file__).resolve().parents[4]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="read as Linux tells it")
LIMITS: dict[str, Any] = {"most": 5, "max_pixels": 50_000_000, "max_frames": 2000, "max_seconds": 60}
SOON = 0.3
"""Seconds until a decoder counts as hung, where it shall."""
LONG = 300.0
PICTURE = tiny.encoded(tiny.picture(tiny.RED))


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "PROGRAM", PROGRAM)


@contextmanager
def started(seconds: float = LONG) -> Iterator[Decoders]:
    running = Decoders(seconds)
    running.start(1)
    try:
        yield running
    finally:
        running.close()


def opened(running: Decoders, data: bytes, **limits: Any) -> tuple[Decoded, ...]:
    return running.open_frames(data, **{**LIMITS, **limits})


def told(running: Decoders, code: str) -> int:
    """What a hostile decoder finds out."""
    with pytest.raises(TooManyPixels) as caught:
        opened(running, does(code))
    return caught.value.pixels


def process_of(running: Decoders) -> int:
    """The id of the decoder that is idle."""
    return running._idle[-1]._process.pid


def saved(kind: str, picture: Pillow.Image | None = None, **options: Any) -> bytes:
    buffer = io.BytesIO()
    (picture or Pillow.fromarray(tiny.picture(tiny.RED, tiny.BLUE))).save(buffer, kind, **options)
    return buffer.getvalue()


def every_kind() -> dict[str, bytes]:
    """A file of each format, and of those that take ways of their own."""
    turned = Pillow.Exif()
    turned[ExifTags.Base.Orientation] = 6
    moving = [np.ascontiguousarray(np.roll(tiny.picture(tiny.RED)[:96, :128], 9 * n, axis=1)) for n in range(6)]
    large = Pillow.fromarray(tiny.picture(tiny.RED)).resize((4100, 1030))
    heic = io.BytesIO()
    pillow_heif.from_pillow(large).save(heic, quality=50)
    found = {kind: saved(kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")}
    found |= {f"{kind} of many": clips.animation(moving, kind) for kind in ("PNG", "WEBP", "GIF", "AVIF")}
    found |= {f"large {kind}": saved(kind, large) for kind in ("JPEG", "PNG", "WEBP")}
    found |= {"large AVIF": saved("AVIF", large, speed=10), "large HEIC": heic.getvalue()}
    found |= {f"turned {kind}": saved(kind, exif=turned) for kind in ("JPEG", "PNG", "WEBP")}
    found |= {"MP4": clips.video(moving), "WebM": clips.video(moving, webm=True)}
    return found | {"Lottie": clips.lottie(), "packed Lottie": clips.tgs(clips.lottie())}


# --- what they read --------------------------------------------------------------------------------------------------


def test_they_read_what_is_read_here() -> None:
    with started() as running:
        for name, data in every_kind().items():
            here, there = frames.open_frames(data, **LIMITS), opened(running, data)
            assert [(one.width, one.height) for one in here] == [(one.width, one.height) for one in there], name
            for one, other in zip(here, there, strict=True):
                assert np.array_equal(one.image, other.image), name
        assert running.replaced == 0


def test_pixels_go_through_the_pipe_where_there_is_no_shared_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "shared_memory", lambda: None)
    with started() as running:
        (found,) = opened(running, PICTURE)
        assert np.array_equal(found.image, tiny.picture(tiny.RED))
        with pytest.raises(BrokenPicture):
            opened(running, PICTURE[:200])


@pytest.mark.parametrize(
    ("data", "limits", "error"),
    [
        (b"", {}, BrokenPicture()),
        (b"hello", {}, UnsupportedFormat()),
        (PICTURE[:200], {}, BrokenPicture()),
        (PICTURE, {"max_pixels": 99}, TooManyPixels(140 * 140, 99)),
        (clips.animation([tiny.picture(), tiny.picture(tiny.RED)], "PNG"), {"max_frames": 1}, TooManyFrames(1)),
        (clips.lottie(frames=180), {"max_seconds": 2.5}, TooLong(2.5)),
        (saved("PNG", Pillow.new("1", (65_536, 1))), {}, SideTooLong(65_535)),
    ],
)
def test_what_cannot_be_used_is_refused_as_here(data: bytes, limits: dict[str, Any], error: Exception) -> None:
    with started() as running:
        with pytest.raises(type(error)) as caught:
            opened(running, data, **limits)
        assert vars(caught.value) == vars(error)
        assert running.replaced == 0
        assert opened(running, PICTURE)


# --- what becomes of those that are led astray -----------------------------------------------------------------------


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("data", [CRASHES, does("os.abort()"), does("os._exit(0)"), does("open(1, 'w').write('x')")])
def test_a_decoder_that_dies_is_replaced_and_its_picture_refused(data: bytes) -> None:
    with started() as running, capture_logs() as logs:
        with pytest.raises(DecodingFailed):
            opened(running, data)
        assert opened(running, PICTURE)
        assert running.replaced == 1
    assert [entry["reason"] for entry in logs if entry["event"] == "decoder_replaced"] == ["died"]


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("data", [HANGS, TURNS])
def test_a_decoder_that_hangs_is_replaced_and_its_picture_refused(data: bytes) -> None:
    with started() as running:
        assert opened(running, PICTURE)
        running._seconds = SOON
        with pytest.raises(AnalysisTimeout):
            opened(running, data)
        running._seconds = LONG
        assert opened(running, PICTURE)
        assert running.replaced == 1


@pytest.mark.usefixtures("hostile")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_the_system_ends_a_decoder_that_hangs_whatever_becomes_of_the_bot() -> None:
    with started() as running:
        assert told(running, "answer = int(100 * signal.getitimer(signal.ITIMER_REAL)[0])") <= 100 * (LONG + LATER)
        seconds = "signal.setitimer(signal.ITIMER_REAL, 0.01); time.sleep(3600)"
        with pytest.raises(DecodingFailed):
            opened(running, does(seconds))


@LINUX
@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("data", [EATS, EATS_BELOW_PYTHON])
def test_a_decoder_that_wants_too_much_memory_is_replaced(data: bytes) -> None:
    with started() as running:
        with pytest.raises(DecodingFailed):
            opened(running, data)
        assert opened(running, PICTURE)
        assert running.replaced == 1


@pytest.mark.usefixtures("hostile")
def test_others_are_answered_while_one_hangs() -> None:
    with started() as running, ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(opened, running, HANGS)
        while running._idle:
            pass
        assert opened(running, PICTURE)
        assert not hanging.done()
        running.close()
        with pytest.raises(Stopping):
            hanging.result()


def test_one_that_was_ended_while_idle_costs_no_picture() -> None:
    with started() as running:
        assert opened(running, PICTURE)
        running._idle[-1]._process.kill()
        running._idle[-1]._process.wait()
        assert opened(running, PICTURE)
        assert running.replaced == 1


def test_they_are_used_again() -> None:
    with started() as running:
        opened(running, PICTURE)
        before = process_of(running)
        opened(running, PICTURE)
        assert process_of(running) == before


def test_one_that_does_not_start_is_no_damaged_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "PROGRAM", "raise SystemExit(3)")
    with started() as running, pytest.raises(OperatorError, match=r"does not start.* status 3"):
        opened(running, PICTURE)
    with started() as running, pytest.raises(OperatorError, match="does not start"):
        running.wait()


def test_nothing_is_decoded_after_the_end() -> None:
    with started() as running:
        running.close()
        with pytest.raises(Stopping):
            opened(running, PICTURE)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"frames": []},
        {"frames": [[1, 2]]},
        {"frames": [[2, 2, 2, 2]]},
        {"frames": [[1, -1, 2, 2], [1, 2, 2, 2]]},
        {"frames": [[1, 1, 2, 2]]},
        {"frames": [[1, 2, 0, 2]]},
        {"frames": [[1, "2", 2, 2]]},
        {"frames": 7},
        {"error": "SystemExit", "facts": []},
        {"error": "BrokenPicture", "facts": [1, 2, 3]},
        {"error": "TooManyPixels", "facts": ["x", "y"]},
        {"error": ["BrokenPicture"], "facts": []},
    ],
)
def test_nonsense_is_not_believed(answer: dict[str, Any]) -> None:
    with pytest.raises(HandoverError):
        decoders._frames(answer, bytes(6))


# --- what they cannot do ---------------------------------------------------------------------------------------------


@LINUX
def test_a_decoder_is_told_no_secret_and_given_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WHOBOT_DISCORD__TOKEN", "hush")
    kept = os.open(tmp_path / "secret", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(kept, True)
    try:
        with started() as running:
            assert opened(running, PICTURE)
            folder = Path(f"/proc/{process_of(running)}")
            names = {entry.partition(b"=")[0] for entry in (folder / "environ").read_bytes().split(b"\0")}
            held = {str(entry.readlink()) for entry in (folder / "fd").iterdir()}
    finally:
        os.close(kept)
    assert names <= {b"", b"LD_LIBRARY_PATH", *map(str.encode, decoders._SPARING)}
    assert {re.sub(r"\[.*", "", target) for target in held} == {"pipe:", "/dev/null", "/memfd:whobot (deleted)"}


@LINUX
@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize(
    "attempt",
    [
        "socket.socket()",
        "open('/etc/hostname')",
        "os.open('/proc/self/mem', os.O_RDWR)",
        "os.dup(0)",
        "os.pipe()",
        "subprocess.run(['true'])",
    ],
)
def test_a_decoder_can_open_nothing(attempt: str) -> None:
    with started() as running:
        assert told(running, f"answer = 0\ntry: {attempt}\nexcept OSError as error: answer = error.errno") in (1, 24)


@LINUX
@pytest.mark.usefixtures("hostile")
def test_the_filter_of_system_calls_holds() -> None:
    try:
        importlib.import_module("pyseccomp")
    except (ImportError, RuntimeError):
        pytest.skip("libseccomp is not installed")
    with started() as running:
        assert opened(running, PICTURE)
        assert "Seccomp:\t2" in Path(f"/proc/{process_of(running)}/status").read_text()
        for attempt in ("os.fork()", f"os.kill({os.getpid()}, 0)", "os.setsid()", "os.listdir('/')"):
            assert told(running, f"answer = 0\ntry: {attempt}\nexcept OSError as error: answer = error.errno") == 1
        ran = "import threading; one = threading.Thread(target=print); one.start(); one.join(); answer = 5"
        assert told(running, ran) == 5, "decoders may make threads"


@pytest.mark.usefixtures("hostile")
def test_what_the_system_has_no_means_for_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    without = "sys.modules['pyseccomp'] = None\nfrom bot.recognition.decoding import decoder"
    monkeypatch.setattr(decoders, "PROGRAM", PROGRAM.replace("from bot.recognition.decoding import decoder", without))
    with started() as running, capture_logs() as logs:
        running.start(1)
        for _ in range(3):
            assert opened(running, PICTURE)
        with pytest.raises(DecodingFailed):
            opened(running, CRASHES)
        assert opened(running, PICTURE)
    (said,) = [entry for entry in logs if entry["event"] == "decoders_less_confined"]
    assert "a filter of system calls" in said["without"]


ORPHAN = """
import os, signal, sys, threading
from bot.recognition.decoding import decoders
from tests.support.hostile_decoder import PROGRAM, does

decoders.PROGRAM = PROGRAM
running = decoders.Decoders(3600)
running.start(2)
limits = {"most": 5, "max_pixels": 50_000_000, "max_frames": 2000, "max_seconds": 60}
threading.Thread(target=running.open_frames, args=(does(sys.argv[1]),), kwargs=limits, daemon=True).start()
while len(running._idle) != 1:
    pass
running._idle[0].ready()
print(*(process._process.pid for process in running._all), flush=True)
sys.stdin.read()
os.kill(os.getpid(), signal.SIGKILL)
"""


@LINUX
@pytest.mark.parametrize("work", ["time.sleep(3600)", "while True: pass"])
def test_an_orphan_ends_with_its_parent(work: str) -> None:
    """One is idle, the other at work."""
    bot = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, work],
        env={"PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with bot:
        assert bot.stdout is not None
        orphans = [int(one) for one in bot.stdout.readline().split()]
        assert len(orphans) == 2
        assert all(map(runs, orphans))
    assert bot.returncode == -signal.SIGKILL
    until = threading.Event()
    for _ in range(1000):
        if not any(map(runs, orphans)):
            return
        until.wait(0.05)
    raise AssertionError("they are still there")


def runs(process: int) -> bool:
    """Whether a process is there, and not just waiting for somebody to ask how it ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


# --- what they take --------------------------------------------------------------------------------------------------


def peak(process: int) -> int:
    """The most bytes that a process has held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return 1024 * int(found[1])


@LINUX
@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [("WEBP", "RGB", {"method": 0, "quality": 50}), ("AVIF", "RGB", {"speed": 10}), ("JPEG", "CMYK", {})],
)
def test_fifty_megapixels_take_at_most_250_megabytes(kind: str, mode: str, options: dict[str, Any]) -> None:
    large = saved(kind, Pillow.linear_gradient("L").resize((SIDE, SIDE)).convert(mode), **options)
    with started() as running:
        opened(running, PICTURE)
        process = process_of(running)
        before = peak(process)
        (found,) = opened(running, large)
        assert found.image.shape == (2048, 2048, 3)
        assert process_of(running) == process
        assert (peak(process) - before) / 1e6 <= 250


@LINUX
def test_no_file_may_take_more() -> None:
    with started() as running:
        opened(running, PICTURE)
        text = Path(f"/proc/{process_of(running)}/limits").read_text()
        rest = Path(f"/proc/{process_of(running)}/status").read_text()
    most = int(re.search(r"Max data size\s+(\d+)", text)[1])  # type: ignore[index]
    held = 1024 * int(re.search(r"VmData:\s+(\d+) kB", rest)[1])  # type: ignore[index]
    assert abs(most - held - confinement.MEMORY) < 30_000_000
    for name in ("Max open files", "Max core file size"):
        assert re.search(rf"{name}\s+0\s+0\s", text), name
    assert re.search(rf"Max file size\s+{confinement.LARGEST_OUTPUT}\s", text)
    assert not re.search(r"Max cpu time\s+unlimited", text)
