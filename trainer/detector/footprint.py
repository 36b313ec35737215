"""How much memory a process takes that finds faces in one picture: run on its own, for nothing else to count.

    python -m trainer.detector.footprint DETECTOR PICTURE

DETECTOR is a table ``[crop]`` of the trainer's settings as JSON. Prints the process's peak in bytes.
"""

import resource
import sys
from pathlib import Path

from bot.recognition.decoding.decode import decode
from trainer.common.detectors import make_detector
from trainer.common.settings import Crop


def main() -> None:
    """Decode a picture as the bot does, find its faces, and print the peak of the resident memory so far."""
    settings, picture = sys.argv[1:]
    decoded = decode(Path(picture).read_bytes(), max_pixels=100_000_000, max_frames=1)
    make_detector(Crop.model_validate_json(settings)).detect(decoded.image)
    print(_peak())


def _peak() -> int:
    status = Path("/proc/self/status")
    if status.exists():
        # `getrusage` would count what the process that started this one had in memory.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
