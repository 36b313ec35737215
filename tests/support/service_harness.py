"""A service with a real store and real replies; only the pictures' bytes and what is seen in them are made up."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import numpy as np
from prometheus_client.parser import text_string_to_metric_families

from bot.chat.features import FEATURES
from bot.chat.model import (
    Ask,
    Button,
    Capabilities,
    Chat,
    Incoming,
    Opener,
    Picture,
    Press,
    Reply,
    Request,
    Trigger,
    User,
)
from bot.chat.registry import Registry
from bot.config import Limits
from bot.errors import BrokenPicture, DownloadFailed
from bot.fair import Share
from bot.metrics import Metrics
from bot.recognition.backend import BackendHealth
from bot.recognition.characters import Character, Characters
from bot.recognition.gallery import Embedding
from bot.recognition.options import AnalysisOptions
from bot.recognition.results import Analysis, Box, EncodedImage, Face, Guess, Portrait, Sighting, Timings
from bot.storage.store import Store
from bot.storage.values import Action, Draft, Example, Origin, Scope, State

REGISTRY = Registry(FEATURES)
CHAT = Chat("discord", "room")
PRIVATE = Chat("discord", "dm", private=True)
ANN = User("discord", "ann", name="Ann")
BOB = User("discord", "bob", name="Bob")
MANAGER = User("discord", "boss", manager=True, name="Boss")
NO_BUTTONS = Capabilities(4000, 2000, 10, 10_000_000, alt_text=True)
WITH_BUTTONS = Capabilities(
    4000,
    2000,
    10,
    10_000_000,
    alt_text=True,
    buttons=True,
    private_replies=True,
    age_restricted_chats=True,
)
IMAGE = EncodedImage(b"jpeg", "image/jpeg")
BUNDLE = "b1"


def sighting(*guesses: tuple[str, float], unknown: bool = False) -> Sighting:
    """A face with a portrait of its own."""
    name = guesses[0][0] if guesses else ""
    direction = np.eye(8, dtype=np.float32)[sum(name.encode()) % 8]
    portrait = Portrait(f"crop of {name}".encode(), direction, BUNDLE)
    return Sighting(Face(Box(0, 0, 9, 9), 1.0), tuple(Guess(*guess) for guess in guesses), unknown, portrait)


def seen(*names: str, unknown: bool = False) -> Analysis:
    return analysis(*(sighting((name, 0.9), unknown=unknown) for name in names))


def analysis(*sightings: Sighting) -> Analysis:
    return Analysis(10, 10, sightings, Timings(1, 1, 1, 1), 0, IMAGE if sightings else None)


class FakeBackend:
    """Sees in a picture whatever its bytes are mapped to."""

    roster: tuple[str, ...] = ("nishikino_maki", "yazawa_nico")
    bundle_id = BUNDLE
    bundle_name = "two idols"
    detector_name = "a face finder"
    embeds = True
    kinship = 0.5

    def __init__(self) -> None:
        self.waiting = 0
        self.characters = Characters(
            [
                Character("nishikino_maki", "Nishikino Maki", "Love Live!", ("真姫",)),
                Character("yazawa_nico", "Yazawa Nico", "Love Live!"),
            ]
        )
        self.results: dict[bytes, Analysis | BaseException] = {
            b"maki": seen("nishikino_maki"),
            b"nico": seen("yazawa_nico"),
            b"stranger": seen("yazawa_nico", unknown=True),
            b"landscape": seen(),
            b"broken": BrokenPicture(),
            b"bug": ZeroDivisionError("token 123:S3CR3T"),
        }
        self.calls: list[AnalysisOptions] = []
        self.known: dict[str, Sequence[Embedding]] = {}

    async def analyse(self, data: bytes, options: AnalysisOptions) -> Analysis:
        self.calls.append(options)
        result = self.results[data]
        if isinstance(result, BaseException):
            raise result
        return result

    def prototypes(self, character: str) -> Sequence[Embedding]:
        return self.known.get(character, ())

    def refuses(self, share: Share) -> bool:
        assert share, "every picture has an owner"
        return self.waiting >= Limits().queue

    async def embed(self, crops: Sequence[bytes]) -> list[Embedding]:
        raise NotImplementedError(f"no test needs {len(crops)} embeddings of made-up faces")

    async def health(self) -> BackendHealth:
        return BackendHealth(working=True, waiting=self.waiting)

    async def close(self) -> None:
        """Have nothing to finish."""


class Source:
    """Makes pictures and knows which of them have been opened."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.openings = asyncio.Semaphore(0)
        self.gate: asyncio.Event | None = None
        self.open_now = 0
        self.most_open = 0

    def picture(self, content: str = "maki", **details: Any) -> Picture:
        return Picture(f"{content}.png", self._opener(content), **details)

    def _opener(self, content: str) -> Opener:
        async def chunks() -> AsyncIterator[bytes]:
            yield content.encode()[:2]
            if self.gate:
                await self.gate.wait()
            yield content.encode()[2:]

        @asynccontextmanager
        async def open_() -> AsyncIterator[AsyncIterator[bytes]]:
            self.opened.append(content)
            self.open_now += 1
            self.most_open = max(self.most_open, self.open_now)
            self.openings.release()
            try:
                if content == "gone":
                    raise DownloadFailed("the platform answered 404")
                yield chunks()
            finally:
                self.open_now -= 1

        return open_


