"""Buttons, menus, dialogs, names and spoilers in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from bot.chat.features.teaching import Teach
from bot.chat.model import Press, Suggest
from tests.support.artwork import CAST, draw_portrait
from tests.support.chromium import Screen
from tests.support.web.page import DESKTOP, PHONE, Page, Site
from tests.support.web.scripted_chat import NAMES, community


@pytest.fixture
def site(page: Page) -> Iterator[Site]:
    site = Site(community)
    try:
        page.open(site.url)
        yield site
    finally:
        site.stop()


def ask(page: Page, picture: str, text: str = "") -> WebElement:
    page.one("#files").send_keys(picture)
    page.text.send_keys(text, Keys.ENTER)
    return page.answers(1)[0]


def button(page: Page, label: str) -> WebElement:
    return next(each for each in page.all(".action") if each.text == label)


def last(site: Site) -> object:
    """What was asked last; names are asked for all the time."""
    return [incoming.request for incoming in site.asked if not isinstance(incoming.request, Suggest)][-1]


def words(page: Page) -> str:
    return page.all('.message[data-author="whobot"] .words')[-1].text


def test_an_answer_is_paged_with_the_keyboard_and_keeps_its_pictures_and_the_focus(
    page: Page, site: Site, pictures: list[str]
) -> None:
    answer = ask(page, pictures[0])
    image = answer.find_element("css selector", "img")
    page.shoot_all("buttons")
    page.text.send_keys(Keys.SHIFT, Keys.TAB)
    for _ in range(12):
        if page.focused.text != "▶":
            page.focused.send_keys(Keys.SHIFT, Keys.TAB)
    page.focused.send_keys(Keys.ENTER)
    page.wait(lambda: words(page) == "Kurogane Rin, 71 %")
    assert page.focused.text == "▶"
    assert image == answer.find_element("css selector", "img"), "the picture was drawn again"
    assert "Kurogane Rin" in str(page.one("#announcer").get_property("textContent"))
    assert last(site) == Press("page:1")
    assert page.browser.console() == []


def test_a_notice_is_shown_outside_the_thread(page: Page, site: Site, pictures: list[str]) -> None:
    ask(page, pictures[0])
    before = page.one("#thread").text
    button(page, "◀").click()
    page.wait(lambda: page.one("#toast").text == "This is the first page.")
    assert page.one("#toast").get_attribute("role") == "status"
    for screen in (DESKTOP, PHONE):
        page.shoot("toast", screen)
    assert page.one("#thread").text == before
    page.focused.send_keys(Keys.ESCAPE)
    assert page.one("#toast").text == ""


def test_a_wrong_name_is_corrected_in_a_dialog_and_names_are_never_markup(
    page: Page, site: Site, pictures: list[str]
) -> None:
    ask(page, pictures[0])
    button(page, "Wrong?").click()
    page.wait(lambda: words(page) == "Who is face 1?")
    assert [option.text for option in Select(page.one(".menu select")).options] == ["Choose…", *NAMES]
    page.shoot("wrong", PHONE)
    button(page, "Someone else…").click()
    assert page.focused == page.one("#prompt-words")
    assert page.one("#prompt").accessible_name == "Who is it?"
    for screen in (DESKTOP, PHONE):
        page.shoot("prompt", screen, dark=screen == PHONE)
    page.focused.send_keys(Keys.ESCAPE)
    assert last(site) == Press("wrong")
    assert page.focused.text == "Someone else…"
    page.focused.send_keys(Keys.ENTER)
    page.focused.send_keys(" <b>Rin</b> ", Keys.ENTER)
    page.wait(lambda: words(page) == "Thank you! Face 1 is <b>Rin</b>.")
    assert last(site) == Press("other", "<b>Rin</b>")
    assert not page.all(".action")


def test_a_setting_is_chosen_from_a_menu(page: Page, site: Site) -> None:
    page.text.send_keys("/settings", Keys.ENTER)
    page.answers(1)
    page.shoot_all("settings")
    menus = page.all(".menu select")
    assert [menu.accessible_name for menu in menus] == ["Name a face from", "Language", "Who may teach"]
    Select(menus[0]).select_by_visible_text("70 %")
    page.wait(lambda: Select(page.all(".menu select")[0]).first_selected_option.text == "70 %")
    assert last(site) == Press("set:70 %")
    assert page.focused.tag_name == "select"
    button(page, "Keep corrected faces: on").click()
    page.wait(lambda: page.one("#toast").text == "Done.")


def test_a_face_is_picked_in_the_marked_picture(page: Page, site: Site, pictures: list[str]) -> None:
    ask(page, pictures[0], "/teach Kurogane Rin")
    request = last(site)
    assert isinstance(request, Teach)
    assert request.name == "Kurogane Rin"
    page.shoot_all("which")
    button(page, "2").click()
    page.wait(lambda: last(site) == Press("face:2"))


def test_other_tabs_follow_and_those_that_come_back_too(page: Page, site: Site, pictures: list[str]) -> None:
    ask(page, pictures[0])
    first = page.browser.current_window_handle
    page.browser.switch_to.new_window("tab")
    page.open(site.url)
    page.answers(1)
    button(page, "▶").click()
    page.wait(lambda: words(page) == "Kurogane Rin, 71 %")
    button(page, "Delete").click()
    page.wait(lambda: not page.all('.message[data-author="whobot"]'))
    page.browser.close()
    page.browser.switch_to.window(first)
    page.wait(lambda: len(page.all(".message")) == 1)


def test_ones_own_message_is_deleted_with_its_answer(page: Page, site: Site, pictures: list[str]) -> None:
    ask(page, pictures[0])
    remove = page.one('.message[data-author="you"] .remove')
    page.run("arguments[0].focus()", remove)
    remove.click()
    page.shoot("delete", DESKTOP)
    page.focused.send_keys(Keys.ESCAPE)
    assert len(page.all(".message")) == 2
    remove.click()
    page.one("#question-yes").click()
    page.wait(lambda: page.one("#empty").is_displayed())
    assert not page.all('.message[data-author="whobot"] .remove')


def test_names_complete_what_is_typed_and_never_stand_in_the_way(page: Page, site: Site) -> None:
    page.text.send_keys("/tea")
    page.wait(lambda: page.suggested() == ["/teach <name>"])
    page.text.send_keys(Keys.ENTER)
    assert page.text.get_attribute("value") == "/teach "
    page.text.send_keys("hosh")
    page.wait(lambda: page.suggested() == ["Hoshina Sora", "Hoshino Akari"])
    assert not page.all("[role=option][aria-selected=true]")
    page.shoot("names", DESKTOP)
    page.shoot("names", PHONE, dark=True)
    page.text.send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER)
    assert page.text.get_attribute("value") == "/teach Hoshino Akari"
    assert not any(isinstance(incoming.request, Teach) for incoming in site.asked)
    page.text.clear()
    page.text.send_keys("/teach Hoshi")
    page.wait(lambda: page.suggested() == ["Hoshina Sora", "Hoshino Akari"])
    page.text.send_keys(Keys.ENTER)
    page.answers(1)
    assert last(site) == Teach((), "Hoshi")
    page.text.send_keys("/forget ")
    page.wait(lambda: page.suggested() == list(NAMES[1:]))
    assert any(incoming.request == Suggest("", taught=True) for incoming in site.asked)
    page.text.send_keys(Keys.TAB)
    assert page.text.get_attribute("value") == "/forget Hoshino Akari"
    page.text.clear()
    page.text.send_keys("/optout o")
    page.wait(lambda: page.suggested() == ["on", "off"])
    page.text.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    assert page.text.get_attribute("value") == "/optout off"


def test_a_suggestion_never_drops_what_was_typed_since(page: Page, site: Site) -> None:
    page.text.send_keys("/tea")
    page.wait(lambda: page.suggested() == ["/teach <name>"])
    typing = """
        const [text, value] = arguments;
        text.value = value;
        text.dispatchEvent(new Event("input"));
        return [...document.querySelectorAll("#suggestions:not([hidden]) b")].map((option) => option.textContent);
    """
    assert page.run(typing, page.text, "/teach hosh") == [], "names are on their way"
    page.wait(lambda: page.suggested() == ["Hoshina Sora", "Hoshino Akari"])
    assert page.run(typing, page.text, "/teach Hoshina") == ["Hoshina Sora"], "the other is out of date at once"
    # In one step: names that arrive meanwhile are drawn anew.
    choosing = "document.querySelector('#suggestions [role=option]').dispatchEvent("
    page.run(f"{choosing}new PointerEvent('pointerdown', {{bubbles: true}}))")
    assert page.text.get_attribute("value") == "/teach Hoshina Sora"


def test_a_spoiler_is_veiled_until_it_is_clicked(page: Page, site: Site, pictures: list[str]) -> None:
    page.one("#files").send_keys(pictures[1])
    page.one(".spoil").click()
    assert page.one(".spoil").get_attribute("aria-pressed") == "true"
    page.shoot("spoiler-tick", DESKTOP)
    page.text.send_keys(Keys.ENTER)
    page.answers(1)
    page.shoot("spoiler", DESKTOP)
    (cover,) = page.all(".words .veil")
    assert words(page) == "Spoiler: show it"
    assert "Hoshina" not in str(page.one("#announcer").get_property("textContent"))
    cover.click()
    assert words(page).startswith("Hoshina Sora, 97 %")
    veils = page.all(".veil")
    assert [veil.text for veil in veils] == ["Spoiler: show it"] * 2
    veils[1].click()
    assert len(page.all(".veil")) == 1
    assert page.focused.get_attribute("class") == "enlarge"
    button(page, "▶").click()
    page.wait(lambda: words(page) == "Kurogane Rin, 71 %")
    assert len(page.all(".veil")) == 1


def test_a_phone_gets_every_button_in_reach(page: Page, site: Site, pictures: list[str]) -> None:
    page.browser.appear(Screen(320, 640, phone=True))
    ask(page, pictures[0])
    page.text.send_keys("/settings", Keys.ENTER)
    page.answers(2)
    assert page.run("return document.documentElement.scrollWidth") == 320
    assert page.run("const s = document.querySelector('#scroller'); return s.scrollWidth - s.clientWidth") == 0
    for control in page.all(".action, .menu select, .remove:not([hidden])"):
        assert min(control.size["width"], control.size["height"]) >= 44, control.text
        assert control.rect["x"] + control.rect["width"] <= 320
        assert control.accessible_name


def dance(path: Path, codec: str) -> str:
    """A short video of our own artwork."""
    frame = av.VideoFrame.from_ndarray(draw_portrait(CAST["minase_yuzu"], 0, size=160).image, format="rgb24")
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=5, width=160, height=160, pix_fmt="yuv420p")
        assert isinstance(stream, av.VideoStream)
        for _ in range(5):
            container.mux(stream.encode(frame.reformat(format="yuv420p")))
        container.mux(stream.encode())
    return str(path)


def test_videos_are_previewed_and_shown(page: Page, site: Site, tmp_path: Path) -> None:
    clips = [dance(tmp_path / "dance.webm", "libvpx"), dance(tmp_path / "dance.mp4", "libx264")]
    page.one("#files").send_keys("\n".join(clips))
    loaded = "return [...document.querySelectorAll('video')].filter((video) => video.videoWidth === 160).length"
    page.wait(lambda: page.run(loaded) == 2)
    assert [video.get_attribute("aria-label") for video in page.all(".preview video")] == ["dance.webm", "dance.mp4"]
    page.text.send_keys(Keys.ENTER)
    page.answers(1)
    page.wait(lambda: page.run(loaded) == 2)
    assert len(page.all('.message[data-author="you"] video[controls]')) == 2
    page.shoot("videos", DESKTOP)
    assert page.browser.console() == []


def test_what_is_no_picture_or_short_video_is_not_taken(page: Page, site: Site) -> None:
    page.hand_over("DragEvent", "drop", ("dance.mp4", "video/mp4"), ("loop.gif", "image/gif"), ("film.mov", "video/x"))
    assert page.one("#trouble").text == "film.mov is not a picture that whobot can read."
    assert len(page.all(".preview")) == 2
