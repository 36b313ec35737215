"""What people read: every error has its sentence, every answer fits, no name is cut."""

from dataclasses import fields, is_dataclass, replace

import pytest

from bot import errors
from bot.chat.model import Bug, Capabilities, Reply
from bot.chat.words import (
    Finding,
    Result,
    Sentences,
    compose,
    count_pages,
    translations_for,
    turn_to,
)
from bot.chat.words.answer import ALT_LIMIT, PAGE
from bot.recognition.results import Analysis, Box, EncodedImage, Face, Guess, Sighting, Timings, display_name

ENGLISH = Sentences(translations_for("en"))
NO_BUTTONS = Capabilities(4000, 2000, 10, 10_000_000, alt_text=True)
IMAGE = EncodedImage(b"jpeg", "image/jpeg")


def sighting(*guesses: tuple[str, float], unknown: bool = False) -> Sighting:
    return Sighting(Face(Box(0, 0, 9, 9), 1.0), tuple(Guess(*guess) for guess in guesses), unknown)


def analysis(*sightings: Sighting, left_out: int = 0, image: EncodedImage | None = IMAGE) -> Analysis:
    return Analysis(100, 100, sightings, Timings(1, 1, 1, 1), left_out, image if sightings else None)


def answer(*results: Result, capabilities: Capabilities = NO_BUTTONS) -> Reply:
    return compose(ENGLISH, [Finding(n, result) for n, result in enumerate(results, 1)], capabilities)


MAKI = sighting(("nishikino_maki", 0.97), ("yazawa_nico", 0.02), ("minami_kotori", 0.01))


# --- names and numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("nishikino_maki", "Nishikino Maki"),
        ("C.C.", "C.C."),
        ("2b", "2b"),
        ("西木野真姫", "西木野真姫"),
        ("_a__b_", "A B"),
    ],
)
def test_names_are_written_as_people_do(character: str, name: str) -> None:
    assert display_name(character) == name


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(1.0, "99 %"), (0.999, "99 %"), (0.29, "29 %"), (0.005001, "1 %"), (0.004, "under 1 %"), (0.0, "under 1 %")],
)
def test_percentages_never_claim_certainty(probability: float, shown: str) -> None:
    assert answer(analysis(sighting(("maki", probability)))).text.endswith(f"Maki, {shown}")


# --- faces -----------------------------------------------------------------------------------------------------------


def test_a_known_face_comes_with_its_runners_up() -> None:
    assert answer(analysis(MAKI)).text == "1. Nishikino Maki, 97 % (or Yazawa Nico, 2 %; Minami Kotori, 1 %)"


def test_the_series_follows_the_name_where_it_is_known() -> None:
    maki, riko = Guess("maki", 0.8, "Nishikino Maki", "Love Live!"), Guess("riko", 0.1, "Sakurauchi Riko", "Sunshine!!")
    found = replace(sighting(("x", 1.0)), guesses=(maki, riko))
    assert answer(analysis(found)).text == "1. Nishikino Maki (Love Live!), 80 % (or Sakurauchi Riko, 10 %)"


def test_negligible_runners_up_are_left_out() -> None:
    one = sighting(("maki", 0.99), ("nico", 0.004), ("kotori", 0.003))
    assert answer(analysis(one)).text == "1. Maki, 99 %"
    many = sighting(("a", 0.7), ("b", 0.15), ("c", 0.1), ("d", 0.05))
    assert answer(analysis(many)).text == "1. A, 70 % (or B, 15 %; C, 10 %)"


def test_a_name_that_is_hardly_sure_is_a_maybe() -> None:
    assert answer(analysis(sighting(("maki", 0.599), ("nico", 0.4)))).text == "1. Maybe Maki, 60 % (or Nico, 40 %)"
    assert answer(analysis(sighting(("maki", 0.6)))).text == "1. Maki, 60 %"


def test_an_unknown_face_is_said_to_be_unknown() -> None:
    text = answer(analysis(MAKI, sighting(("yazawa_nico", 0.31), unknown=True))).text
    assert text.splitlines()[1] == "2. Nobody I know (looks a little like Yazawa Nico)"