def logged_failures(logs: list[MutableMapping[str, Any]]) -> list[MutableMapping[str, Any]]:
    return [line for line in logs if line["event"] != "answered"]


def incoming(request: Request, *, chat: Chat = CHAT, user: User = ANN, **details: Any) -> Incoming:
    return Incoming(chat, user, request, details.pop("capabilities", NO_BUTTONS), **details)


def asking(*pictures: Picture, trigger: Trigger = Trigger.COMMAND, **details: Any) -> Incoming:
    return incoming(Ask(pictures, trigger), **details)


def buttons(reply: Reply) -> dict[str, Button]:
    return {button.label: button for row in reply.buttons for button in row}


def actions(reply: Reply) -> dict[str, str]:
    """What can be pressed under a reply, by its label: buttons and the options of menus."""
    options = {option.label: option.action for menu in reply.menus for option in menu.options}
    return {label: button.action for label, button in buttons(reply).items()} | options


def press(reply: Reply, label: str, **details: Any) -> Incoming:
    """Press what is labelled so under a reply."""
    return incoming(Press(actions(reply)[label]), **{"capabilities": WITH_BUTTONS, **details})


async def teach(
    store: Store,
    name: str,
    *,
    chat: Chat = CHAT,
    scope: Scope | None = None,
    by: User | None = None,
    state: State = State.CONFIRMED,
) -> None:
    crop = np.eye(8, dtype=np.float32)[0]
    await learn(store, scope or Scope.of(chat), name, b"crop", crop, BUNDLE, by=by, state=state)


async def learn(
    store: Store,
    scope: Scope,
    character: str,
    image: bytes,
    embedding: Embedding,
    bundle_id: str,
    *,
    by: User | None = None,
    state: State = State.CONFIRMED,
    origin: Origin = Origin.TAUGHT,
    denied: bool = False,
) -> Example:
    """Have the store learn an example, and return it as it was given; `by` is None where it was the operator."""
    given = Draft(scope, character, image, embedding, bundle_id, by, datetime.now(UTC), state, origin, denied)
    (id_,) = (await store.learn([given], Action.TAUGHT)).added
    return Example(*(getattr(given, field.name) for field in fields(Draft)), id=id_)


def counted(metrics: Metrics) -> dict[tuple[str, ...], float]:
    samples = (s for family in text_string_to_metric_families(metrics.render().decode()) for s in family.samples)
    return {(s.name, *sorted(s.labels.values())): s.value for s in samples}
