"""Two bundles before the same faces: which of them names more as people do."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cli.dataset import lessons, slug
from bot.errors import PictureError
from bot.recognition.bundle import Bundle
from bot.recognition.decoding.decode import decode
from bot.recognition.naming.classifier import Classifier
from bot.recognition.results import Guess, Image
from bot.storage.store import Store
from bot.storage.values import Truth

UNKNOWN = "unknown"
LARGEST_CROP = 4_000_000
"""Pixels. What is stored is far smaller."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A face that people have judged, RGB uint8: `truth` is the label that is right, None where no name is."""

    where: str
    image: Image
    truth: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What two bundles say of a face: the label that they name, None where they say unknown."""

    face: Judged
    running: str | None
    new: str | None

    @property
    def running_right(self) -> bool:
        """Whether the running bundle says what people say."""
        return self.running == self.face.truth

    @property
    def new_right(self) -> bool:
        """Whether the new bundle does."""
        return self.new == self.face.truth

    @property
    def changed(self) -> bool:
        """Whether they say different things."""
        return self.running != self.new


async def judged_faces(store: Store) -> list[Judged]:
    """Return every face that is kept with a truth: examples, and verdicts that it is none of those who are known.

    A face that was judged twice counts once for each truth. What cannot be decoded any more is passed over.
    """
    kept: dict[tuple[bytes, str | None], str] = {}
    async for example in lessons(store, None):
        kept.setdefault((example.image, slug(example.character)), f"example {example.id}")
    for verdict in await store.verdicts():
        if verdict.image is not None:
            truth = slug(verdict.character) if verdict.truth is Truth.CHARACTER and verdict.character else None
            kept.setdefault((verdict.image, truth), f"verdict {verdict.face}")
    faces = []
    for (data, truth), where in kept.items():
        try:
            faces.append(Judged(where, decode(data, max_pixels=LARGEST_CROP, max_frames=1).image, truth))
        except PictureError:
            continue
    return faces


class Comparison:
    """Shows faces to the running bundle and to a new one. Names are compared as the labels that training gives them.

    Raises:
        BundleError: one of them cannot run.
    """

    def __init__(self, running: Bundle, new: Bundle) -> None:
        self._running, self._new = Classifier(running), Classifier(new)
        self._thresholds = running.info.threshold, new.info.threshold

    @property
    def unteaches(self) -> bool:
        """Whether nothing could be taught any more beside the new bundle."""
        return self._running.embeds and not self._new.embeds

    def compare(self, face: Judged) -> Compared:
        """Show one face to both."""
        classifiers = (self._running, self._new)
        said = [
            _said(classifier.classify([face.image])[0], threshold, named=face.truth is not None)
            for classifier, threshold in zip(classifiers, self._thresholds, strict=True)
        ]
        return Compared(face, *said)


def _said(guesses: Sequence[Guess], threshold: float, *, named: bool) -> str | None:
    """Return the label of the best guess; where no name is right, None if it lies under the threshold."""
    best = guesses[0]
    return slug(best.character) if named or best.probability >= threshold else None
