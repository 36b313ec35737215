"""Make the README's pictures with whobot itself: ``python -m tests.checks.readme_pictures``.

Draws our own characters, trains a bundle on them, has it say who is in a scene, and takes a picture of the web chat.
Needs the `trainer` and `test` extras and Chromium; takes some minutes.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from tests.checks.container import free_port
from tests.support.artwork import CAST, draw_portrait, draw_scene
from tests.support.chromium import Screen, chromium
from tests.support.web.page import Page

REPOSITORY = Path(__file__).resolve().parents[2]
PICTURES = REPOSITORY / ".github" / "images"
SEEDS = 24
TIMEOUT = 120
"""Seconds for the bot to start, and to stop."""
SETTINGS = """
work = "{folder}/work"
[pictures]
source = "{folder}/pictures"
[[rosters]]
name = "drawn-characters"
[export]
directory = "{folder}/models"
precisions = ["int8"]
"""


def main() -> None:
    """Make them all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        train(folder)
        scene = draw_scene([CAST[c] for c in ("fujino_rin", "hoshina_sora", "shirasagi_mio")], 5, height=800)
        (folder / "scene.png").write_bytes(scene.encode())
        environment = os.environ | {
            "WHOBOT_MODELS__DIRECTORY": str(folder / "models"),
            "WHOBOT_MODELS__CLASSIFIER": "drawn-characters-int8.tflite",
            "WHOBOT_STORE__URL": f"sqlite+aiosqlite:///{folder}/whobot.db",
        }
        whobot(["who", str(folder / "scene.png"), "--output", str(folder)], environment)
        (answer,) = folder.glob("scene.whobot.*")
        Image.open(answer).convert("RGB").save(PICTURES / "answer.webp", quality=90)
        photograph_web_chat(folder, environment)


def train(folder: Path) -> None:
    """Train a bundle that knows our own characters; the detectors that ship lie beside it."""
    for character in CAST.values():
        target = folder / "pictures" / character.id
        target.mkdir(parents=True)
        for seed in range(SEEDS):
            (target / f"{seed:02}.png").write_bytes(draw_portrait(character, seed, size=400).encode())
    (folder / "models").mkdir()
    for shipped in (REPOSITORY / "models").iterdir():
        (folder / "models" / shipped.name).symlink_to(shipped)
    settings = folder / "settings.toml"
    settings.write_text(SETTINGS.format(folder=folder))
    subprocess.run([sys.executable, "-m", "trainer", "all", str(settings)], check=True)


def photograph_web_chat(folder: Path, environment: dict[str, str]) -> None:
    """Ask in the web chat, as a person would, and take the page's picture in light and dark."""
    (folder / "who-is-this.png").write_bytes(draw_portrait(CAST["minase_yuzu"], 4, tilt=3, expression="smile").encode())
    with served(environment) as url, chromium(folder / "profile") as browser:
        page = Page(browser, folder)
        browser.appear(Screen(1100, 860))
        page.open(url)
        page.one("#files").send_keys(str(folder / "who-is-this.png"))
        page.wait(lambda: page.all(".preview"))
        page.text.send_keys("/who\n")
        page.answers(1)
        for dark in (False, True):
            browser.appear(Screen(1100, 860), dark=dark)
            shot = folder / "shot.png"
            browser.save_screenshot(str(shot))
            name = f"web-chat-{'dark' if dark else 'light'}.webp"
            Image.open(shot).convert("RGB").save(PICTURES / name, quality=90)


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """Run the bot; yield the address of its web chat."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    bot = subprocess.Popen([sys.executable, "-m", "bot", "run"], env=environment | {"WHOBOT_WEB__PORT": str(port)})
    try:
        until = time.monotonic() + TIMEOUT
        while not is_there(url):
            if bot.poll() is not None or time.monotonic() > until:
                sys.exit("The bot did not start: the reason stands above.")
            time.sleep(0.1)
        yield url
    finally:
        bot.terminate()
        bot.wait(TIMEOUT)


def is_there(url: str) -> bool:
    """Tell whether the bot answers."""
    try:
        urllib.request.urlopen(f"{url}/healthz", timeout=1).close()  # noqa: S310 - loopback
    except OSError:
        return False
    return True


def whobot(arguments: list[str], environment: dict[str, str]) -> None:
    """Run a command of the bot's."""
    subprocess.run([sys.executable, "-m", "bot", *arguments], check=True, env=environment)


if __name__ == "__main__":
    main()
