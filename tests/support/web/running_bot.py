"""The whole bot behind the page: the real service, store and engine, with the tiny networks of `tests.support.tiny`."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from bot import config
from bot.platforms.web.adapter import WebAdapter
from bot.platforms.web.platform import Web
from bot.recognition.results import Image
from tests.support import tiny
from tests.support.artwork import CAST, draw_portrait
from tests.support.running import running
from tests.support.web.page import TIMEOUT, Page

YELLOW = (240, 220, 20)
"""Unknown before she is taught."""
RELIEF = 26
ANSWER = '.message[data-author="whobot"]'


def relief(seed: int) -> Image:
    """Draw one of our characters' faces in grey, float32 around 0."""
    character = list(CAST.values())[seed % len(CAST)]
    drawing = draw_portrait(character, seed, size=160, tilt=0)
    box = drawing.faces[0][1]
    face = drawing.image[int(box.y) : int(box.y + box.height), int(box.x) : int(box.x + box.width)]
    grey = cv2.cvtColor(cv2.resize(face, (tiny.SIDE, tiny.SIDE)), cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.asarray((grey - grey.mean()) / max(1.0, np.abs(grey - grey.mean()).max()))


def sheet(*colours: tiny.Colour, seed: int = 0) -> bytes:
    """Draw faces of our own cast on white, each in a colour that the tiny network knows as a character, as a PNG."""
    image = tiny.picture(*colours)
    for number, box in enumerate(tiny.boxes(len(colours))):
        rows, columns = slice(int(box.y), int(box.y) + tiny.SIDE), slice(int(box.x), int(box.x) + tiny.SIDE)
        shaded = image[rows, columns] + RELIEF * relief(seed + number)[..., np.newaxis]
        image[rows, columns] = np.clip(shaded, 0, 255).astype(np.uint8)
    return tiny.encoded(image)


class Bot:
    """The bot as `whobot run` starts it, in a thread of its own; what it keeps outlives a restart."""

    def __init__(self, folder: Path, **limits: Any) -> None:
        tiny.tiny_base(folder / "tiny.tflite", recognition=tiny.tiny_recognition())
        self._folder = folder
        self._limits = config.Limits(user_requests=10_000, chat_requests=10_000, user_presses=10_000, **limits)
        self._port = 0
        self.start()

    def start(self) -> None:
        """Start it, at the same address as before."""
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(started)))
        self._thread.start()
        assert started.wait(3 * TIMEOUT)

    def stop(self) -> None:
        """Stop it as an operator does."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(3 * TIMEOUT)
        assert not self._thread.is_alive()

    async def _run(self, started: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        settings = config.Settings(
            platforms={"web": Web(port=self._port)},
            models=config.Models(directory=self._folder, classifier="tiny.tflite", detector=str(tiny.CASCADE)),
            store=config.Store(url=f"sqlite+aiosqlite:///{self._folder}/whobot.db"),
            limits=self._limits,
            workers=config.Workers(threads=1),
        )
        async with running(settings) as bot:
            (adapter,) = bot.adapters
            assert isinstance(adapter, WebAdapter)
            assert adapter.url is not None
            self.url = adapter.url
            self._port = int(self.url.rpartition(":")[2])
            started.set()
            await self._stop.wait()


class Talk:
    """A conversation with the bot in the page: what a person does, and what they see then."""

    def __init__(self, page: Page, bot: Bot, folder: Path) -> None:
        self.page = page
        self._folder = folder
        self._files = 0
        page.open(bot.url)
        page.wait(page.is_open)

    # --- doing -------------------------------------------------------------------------------------------------------

    def choose(self, *pictures: bytes, suffix: str = "png") -> None:
        """Pick files in the file chooser."""
        paths = []
        for picture in pictures:
            self._files += 1
            paths.append(self._folder / f"{self._files}.{suffix}")
            paths[-1].write_bytes(picture)
        self.page.one("#files").send_keys("\n".join(map(str, paths)))

    def hand_over(self, kind: str, name: str, picture: bytes) -> None:
        """Paste or drop a picture."""
        self.page.hand_over(kind, name, ("picture.png", "image/png"), content=picture)

    def send(self, text: str = "", *pictures: bytes) -> str:
        """Post a message, and return the words of the answer."""
        if pictures:
            self.choose(*pictures)
        before = len(self._done())
        self.page.text.send_keys(text, Keys.ESCAPE, Keys.ENTER)
        self.page.wait(lambda: len(self._done()) == before + 1)
        self.page.wait(lambda: self.page.one("#composer").get_attribute("aria-busy") == "false")
        return self.words

    def who(self, *colours: tiny.Colour, seed: int = 90) -> str:
        """Ask about pictures that were not taught with."""
        return self.send("", sheet(*colours, seed=seed))

    def press(self, label: str) -> str:
        """Press a button under the last answer, and return the words there once something has changed."""
        before = self._state()
        self.button(label).click()
        return self._changed(before)

    def pick(self, menu: str, option: str) -> str:
        """Choose from a menu under the last answer, and return the words there once something has changed."""
        before = self._state()
        Select(self.menu(menu)).select_by_visible_text(option)
        return self._changed(before)

    def write(self, label: str, words: str) -> str:
        """Press a button that asks for words, write them, and return the words there once something has changed."""
        before = self._state()
        self.button(label).click()
        self.page.wait(lambda: self.page.one("#prompt").is_displayed())
        self.page.focused.send_keys(words, Keys.ENTER)
        return self._changed(before)

    # --- seeing ------------------------------------------------------------------------------------------------------

    @property
    def last(self) -> WebElement:
        """What whobot said last."""
        return self.page.all(ANSWER)[-1]

    @property
    def words(self) -> str:
        """Its words."""
        return self.last.find_element("css selector", ".words").text

    @property
    def labels(self) -> list[str]:
        """What can be pressed below it."""
        return [button.text for button in self.last.find_elements("css selector", ".action")]

    @property
    def toast(self) -> str:
        """What only the one who pressed is told."""
        return self.page.one("#toast").text

    def button(self, label: str) -> WebElement:
        """A button under the last answer."""
        found = self.last.find_elements("css selector", ".action")
        return next(button for button in found if button.text == label)

    def menu(self, name: str) -> WebElement:
        """A menu under the last answer."""
        found = self.last.find_elements("css selector", ".menu select")
        return next(menu for menu in found if menu.accessible_name == name)

    def options(self, name: str) -> list[str]:
        """What a menu offers."""
        return [option.text for option in Select(self.menu(name)).options]

    def chosen(self, name: str) -> str:
        """What a menu says that holds."""
        return Select(self.menu(name)).first_selected_option.text

    def _done(self) -> list[WebElement]:
        return self.page.all(f'{ANSWER}[data-state="done"]')

    def _state(self) -> str | None:
        """All that a press can change; None while something is being pressed."""
        script = """
            if (document.querySelector(".actions[aria-busy=true]")) return null;
            return document.querySelector("#thread").innerText + document.querySelector("#toast").innerText;
        """
        state: str | None = self.page.run(script)
        return state

    def _changed(self, before: str | None) -> str:
        self.page.wait(lambda: self._state() not in (None, before))
        return self.words
