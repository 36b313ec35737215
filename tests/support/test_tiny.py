"""The stand-ins of `tests.support.tiny` see what they say they see."""

import runpy
from pathlib import Path

import pytest

from bot.recognition.decoding.decode import decode
from bot.recognition.detection.detector import CascadeDetector
from bot.recognition.drawing.labels import overlap
from bot.recognition.engine import in_reading_order
from tests.support import tiny


def test_the_stored_networks_are_what_their_script_writes() -> None:
    pytest.importorskip("ai_edge_litert.schema_py_generated", reason="the schema comes with ai-edge-litert alone")
    script = runpy.run_path(str(Path(__file__).parent / "data" / "make_tiny_network.py"))
    assert script["build"]() == tiny.NETWORK.read_bytes()
    assert script["build"](embedding=True) == tiny.BASE.read_bytes()
    assert script["build"](embedding=True, tilt=True) == tiny.UPRIGHT.read_bytes()


@pytest.mark.parametrize("count", range(21))
def test_every_square_is_found_and_nothing_else(count: int) -> None:
    colours = (tiny.RED, tiny.GREEN, tiny.BLUE, tiny.GREY)
    data = tiny.encoded(tiny.picture(*(colours[index % 4] for index in range(count))))
    image = decode(data, max_pixels=10**7, max_frames=1).image
    found = in_reading_order(CascadeDetector(tiny.CASCADE).detect(image))
    assert len(found) == count
    for face, box in zip(found, tiny.boxes(count), strict=True):
        assert overlap(face.box, box) > 0.7 * box.width * box.height
