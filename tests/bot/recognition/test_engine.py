"""The whole way of a picture in one thread."""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from bot.errors import BrokenPicture, BundleError, ConfigError
from bot.recognition.decoding import frames
from bot.recognition.decoding.decode import Decoded, decode
from bot.recognition.decoding.frames import FrameOpener
from bot.recognition.drawing.fonts import FontBook
from bot.recognition.drawing.sheet import GAP
from bot.recognition.engine import Engine, Models, in_reading_order
from bot.recognition.options import AnalysisOptions
from bot.recognition.results import Box, Face, Image
from tests.support import clips, tiny


def engine_for(models: Models, open_frames: FrameOpener = frames.open_frames, *, max_faces: int = 20) -> Engine:
    book = FontBook(folders=())
    return Engine(models, open_frames, max_pixels=50_000_000, max_frames=10, max_faces=max_faces, fonts=book)


@pytest.fixture
def engine(tiny_models: Models) -> Engine:
    return engine_for(tiny_models)


def test_every_face_is_found_named_and_drawn(engine: Engine) -> None:
    analysis = engine.analyse(tiny.encoded(tiny.picture(tiny.RED, tiny.BLUE, tiny.GREY)))
    assert [s.guesses[0].character for s in analysis.sightings][:2] == ["akane_hoshino", "aoi_umino"]
    assert [s.unknown for s in analysis.sightings] == [False, False, True]
    assert all(len(s.guesses) == 3 for s in analysis.sightings)
    assert (analysis.width, analysis.height) == (340, 140)
    assert analysis.faces_left_out == 0
    assert analysis.drawing is not None
    with Pillow.open(io.BytesIO(analysis.drawing.data)) as picture:
        picture.load()
    timings = analysis.timings
    assert min(timings.decode, timings.detect, timings.classify, timings.annotate) > 0


def test_no_face_no_drawing(engine: Engine) -> None:
    analysis = engine.analyse(tiny.encoded(tiny.picture()))
    assert analysis.sightings == ()
    assert analysis.drawing is None


def test_boxes_are_in_pixels_of_the_upright_original(engine: Engine) -> None:
    large = Pillow.fromarray(tiny.picture(tiny.RED, tiny.GREEN)).resize((240 * 9, 140 * 9))
    exif = Pillow.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    large.transpose(Pillow.Transpose.ROTATE_90).save(buffer, "PNG", exif=exif)
    analysis = engine.analyse(buffer.getvalue())
    assert (analysis.width, analysis.height) == (2160, 1260)
    assert len(analysis.sightings) == 2
    for sighting, square in zip(analysis.sightings, tiny.boxes(2), strict=True):
        box = sighting.face.box
        centre = box.x + box.width / 2, box.y + box.height / 2
        assert centre == pytest.approx(((square.x + 30) * 9, (square.y + 30) * 9), abs=40)


def test_the_threshold_can_be_given(engine: Engine) -> None:
    data = tiny.encoded(tiny.picture(tiny.GREY))
    assert engine.analyse(data).sightings[0].unknown
    assert not engine.analyse(data, AnalysisOptions(threshold=0.3)).sightings[0].unknown
    assert engine.analyse(tiny.encoded(tiny.picture(tiny.RED)), AnalysisOptions(threshold=0.9999)).sightings[0].unknown


def test_the_limit_of_faces_keeps_the_best_and_counts_the_rest(tiny_models: Models) -> None:
    analysis = engine_for(tiny_models, max_faces=2).analyse(tiny.encoded(tiny.picture(*[tiny.RED] * 5)))
    assert len(analysis.sightings) == 2
    assert analysis.faces_left_out == 3


def test_drawing_can_be_left_out(engine: Engine) -> None:
    analysis = engine.analyse(tiny.encoded(tiny.picture(tiny.RED)), AnalysisOptions(annotate=False))
    assert len(analysis.sightings) == 1
    assert analysis.drawing is None


def test_guesses_that_are_too_unlikely_are_not_drawn(engine: Engine) -> None:
    data = tiny.encoded(tiny.picture(tiny.RED))
    every = engine.analyse(data)
    likely = engine.analyse(data, AnalysisOptions(least_guess=1.0))
    assert likely.sightings == every.sightings
    assert likely.drawing != every.drawing


