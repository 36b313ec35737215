"""Compose the answer to a question about pictures, cut to what the platform can carry."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.chat.model import Capabilities, Reply, ReplyImage, User
from bot.chat.words.sentences import Bug, Sentences
from bot.errors import UserError
from bot.recognition.formats import suffix_of
from bot.recognition.results import Analysis, Sighting

ALT_LIMIT = 1000
"""Characters. Discord, the strictest, takes 1024."""
PAGE = 8
"""Faces on one page of an answer that can be turned."""

Result: TypeAlias = Analysis | UserError | Bug


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of the picture with this number in its message: an analysis, or why there is none.

    `author` is who posted the picture, where that is not the one who asks.
    """

    number: int
    result: Result
    spoiler: bool = False
    author: User | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """What a page says of one finding: some of its faces, by number, and whether the last of them is among them."""

    finding: Finding
    faces: tuple[tuple[int, Sighting], ...]
    whole: bool = True


def count_pages(findings: Sequence[Finding]) -> int:
    """Return how many pages an answer has: one, where there are few faces."""
    return max(1, -(-sum(len(_faces(finding)) for finding in findings) // PAGE))


def give_away(findings: Sequence[Finding]) -> bool:
    """Tell whether the names of who was found would give away a picture that was hidden."""
    return any(finding.spoiler and _faces(finding) for finding in findings)


def compose(
    sentences: Sentences, findings: Sequence[Finding], capabilities: Capabilities, *, paged: bool = False
) -> Reply:
    """Put what was found in the pictures of one message into one reply: a text, and an image for each with faces.

    Where `paged`, the text is the first page, and `turn_to` gives the others.
    """
    images, left_out = _images(sentences, findings, capabilities)
    limit = capabilities.caption_limit if images else capabilities.text_limit
    notes = [sentences.images_left_out(left_out)] if left_out else []
    if paged:
        text = turn_to(sentences, findings, limit, 0, notes)
    else:
        text = _text(sentences, list(map(_whole, findings)), limit, notes, headings=len(findings) > 1)
    return Reply(text, images, spoiler=give_away(findings))


def turn_to(sentences: Sentences, findings: Sequence[Finding], limit: int, page: int, notes: Sequence[str] = ()) -> str:
    """Return the text of one page of an answer, counted from 0."""
    count = count_pages(findings)
    if count > 1:
        notes = [*notes, sentences.page(page + 1, count)]
    return _text(sentences, _on_page(findings, page), limit, notes, headings=len(findings) > 1)


def _on_page(findings: Sequence[Finding], page: int) -> list[_Part]:
    first, last = page * PAGE, (page + 1) * PAGE
    parts, start = [], 0
    for finding in findings:
        faces = _faces(finding)
        shown = faces[max(0, first - start) : max(0, last - start)]
        start += len(faces)
        # A finding without faces stands on the first page.
        if shown or (not faces and page == 0):
            parts.append(_Part(finding, shown, whole=start <= last))
    return parts


def _whole(finding: Finding) -> _Part:
    return _Part(finding, _faces(finding))


def _faces(finding: Finding) -> tuple[tuple[int, Sighting], ...]:
    return tuple(enumerate(finding.result.sightings, 1)) if isinstance(finding.result, Analysis) else ()


def _images(
    sentences: Sentences, findings: Sequence[Finding], capabilities: Capabilities
) -> tuple[tuple[ReplyImage, ...], int]:
    """Return the images to send, and how many cannot be sent."""
    images: list[ReplyImage] = []
    wanted = 0
    for finding in findings:
        analysis = finding.result
        if not isinstance(analysis, Analysis) or analysis.drawing is None:
            continue
        wanted += 1
        image = analysis.drawing
        if len(image.data) <= capabilities.image_bytes_limit and len(images) < capabilities.images_limit:
            alt = _alt(sentences, finding) if capabilities.alt_text else ""
            number = "" if len(findings) == 1 else f"{finding.number}-"
            name = f"{number}whobot{suffix_of(image.media_type)}"
            images.append(ReplyImage(image.data, image.media_type, name, alt, finding.spoiler))
    return tuple(images), wanted - len(images)


def _alt(sentences: Sentences, finding: Finding) -> str:
    faces = [sentences.face(number, sighting, runners_up=False) for number, sighting in _faces(finding)]
    count = len(faces)
    shortened = ([*faces[:n], sentences.more_faces(count - n)] for n in range(count - 1, 0, -1))
    texts = (sentences.alt(count, listed) for listed in (faces, *shortened))
    return _first_fitting(texts, ALT_LIMIT) or sentences.alt_short(count)


def _text(sentences: Sentences, parts: Sequence[_Part], limit: int, notes: Sequence[str], *, headings: bool) -> str:
    texts = ("\n".join([*lines, *notes]) for lines in _versions(sentences, parts, headings))
    return _first_fitting(texts, limit) or sentences.too_long()


def _versions(sentences: Sentences, parts: Sequence[_Part], headings: bool) -> Iterator[list[str]]:
    """Yield the lines of the answer, with less and less detail."""
    most = max((len(part.faces) for part in parts), default=0)
    yield _lines(sentences, parts, most, runners_up=True, headings=headings)
    for faces in range(most, 0, -1):
        yield _lines(sentences, parts, faces, runners_up=False, headings=headings)
    for pictures in range(len(parts) - 1, 0, -1):
        lines = _lines(sentences, parts[:pictures], 1, runners_up=False, headings=True)
        yield [*lines, sentences.more_pictures(len(parts) - pictures)]


def _lines(sentences: Sentences, parts: Sequence[_Part], faces: int, *, runners_up: bool, headings: bool) -> list[str]:
    lines: list[str] = []
    for part in parts:
        block = _block(sentences, part, faces, runners_up)
        if not headings:
            lines += block
        elif part.faces:
            lines += [sentences.heading(part.finding.number), *block]
        else:
            lines.append(f"{sentences.heading(part.finding.number)} {' '.join(block)}")
    return lines


def _block(sentences: Sentences, part: _Part, faces: int, runners_up: bool) -> list[str]:
    result = part.finding.result
    if not isinstance(result, Analysis):
        return [sentences.failure(result)]
    if not part.faces:
        return [sentences.no_face()]
    shown = [sentences.face(number, sighting, runners_up=runners_up) for number, sighting in part.faces[:faces]]
    cut = len(part.faces) - len(shown)
    if cut:
        shown.append(sentences.more_faces(cut))
    if result.faces_left_out and part.whole:
        shown.append(sentences.faces_left_out(result.faces_left_out))
    return shown


def _first_fitting(texts: Iterable[str], limit: int) -> str | None:
    return next((text for text in texts if _length(text) <= limit), None)


def _length(text: str) -> int:
    """Count as the strictest platform does: Telegram counts UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
