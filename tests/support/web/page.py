"""A web chat that runs beside the test, and what a person does with its page.

Screenshots go into pytest's temporary folder, and into the folder that WHOBOT_SCREENSHOTS names, where it is set.
"""

import asyncio
import base64
import io
import os
import shutil
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

from PIL import Image, ImageDraw
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from bot.chat.model import Ask, Event, Incoming, Progress, Reply, ReplyImage, Stage
from tests.support.artwork import CAST, draw_portrait
from tests.support.chromium import Browser, Screen
from tests.support.web.server import serve

TIMEOUT = 20.0
NAMES = ["hoshina_sora", *(name for name in CAST if name != "hoshina_sora")]
DESKTOP = Screen(1180, 820)
PHONE = Screen(390, 844, phone=True)


def annotated() -> bytes:
    """A picture like an answer: artwork, a box, a bar with a name."""
    drawing = draw_portrait(CAST[NAMES[0]], 0, size=480)
    canvas = Image.new("RGB", (480, 560), "#20222a")
    canvas.paste(Image.fromarray(drawing.image), (0, 0))
    pen = ImageDraw.Draw(canvas)
    box = drawing.faces[0][1]
    pen.rectangle((box.x, box.y, box.x + box.width, box.y + box.height), outline="#ff8f6e", width=5)
    pen.text((24, 504), "1  Hoshina Sora  97 %", fill="white", font_size=28)
    encoded = io.BytesIO()
    canvas.save(encoded, "JPEG", quality=90)
    return encoded.getvalue()


Answer: TypeAlias = Callable[[Incoming], Awaitable[Reply]]


class Site:
    """A web chat in a thread of its own; its handler waits at a gate before it answers, unless another one is given."""

    def __init__(self, answer: Answer | None = None, **settings: Any) -> None:
        self._answer = answer or self._answer_at_gate
        self.gate = threading.Event()
        self.asked: list[Incoming] = []
        self.told: list[Event] = []
        self._settings = settings
        self._image = ReplyImage(annotated(), "image/jpeg", "who.jpg", "One face, boxed. 1. Hoshina Sora 97 %")
        self.start()

    def start(self) -> None:
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)))
        self._thread.start()
        assert started.wait(TIMEOUT)

    def stop(self) -> None:
        self.gate.set()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(TIMEOUT)
        assert not self._thread.is_alive()

    def start_again(self) -> None:
        """Come back at the same address, as a restarted bot does."""
        self._settings["port"] = int(self.url.rpartition(":")[2])
        self.start()

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with serve(self._handle, max_upload=5_000_000, **self._settings) as adapter:
            assert adapter.url is not None
            self.url = adapter.url
            started.set()
            await self._stop.wait()

    async def _handle(self, incoming: Incoming | Event) -> Reply:
        if isinstance(incoming, Event):
            self.told.append(incoming)
            return Reply()
        self.asked.append(incoming)
        return await self._answer(incoming)

    async def _answer_at_gate(self, incoming: Incoming) -> Reply:
        if not isinstance(incoming.request, Ask):
            return Reply("Send me a picture.\n- /who asks\n- <b>not markup</b>")
        count = len(incoming.request.pictures)
        await incoming.progress(Progress(Stage.ACCEPTED, 1, count))
        await incoming.progress(Progress(Stage.ANALYSING, count, count))
        await asyncio.to_thread(self.gate.wait, TIMEOUT)
        return Reply("1. Hoshina Sora 97 % (or Kurogane Rin 2 %)\n2. Nobody I know", (self._image,))


class Page:
    """What a person does with the page."""

    def __init__(self, browser: Browser, shots: Path) -> None:
        self.browser = browser
        self._shots = shots

    def open(self, url: str) -> None:
        self.browser.get(url)
        self.wait(lambda: self.is_open() or self.one("#door").is_displayed())

    def one(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    @property
    def text(self) -> WebElement:
        return self.one("#text")

    @property
    def focused(self) -> WebElement:
        return self.browser.switch_to.active_element

    def run(self, script: str, *arguments: object) -> Any:
        return self.browser.execute_script(script, *arguments)

    def wait(self, condition: Callable[[], object]) -> None:
        WebDriverWait(self.browser, TIMEOUT, poll_frequency=0.02).until(lambda _: condition())

    def answers(self, count: int) -> list[WebElement]:
        """Wait for so many finished answers."""
        selector = '.message[data-author="whobot"][data-state="done"]'
        self.wait(lambda: len(self.all(selector)) == count)
        self.wait(lambda: self.run("return [...document.images].every((image) => image.complete)"))
        return self.all(selector)

    def suggested(self) -> list[str]:
        """What the list over the message field offers."""
        offered: list[str] = self.run(
            "return [...document.querySelectorAll('#suggestions:not([hidden]) b')].map((option) => option.textContent)"
        )
        return offered

    def is_open(self) -> bool:
        return self.text.is_displayed()

    def is_at_end(self) -> bool:
        """Whether the newest message is in sight."""
        end = "const last = document.querySelector('#thread').getBoundingClientRect().bottom;"
        edge = "const edge = document.querySelector('#scroller').getBoundingClientRect().bottom;"
        return bool(self.run(f"{end} {edge} return Math.abs(last - edge) < 2"))

    def hand_over(self, kind: str, name: str, *files: tuple[str, str], content: bytes = b"x") -> None:
        """Paste or drop files, each a name and a media type, all with the same content."""
        carrier = "clipboardData" if kind == "ClipboardEvent" else "dataTransfer"
        self.run(
            """
            const [kind, name, carrier, files, content] = arguments;
            const transfer = new DataTransfer();
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            for (const [file, type] of files) transfer.items.add(new File([bytes], file, { type }));
            document.dispatchEvent(new window[kind](name, { [carrier]: transfer, bubbles: true, cancelable: true }));
            """,
            kind,
            name,
            carrier,
            files,
            base64.b64encode(content).decode(),
        )

    def shoot(self, name: str, screen: Screen, *, dark: bool = False) -> None:
        """Take a screenshot as seen on a screen, then go back to the desktop."""
        self.browser.appear(screen, dark=dark)
        path = self._shots / f"{name}-{'phone' if screen.phone else 'desktop'}-{'dark' if dark else 'light'}.png"
        assert self.browser.save_screenshot(str(path))
        if folder := os.environ.get("WHOBOT_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder)
        self.browser.appear(DESKTOP)

    def shoot_all(self, name: str) -> None:
        """Take a screenshot on every screen in both colour schemes."""
        for screen in (DESKTOP, PHONE):
            for dark in (False, True):
                self.shoot(name, screen, dark=dark)
