"""What a large picture costs, measured in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests import tiny

REPOSITORY = Path(__file__).resolve().parents[3]
MOST_MEGABYTES = 250

LOOK = """
import json, re, sys
from pathlib import Path
import cv2
from bot.bundle import read_bundle
from bot.vision.engine import Engine, Models
from bot.vision.fonts import FontBook

cv2.setNumThreads(1)
picture, bundle, cascade = map(Path, sys.argv[1:])
models = Models(read_bundle(bundle), cascade)
engine = Engine(models, max_pixels=50_000_000, max_frames=1, max_faces=20, fonts=FontBook(folders=()))
analysis = engine.look(picture.read_bytes())
# Not getrusage: on Linux its peak includes that of the process which started this one.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps({"size": [analysis.width, analysis.height], "megabytes": int(peak[1]) / 1024}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak memory of a process is read as Linux tells it")
def test_a_jpeg_of_29_megapixels_takes_little_memory(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 130, 3), np.uint8)
    picture, bundle = tmp_path / "large.jpg", tmp_path / "tiny.tflite"
    cv2.imwrite(str(picture), cv2.resize(noise, (6500, 4500)))
    tiny.tiny_bundle(bundle)
    cascade = REPOSITORY / "models" / "lbpcascade_animeface.xml"
    command = [sys.executable, "-c", LOOK, str(picture), str(bundle), str(cascade)]
    output = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    told = json.loads(output)
    assert told["size"] == [6500, 4500]
    assert told["megabytes"] <= MOST_MEGABYTES