def test_a_face_without_any_guess_is_unknown_too() -> None:
    assert answer(analysis(sighting(unknown=True))).text == "1. Nobody I know"


def test_many_strangers_are_one_line_behind_those_who_have_a_name() -> None:
    faces = [sighting(("a", 0.9), unknown=place not in (0, 3)) for place in range(14)]
    text = answer(analysis(*faces)).text
    assert text == "1. A, 90 %\n4. A, 90 %\n2, 3, 5–14. Nobody I know"
    assert answer(analysis(*faces[1:3])).text.count("Nobody I know (looks a little like A)") == 2, "two are not many"


def test_a_list_that_is_cut_counts_every_stranger() -> None:
    faces = [sighting(("a", 0.9)), *[sighting(unknown=True)] * 5]
    limits = Capabilities(25, 25, 10, 10)
    assert compose(ENGLISH, [Finding(1, analysis(*faces))], limits).text == "1. A, 90 %\nand 5 more"


def test_no_face_is_said_with_a_hint_and_without_an_image() -> None:
    reply = answer(analysis())
    assert "no anime face" in reply.text
    assert "upright" in reply.text
    assert reply.images == ()


def test_faces_beyond_the_limit_are_mentioned() -> None:
    assert "There are 7 more faces that I have not named." in answer(analysis(MAKI, left_out=7)).text
    assert "There is 1 more face that I have not named." in answer(analysis(MAKI, left_out=1)).text


def test_braces_in_a_name_are_nothing_special() -> None:
    assert "{n}{0}" in answer(analysis(sighting(("{n}{0}", 0.5)))).text


# --- several pictures ------------------------------------------------------------------------------------------------


def test_a_broken_picture_does_not_spoil_the_others() -> None:
    reply = answer(analysis(MAKI), errors.BrokenPicture(), analysis(), Bug("c0ffee"))
    lines = reply.text.splitlines()
    assert lines[0] == "Picture 1:"
    assert lines[1].startswith("1. Nishikino Maki, 97 %")
    assert lines[2].startswith("Picture 2: This picture is damaged")
    assert lines[3].startswith("Picture 3: I found no anime face")
    assert lines[4].startswith("Picture 4: Something went wrong")
    assert "c0ffee" in lines[4]
    assert len(reply.images) == 1


def test_pictures_keep_their_numbers_where_some_are_passed_over() -> None:
    findings = [Finding(2, analysis(MAKI)), Finding(4, analysis(MAKI))]
    reply = compose(ENGLISH, findings, NO_BUTTONS)
    assert [line for line in reply.text.splitlines() if line.startswith("Picture")] == ["Picture 2:", "Picture 4:"]
    assert [image.filename for image in reply.images] == ["2-whobot.jpg", "4-whobot.jpg"]


def test_the_images_of_one_answer_have_names_of_their_own() -> None:
    reply = answer(analysis(MAKI), analysis(MAKI))
    assert [image.filename for image in reply.images] == ["1-whobot.jpg", "2-whobot.jpg"]
    assert [image.filename for image in answer(analysis(MAKI)).images] == ["whobot.jpg"]


def test_spoilers_stay_spoilers_each_for_itself() -> None:
    findings = [Finding(1, analysis(MAKI), spoiler=True), Finding(2, analysis(MAKI))]
    assert [image.spoiler for image in compose(ENGLISH, findings, NO_BUTTONS).images] == [True, False]


# --- pages -----------------------------------------------------------------------------------------------------------


def test_few_faces_are_one_page_that_says_nothing_of_pages() -> None:
    findings = [Finding(1, analysis(*[MAKI] * PAGE))]
    assert count_pages(findings) == 1
    assert compose(ENGLISH, findings, NO_BUTTONS, paged=True) == compose(ENGLISH, findings, NO_BUTTONS)


