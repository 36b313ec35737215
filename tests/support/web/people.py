"""The people page in a browser: what somebody does there who looks after a chat, and what they see."""

from importlib.resources import files
from typing import Any

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.support.chromium import Browser
from tests.support.web.page import DESKTOP, PHONE, Page

AXE = (files("axe_core_python") / "axe.min.js").read_text("utf-8")


def violations(browser: Browser) -> list[str]:
    """What axe-core has against the page as it stands: the rule, and the first element that breaks it."""
    browser.execute_script(AXE)
    found: list[dict[str, Any]] = browser.execute_async_script(
        """
        const done = arguments[0];
        const failed = (error) => done([{ id: String(error), nodes: [] }]);
        axe.run(document).then((result) => done(result.violations), failed);
        """
    )
    return [f"{one['id']}: {[node['html'] for node in one['nodes'][:3]]}" for one in found]


class PeoplePage:
    """The page, opened at a bot's address."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = f"{url}/people"
        page.browser.get(self.url)
        self.settled()

    def go(self, tab: str) -> None:
        """Open a section by its words in the tabs."""
        next(link for link in self.page.all("#tabs a") if link.text == tab).click()
        self.settled(tab)

    def settled(self, title: str | None = None) -> None:
        """Wait until a section is there, with this title."""
        self.page.wait(
            lambda: self.page.run(
                "const view = document.querySelector('#view');"
                "return !view.hasAttribute('aria-busy') && view.querySelector('h2') !== null"
            )
        )
        if title is not None:
            self.page.wait(lambda: self.title == title)

    @property
    def title(self) -> str:
        """The heading of the section."""
        title: str = self.page.run("return document.querySelector('#view h2')?.textContent ?? ''")
        return title

    @property
    def cards(self) -> list[str]:
        """The names on the cards."""
        names: list[str] = self.page.run(
            "return [...document.querySelectorAll('.card h3')].map((name) => name.textContent)"
        )
        return names

    def open(self, name: str) -> None:
        """Open a character's own page."""
        next(link for link in self.page.all(".card h3 a") if link.text == name).click()
        self.settled(name)

    def button(self, label: str) -> WebElement:
        """A button of the section."""
        return next(one for one in self.page.all("#view button") if one.is_displayed() and one.text == label)

    def press(self, label: str) -> None:
        """Press a button of the section."""
        self.button(label).click()

    def write(self, label: str, words: str, *keys: str) -> None:
        """Write into the field that is labelled so, and press Enter."""
        fields = self.page.all("#view input")
        field = next(one for one in fields if one.is_displayed() and one.accessible_name.startswith(label))
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(Keys.NULL, words, *(keys or (Keys.ENTER,)))

    def told(self, words: str) -> None:
        """Wait until the page says this of what was done."""
        self.page.wait(lambda: words in self.page.one("#done").text)

    def undo(self) -> None:
        """Take back what was done last, in the bar that tells of it."""
        self.page.one("#done button").click()
        self.told("Taken back")

    def check(self, name: str) -> None:
        """Hold the section to axe-core in both colour schemes and sizes, and take its pictures."""
        for screen in (DESKTOP, PHONE):
            for dark in (False, True):
                self.page.browser.appear(screen, dark=dark)
                assert violations(self.page.browser) == [], f"{name}, {screen}, dark={dark}"
                width = self.page.run("return document.documentElement.scrollWidth")
                assert width <= screen.width, f"{name} is wider than the screen: {width}"
        self.page.shoot_all(name)
