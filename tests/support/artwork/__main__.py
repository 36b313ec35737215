"""Write a class-per-folder set of drawn characters, to try the trainer by hand: ``python -m tests.support.artwork DIR``."""

import argparse
from pathlib import Path

from tests.support.artwork import CAST, draw_portrait


def main() -> None:
    """Draw the set."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.support.artwork", description="Draw a set of pictures to train on."
    )
    parser.add_argument("directory", type=Path, help="where to put one folder a character")
    parser.add_argument("--count", type=int, default=30, help="pictures of each character (default: 30)")
    parser.add_argument("--size", type=int, default=480, help="width and height in pixels (default: 480)")
    arguments = parser.parse_args()
    for character in CAST.values():
        folder = arguments.directory / character.id
        folder.mkdir(parents=True, exist_ok=True)
        for seed in range(arguments.count):
            drawing = draw_portrait(character, seed, size=arguments.size)
            (folder / f"{seed:03}.png").write_bytes(drawing.encode())


if __name__ == "__main__":
    main()
