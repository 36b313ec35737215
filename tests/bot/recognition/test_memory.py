"""What a large picture costs the command that looks at it: the peak of its whole process."""

import asyncio
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image as Pillow

from bot.storage.store import Store

REPOSITORY = Path(__file__).resolve().parents[3]
LARGE, TINY = (6500, 4500), (65, 45)
"""Width and height in pixels. What the tiny one takes is what Python and the libraries take, which differs from version
to version by more than a picture does."""
MOST_MEGABYTES = {".jpg": 80, ".png": 80, ".webp": 200, ".heic": 200}
"""What the large picture may take beyond the tiny one. Decoded whole it would be 88 as RGB, and 117 as Pillow holds it;
no library that we have decodes a WebP or a HEIC reduced or in parts."""
WRITTEN = {".jpg": [], ".png": [cv2.IMWRITE_PNG_COMPRESSION, 6], ".webp": [cv2.IMWRITE_WEBP_QUALITY, 80]}
"""How to write each so that it is no larger than whobot takes."""

WHO = """
import re, sys
from contextlib import suppress
from pathlib import Path
from bot.__main__ import main

sys.argv = ["whobot", "who", "--no-picture", sys.argv[1]]
with suppress(SystemExit):
    main()
# Not getrusage: on Linux its peak includes that of the process which started this one.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(int(peak[1]) * 1024)
"""


pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the peak memory of a process is read as Linux tells it"
)


def megabytes_beyond_a_tiny_picture(folder: Path, suffix: str) -> float:
    """How much more ``whobot who`` takes at its peak for the large picture than for the tiny one, run in `folder`."""
    return peak_of_who(folder, suffix, LARGE) - peak_of_who(folder, suffix, TINY)


def peak_of_who(folder: Path, suffix: str, size: tuple[int, int]) -> float:
    """Megabytes that ``whobot who`` takes at its peak, run in `folder` on a picture of `size`."""
    noise = np.random.default_rng(0).integers(0, 256, (45, 65, 3), np.uint8)
    picture = folder / f"noise{suffix}"
    pixels = cv2.resize(noise, size)
    if suffix == ".heic":
        pillow_heif.from_pillow(Pillow.fromarray(pixels)).save(picture, quality=50)
    else:
        cv2.imwrite(str(picture), pixels, WRITTEN[suffix])
    done = subprocess.run(
        [sys.executable, "-c", WHO, str(picture)],
        cwd=folder,
        env={"PYTHONPATH": str(REPOSITORY)},
        check=True,
        capture_output=True,
        text=True,
    )
    *answer, peak = done.stdout.splitlines()
    # Whether noise looks like a face does not matter here: that it was read does.
    assert f"{picture.name}  {size[0]} x {size[1]}, " in answer[0], done.stdout
    return int(peak) / 1e6


@pytest.mark.parametrize("suffix", MOST_MEGABYTES)
def test_a_picture_of_29_megapixels_takes_little_memory(tmp_path: Path, suffix: str) -> None:
    assert megabytes_beyond_a_tiny_picture(tmp_path, suffix) <= MOST_MEGABYTES[suffix]


async def test_so_it_does_beside_a_store_of_taught_faces(tmp_path: Path) -> None:
    async with Store(f"sqlite+aiosqlite:///{tmp_path / 'whobot.db'}"):
        pass
    beyond = await asyncio.to_thread(megabytes_beyond_a_tiny_picture, tmp_path, ".jpg")
    assert beyond <= MOST_MEGABYTES[".jpg"]
