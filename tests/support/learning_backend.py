"""Eyes that learn: they compare faces with what was taught, so that a lesson shows in the next answer."""

from collections.abc import Sequence

import numpy as np

from bot.chat.features.teaching import Teach
from bot.chat.model import Ask, Chat, Picture, Press, Reply, Request, Trigger, User
from bot.chat.service import Service
from bot.recognition.gallery import Embedding, Gallery
from bot.recognition.options import AnalysisOptions
from bot.recognition.results import Analysis, Box, Face, Guess, Portrait, Sighting
from tests.support.service_harness import ANN, BUNDLE, CHAT, WITH_BUTTONS, FakeBackend, Source, analysis, incoming

DIMENSIONS = 64
KNOWN = {"maki": "nishikino_maki", "nico": "yazawa_nico"}
"""Whose faces are known without being taught."""


class LearningBackend(FakeBackend):
    """A picture is called after its faces, as in ``maki+umi``; ``umi2`` looks almost like ``umi``."""

    async def analyse(self, data: bytes, options: AnalysisOptions) -> Analysis:
        if data in (b"landscape", b"broken"):
            return await super().analyse(data, options)
        self.calls.append(options)
        return analysis(*(see(face, options.gallery) for face in data.decode().split("+")))

    async def embed(self, crops: Sequence[bytes]) -> list[Embedding]:
        return [embedding_of(crop.decode()) for crop in crops]


def embedding_of(face: str) -> Embedding:
    """Return the embedding of a face: faces that differ in their digits only lie close together."""
    stem = face.rstrip("0123456789")
    base, twist = (np.random.default_rng(list(text.encode())).normal(size=DIMENSIONS) for text in (stem, face))
    vector = base / np.linalg.norm(base) + 0.2 * twist / np.linalg.norm(twist)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def see(face: str, gallery: Gallery) -> Sighting:
    """Name a face as the nearest example does, unless a nearer one denies it; else as it is known anyway."""
    embedding = embedding_of(face)
    portrait = Portrait(face.encode(), embedding, BUNDLE)
    here = Face(Box(0, 0, 9, 9), 1.0)
    shown = gallery.embeddings @ embedding if len(gallery.embeddings) else np.array([-1.0])
    denied = gallery.denied @ embedding if len(gallery.denied) else np.array([-1.0])
    if shown.max() > 0.8:
        name = gallery.characters[gallery.owners[shown.argmax()]]
        return Sighting(here, (Guess(name, 0.95),), False, portrait)
    known = KNOWN.get(face.rstrip("0123456789"))
    if known is None or denied.max() > 0.8:
        return Sighting(here, (Guess("yazawa_nico", 0.2), Guess("nishikino_maki", 0.1)), True, portrait)
    others = tuple(Guess(name, 0.05) for name in KNOWN.values() if name != known)
    return Sighting(here, (Guess(known, 0.9), *others), False, portrait)


class Member:
    """A member of a chat, who asks a service and presses its buttons."""

    def __init__(self, service: Service, source: Source, user: User = ANN, chat: Chat = CHAT) -> None:
        self._service = service
        self._source = source
        self.user = user
        self.chat = chat

    async def say(self, request: Request) -> Reply:
        return await self._service.handle(incoming(request, chat=self.chat, user=self.user, capabilities=WITH_BUTTONS))

    async def ask(self, *pictures: str, author: User | None = None, trigger: Trigger = Trigger.COMMAND) -> Reply:
        return await self.say(Ask(self._pictures(pictures, author), trigger))

    async def teach(self, name: str, *pictures: str, author: User | None = None) -> Reply:
        return await self.say(Teach(self._pictures(pictures, author), name))

    async def press(self, reply: Reply, label: str, text: str | None = None) -> Reply:
        """Press a button, or choose from a menu, by its label."""
        return await self.say(Press(action(reply, label), text))

    def _pictures(self, names: Sequence[str], author: User | None) -> tuple[Picture, ...]:
        return tuple(self._source.picture(name, author=author) for name in names)


def action(reply: Reply, label: str) -> str:
    """Return the action of a button or a menu's option."""
    buttons = {button.label: button.action for row in reply.buttons for button in row}
    return (buttons | {option.label: option.action for menu in reply.menus for option in menu.options})[label]


def labels(reply: Reply) -> list[str]:
    """Return what is written on the buttons."""
    return [button.label for row in reply.buttons for button in row]


def choices(reply: Reply) -> list[str]:
    """Return what the menus offer."""
    return [option.label for menu in reply.menus for option in menu.options]


def refusal(reply: Reply) -> str | None:
    """What kind of failure a reply tells of."""
    return reply.failure.kind if reply.failure else None
