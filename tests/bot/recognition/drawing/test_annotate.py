"""Drawing the answer: what can be measured of it. How it looks has been looked at."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageDraw, JpegImagePlugin

from bot.recognition.drawing import canvas, cards
from bot.recognition.drawing.annotate import CROWD, NARROWEST, TALLEST, WIDTH, Annotator
from bot.recognition.drawing.fonts import FontBook, Lettering
from bot.recognition.results import Box, EncodedImage, Face, Guess, Image, Sighting
from tests.support import tiny

DISCORD_BYTES = 8_000_000
NAMES = ("nishikino_maki", "sakurauchi_riko", "takimoto_hifumi")


@pytest.fixture
def annotator() -> Annotator:
    return Annotator(FontBook(folders=()))


def sighting(box: Box, names: tuple[str, ...] = NAMES, best: float = 0.8, *, unknown: bool = False) -> Sighting:
    rest = (1 - best) / max(1, len(names) - 1)
    guesses = tuple(Guess(name, best if index == 0 else rest) for index, name in enumerate(names))
    return Sighting(Face(box, 1.0), guesses, unknown)


def opened(answer: EncodedImage) -> Image:
    with Pillow.open(io.BytesIO(answer.data)) as picture:
        assert picture.format == "JPEG"
        assert picture.mode == "RGB"
        return np.asarray(picture)


def share_of(image: Image, colour: canvas.Colour) -> float:
    """How much of the image is (nearly) of one colour."""
    return float((np.abs(image[::3, ::3].astype(np.int16) - colour).max(axis=2) < 12).mean())


def white(height: int = 600, width: int = 800) -> Image:
    return np.full((height, width, 3), 255, np.uint8)


def test_the_answer_is_a_jpeg_that_any_chat_shows(annotator: Annotator) -> None:
    answer = annotator.draw(white(), [sighting(Box(100, 100, 200, 200))])
    assert answer.media_type == "image/jpeg"
    assert opened(answer).shape[1] == WIDTH


@pytest.mark.parametrize("count", [1, 2, 3, CROWD, CROWD + 1, 20])
def test_up_to_twenty_faces_fit(annotator: Annotator, count: int) -> None:
    image = opened(annotator.draw(tiny.picture(*[tiny.RED] * count), [sighting(b) for b in tiny.boxes(count)]))
    assert image.shape[1] == WIDTH
    assert image.shape[0] < 2.2 * image.shape[1], "too tall to be read on a phone"
    for colour in canvas.FACES[:count]:
        assert share_of(image, colour) > 0.002


@pytest.mark.parametrize(
    ("height", "width"), [(1, 1), (16, 16), (2048, 3), (3, 2048), (2048, 300), (200, 2048), (2048, 2048)]
)
def test_any_shape_of_picture_is_drawn(annotator: Annotator, height: int, width: int) -> None:
    answer = annotator.draw(white(height, width), [sighting(Box(0, 0, min(height, width), min(height, width)))])
    image = opened(answer)
    assert NARROWEST <= image.shape[1] <= WIDTH
    assert image.shape[0] <= TALLEST + 300


def test_a_portrait_fills_the_answers_width(annotator: Annotator) -> None:
    image = opened(annotator.draw(white(1000, 700), [sighting(Box(100, 100, 200, 200))]))
    assert image.shape[1] == 700
    assert (image[:TALLEST] > 200).all(axis=2).mean() > 0.95, "the picture reaches from edge to edge"


@pytest.mark.parametrize(("height", "width"), [(100, 1800), (1800, 300), (40, 40)])
def test_what_is_too_long_or_too_small_lies_on_a_blur_of_itself(annotator: Annotator, height: int, width: int) -> None:
    red = np.full((height, width, 3), (220, 30, 30), np.uint8)
    image = opened(annotator.draw(red, [sighting(Box(5, 5, 30, 30))]))
    assert share_of(image[:200], canvas.PANEL) < 0.01, "no bar is empty"


def test_strangers_of_a_crowd_share_one_card(annotator: Annotator) -> None:
    def height(named: int, strangers: int) -> int:
        boxes = tiny.boxes(named + strangers)
        found = [sighting(box, unknown=place >= named) for place, box in enumerate(boxes)]
        return len(opened(annotator.draw(white(), found)))

    assert height(2, 8) == height(2, 7), "there is room for one more beside the others"
    assert height(2, 8) < height(10, 0) - 150


def test_strangers_without_a_guess_share_a_card_in_any_picture(annotator: Annotator) -> None:
    def height(guesses: tuple[str, ...]) -> int:
        found = [sighting(box, guesses, unknown=True) for box in tiny.boxes(6)]
        return len(opened(annotator.draw(white(), found)))

    assert height(()) < height(NAMES) - 300


def test_names_on_the_cards_of_a_crowd_can_be_read_on_a_phone(annotator: Annotator) -> None:
    """A telephone is some 390 pixels of its own wide; letters of its system are 10 and more of them."""
    assert cards.BRIEF_TEXT * 390 / WIDTH > 10
    found = [sighting(box) for box in tiny.boxes(20)]
    with_names = opened(annotator.draw(white(), found))
    assert with_names.shape[0] < 2 * with_names.shape[1]


def test_a_tall_picture_fits_into_what_telegram_shows(annotator: Annotator) -> None:
    answer = annotator.draw(white(2000, 1000), [sighting(Box(100, 100, 200, 200))])
    assert opened(answer).shape[0] <= 1280


def test_the_answer_is_encoded_the_cheap_way(annotator: Annotator) -> None:
    answer = annotator.draw(white(), [sighting(Box(100, 100, 200, 200))])
    with Pillow.open(io.BytesIO(answer.data)) as picture:
        assert JpegImagePlugin.get_sampling(picture) == 2, "4:2:0"


def test_a_text_is_drawn_once_and_reused() -> None:
    lettering = Lettering(FontBook(folders=()))
    first = canvas.Canvas(300, 60, lettering)
    first.text(10, 30, "Nishikino Maki", 34)
    again = canvas.Canvas(300, 60, lettering)
    again.text(10, 30, "Nishikino Maki", 34)
    assert lettering.stencil.cache_info().hits == 1
    assert np.array_equal(np.asarray(first.picture), np.asarray(again.picture))


@pytest.mark.parametrize("anchor", ["lm", "mm", "rm"])
def test_a_text_lies_where_pillow_would_write_it(anchor: str) -> None:
    lettering = Lettering(FontBook(folders=()))
    ours = canvas.Canvas(500, 80, lettering)
    ours.text(250, 40, "1 Takimoto Hifumi", 30, anchor)
    theirs = Pillow.new("RGB", (500, 80), canvas.PANEL)
    font = lettering.font("1 Takimoto Hifumi", 30)
    ImageDraw.Draw(theirs).text((250, 40), "1 Takimoto Hifumi", canvas.WHITE, font, anchor=anchor)
    assert np.abs(np.asarray(ours.picture).astype(int) - np.asarray(theirs)).max() <= 4


def test_a_face_over_the_edge_is_drawn(annotator: Annotator) -> None:
    assert opened(annotator.draw(white(), [sighting(Box(-80, -90, 200, 200)), sighting(Box(750, 550, 300, 300))])).size


def test_the_box_lies_where_the_face_is(annotator: Annotator) -> None:
    # The picture is as wide as the canvas: pixels are the same.
    image = opened(annotator.draw(white(800, WIDTH), [sighting(Box(300, 400, 200, 200))]))
    line = canvas.FACES[0]
    for x, y in ((297, 500), (503, 500), (400, 397), (400, 603)):
        assert np.abs(image[y, x].astype(int) - line).max() < 40, f"no line at ({x}, {y})"
    assert (image[405:595, 305:495] > 240).all(), "the face itself is covered"


def test_an_unknown_face_is_grey_and_dashed(annotator: Annotator) -> None:
    box = Box(300, 400, 200, 200)
    known = opened(annotator.draw(white(800, WIDTH), [sighting(box)]))
    unknown = opened(annotator.draw(white(800, WIDTH), [sighting(box, unknown=True)]))
    assert share_of(known, canvas.FACES[0]) > 0.02
    assert share_of(unknown, canvas.FACES[0]) == 0
    assert share_of(unknown, canvas.UNKNOWN) > 0.02
    right_edge = unknown[420:590, 503].mean(axis=1)
    assert right_edge.min() < 130, "there are dashes"
    assert right_edge.max() > 200, "there are gaps between the dashes"


def test_the_bars_are_as_long_as_the_probabilities(annotator: Annotator) -> None:
    def filled(best: float) -> int:
        image = opened(annotator.draw(white(400, WIDTH), [sighting(Box(0, 0, 9, 9), ("a", "b"), best)]))
        card = image[420:, 300:]
        return int((np.abs(card.astype(int) - canvas.FACES[0]).max(axis=2) < 12).any(axis=0).sum())

    assert filled(0.9) - filled(0.5) == pytest.approx(0.4 * 718, abs=12)


def test_the_word_for_unknown_is_in_the_readers_language_where_a_font_has_it(annotator: Annotator) -> None:
    def drawn(word: str | None) -> bytes:
        return annotator.draw(white(), [sighting(Box(100, 100, 200, 200), unknown=True)], word).data

    assert drawn("unknown") == drawn(None)
    assert drawn("desconocido") != drawn(None)
    assert drawn("不明") == drawn(None), "no font that ships has it"


def test_a_long_word_for_unknown_stays_on_its_card(annotator: Annotator) -> None:
    image = opened(annotator.draw(white(), [sighting(Box(100, 100, 200, 200), unknown=True)], "x" * 99))
    strip = image[-70:-40, 20:246]  # below the crop's picture, from the card's edge to the first bar
    bright = (strip.min(axis=2) > 200).any(axis=0).nonzero()[0]
    assert bright.min() > 12
    assert bright.max() < 218


def test_a_name_that_cannot_be_drawn_leaves_the_number(annotator: Annotator) -> None:
    box = Box(300, 400, 200, 200)

    def label(name: str) -> float:
        """How much of the band above the face is label."""
        image = opened(annotator.draw(white(800, WIDTH), [sighting(box, (name, "b"))]))
        return share_of(image[340:396], canvas.FACES[0])

    assert 0 < label("西木野真姫") < 0.5 * label("nishikino_maki")


def test_very_long_names_are_cut(annotator: Annotator) -> None:
    image = opened(annotator.draw(white(), [sighting(Box(10, 10, 50, 50), ("x" * 500, "y_" * 300, "z"))]))
    assert image.shape[1] == WIDTH


def test_a_roster_of_two_has_two_bars(annotator: Annotator) -> None:
    assert opened(annotator.draw(white(), [sighting(Box(10, 10, 50, 50), ("a", "b"))])).size


def test_the_noisiest_picture_stays_below_the_platforms_limit(annotator: Annotator) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (1300, 1400, 3), np.uint8)
    answer = annotator.draw(noise, [sighting(Box(50 * i, 50 * i, 300, 300)) for i in range(20)])
    assert len(answer.data) < DISCORD_BYTES


@pytest.mark.parametrize("colour", [*canvas.FACES, canvas.UNKNOWN, canvas.TRACK, canvas.CARD])
def test_white_text_stands_out(colour: canvas.Colour) -> None:
    """The contrast of WCAG 2.2 for ordinary text, https://www.w3.org/TR/WCAG22/#contrast-minimum."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in colour)]
    luminance = float(np.dot((0.2126, 0.7152, 0.0722), linear))
    assert 1.05 / (luminance + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("probability", "text"), [(1.0, "99%"), (0.996, "99%"), (0.5, "50%"), (0.014, "1%"), (0.004, "<1%"), (0.0, "<1%")]
)
def test_percentages_never_claim_certainty(probability: float, text: str) -> None:
    assert cards.percent(probability) == text
