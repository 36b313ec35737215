"""Compose the answer to a question about pictures, cut to what the platform can carry."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.domain import Analysis, Capabilities, Reply, ReplyImage, Sighting
from bot.errors import UserError
from bot.replies.sentences import Bug, Sentences

ALT_LIMIT = 1000
"""Characters. Discord, the strictest, takes 1024."""

Result: TypeAlias = Analysis | UserError | Bug


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of the picture with this number in its message: an analysis, or why there is none."""

    number: int
    result: Result
    spoiler: bool = False


def compose(sentences: Sentences, findings: Sequence[Finding], capabilities: Capabilities) -> Reply:
    """Put what was found in the pictures of one message into one reply: a text, and an image for each with faces."""
    images, left_out = _images(sentences, findings, capabilities)
    limit = capabilities.caption_limit if images else capabilities.text_limit
    notes = [sentences.images_left_out(left_out)] if left_out else []
    texts = ("\n".join([*lines, *notes]) for lines in _versions(sentences, findings))
    return Reply(_first_fitting(texts, limit) or sentences.too_long(), images)


def _images(
    sentences: Sentences, findings: Sequence[Finding], capabilities: Capabilities
) -> tuple[tuple[ReplyImage, ...], int]:
    """Return the images to send, and how many cannot be sent."""
    images: list[ReplyImage] = []
    wanted = 0
    for finding in findings:
        analysis = finding.result
        if not isinstance(analysis, Analysis) or analysis.answer is None:
            continue
        wanted += 1
        image = analysis.answer
        if len(image.data) <= capabilities.image_bytes_limit and len(images) < capabilities.images_limit:
            alt = _alt(sentences, analysis) if capabilities.alt_text else ""
            name = image.filename if len(findings) == 1 else f"{finding.number}-{image.filename}"
            images.append(replace(image, filename=name, alt=alt, spoiler=finding.spoiler))
    return tuple(images), wanted - len(images)


def _alt(sentences: Sentences, analysis: Analysis) -> str:
    faces = [sentences.face(number, sighting, runners_up=False) for number, sighting in _numbered(analysis)]
    count = len(faces)
    shortened = ([*faces[:n], sentences.more_faces(count - n)] for n in range(count - 1, 0, -1))
    texts = (sentences.alt(count, listed) for listed in (faces, *shortened))
    return _first_fitting(texts, ALT_LIMIT) or sentences.alt_short(count)


def _versions(sentences: Sentences, findings: Sequence[Finding]) -> Iterator[list[str]]:
    """Yield the lines of the answer, with less and less detail."""
    counts = (len(finding.result.sightings) for finding in findings if isinstance(finding.result, Analysis))
    most = max(counts, default=0)
    yield _lines(sentences, findings, faces=most, runners_up=True)
    for faces in range(most, 0, -1):
        yield _lines(sentences, findings, faces=faces, runners_up=False)
    for pictures in range(len(findings) - 1, 0, -1):
        lines = _lines(sentences, findings[:pictures], faces=1, runners_up=False, headings=True)
        yield [*lines, sentences.more_pictures(len(findings) - pictures)]


def _lines(
    sentences: Sentences, findings: Sequence[Finding], *, faces: int, runners_up: bool, headings: bool | None = None
) -> list[str]:
    lines: list[str] = []
    for finding in findings:
        block = _block(sentences, finding.result, faces, runners_up)
        if not (len(findings) > 1 if headings is None else headings):
            lines += block
        elif isinstance(finding.result, Analysis) and finding.result.sightings:
            lines += [sentences.heading(finding.number), *block]
        else:
            lines.append(f"{sentences.heading(finding.number)} {' '.join(block)}")
    return lines


def _block(sentences: Sentences, result: Result, faces: int, runners_up: bool) -> list[str]:
    if not isinstance(result, Analysis):
        return [sentences.failure(result)]
    if not result.sightings:
        return [sentences.no_face()]
    shown = [sentences.face(n, sighting, runners_up=runners_up) for n, sighting in _numbered(result)][:faces]
    cut = len(result.sightings) - len(shown)
    if cut:
        shown.append(sentences.more_faces(cut))
    if result.faces_left_out:
        shown.append(sentences.faces_left_out(result.faces_left_out))
    return shown


def _numbered(analysis: Analysis) -> Iterator[tuple[int, Sighting]]:
    return enumerate(analysis.sightings, 1)


def _first_fitting(texts: Iterable[str], limit: int) -> str | None:
    return next((text for text in texts if _length(text) <= limit), None)


def _length(text: str) -> int:
    """Count as the strictest platform does: Telegram counts UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
