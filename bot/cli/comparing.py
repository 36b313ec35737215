"""Compares two bundles on the same faces: how often each names them as people do, and as the roster has it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.cli.dataset import lessons, slug
from bot.errors import PictureError
from bot.recognition.bundle import Bundle
from bot.recognition.bundle.reference import NOBODY
from bot.recognition.characters import Characters
from bot.recognition.decoding.decode import decode
from bot.recognition.gallery import EMPTY, Embedding, Gallery
from bot.recognition.naming.classifier import Classifier, Predictions
from bot.recognition.naming.reference import answers
from bot.recognition.results import Image
from bot.recognition.teaching import taught_before
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, Example, Scope, Truth

UNKNOWN = "unknown"
LARGEST_CROP = 4_000_000
"""Pixels. What is stored is far smaller."""
CERTAINTY = 0.95
"""How sure it must be that something falls before it counts: few faces have accidents."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A face that people have judged, an encoded crop: `truth` is the character's name, None where no name is right."""

    where: str
    scope: Scope
    image: bytes = field(repr=False)
    truth: str | None


@dataclass(frozen=True, slots=True)
class Community:
    """The faces that people have judged, and the examples that count in each scope."""

    faces: tuple[Judged, ...] = ()
    examples: Mapping[Scope, Sequence[Example]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """What two bundles say of a face: the label that they name, None where they say unknown; and who is right."""

    face: Judged
    running: str | None
    new: str | None
    running_right: bool
    new_right: bool

    @property
    def changed(self) -> bool:
        """Whether they say different things."""
        return self.running != self.new


@dataclass(frozen=True, slots=True)
class Balance:
    """How many of some faces a bundle has right, and how many the one that is to take its place has."""

    what: str
    count: int
    before: int
    after: int
    lost: int
    won: int

    @classmethod
    def of(cls, what: str, pairs: Iterable[tuple[bool, bool]]) -> "Balance":
        """Count pairs of being right before and after."""
        told = list(pairs)
        return cls(
            what,
            len(told),
            sum(before for before, _ in told),
            sum(after for _, after in told),
            sum(before and not after for before, after in told),
            sum(after and not before for before, after in told),
        )

    @property
    def falls(self) -> bool:
        """Whether it falls beyond what chance explains.

        Source: McNemar, Note on the sampling error of the difference between correlated proportions, 1947: the exact
        sign test of the faces that only one of the two has right.
        """
        changed = self.lost + self.won
        chance = sum(math.comb(changed, lost) for lost in range(self.lost, changed + 1)) / 2**changed
        return self.lost > self.won and chance < 1 - CERTAINTY


async def read_community(store: Store) -> Community:
    """Return every face that is kept with a truth: examples, and verdicts that it is none of those who are known.

    A face that was judged twice counts once for each truth. What cannot be decoded any more is passed over.
    """
    kept: dict[tuple[bytes, str | None], Judged] = {}
    async for example in lessons(store, None):
        face = Judged(f"example {example.id}", example.scope, example.image, example.character)
        kept.setdefault((face.image, slug(example.character)), face)
    for verdict in await store.verdicts():
        if verdict.image is not None:
            truth = verdict.character if verdict.truth is Truth.CHARACTER else None
            face = Judged(f"verdict {verdict.face}", verdict.scope, verdict.image, truth or None)
            kept.setdefault((face.image, slug(truth) if truth else None), face)
    faces = tuple(face for face in kept.values() if _readable(face.image))
    scopes = {EVERYWHERE, *(face.scope for face in faces)}
    return Community(faces, {scope: await store.examples(scope) for scope in scopes})


class Answering:
    """A bundle that answers as it does in a chat, what people have taught included.

    Args:
        bundle: The classifier.
        characters: How people write names.

    Raises:
        BundleError: it cannot run.
    """

    def __init__(self, bundle: Bundle, characters: Characters) -> None:
        self.bundle = bundle
        self._classifier = Classifier(bundle)
        self._characters = characters.including(bundle.labels)
        self._seen: dict[bytes, Predictions | None] = {}

    @property
    def embeds(self) -> bool:
        """Whether it can be taught."""
        return self._classifier.embeds

    def label(self, name: str) -> str:
        """Return the label of who is called so here, or the one that training would give them."""
        return slug(self._characters.current(name))

    def knows(self, label: str) -> bool:
        """Return whether another bundle's label, or one of its names, is of a character in this one's roster."""
        return self._characters.current(label) in self.bundle.labels

    def name(self, face: Judged, examples: Sequence[Example]) -> str | None:
        """Return the label of the character that the bundle names; None where the face is unknown.

        The face itself has not taught it: examples of it do not count.
        """
        seen = self._see(face.image)
        if seen is None:
            return None
        gallery = self.gallery(examples, without=face.image)
        best = self._classifier.name(seen, gallery)[0][0]
        return slug(best.character) if best.probability >= self.bundle.info.threshold else None

    def is_right(self, face: Judged, answer: str | None) -> bool:
        """Tell whether that is what people say of the face."""
        return answer == (None if face.truth is None else self.label(face.truth))

    def gallery(self, examples: Sequence[Example], without: bytes = b"") -> Gallery:
        """Return what examples teach the bundle, but for those of one face."""
        if not self.embeds:
            return EMPTY
        itself = self._embed(without) if without else None
        shown: list[tuple[str, Embedding]] = []
        denied: list[tuple[str, Embedding]] = []
        for example in examples:
            embedding = self._embed(example.image)
            if embedding is not None and not (itself is not None and taught_before(embedding, [itself])):
                (denied if example.denied else shown).append((example.character, embedding))
        return Gallery.of(shown, denied).renamed(self._characters.current)

    def _embed(self, image: bytes) -> Embedding | None:
        seen = self._see(image)
        return None if seen is None or seen.embeddings is None else seen.embeddings[0]

    def _see(self, image: bytes) -> Predictions | None:
        if image not in self._seen:
            self._seen[image] = self._classifier.predict([_decoded(image)]) if _readable(image) else None
        return self._seen[image]


def compare(running: Answering, new: Answering, face: Judged, examples: Sequence[Example]) -> Compared:
    """Show one face to both."""
    before, after = running.name(face, examples), new.name(face, examples)
    return Compared(face, before, after, running.is_right(face, before), new.is_right(face, after))


def compare_roster(running: Answering, new: Answering, everywhere: Sequence[Example]) -> tuple[Balance, ...]:
    """Show the faces that travel in the running bundle to both, where both have the same network.

    They are asked as in a chat that has taught nothing itself.
    """
    recognition = running.bundle.recognition
    reference = None if recognition is None else recognition.reference
    if reference is None or new.bundle.recognition is None or new.bundle.network != running.bundle.network:
        return ()
    sides = (running, new)
    said = [answers(side.bundle, reference, side.gallery(everywhere)) for side in sides]
    roster: list[tuple[bool, bool]] = []
    strangers: list[tuple[bool, bool]] = []
    for owner, *names in zip(reference.owners.tolist(), *said, strict=True):
        if owner == NOBODY:
            strangers.append((names[0] is None, names[1] is None))
        else:
            label = running.bundle.labels[owner]
            before, after = (
                name is not None and slug(name) == side.label(label) for side, name in zip(sides, names, strict=True)
            )
            roster.append((before, after))
    balances = (Balance.of("faces of the roster", roster), Balance.of("faces of strangers to it", strangers))
    return tuple(balance for balance in balances if balance.count)


def _decoded(image: bytes) -> Image:
    return decode(image, max_pixels=LARGEST_CROP, max_frames=1).image


def _readable(image: bytes) -> bool:
    try:
        _decoded(image)
    except PictureError:
        return False
    return True
