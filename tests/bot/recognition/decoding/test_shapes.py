"""Pictures of extreme shapes: what they take of memory, in a process of their own, beyond an ordinary picture."""

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from bot.errors import SideTooLong
from bot.recognition.decoding.decode import LONGEST_ORIGINAL, LONGEST_SIDE, decode
from bot.recognition.decoding.frames import open_frames
from tests.support import tiny

REPOSITORY = Path(__file__).resolve().parents[4]
PIXELS = 50_000_000
MOST_MEGABYTES = 250
CHANNELS = {2: 3, 6: 4}

MEASURE = """
import re, sys
from pathlib import Path
from bot.errors import SideTooLong
from bot.recognition.decoding.decode import decode

def peak():
    # Not getrusage: on Linux its peak includes that of the process which started this one.
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024

ordinary, large = (Path(name).read_bytes() for name in sys.argv[1:])
decode(ordinary, max_pixels=50_000_000, max_frames=1)
before = peak()
try:
    print("x".join(map(str, decode(large, max_pixels=50_000_000, max_frames=1).image.shape)))
except SideTooLong:
    print("refused")
print(peak() - before)
"""


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, colour: int) -> bytes:
    """A black PNG; `colour` is its type, 2 for RGB and 6 for RGBA."""
    packer, row = zlib.compressobj(1), bytes(1 + width * CHANNELS[colour])
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.skipif(sys.platform != "linux", reason="the peak memory of a process is read as Linux tells it")
@pytest.mark.parametrize(
    ("width", "height", "colour", "outcome"),
    [
        (65_535, 762, 2, "24x2048x3"),
        (65_535, 762, 6, "24x2048x3"),
        (762, 65_535, 6, "2048x24x3"),
        (100_000, 500, 2, "refused"),
        (5_000_000, 10, 2, "refused"),
    ],
)
def test_a_picture_of_any_shape_takes_little_more_than_an_ordinary_one(
    tmp_path: Path, width: int, height: int, colour: int, outcome: str
) -> None:
    ordinary, large = tmp_path / "ordinary.png", tmp_path / "large.png"
    ordinary.write_bytes(tiny.encoded(np.full((720, 1280, 3), 127, np.uint8)))
    large.write_bytes(png(width, height, colour))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(ordinary), str(large)],
        env={"PYTHONPATH": str(REPOSITORY)},
        check=True,
        capture_output=True,
        text=True,
    )
    told, beyond = done.stdout.splitlines()
    assert told == outcome
    assert int(beyond) / 1e6 <= MOST_MEGABYTES


@pytest.mark.parametrize(("width", "height"), [(LONGEST_ORIGINAL + 1, 1), (1, LONGEST_ORIGINAL + 1), (PIXELS, 1)])
def test_a_side_longer_than_any_picture_has_is_refused_by_the_header(width: int, height: int) -> None:
    data = tiny.encoded(np.zeros((1, 1, 3), np.uint8))
    data = data[:16] + struct.pack(">II", width, height) + data[24:]
    data = data[:29] + struct.pack(">I", zlib.crc32(data[12:29])) + data[33:]
    with pytest.raises(SideTooLong) as caught:
        decode(data, max_pixels=PIXELS, max_frames=1)
    assert caught.value.limit == LONGEST_ORIGINAL
    with pytest.raises(SideTooLong):
        open_frames(data, most=1, max_pixels=PIXELS, max_frames=1, max_seconds=1)


def test_narrower_strips_leave_no_seams() -> None:
    ramp = np.linspace(0, 255, 600).astype(np.uint8).reshape(-1, 1, 1).repeat(LONGEST_ORIGINAL, axis=1)
    column = decode(tiny.encoded(ramp.repeat(3, axis=2)), max_pixels=PIXELS, max_frames=1).image[:, 12, 0].astype(int)
    assert len(column) == round(len(ramp) * LONGEST_SIDE / LONGEST_ORIGINAL)
    assert np.abs(column - np.linspace(0, 255, column.size)).max() <= 10
    assert (np.diff(column) > 0).all()