def test_a_picture_can_be_one_face_crop(engine: Engine) -> None:
    crop = np.full((50, 40, 3), tiny.GREEN, np.uint8)
    (sighting,) = engine.analyse(tiny.encoded(crop), AnalysisOptions(face=True)).sightings
    assert sighting.face == Face(Box(0, 0, 40, 50), 1.0)
    assert sighting.guesses[0].character == "midori_hayashi"


def test_the_margin_of_the_bundle_widens_the_crop(tiny_models: Models) -> None:
    bundle = tiny_models.classifier
    wide = Models(replace(bundle, info=replace(bundle.info, margin=0.5)), tiny_models.detector)
    data = tiny.encoded(tiny.picture(tiny.RED))
    (narrow,), (paler,) = engine_for(tiny_models).analyse(data).sightings, engine_for(wide).analyse(data).sightings
    assert paler.guesses[0].probability < narrow.guesses[0].probability, "the white around the square dilutes its red"


def even(image: Image) -> Image:
    """Make a frame that every video codec takes."""
    return np.ascontiguousarray(image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2])


@pytest.mark.parametrize("kind", ["mp4", "webm", "GIF", "WEBP"])
def test_people_of_a_clip_are_named_once(engine: Engine, kind: str) -> None:
    """Two scenes: red and green, then red, nobody known and blue; red is in both."""
    one, two = (even(tiny.picture(*colours)) for colours in ((tiny.RED, tiny.GREEN), (tiny.RED, tiny.GREY, tiny.BLUE)))
    wide = np.full_like(two, 255)
    wide[:, : one.shape[1]] = one
    frames = [wide] * 6 + [two] * 6
    video = kind in ("mp4", "webm")
    data = clips.video(frames, webm=kind == "webm") if video else clips.animation(frames, kind)
    analysis = engine.analyse(data)
    names = sorted(s.guesses[0].character for s in analysis.sightings if not s.unknown)
    assert names == ["akane_hoshino", "aoi_umino", "midori_hayashi"]
    assert [s.unknown for s in analysis.sightings].count(True) == 1
    assert (analysis.width, analysis.height) == (two.shape[1], 2 * two.shape[0] + GAP), "both frames are needed"
    assert analysis.drawing is not None


def test_strangers_in_a_clip_are_told_apart_by_their_faces(tmp_path: Path) -> None:
    bundle = tiny.tiny_base(tmp_path / "base.tflite", recognition=tiny.tiny_recognition())
    shown: list[Decoded] = []
    engine = engine_for(Models(bundle, tiny.CASCADE), lambda *_, **__: tuple(shown))
    purple, yellow, white = (180, 40, 190), (220, 210, 40), (255, 255, 255)

    def people(*pictures: Image) -> int:
        shown[:] = [Decoded(picture, picture.shape[1], picture.shape[0]) for picture in pictures]
        analysis = engine.analyse(b"a clip", AnalysisOptions(annotate=False))
        assert all(sighting.unknown for sighting in analysis.sightings)
        return len(analysis.sightings)

    assert people(tiny.picture(purple), tiny.picture(purple)) == 1
    assert people(tiny.picture(purple), tiny.picture(yellow)) == 2, "in the same place"
    assert people(tiny.picture(purple, white), tiny.picture(white, purple)) == 1, "in another place"


def test_a_clip_of_one_scene_is_answered_like_a_picture(engine: Engine) -> None:
    frame = even(tiny.picture(tiny.RED, tiny.GREEN))
    analysis = engine.analyse(clips.video([frame] * 8))
    assert (analysis.width, analysis.height) == (frame.shape[1], frame.shape[0])
    assert [s.guesses[0].character for s in analysis.sightings] == ["akane_hoshino", "midori_hayashi"]


def test_a_clip_can_be_one_face_crop(engine: Engine) -> None:
    clip = clips.animation([np.full((50, 40, 3), tiny.GREEN, np.uint8)] * 3, "GIF")
    (sighting,) = engine.analyse(clip, AnalysisOptions(face=True)).sightings
    assert sighting.guesses[0].character == "midori_hayashi"


