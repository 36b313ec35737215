"""From the bytes of a picture to an analysis: the whole way of a picture."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import cv2

from bot.errors import BundleError
from bot.recognition.bundle import Bundle, Teaching
from bot.recognition.characters import Characters
from bot.recognition.crop import crop_face
from bot.recognition.decoding.frames import FrameOpener
from bot.recognition.detection.detector import CascadeDetector, Detector
from bot.recognition.detection.network_detector import NetworkDetector
from bot.recognition.drawing.annotate import Annotator
from bot.recognition.drawing.fonts import FontBook
from bot.recognition.drawing.sheet import lay_out
from bot.recognition.gallery import Embedding
from bot.recognition.interpreter import RUNTIME_ERRORS
from bot.recognition.naming.classifier import Classifier
from bot.recognition.naming.comparison import Values
from bot.recognition.naming.merge import merge
from bot.recognition.naming.portraits import portray
from bot.recognition.naming.straighten import crop_upright
from bot.recognition.options import DEFAULT_OPTIONS, AnalysisOptions
from bot.recognition.results import Analysis, Box, Face, Image, Sighting, Timings

TEACHABLE = 'to teach, set models.classifier = "characters-int8.tflite"'
"""What to do about a bundle that cannot be taught."""
SAME_ROW = 0.35
"""The share of the smaller height that faces of one row have in common at least."""


@dataclass(frozen=True, slots=True)
class Models:
    """The pair of networks that answers, and how names are written. A detector that is a path is an OpenCV cascade.

    `embeds` says whether the classifier was found to give embeddings, so that it can be taught.
    """

    classifier: Bundle
    detector: Bundle | Path
    characters: Characters = field(default_factory=Characters)
    embeds: bool = False


class Engine:
    """Looks at pictures. Not thread-safe: each worker thread makes its own.

    Args:
        models: The networks, opened.
        open_frames: What decodes the files.
        max_pixels: Most pixels of a picture, checked before it is decoded.
        max_frames: Most frames of an animated picture.
        max_faces: Most faces that are named, the detector's best first.
        fonts: What names are drawn with.
        max_seconds: The longest that a video or an animated sticker may last.
        clip_frames: Most frames of a video or an animation that are analysed.

    Raises:
        BundleError: a bundle does not load, or does not answer as its kind must.
        ConfigError: the detector is no cascade.
    """

    def __init__(
        self,
        models: Models,
        open_frames: FrameOpener,
        *,
        max_pixels: int,
        max_frames: int,
        max_faces: int,
        fonts: FontBook,
        max_seconds: float = 60.0,
        clip_frames: int = 5,
    ) -> None:
        self._max_faces, self._clip_frames = max_faces, clip_frames
        self._open_frames = partial(open_frames, max_pixels=max_pixels, max_frames=max_frames, max_seconds=max_seconds)
        self._info, self._id = models.classifier.info, models.classifier.id
        self._classifier = Classifier(models.classifier, models.characters)
        recognition = models.classifier.recognition
        self._kinship = (Teaching() if recognition is None else recognition.teaching).kinship
        self._detector = _open_detector(models.detector)
        self._annotator = Annotator(fonts)

    @property
    def embeds(self) -> bool:
        """Whether the classifier gives embeddings, so that it can be taught."""
        return self._classifier.embeds

    def analyse(self, data: bytes, options: AnalysisOptions = DEFAULT_OPTIONS) -> Analysis:
        """Find and name the faces in a picture file, in a video or in an animation.

        Returns:
            The sightings in reading order, their boxes in pixels of the upright original. Of a clip the frames that
            show everybody are one picture, and that is what the size, the boxes and the answer are of.

        Raises:
            PictureError: the picture cannot be used.
            AnalysisTimeout: the decoder did not come to an end.
            Stopping: the decoders are being stopped.
        """
        clock = _Clock()
        frames = self._open_frames(data, most=1 if options.face or options.boxes else self._clip_frames)
        clock.lap()
        found = [self._find(frame.image, options) for frame in frames]
        clock.lap()
        least = self._info.threshold if options.threshold is None else options.threshold
        named = [self._name(frame.image, faces, least, options) for frame, faces in zip(frames, found, strict=True)]
        seen = [sightings for sightings, _ in named]
        left_out = max(max(0, len(faces) - self._max_faces) for faces in found)
        if len(frames) == 1:
            decoded, sightings = frames[0], seen[0]
        else:
            embeddings = [vectors for _, vectors in named if vectors is not None]
            people = merge(seen, embeddings or None, self._kinship)
            left_out += max(0, len(people) - self._max_faces)
            decoded, sightings = lay_out(frames, people[: self._max_faces], least)
        order = in_reading_order([sighting.face for sighting in sightings])
        sightings = sorted(sightings, key=lambda sighting: order.index(sighting.face))
        clock.lap()
        drawn = [replace(sighting, guesses=sighting.likely(options.least_guess)) for sighting in sightings]
        drawing = self._annotator.draw(decoded.image, drawn, options.unknown) if options.annotate and drawn else None
        clock.lap()
        return Analysis(
            decoded.width,
            decoded.height,
            tuple(replace(s, face=replace(s.face, box=decoded.to_original(s.face.box))) for s in sightings),
            Timings(*clock.laps),
            left_out,
            drawing,
        )

    def embed(self, crop: bytes) -> Embedding:
        """Embed an encoded face crop, such as `Portrait.image`.

        Raises:
            PictureError: the picture cannot be used.
            AnalysisTimeout, Stopping: as of `analyse`.
            BundleError: the bundle gives no embeddings.
        """
        decoded = self._open_frames(crop, most=1)[0]
        embeddings = self._classifier.predict([decoded.image]).embeddings
        if embeddings is None:
            raise BundleError(f"the bundle {self._info.name} gives no embeddings: {TEACHABLE}")
        embedding: Embedding = embeddings[0]
        return embedding

    def probe(self, image: Image) -> None:
        """Look for faces in an RGB uint8 image, so that a detector that cannot run is found out before it is needed.

        Raises:
            BundleError: it cannot run.
        """
        try:
            self._detector.detect(image)
        except (*RUNTIME_ERRORS, cv2.error) as error:
            raise BundleError(f"the detector does not answer as a detector must: {error!r}") from error

    def _find(self, image: Image, options: AnalysisOptions) -> Sequence[Face]:
        """Return where faces are: as somebody has said, or as the detector does."""
        if options.face:
            return _whole(image)
        if options.boxes:
            height, width = image.shape[:2]
            return [Face(Box(x * width, y * height, w * width, h * height), 1.0) for x, y, w, h in options.boxes]
        return self._detector.detect(image)

    def _name(
        self, image: Image, faces: Sequence[Face], least: float, options: AnalysisOptions
    ) -> tuple[Sequence[Sighting], Values | None]:
        """Name the best faces of an image; with their embeddings, ``(count, dimensions)``, where there are any."""
        faces = faces[: self._max_faces]
        margin = 0 if options.face else self._info.margin

        def turn(place: int, tilt: float) -> Image:
            return crop_upright(image, faces[place].box, margin, tilt)

        crops = [image] if options.face else [crop_face(image, face.box, margin) for face in faces]
        seen = self._classifier.predict(crops, turn)
        named = self._classifier.name(seen, options.gallery, only_taught=options.only_taught)
        sightings = [
            Sighting(face, guesses, not guesses or guesses[0].probability < least)
            for face, guesses in zip(faces, named, strict=True)
        ]
        if options.portraits and seen.embeddings is not None:
            tilts = [0.0] * len(crops) if seen.tilts is None else seen.tilts.tolist()
            shown = [turn(place, tilt) if tilt else crops[place] for place, tilt in enumerate(tilts)]
            sightings = [
                replace(sighting, portrait=portray(crop, embedding, self._id))
                for sighting, crop, embedding in zip(sightings, shown, seen.embeddings, strict=True)
            ]
        return sightings, seen.embeddings


def in_reading_order(faces: Sequence[Face]) -> tuple[Face, ...]:
    """Sort faces row by row, from left to right, as people count them.

    A face is of the row above it where it shares at least `SAME_ROW` of its height with that row, as the row lies on
    average: heads in a row stand at different heights.
    """
    rows: list[list[Face]] = []
    for face in sorted(faces, key=lambda face: face.box.y + face.box.height / 2):
        if rows and _shares_row(face.box, [other.box for other in rows[-1]]):
            rows[-1].append(face)
        else:
            rows.append([face])
    return tuple(face for row in rows for face in sorted(row, key=lambda face: face.box.x))


def _shares_row(box: Box, row: Sequence[Box]) -> bool:
    top = sum(other.y for other in row) / len(row)
    height = sum(other.height for other in row) / len(row)
    shared = min(box.y + box.height, top + height) - max(box.y, top)
    return shared >= SAME_ROW * min(box.height, height)


def _whole(image: Image) -> tuple[Face, ...]:
    """Take an image for one face."""
    return (Face(Box(0, 0, image.shape[1], image.shape[0]), 1.0),)


def _open_detector(detector: Bundle | Path) -> Detector:
    return CascadeDetector(detector) if isinstance(detector, Path) else NetworkDetector(detector)


class _Clock:
    """Milliseconds between laps."""

    def __init__(self) -> None:
        self.laps: list[float] = []
        self._last = time.perf_counter()

    def lap(self) -> None:
        now = time.perf_counter()
        self.laps.append((now - self._last) * 1000)
        self._last = now
