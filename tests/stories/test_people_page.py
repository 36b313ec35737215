"""Whoever runs whobot looks after whom it knows, on the people page: from a folder of pictures to a second name."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.chromium import Browser, chromium
from tests.support.tiny import GREEN, RED
from tests.support.web.page import DESKTOP, Page
from tests.support.web.people import PeoplePage
from tests.support.web.running_bot import YELLOW, Bot, Talk, sheet

CYAN = (10, 200, 220)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    browser.appear(DESKTOP)
    browser.console()
    yield Page(browser, tmp_path)
    browser.get("about:blank")
    browser.forget()


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    bot = Bot(tmp_path)
    yield bot
    bot.stop()


def toned(colour: tuple[int, int, int], number: int) -> tuple[int, int, int]:
    """The same colour in another tone: to the tiny network, drawings in one tone are one picture."""
    red, green, blue = (max(0, min(255, value + 18 * number * (-1) ** place)) for place, value in enumerate(colour))
    return red, green, blue


def folders(root: Path) -> Path:
    """Write a folder of folders: two characters, and a picture of nobody."""
    for name, colour in (("ki_iro", YELLOW), ("Mizuiro", CYAN)):
        (root / name).mkdir(parents=True)
        for number in range(3):
            (root / name / f"{number}.png").write_bytes(sheet(toned(colour, number), seed=number))
    (root / "Mizuiro" / "crowd.png").write_bytes(sheet(RED, GREEN))
    (root / "Mizuiro" / "notes.txt").write_text("not a picture")
    return root


def zipped(root: Path) -> Path:
    """Pack a folder of folders as people do."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*.*")):
            archive.write(path, path.relative_to(root.parent))
    target = root.with_suffix(".zip")
    target.write_bytes(packed.getvalue())
    return target


def test_a_newcomer_teaches_a_folder_and_puts_right_what_was_taught(page: Page, bot: Bot, tmp_path: Path) -> None:
    archive = zipped(folders(tmp_path / "cast"))
    people = PeoplePage(page, bot.url)
    assert people.title == "Whom I know"
    assert people.cards == ["Akane Hoshino", "Aoi Umino", "Midori Hayashi"]

    people.go("Teach")
    page.one("#zip").send_keys(str(archive))
    page.wait(lambda: "7 of 7 pictures: 6 taken, 0 known already, 1 of no use" in page.one(".lesson").text)
    assert "There are 2 faces in it" in page.one(".report .refused").text
    page.one("#zip").send_keys(str(archive))
    page.wait(lambda: "7 of 7 pictures: 0 taken, 6 known already" in page.one(".lesson").text)
    people.check("people-teach")

    people.go("Whom I know")
    assert people.cards == ["ki iro", "Mizuiro", "Akane Hoshino", "Aoi Umino", "Midori Hayashi"]
    people.check("people-known")
    page.one("input[type=search]").send_keys("mizu")
    page.wait(lambda: people.cards == ["Mizuiro"])
    people.open("Mizuiro")
    assert len(page.all(".tile img")) == 3
    people.check("people-person")

    people.write("Another name", "Mizuiro Ao")
    people.told("Mizuiro is called Mizuiro Ao now.")
    people.settled("Mizuiro Ao")
    people.write("Also called", "水色, Mizu")
    people.told("I have noted that about Mizuiro Ao.")
    people.go("Whom I know")
    page.one("input[type=search]").send_keys("水色")
    page.wait(lambda: people.cards == ["Mizuiro Ao"])
    people.open("Mizuiro Ao")

    page.all(".tile input")[0].click()
    people.write("They show somebody else", "ki iro")
    people.told("1 picture shows ki iro now.")
    page.wait(lambda: len(page.all(".tile")) == 2)
    people.undo()
    page.wait(lambda: len(page.all(".tile")) == 3)

    people.write("Another name", "Akane Hoshino")
    people.told("Mizuiro Ao and Akane Hoshino are one now: Akane Hoshino.")
    people.settled("Akane Hoshino")
    people.go("History")
    assert "made one of Mizuiro Ao and Akane Hoshino" in page.one(".changes li").text
    people.check("people-history")
    page.all(".changes button")[0].click()
    people.told("Taken back")
    people.go("Whom I know")
    page.wait(lambda: "Mizuiro Ao" in people.cards)
    people.open("Mizuiro Ao")
    people.press("Forget")
    page.wait(lambda: page.one("#question").is_displayed())
    page.one("#question-yes").click()
    people.settled("Whom I know")
    assert people.cards[0] == "ki iro"
    assert "Mizuiro Ao" not in people.cards
    assert page.browser.console() == []


def test_unknown_faces_are_gathered_and_a_group_is_named(page: Page, bot: Bot, tmp_path: Path) -> None:
    people = PeoplePage(page, bot.url)
    people.go("Who is this?")
    assert "No face waits for a name." in page.one(".count").text
    page.one(".switch input").click()
    people.told("From now on I keep faces that I do not know.")

    talk = Talk(page, bot, tmp_path)
    for number in range(3):
        talk.send("", sheet(toned(YELLOW, number), seed=number))
    talk.send("", sheet(CYAN, RED))
    people = PeoplePage(page, bot.url)
    people.go("Who is this?")
    assert [group.text.split(" · ")[0] for group in page.all(".group .note")] == ["3 faces", "1 face"]
    people.check("people-strangers")

    page.all(".group a")[0].click()
    people.settled("Who is it?")
    assert len(page.all(".tile img")) == 3
    people.check("people-group")
    page.all(".tile input")[0].click()
    people.press("Split off")
    people.told("1 face is a group of its own now.")
    page.wait(lambda: len(page.all(".tile img")) == 2)
    people.write("Who is it?", "Ki Iro")
    people.told("I know Ki Iro in this chat now, from 2 pictures.")
    people.settled("Who is this?")
    page.wait(lambda: len(page.all(".group")) == 2)
    people.press("Dismiss")
    people.told("1 face is gone.")
    people.go("Whom I know")
    assert people.cards[0] == "Ki Iro"
    assert page.browser.console() == []


def test_a_face_that_was_missed_is_drawn_and_named(page: Page, bot: Bot, tmp_path: Path) -> None:
    drawn = tmp_path / "missed.png"
    drawn.write_bytes(sheet(YELLOW, CYAN))
    people = PeoplePage(page, bot.url)
    people.go("Teach")
    page.one("#draw-file").send_keys(str(drawn))
    page.wait(lambda: page.one(".desk").is_displayed())
    for side, percent in (("Left", 17), ("Top", 29), ("Width", 25), ("Height", 43)):
        people.write(side, str(percent), "")
    people.check("people-draw")
    people.write("Who is it?", "Ki Iro")
    people.told("Taken for Ki Iro.")
    people.go("Whom I know")
    people.open("Ki Iro")
    assert len(page.all(".tile img")) == 1
    people.press("Known in all chats")
    people.told("Ki Iro is known in all chats now")
    assert page.browser.console() == []
