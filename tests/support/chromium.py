"""A headless Chromium for the page's tests, driven by Selenium without anything being downloaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.support.required import missing

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=en-GB",
)


@dataclass(frozen=True, slots=True)
class Screen:
    """The screen that shows a page; width and height in CSS pixels."""

    width: int
    height: int
    phone: bool = False


class Browser(Chrome):
    """Chromium with what the tests need of the DevTools protocol."""

    def appear(self, screen: Screen, *, dark: bool = False) -> None:
        """Take on a screen and a colour scheme; nothing moves, so that what is there can be read at once."""
        self._tell(
            "Emulation.setDeviceMetricsOverride",
            width=screen.width,
            height=screen.height,
            deviceScaleFactor=2 if screen.phone else 1,
            mobile=screen.phone,
        )
        self._tell("Emulation.setTouchEmulationEnabled", enabled=screen.phone)
        self._tell(
            "Emulation.setEmulatedMedia",
            features=[
                {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ],
        )

    @contextmanager
    def speaking(self, tag: str) -> Iterator[None]:
        """Prefer another language within the block, in what is asked of servers and for dates."""
        agent = self.execute_script("return navigator.userAgent")
        self._tell("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=tag)
        try:
            yield
        finally:
            self._tell("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage="en-GB")

    def forget(self) -> None:
        """Drop the cookies of all sites; WebDriver's own command drops those of the open page alone."""
        self._tell("Network.clearBrowserCookies")

    def console(self) -> list[str]:
        """What the page has complained about since the last call."""
        entries: list[dict[str, Any]] = self.execute("getLog", {"type": "browser"})["value"]
        return [entry["message"] for entry in entries if entry["level"] in {"WARNING", "SEVERE"}]

    def _tell(self, command: str, **parameters: Any) -> None:
        self.execute_cdp_cmd(command, parameters)


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Start a browser with an empty profile, or pass the test over where there is none, as `required.missing` does."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        missing("needs chromium and chromedriver (Debian: apt install chromium chromium-driver)")
    options = ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    window = Browser(options=options, service=Service(executable_path=driver))
    try:
        yield window
    finally:
        window.quit()
