"""Small pictures made on the spot, and a disk that is full."""

import io
import resource
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from rich.console import Console as RichConsole

from bot.recognition.results import Image
from trainer.common.console import Console

COLOURS = {"akane_hoshino": (230, 60, 60), "midori_hayashi": (60, 200, 80), "aoi_umino": (70, 90, 230)}
"""Characters, told apart by their hair."""

MakeCrops = Callable[[Path, Mapping[str, int]], Path]


def draw_crop(colour: tuple[int, int, int], number: int, side: int = 40) -> Image:
    """Draw something in a character's colour that looks like no other number of it."""
    random = np.random.default_rng(number)
    image = np.full((side, side, 3), 245, np.uint8)
    cv2.circle(image, (side // 2, side // 2), side // 3, colour, -1)
    for _ in range(6):
        corner = random.integers(0, side, 2)
        size = random.integers(3, side // 3, 2)
        grey = int(random.integers(0, 200))
        end = (int(corner[0] + size[0]), int(corner[1] + size[1]))
        cv2.rectangle(image, (int(corner[0]), int(corner[1])), end, (grey, grey, grey), 2)
    return image


def save(path: Path, image: Image) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.fromarray(image).save(path)
    return path


@pytest.fixture
def make_crops() -> MakeCrops:
    """Fills a folder with so many crops of each character, 1.png, 2.png, …"""

    def make(folder: Path, counts: Mapping[str, int]) -> Path:
        for row, (character, count) in enumerate(counts.items()):
            for number in range(1, count + 1):
                colour = COLOURS.get(character, (200, 160, 40))
                save(folder / character / f"{number}.png", draw_crop(colour, 1000 * row + number))
        return folder

    return make


class Transcript(Console):
    """A console that can be read afterwards."""

    def __init__(self) -> None:
        self._file = io.StringIO()
        super().__init__(RichConsole(file=self._file, width=200))

    @property
    def text(self) -> str:
        return self._file.getvalue()


@pytest.fixture
def console() -> Transcript:
    return Transcript()


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a base network that knows no more than ImageNet, for pictures of 32 pixels."""
    from trainer.base_network.network import build_network, served  # noqa: PLC0415
    from trainer.base_network.settings import NetworkSettings  # noqa: PLC0415
    from trainer.base_network.tilt import TiltMap  # noqa: PLC0415
    from trainer.base_network.whitening import Whitening  # noqa: PLC0415
    from trainer.common.base_network_file import About, save_base  # noqa: PLC0415 - TensorFlow takes seconds to load

    path = tmp_path_factory.mktemp("base") / "base.npz"
    some = Whitening(np.random.default_rng(0).normal(size=(192 + 320, 16)).astype(np.float32), np.zeros(16, np.float32))
    level = TiltMap(np.zeros((2 * 2 * 112, 2), np.float32), np.array([1, 0], np.float32))
    network = served(
        build_network(NetworkSettings(start="imagenet", side=32, embedding=16, dropout=0.2), 5, 32), 5, some, level
    )
    save_base(path, network, About(side=32, margin=0.4, pictures="none"))
    return path


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Allow so many bytes a file and no more: the system itself refuses to write on.

    No fixture, since the limit must be gone when pytest writes down the result: that may go into a file as well.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
