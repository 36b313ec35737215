"""Remove from the image's packages what whobot never reads: ``python slim.py SITE_PACKAGES LANGUAGE...``.

Every pattern must find something, so that the list stays true when a package changes.
"""

import sys
from pathlib import Path

UNREAD = {
    "ai_edge_litert/libLiteRtWebGpuAccelerator.so": "runs networks on graphics cards",
    "ai_edge_litert/tools": "compiles networks for phones",
    "ai_edge_litert/vendors": "the same",
    "cv2/data/*.xml": "OpenCV's own cascades; ours lies in models/",
    "discord/bin/*.dll": "libraries for Windows",
    "fontTools/**/*.so": "speeds up work on outlines; only tables of characters are read",
    "**/tests": "tests of the packages",
    "**/*.pyi": "types for checkers",
    "**/*.c": "sources of what is compiled",
    "**/*.pyx": "the same",
    "**/*.pxd": "the same",
    "**/*.h": "the same",
    "**/*.a": "the same",
}
"""What goes, by its pattern, and what it is for."""
LOCALES = "babel/locale-data"


def main() -> None:
    """Remove it, and say how much that was."""
    packages, languages = Path(sys.argv[1]), sys.argv[2:]
    saved = 0
    for pattern in UNREAD:
        found = [path for path in packages.glob(pattern) if path.exists()]
        if not found:
            sys.exit(f"{pattern} finds nothing any more: take it out of UNREAD")
        saved += sum(map(remove, found))
    kept = {"root", *languages}
    saved += sum(remove(path) for path in (packages / LOCALES).glob("*.dat") if path.stem.split("_")[0] not in kept)
    print(f"removed {saved / 1e6:.0f} MB of {packages}")


def remove(path: Path) -> int:
    """Remove a file, or a folder with all that is in it; return the bytes that they took."""
    if not path.is_dir():
        size = path.lstat().st_size
        path.unlink()
        return size
    size = sum(map(remove, list(path.iterdir())))
    path.rmdir()
    return size


if __name__ == "__main__":
    main()