def test_many_faces_are_read_page_by_page_and_none_twice() -> None:
    findings = [Finding(n, analysis(*[MAKI] * 7, left_out=1)) for n in (1, 2)]
    findings.insert(1, Finding(3, errors.BrokenPicture()))
    assert count_pages(findings) == 2
    first = compose(ENGLISH, findings, NO_BUTTONS, paged=True).text
    second = turn_to(ENGLISH, findings, 2000, 1)
    assert first.count("Nishikino") == PAGE
    assert second.count("Nishikino") == 14 - PAGE
    assert first.splitlines()[-1] == "Page 1 of 2"
    assert second.splitlines()[-1] == "Page 2 of 2"
    assert first.count("damaged") == 1
    assert "damaged" not in second
    assert first.count("1 more face that") == second.count("1 more face that") == 1
    assert second.splitlines()[:2] == ["Picture 2:", "2. " + ENGLISH.face(2, MAKI, runners_up=True)[3:]]


def test_a_page_keeps_to_the_limit() -> None:
    findings = [Finding(1, analysis(*[MAKI] * 20))]
    for page in range(count_pages(findings)):
        assert len(turn_to(ENGLISH, findings, 150, page)) <= 150


# --- limits ----------------------------------------------------------------------------------------------------------


def limited(text: int = 4000, caption: int = 2000, images: int = 10, size: int = 10_000_000) -> Capabilities:
    return Capabilities(text, caption, images, size)


def test_images_beyond_what_the_platform_takes_are_left_out_and_mentioned() -> None:
    reply = answer(analysis(MAKI), analysis(MAKI), analysis(MAKI), capabilities=limited(images=2))
    assert len(reply.images) == 2
    assert reply.text.splitlines()[-1].startswith("(1 picture with the faces marked")
    assert reply.text.count("Nishikino Maki") == 3


def test_an_image_that_is_too_large_is_left_out_and_mentioned() -> None:
    large = EncodedImage(b"x" * 101, "image/jpeg")
    reply = answer(analysis(MAKI, image=large), analysis(MAKI), capabilities=limited(size=100))
    assert [image.filename for image in reply.images] == ["2-whobot.jpg"]
    assert "(1 picture with the faces marked is too much" in reply.text


def test_without_an_image_the_longer_limit_counts() -> None:
    many = analysis(*[MAKI] * 20)
    with_image = answer(many, capabilities=limited(text=4000, caption=300))
    without = answer(many, capabilities=limited(text=4000, caption=300, size=1))
    assert len(with_image.text) <= 300 < len(without.text) <= 4000
    assert "20. " in without.text


def test_a_text_that_is_a_little_too_long_first_loses_its_runners_up() -> None:
    many = analysis(*[MAKI] * 10)
    text = answer(many, capabilities=limited(caption=300)).text
    assert len(text.splitlines()) == 10
    assert "or Yazawa" not in text


@pytest.mark.parametrize("limit", [40, 60, 100, 150, 250, 400, 700, 1024, 2000])
@pytest.mark.parametrize("character", ["nishikino_maki", "jugemu_jugemu_go_kou_no_surikire", "😀_smile", "西木野真姫"])
def test_a_long_list_is_shortened_between_faces_and_never_within_a_name(limit: int, character: str) -> None:
    faces = 30
    text = answer(analysis(*[sighting((character, 0.8))] * faces), capabilities=limited(caption=limit)).text
    assert len(text.encode("utf-16-le")) // 2 <= limit
    *lines, last = text.splitlines()
    if not lines:
        assert last == "The answer is too long for this chat."
        return
    assert all(line == f"{n}. {display_name(character)}, 80 %" for n, line in enumerate(lines, 1))
    assert last in (f"{faces}. {display_name(character)}, 80 %", f"and {faces - len(lines)} more")


def test_a_long_list_uses_the_room_that_there_is() -> None:
    text = answer(analysis(*[sighting(("nishikino_maki", 0.8))] * 30), capabilities=limited(caption=400)).text
    assert len(text) > 400 - len("30. Nishikino Maki, 80 %\n")


