"""How much memory a process takes that finds faces in one picture: run on its own, for nothing else to count.

    python -m trainer.detector.footprint DETECTOR PICTURE

DETECTOR is a table ``[crop]`` of the trainer's settings as JSON. Prints the process's peak in bytes.
"""

import resource
import sys
from pathlib import Path

from bot.vision.decode import decode
from trainer.detectors import make_detector
from trainer.settings import Crop


def main() -> None:
    """Decode a picture as the bot does, find its faces, and print the peak of the resident memory so far."""
    settings, picture = sys.argv[1:]
    decoded = decode(Path(picture).read_bytes(), max_pixels=100_000_000, max_frames=1)
    make_detector(Crop.model_validate_json(settings)).detect(decoded.image)
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


if __name__ == "__main__":
    main()