def test_a_damaged_animation_shows_its_first_frame(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise BrokenPicture

    monkeypatch.setattr(frames, "read_clip", fail)
    shown = [even(tiny.picture(colour)) for colour in (tiny.RED, tiny.BLUE)]
    (sighting,) = engine.analyse(clips.animation(shown, "WEBP")).sightings
    assert sighting.guesses[0].character == "akane_hoshino"


def test_errors_of_the_picture_come_through(engine: Engine) -> None:
    with pytest.raises(BrokenPicture):
        engine.analyse(tiny.encoded(tiny.picture(tiny.RED))[:100])


def test_a_file_that_is_no_cascade_is_refused(tiny_models: Models, tmp_path: Path) -> None:
    (tmp_path / "poem.xml").write_text("<poem/>")
    for path in (tmp_path / "poem.xml", tmp_path / "nowhere.xml"):
        with pytest.raises(ConfigError, match=path.name):
            engine_for(Models(tiny_models.classifier, path))


def test_a_classifier_is_no_detector(tiny_models: Models) -> None:
    with pytest.raises(BundleError, match="not a detector"):
        engine_for(Models(tiny_models.classifier, tiny_models.classifier))


def order(boxes: Sequence[Box]) -> list[Box]:
    return [face.box for face in in_reading_order([Face(box, 1.0) for box in boxes])]


def test_a_tilted_face_is_named_and_kept_upright(tmp_path: Path) -> None:
    engine = engine_for(Models(tiny.tiny_upright(tmp_path / "upright.tflite"), tiny.CASCADE))
    hanging = np.rot90(tiny.head(tiny.BLUE), 2)
    image = tiny.picture(tiny.GREY)
    (box,) = tiny.boxes(1)
    image[int(box.y) : int(box.y) + tiny.SIDE, int(box.x) : int(box.x) + tiny.SIDE] = hanging
    (found,) = engine.analyse(tiny.encoded(image), AnalysisOptions(portraits=True)).sightings
    (whole,) = engine.analyse(tiny.encoded(hanging), AnalysisOptions(face=True, portraits=True)).sightings
    for sighting in (found, whole):
        assert sighting.guesses[0].character == "aoi_umino"
        assert sighting.portrait is not None
        kept = decode(sighting.portrait.image, max_pixels=10**6, max_frames=1).image
        assert kept[: len(kept) // 6, ..., 2].mean() > 150 > kept[len(kept) // 2 :, ..., 2].mean()
        # What is embedded anew for another network is what this one has seen.
        assert engine.embed(sighting.portrait.image) == pytest.approx(sighting.portrait.embedding, abs=0.1)


def test_reading_order_is_line_by_line() -> None:
    top_left, top_right = Box(0, 12, 50, 50), Box(100, 0, 50, 50)
    low_left, low_right = Box(10, 80, 50, 50), Box(120, 85, 40, 40)
    assert order([low_right, top_right, low_left, top_left]) == [top_left, top_right, low_left, low_right]


def test_heads_at_different_heights_are_one_row() -> None:
    heads = [Box(60 * place, y, 50, 50) for place, y in enumerate((30, 0, 25, 5, 32))]
    assert order([heads[place] for place in (3, 0, 4, 1, 2)]) == heads
    second = [Box(60 * place + 20, y, 50, 50) for place, y in enumerate((75, 90, 70))]
    assert order([*second, *heads]) == [*heads, *second]


def test_a_face_that_is_as_tall_as_two_rows_does_not_join_them() -> None:
    top, low = Box(200, 0, 60, 60), Box(270, 125, 60, 60)
    large = Box(0, 0, 180, 190)
    assert order([low, large, top]) == [large, top, low]


def test_reading_order_of_equal_boxes_and_none() -> None:
    assert order([]) == []
    assert order([Box(1, 1, 5, 5)] * 3) == [Box(1, 1, 5, 5)] * 3


def test_real_pictures_are_answered(shared: Path, tiny_models: Models) -> None:
    """The shipped cascade on real pictures: how well is the detector's business, that it works is ours."""
    cascade = Path(__file__).resolve().parents[3] / "models" / "lbpcascade_animeface.xml"
    engine = engine_for(Models(tiny_models.classifier, cascade))
    folder = shared / "data" / "seed" / "raw"
    files = [sorted(character.iterdir())[0] for character in sorted(folder.iterdir())]
    analyses = [engine.analyse(file.read_bytes()) for file in files]
    assert sum(bool(analysis.sightings) for analysis in analyses) >= 2


def test_the_same_picture_gives_the_same_answer(engine: Engine) -> None:
    data = tiny.encoded(tiny.picture(tiny.RED, tiny.GREEN))
    one, two = engine.analyse(data), engine.analyse(data)
    assert one.sightings == two.sightings
    assert one.drawing == two.drawing