def test_many_pictures_are_shortened_too() -> None:
    results: list[Result] = [analysis(MAKI, MAKI), errors.BrokenPicture()] * 20
    text = answer(*results, capabilities=limited(caption=500, images=40)).text
    assert len(text) <= 500
    assert text.splitlines()[-1].startswith("and ")
    assert text.splitlines()[-1].endswith(" more pictures")
    assert "Picture 2: This picture is damaged" in text


def test_an_answer_that_fits_in_no_form_says_so_instead_of_going_silent() -> None:
    assert answer(errors.BrokenPicture(), capabilities=limited(text=10)).text == "The answer is too long for this chat."


# --- for those who cannot see it -------------------------------------------------------------------------------------


def test_each_image_is_described() -> None:
    (image,) = answer(analysis(MAKI, sighting(("yazawa_nico", 0.3), unknown=True))).images
    assert image.alt == (
        "The picture with 2 faces marked. 1. Nishikino Maki, 97 %; 2. Nobody I know (looks a little like Yazawa Nico)"
    )


def test_a_platform_without_descriptions_gets_none() -> None:
    (image,) = answer(analysis(MAKI), capabilities=limited()).images
    assert image.alt == ""


def test_a_description_is_shortened_between_faces() -> None:
    (image,) = answer(analysis(*[MAKI] * 100)).images
    assert len(image.alt) <= ALT_LIMIT
    assert image.alt.startswith("The picture with 100 faces marked. 1. Nishikino Maki, 97 %; 2. ")
    listed = image.alt.count("Nishikino Maki, 97 %;")
    assert image.alt.endswith(f"; and {100 - listed} more")


def test_a_description_with_an_endless_name_does_without_it() -> None:
    (image,) = answer(analysis(sighting(("x" * 2000, 0.5)))).images
    assert image.alt == "The picture with 1 face marked and named."


# --- failures --------------------------------------------------------------------------------------------------------


def concrete(kind: type[errors.UserError]) -> list[errors.UserError]:
    """Make errors of all kinds below `kind`, with some facts in them."""
    if kind is errors.BadSetting:
        return [errors.BadSetting("threshold"), errors.BadSetting("language")]
    if kind is errors.UnclearName:
        return [errors.UnclearName("Rin", ("A Rin", "B Rin"), misspelt=flag, new=flag) for flag in (True, False)]
    below = [error for child in kind.__subclasses__() for error in concrete(child)]
    if below:
        return below
    return [kind(*(7 for _ in fields(kind))) if is_dataclass(kind) else kind()]


@pytest.mark.parametrize("error", concrete(errors.UserError), ids=repr)
def test_every_error_has_a_sentence_of_its_own(error: errors.UserError) -> None:
    text = ENGLISH.failure(error)
    assert text != ENGLISH.failure(errors.UserError())
    assert text.endswith((".", "?"))
    assert "{" not in text
    assert len(text) < 200


def test_the_facts_of_an_error_are_told() -> None:
    assert "20 MB" in ENGLISH.failure(errors.TooManyBytes(20_000_000))
    assert "500 kB" in ENGLISH.failure(errors.TooManyBytes(500_000))
    assert "120 megapixels, and I take up to 50" in ENGLISH.failure(errors.TooManyPixels(120_000_000, 50_000_000))
    assert "3600 megapixels, and I take up to 0.5" in ENGLISH.failure(errors.TooManyPixels(3_600_000_000, 500_000))
    assert "up to 65535 pixels on a side" in ENGLISH.failure(errors.SideTooLong(65_535))
    assert "up to 5 pictures" in ENGLISH.failure(errors.TooManyPictures(5))
    assert "take 1 picture " in ENGLISH.failure(errors.TooManyPictures(1))
    assert "up to 2000 frames" in ENGLISH.failure(errors.TooManyFrames(2000))
    assert "in 12 seconds" in ENGLISH.failure(errors.RateLimited(11.2))
    assert "in 1 second." in ENGLISH.failure(errors.RateLimited(0.0))
    assert "c0ffee" in ENGLISH.failure(Bug("c0ffee"))
