"""The page in a real browser: what people see, type, drop and hear."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from bot.chat.model import Left
from tests.support.chromium import Screen
from tests.support.web.page import DESKTOP, PHONE, Page, Site, annotated


@pytest.fixture
def site(page: Page) -> Iterator[Site]:
    site = Site()
    try:
        page.open(site.url)
        yield site
    finally:
        site.stop()


def test_the_whole_way_of_pictures_with_the_keyboard_alone(page: Page, site: Site, pictures: list[str]) -> None:
    assert page.one("#empty").is_displayed()
    page.shoot_all("empty")

    page.one("#files").send_keys("\n".join(pictures))
    page.wait(lambda: len(page.all(".preview")) == 3)
    assert page.focused == page.text
    page.text.send_keys(Keys.BACKSPACE)
    assert [image.get_attribute("alt") for image in page.all(".preview img")] == [
        Path(path).name for path in pictures[:2]
    ]

    assert page.focused == page.text
    page.text.send_keys("/")
    page.wait(lambda: page.suggested()[:2] == ["/who", "/teach <name>"])
    page.text.send_keys(Keys.ARROW_DOWN, Keys.ARROW_UP)
    assert page.text.get_attribute("aria-activedescendant") == page.one("[aria-selected=true]").get_attribute("id")
    page.shoot("suggestions", DESKTOP)
    page.text.send_keys(Keys.ENTER)
    assert page.text.get_attribute("value") == "/who"
    assert not site.asked

    page.text.send_keys(Keys.ENTER)
    page.wait(lambda: "Looking at picture 2 of 2…" in page.one("#thread").text)
    assert not page.one("#empty").is_displayed()
    assert page.text.get_attribute("value") == ""
    assert not page.all(".preview")
    page.shoot("working", PHONE, dark=True)
    assert len(page.all('.message[data-author="you"] img')) == 2

    site.gate.set()
    (answer,) = page.answers(1)
    image = answer.find_element(By.TAG_NAME, "img")
    assert image.get_property("naturalWidth") == 480
    assert image.get_attribute("alt") == "One face, boxed. 1. Hoshina Sora 97 %"
    assert [item.text for item in answer.find_elements(By.CSS_SELECTOR, "ol > li")] == [
        "Hoshina Sora 97 % (or Kurogane Rin 2 %)",
        "Nobody I know",
    ]
    page.wait(lambda: "Hoshina Sora" in str(page.one("#announcer").get_property("textContent")))
    page.shoot_all("answer")

    page.one("#files").send_keys("\n".join(pictures))
    page.text.send_keys(Keys.ENTER)
    page.answers(2)
    page.wait(page.is_at_end)

    button = answer.find_element(By.CSS_SELECTOR, ".enlarge")
    page.text.send_keys(Keys.SHIFT, Keys.TAB)
    for _ in range(20):
        if page.focused != button:
            page.focused.send_keys(Keys.SHIFT, Keys.TAB)
    assert page.focused == button
    assert page.run("return getComputedStyle(arguments[0]).outlineStyle", button) == "solid"
    button.send_keys(Keys.ENTER)
    page.wait(lambda: page.one("#viewer").is_displayed())
    page.shoot("viewer", DESKTOP)
    page.focused.send_keys(Keys.ESCAPE)
    assert not page.one("#viewer").is_displayed()
    assert page.focused == button
    assert page.browser.console() == []


def test_the_answer_can_be_downloaded_and_the_viewer_closed_beside_the_picture(
    page: Page, site: Site, pictures: list[str]
) -> None:
    site.gate.set()
    page.one("#files").send_keys(pictures[0])
    page.one("#send").click()
    (answer,) = page.answers(1)
    link = answer.find_element(By.CSS_SELECTOR, "a[download]")
    assert link.get_attribute("download") == "who.jpg"
    size = page.run("return fetch(arguments[0]).then((r) => r.blob()).then((b) => b.size)", link.get_attribute("href"))
    assert size == len(annotated())
    answer.find_element(By.CSS_SELECTOR, ".enlarge").click()
    assert page.one("#viewer").is_displayed()
    image, stage = page.one("#viewer-image"), page.one("#viewer-stage")
    fitted, natural = page.run("return [arguments[0].clientWidth, arguments[0].naturalWidth]", image)
    page.one("#viewer-zoom").click()
    assert page.one("#viewer-zoom").get_attribute("aria-pressed") == "true"
    width, room = page.run("return [arguments[0].clientWidth, arguments[1].clientWidth]", image, stage)
    assert width >= max(natural, 2 * fitted)
    assert width > room, "there is more to see than fits: it scrolls"
    page.shoot("viewer-zoomed", DESKTOP)
    image.click()
    assert page.run("return arguments[0].clientWidth", image) == fitted
    page.run("document.querySelector('#viewer').click()")
    assert not page.one("#viewer").is_displayed()


def test_a_phone_gets_everything_in_reach_and_nothing_cut_off(page: Page, site: Site, pictures: list[str]) -> None:
    site.gate.set()
    for width in (320, 390):
        page.browser.appear(Screen(width, 700, phone=True))
        page.browser.refresh()
        page.wait(page.is_open)
        page.one("#files").send_keys("\n".join(pictures))
        page.text.send_keys("a rather longword" + "w" * 200, Keys.ENTER)
        page.answers(1 if width == 320 else 2)
        assert page.run("return document.documentElement.scrollWidth") == width
        assert page.run("const s = document.querySelector('#scroller'); return s.scrollWidth - s.clientWidth") == 0
        assert page.one("#snap").is_displayed()
        for button in page.all("#pick, #snap, #send, #forget"):
            assert min(button.size["width"], button.size["height"]) >= 44, button.get_attribute("id")


def test_pictures_are_pasted_and_dropped(page: Page, site: Site) -> None:
    page.hand_over("ClipboardEvent", "paste", ("pasted.png", "image/png"))
    assert len(page.all(".preview")) == 1
    dropped = [("dropped.webp", "image/webp"), ("notes.txt", "text/plain")]
    page.hand_over("DragEvent", "dragover", *dropped)
    assert page.one("#drop").is_displayed()
    page.hand_over("DragEvent", "drop", *dropped)
    assert not page.one("#drop").is_displayed()
    assert len(page.all(".preview")) == 2
    assert page.one("#trouble").text == "notes.txt is not a picture that whobot can read."
    page.all(".take-out")[0].click()
    assert [image.get_attribute("alt") for image in page.all(".preview img")] == ["dropped.webp"]
    assert page.focused == page.all(".take-out")[0]


def test_too_much_is_said_before_it_is_sent(page: Page, site: Site, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(bytes(5_000_001))
    page.one("#files").send_keys(str(large))
    assert page.one("#trouble").text == "large.png is too much: 5 MB fit in one message."
    assert not page.all(".preview")


def test_a_refused_message_stays_in_the_field_with_the_reason(page: Page, site: Site) -> None:
    page.run("arguments[0].value = 'x'.repeat(17000)", page.text)
    page.text.send_keys(Keys.ENTER)
    page.wait(lambda: page.one("#trouble").text == "That text is too long.")
    assert len(page.text.get_attribute("value") or "") == 17000
    assert page.focused == page.text
    page.shoot("trouble", PHONE)
    page.text.clear()
    page.text.send_keys("/help", Keys.ENTER)
    page.wait(lambda: len(site.asked) == 1)
    assert page.one("#trouble").text == ""


def test_shift_enter_writes_on_and_an_input_method_keeps_its_enter(page: Page, site: Site) -> None:
    page.text.send_keys("だれ")
    page.run(
        "arguments[0].dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }))",
        page.text,
    )
    page.text.send_keys(Keys.SHIFT, Keys.ENTER)
    assert page.text.get_attribute("value") == "だれ\n"
    page.text.send_keys(Keys.NULL, Keys.ENTER)
    (answer,) = page.answers(1)
    assert answer.find_element(By.CSS_SELECTOR, "li:last-child").text == "<b>not markup</b>"


def test_the_thread_survives_a_reload_and_stays_at_its_end(page: Page, site: Site) -> None:
    for number in range(12):
        page.text.send_keys(f"message {number}", Keys.ENTER)
        page.answers(number + 1)
    page.wait(page.is_at_end)
    before = page.one("#thread").text
    page.browser.refresh()
    page.answers(12)
    assert page.one("#thread").text == before
    page.wait(page.is_at_end)
    assert page.one("#announcer").get_property("textContent") == ""

    page.run("document.querySelector('#thread').scrollIntoView(true)")
    page.run(
        "const form = new FormData(); form.append('text', 'hi'); fetch('/api/messages', {method: 'POST', body: form})"
    )
    page.answers(13)
    page.wait(lambda: page.one("#latest").is_displayed())
    assert not page.is_at_end()
    assert page.one('.message[data-id="1"]').rect["y"] > 0
    page.one("#latest").click()
    page.wait(page.is_at_end)
    assert not page.one("#latest").is_displayed()


def test_a_restarted_server_is_found_again(page: Page, site: Site) -> None:
    page.text.send_keys("before", Keys.ENTER)
    page.answers(1)
    site.stop()
    page.wait(lambda: page.one("#link-state").is_displayed())
    page.text.send_keys("meanwhile", Keys.ENTER)
    page.wait(lambda: page.one("#trouble").text == "whobot cannot be reached right now. Is it still running?")
    assert page.text.get_attribute("value") == "meanwhile"
    site.start_again()
    page.wait(lambda: not page.one("#link-state").is_displayed())
    page.text.send_keys(Keys.ENTER)
    page.answers(1)
    assert "before" not in page.one("#thread").text
    assert "meanwhile" in page.one("#thread").text
    page.browser.console()


def test_forgetting_begins_anew(page: Page, site: Site) -> None:
    page.text.send_keys("hello", Keys.ENTER)
    page.answers(1)
    page.one("#forget").click()
    page.shoot("forget", PHONE)
    page.focused.send_keys(Keys.ESCAPE)
    assert len(page.all(".message")) == 2
    page.one("#forget").click()
    page.one("#question-yes").click()
    page.wait(lambda: page.one("#empty").is_displayed())
    assert not page.all(".message")
    page.text.send_keys("hello again", Keys.ENTER)
    page.answers(1)
    assert [incoming.chat == site.asked[0].chat for incoming in site.asked] == [True, False]
    assert site.told == [Left(site.asked[0].chat)]


def test_the_password_is_asked_once(page: Page) -> None:
    site = Site(password="swordfish")
    try:
        page.open(site.url)
        assert page.focused == page.one("#password")
        assert not page.text.is_displayed()
        page.shoot("password", PHONE, dark=True)
        page.one("#password").send_keys("cod", Keys.ENTER)
        page.wait(lambda: page.one("#door-trouble").text == "That is not the password.")
        page.one("#password").send_keys("swordfish", Keys.ENTER)
        page.wait(page.is_open)
        assert not page.one("#door").is_displayed()
        page.browser.refresh()
        page.wait(page.is_open)
    finally:
        site.stop()


def test_everything_has_a_name_for_screen_readers(page: Page, site: Site, pictures: list[str]) -> None:
    site.gate.set()
    page.one("#files").send_keys(pictures[0])
    page.one("#send").click()
    page.answers(1)
    page.one("#files").send_keys(pictures[1])
    for element in page.all("button, a, input:not([hidden]), textarea, img:not(#viewer-image), dialog, form"):
        if element.is_displayed():
            assert element.accessible_name, element.get_attribute("outerHTML")


def test_lines_are_told_apart_and_an_indented_one_goes_on_in_the_one_above(page: Page, site: Site) -> None:
    drawn = page.run(
        """
        const [text] = arguments;
        return import("/static/words.js").then(({ render }) => render(text).map((block) => block.outerHTML));
        """,
        "I know <b>two</b>:\n  and more\nGood.\n1. Sora\n   of the stars",
    )
    assert drawn == [
        '<p><span class="line">I know &lt;b&gt;two&lt;/b&gt;:<br>and more</span><span class="line">Good.</span></p>',
        '<ol><li value="1">Sora<br>of the stars</li></ol>',
    ]
