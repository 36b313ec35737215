"""Cropping: one file a face, cut as the bot cuts it; what has no face or is no picture does not get lost."""

import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bot.recognition.crop import crop_face
from bot.recognition.detection.detector import CascadeDetector
from bot.recognition.results import Face, Image
from tests.support import tiny
from tests.trainer.conftest import Transcript, full_disk, save
from trainer.classifier.crop import crop
from trainer.common.dataset import read_picture
from trainer.common.detectors import make_detector
from trainer.common.errors import DatasetError, TrainerError
from trainer.common.settings import Crop

SETTINGS = Crop(detector="cascade", cascade=tiny.CASCADE)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    save(folder / "rei" / "1.png", tiny.picture(tiny.RED, tiny.BLUE))
    save(folder / "rei" / "1.bmp", tiny.picture(tiny.RED))
    save(folder / "rei" / "old" / "2.webp", tiny.picture(tiny.GREEN))
    save(folder / "aki" / "nobody.png", tiny.picture())
    (folder / "aki" / "readme.txt").write_text("no picture")
    (folder / "aki" / "torn.png").write_bytes(tiny.encoded(tiny.picture(tiny.RED))[:60])
    return folder


def listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_each_face_is_a_file(pictures: Path, tmp_path: Path, console: Transcript) -> None:
    cropped = crop(pictures, tmp_path / "crops", SETTINGS, console)
    assert [name for name in listing(tmp_path / "crops") if not name.startswith(".")] == [
        "rei/1.bmp.1.png",
        "rei/1.png.1.png",
        "rei/1.png.2.png",
        "rei/old/2.webp.1.png",
    ]
    assert cropped.faces == 4


def test_faces_are_cut_as_the_bot_cuts_them(pictures: Path, tmp_path: Path, console: Transcript) -> None:
    crop(pictures, tmp_path / "crops", SETTINGS.model_copy(update={"margin": 0.3}), console)
    picture = tiny.picture(tiny.RED)
    (face,) = CascadeDetector(tiny.CASCADE).detect(picture)
    np.testing.assert_array_equal(
        read_picture(tmp_path / "crops" / "rei" / "1.bmp.1.png"), crop_face(picture, face.box, 0.3)
    )


def test_faceless_and_unreadable_files_are_told(pictures: Path, tmp_path: Path, console: Transcript) -> None:
    cropped = crop(pictures, tmp_path / "crops", SETTINGS, console)
    cropped.tell(console)
    assert cropped.faceless == (pictures / "aki" / "nobody.png",)
    assert listing(tmp_path / "unrecognized") == ["aki/nobody.png"]
    assert (tmp_path / "unrecognized/aki/nobody.png").read_bytes() == (pictures / "aki/nobody.png").read_bytes()
    assert "no face was found, copied to unrecognized: 1" in console.text
    assert "readme.txt: unsupported format" in console.text
    assert "torn.png: broken picture" in console.text


def test_an_interrupted_crop_goes_on_where_it_stopped(
    pictures: Path, tmp_path: Path, console: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    detected: list[Image] = []
    detect = CascadeDetector.detect

    def interrupted(self: CascadeDetector, image: Image) -> tuple[Face, ...]:
        detected.append(image)
        if len(detected) == 3:
            raise KeyboardInterrupt
        return detect(self, image)

    monkeypatch.setattr(CascadeDetector, "detect", interrupted)
    with pytest.raises(KeyboardInterrupt):
        crop(pictures, tmp_path / "crops", SETTINGS, console)
    cropped = crop(pictures, tmp_path / "crops", SETTINGS, console)
    assert len(detected) == 5  # four pictures, one of them twice
    assert cropped.faces == 4
    crop(pictures, tmp_path / "crops", SETTINGS, console)
    assert len(detected) == 5


def test_what_has_changed_is_cropped_again(pictures: Path, tmp_path: Path, console: Transcript) -> None:
    crops = tmp_path / "crops"
    crop(pictures, crops, SETTINGS, console)
    (crops / "rei" / "1.bmp.1.png").unlink()
    save(pictures / "rei" / "1.png", tiny.picture(tiny.BLUE, tiny.BLUE, tiny.BLUE))
    assert crop(pictures, crops, SETTINGS, console).faces == 5
    assert (crops / "rei" / "1.bmp.1.png").exists()
    wider = SETTINGS.model_copy(update={"margin": 0.5})
    before = read_picture(crops / "rei" / "1.bmp.1.png").shape
    crop(pictures, crops, wider, console)
    assert read_picture(crops / "rei" / "1.bmp.1.png").shape > before


def test_a_full_disk_leaves_no_half_crop(pictures: Path, tmp_path: Path, console: Transcript) -> None:
    with full_disk(50), pytest.raises(TrainerError, match="cannot write"):
        crop(pictures, tmp_path / "crops", SETTINGS, console)
    assert not [name for name in listing(tmp_path / "crops") if name.endswith(".png")]
    assert crop(pictures, tmp_path / "crops", SETTINGS, console).faces == 4


@pytest.mark.parametrize("destination", ["pictures/crops", "pictures"])
def test_crops_must_not_become_a_character(
    destination: str, pictures: Path, tmp_path: Path, console: Transcript
) -> None:
    with pytest.raises(DatasetError, match="choose another place"):
        crop(pictures, tmp_path / destination, SETTINGS, console)


def versions(**installed: str) -> Callable[[str], str]:
    def version(name: str) -> str:
        if name not in installed:
            raise metadata.PackageNotFoundError(name)
        return installed[name]

    return version


def test_animeface_refuses_the_pillow_under_which_it_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", versions(pillow="12.1.0", animeface="2.0.3"))
    with pytest.raises(TrainerError, match=r"finds no faces under Pillow 12\.1\.0"):
        make_detector(Crop(detector="animeface"))


def test_animeface_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", versions(pillow="11.3.0"))
    with pytest.raises(TrainerError, match=r'pip install "whobot\[animeface\]"'):
        make_detector(Crop(detector="animeface"))


def test_boxes_of_animeface_are_in_pixels_of_the_whole_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(x: int, likelihood: float) -> SimpleNamespace:
        place = SimpleNamespace(x=x, y=20, width=30, height=40)
        return SimpleNamespace(face=SimpleNamespace(pos=place), likelihood=likelihood)

    monkeypatch.setattr(metadata, "version", versions(pillow="11.3.0", animeface="2.0.3"))
    fake = SimpleNamespace(
        detect=lambda picture: [found(10, 0.5), found(50, 0.9)] if picture.size == (640, 320) else []
    )
    monkeypatch.setitem(sys.modules, "animeface", fake)
    best, second = make_detector(Crop(detector="animeface")).detect(np.zeros((640, 1280, 3), np.uint8))
    assert (best.score, best.box.x, best.box.y, best.box.width, best.box.height) == (0.9, 100, 40, 60, 80)
    assert second.box.x == 20


def test_a_file_for_another_detector_is_refused_not_ignored() -> None:
    with pytest.raises(TrainerError, match='is for the detector "cascade", but "ours" is chosen'):
        make_detector(Crop(cascade=tiny.CASCADE))
    with pytest.raises(TrainerError, match='is for the detector "ours", but "cascade" is chosen'):
        make_detector(Crop(detector="cascade", bundle=tiny.CASCADE))
