"""Stories of people who use the whole bot in a real browser: nothing behind the page is made up but the networks."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys

from tests.support import tiny
from tests.support.tiny import BLUE, GREEN, RED
from tests.support.web.page import DESKTOP, PHONE, Page
from tests.support.web.running_bot import ANSWER, YELLOW, Bot, Talk, sheet

UNLIKE = "This looks like somebody else, not like {}. Add it anyway?"
CROWD = (RED, GREEN, BLUE, RED, GREEN, BLUE, RED, GREEN, BLUE, RED)
"""More faces than fit on a page."""
AKANE, MIDORI, AOI = "Akane Hoshino", "Midori Hayashi", "Aoi Umino"
WHO_REALLY = "Face 1: who is it really?\nIf you say who, I keep the cut-out face to learn from it."


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    bot = Bot(tmp_path_factory.mktemp("whole"), bytes=300_000, pictures=4)
    yield bot
    bot.stop()


@pytest.fixture
def talk(page: Page, bot: Bot, tmp_path: Path) -> Talk:
    return Talk(page, bot, tmp_path)


def test_a_crowd_is_asked_about_in_every_way_that_a_page_takes_pictures(talk: Talk) -> None:
    page = talk.page
    first = talk.send("", sheet(*CROWD))
    assert [line.split(",")[0] for line in first.split("\n")] == [
        *[AKANE, MIDORI, AOI] * 2,
        AKANE,
        MIDORI,
        "Page 1 of 2",
    ]
    assert "The picture with 10 faces" in str(talk.last.find_element("css selector", "img").get_attribute("alt"))
    second = talk.press("Next ▶")
    assert second.startswith(AOI)
    assert second.endswith("Page 2 of 2")
    items = talk.last.find_elements("css selector", "ol > li")
    assert [item.get_property("value") for item in items] == [9, 10], "faces keep their numbers on every page"
    assert talk.labels[0] == "◀ Back"
    talk.press("Other guesses")
    faces = talk.last.find_elements("css selector", ".faces .action")
    assert [face.text.split(":")[0] for face in faces] == [f"Face {number}" for number in range(1, 1 + len(CROWD))]
    page.wait(lambda: all(face.find_element("css selector", "img").get_property("naturalWidth") for face in faces))
    page.shoot("whole-which-face", PHONE)
    assert talk.press(f"Face 2: {MIDORI}").startswith(f"Face 2 looks most like:\n{MIDORI}, ")
    assert talk.button(f"Face 2: {MIDORI}").get_attribute("aria-pressed") == "true"
    assert talk.press("◀ Back") == first
    talk.button("Right!").click()
    page.wait(lambda: talk.toast == "Thank you! I am glad that I was right 10 times.")

    page.run("document.querySelector('#text').blur()")
    talk.hand_over("ClipboardEvent", "paste", sheet(RED))
    talk.hand_over("DragEvent", "drop", sheet(GREEN))
    both = talk.send("/who")
    assert both.startswith(f"Picture 1:\n{AKANE}")
    assert f"Picture 2:\n{MIDORI}" in both
    assert len(talk.last.find_elements("css selector", "img")) == 2
    talk.button("Delete").click()
    page.wait(lambda: len(page.all(ANSWER)) == 1)
    assert len(page.all('.message[data-author="you"]')) == 2
    assert page.browser.console() == []


def test_a_wrong_name_is_put_right_in_every_way(talk: Talk) -> None:
    talk.who(RED)
    assert talk.press("Wrong?") == WHO_REALLY
    assert talk.options("Choose a name") == ["Choose…", MIDORI, AOI]
    assert talk.page.focused.accessible_name == "Choose a name", "names come first, for eyes and for the keyboard"
    talk.page.shoot("whole-wrong", PHONE)
    assert talk.pick("Choose a name", MIDORI) == UNLIKE.format(MIDORI)
    talk.page.shoot("whole-add-anyway", PHONE)
    assert talk.press("Add anyway") == f"Thank you! So that is {MIDORI}."
    assert talk.press("Undo").startswith("Taken back")
    assert talk.who(RED).startswith(AKANE)

    talk.press("Wrong?")
    before = talk.words
    talk.write("Search…", "nobody of that name")
    assert talk.words == before
    assert talk.toast == "I know nobody called nobody of that name. “Someone else…” takes a new name."
    talk.write("Search…", "umi")
    assert talk.options("Choose a name") == ["Choose…", AOI]
    assert talk.pick("Choose a name", AOI) == UNLIKE.format(AOI)
    assert talk.press("Add anyway") == f"Thank you! So that is {AOI}."
    assert talk.who(RED, seed=91).startswith(AOI)

    talk.press("Wrong?")
    assert talk.write("Someone else…", "Koharu") == "Thank you! So that is Koharu."
    talk.who(GREEN)
    talk.press("Wrong?")
    thanks = talk.press("Not a face")
    assert thanks == "Thank you! I have taken note.\nIt counts in /stats only; I keep nothing of the picture."
    figures = talk.send("/stats")
    assert f"{MIDORI}: 0 % (0 confirmed, 1 corrected)" in figures
    assert "1 character was taught here." in figures
    assert talk.page.browser.console() == []


def test_a_character_is_taught_and_forgotten_again(talk: Talk) -> None:
    assert talk.who(YELLOW).startswith("Nobody I know")
    assert talk.send("/teach Ki Iro", sheet(RED, YELLOW, BLUE)) == "There are several faces. Which one is Ki Iro?"
    assert talk.labels == ["1", "2", "3", "None of them"]
    talk.page.shoot("whole-which", DESKTOP)
    assert talk.press("2") == "Thank you! I know Ki Iro in this chat now, from 1 picture."
    assert talk.who(YELLOW).startswith("Ki Iro, ")
    assert talk.send("/teach Ki Iro", sheet(YELLOW)) == "I knew this picture of Ki Iro already: it counts once."

    talk.page.text.send_keys("/forget ")
    talk.page.wait(lambda: talk.page.suggested() == ["Ki Iro"])
    talk.page.text.send_keys(Keys.TAB)
    assert talk.send() == "I have forgotten Ki Iro, and 1 picture with it."
    assert talk.who(YELLOW).startswith("Nobody I know")

    history = talk.send("/history")
    assert [line.split(" taught ")[-1].split(" had me ")[-1] for line in history.split("\n")[1:]] == [
        "forget Ki Iro",
        "Ki Iro, 1 picture",
    ]
    assert talk.labels == ["Revert 1", "Revert 2"]
    assert "took back a change about Ki Iro" in talk.press("Revert 1")
    assert "(taken back)" in talk.words
    assert talk.who(YELLOW).startswith("Ki Iro, ")
    assert talk.page.browser.console() == []


def test_a_chat_is_set_with_menus_and_read_in_other_languages(talk: Talk) -> None:
    page = talk.page
    talk.send("/settings")
    sure, language = "How sure must I be to name a face?", "Which language should I speak?"
    assert (talk.chosen(sure), talk.chosen(language)) == ("As I see fit", "Everybody's own")
    assert talk.pick(sure, "90 %").startswith("I name a face from 90 % on.")
    assert talk.chosen(sure) == "90 %"
    kept = "What should I keep when I am corrected?"
    assert talk.chosen(kept) == "Faces that are named"
    assert "I keep nothing of the picture" in talk.pick(kept, "Nothing of the picture")
    assert page.focused.tag_name == "select"
    talk.pick(language, "Deutsch")
    assert "Ich spreche diese Sprache: Deutsch" in talk.words
    page.shoot("whole-settings-german", PHONE)
    talk.pick(talk.last.find_elements("css selector", ".menu select")[1].accessible_name, "日本語")
    page.shoot("whole-settings-japanese", PHONE)
    talk.who(RED)
    assert "違う？" in talk.labels
    assert "English" in talk.send("/language en")
    assert talk.who(RED).startswith(AKANE)
    assert talk.send("/threshold 99") == talk.words
    assert talk.who(RED).startswith("Nobody I know")

    page.text.send_keys("/roster mi")
    page.wait(lambda: page.suggested() == [MIDORI, AOI])
    page.text.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    assert talk.send() == f"I know 1 character like “{MIDORI}”:\n{MIDORI}"
    assert talk.send("/roster").startswith("I know 3 characters:")
    assert talk.send("/roster nobody") == "I know nobody like “nobody”."
    assert page.browser.console() == []


@pytest.mark.parametrize(
    ("tag", "choose", "wrong"), [("de-DE", "Bild auswählen", "Falsch?"), ("ja", "画像を選ぶ", "違う？")]
)
def test_a_page_speaks_the_language_of_its_browser(
    page: Page, bot: Bot, tmp_path: Path, tag: str, choose: str, wrong: str
) -> None:
    with page.browser.speaking(tag):
        talk = Talk(page, bot, tmp_path)
        assert page.one("#empty-pick").text == choose
        assert page.run("return document.documentElement.lang") == tag.partition("-")[0]
        page.browser.appear(PHONE)
        field = page.run(
            "const { scrollHeight, clientHeight } = arguments[0]; return scrollHeight - clientHeight", page.text
        )
        assert field == 0, "the hint in the message field is cut off"
        page.shoot(f"whole-empty-{tag}", PHONE)
        talk.who(RED)
        assert wrong in talk.labels
        talk.press(wrong)
        talk.send("/settings")
        page.browser.appear(PHONE)
        assert page.run("return document.documentElement.scrollWidth") == PHONE.width
        assert page.run("const s = document.querySelector('#scroller'); return s.scrollWidth - s.clientWidth") == 0
        page.shoot(f"whole-settings-{tag}", PHONE)


def test_mydata_shows_and_deletes(talk: Talk) -> None:
    assert "on the machine that I run on" in talk.send("/privacy")
    assert talk.send("/mydata").endswith("Nothing else is kept about you.")
    assert talk.labels == []
    talk.send("/teach Ki Iro", sheet(YELLOW))
    assert "1 face that you have taught me" in talk.send("/mydata")
    assert talk.press("Delete my data").startswith("Everything that you have taught and said will be gone")
    assert "1 face that you have taught me" in talk.press("No, keep it")
    talk.press("Delete my data")
    assert talk.press("Yes, delete it").startswith("It is gone.")
    assert talk.labels == []
    assert talk.who(YELLOW).startswith("Nobody I know")
    assert talk.send("/optout on").startswith("From now on I leave your pictures alone.")
    assert "leave their pictures alone" in talk.who(RED)
    assert talk.send("/optout off") == "I look at your pictures again."
    assert talk.who(RED).startswith(AKANE)


def test_a_spoiler_stays_covered_and_bad_pictures_are_explained(talk: Talk) -> None:
    page = talk.page
    talk.choose(sheet(RED))
    page.one(".spoil").click()
    talk.send()
    assert [veil.text for veil in page.all(".veil")] == ["Spoiler: show it"] * 3
    talk.press("Other guesses")
    assert len(page.all(".veil")) == 3, "still covered while the buttons are used"
    page.all(".picture .veil")[1].click()
    assert len(page.all(".words .veil")) == 1, "names are hidden for themselves"
    assert page.focused.get_attribute("class") == "enlarge"

    page.hand_over("ClipboardEvent", "paste", ("torn.png", "image/png"), content=sheet(RED)[:200])
    assert talk.send() == "This picture is damaged or incomplete. Could you send it again?"
    page.hand_over("DragEvent", "drop", ("letter.png", "image/png"), content=b"Dear whobot, who is this?")
    assert talk.send().startswith("I cannot read this file.")
    assert page.one(".no-picture").text == "letter.png cannot be shown."
    noise = tiny.encoded(np.random.default_rng(0).integers(0, 256, (340, 340, 3), np.uint8))
    assert 300_000 < len(noise) < 400_000
    assert talk.send("", noise) == "This file is too large. I take up to 300 kB."
    talk.choose(*[noise] * 4)
    assert page.one("#trouble").text == "6.png is too much: 1 MB fit in one message."


def test_a_restarted_bot_is_found_again_with_its_lessons(page: Page, bot: Bot, tmp_path: Path) -> None:
    talk = Talk(page, bot, tmp_path)
    talk.send("/teach Ki Iro", sheet(YELLOW))
    talk.who(YELLOW)
    bot.stop()
    page.wait(lambda: page.one("#link-state").is_displayed())
    talk.button("Wrong?").click()
    page.wait(lambda: talk.toast == "whobot cannot be reached right now. Is it still running?")
    talk.choose(sheet(YELLOW))
    page.text.send_keys(Keys.ENTER)
    page.wait(lambda: page.one("#trouble").text == "whobot cannot be reached right now. Is it still running?")
    assert len(page.all(".preview")) == 1, "nothing has to be chosen again"
    bot.start()
    page.wait(lambda: not page.one("#link-state").is_displayed())
    page.wait(lambda: not page.all(ANSWER))
    assert talk.send().startswith("Ki Iro, ")
    page.browser.console()


def test_old_buttons_say_that_they_have_expired(page: Page, tmp_path: Path) -> None:
    bot = Bot(tmp_path, remembered=1)
    try:
        talk = Talk(page, bot, tmp_path)
        talk.who(RED)
        old = talk.last
        talk.who(GREEN)
        next(each for each in old.find_elements("css selector", ".action") if each.text == "Wrong?").click()
        page.wait(lambda: talk.toast == "These buttons have expired. Ask again, and you get new ones.")
        assert talk.press("Wrong?") == WHO_REALLY
    finally:
        bot.stop()
