"""Compose the answer to a question about pictures, cut to what the platform can carry."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.chat.model import Capabilities, Failure, Reply, ReplyImage, User
from bot.chat.words.sentences import Sentences
from bot.recognition.formats import suffix_of
from bot.recognition.results import Analysis, Sighting

ALT_LIMIT = 1000
"""Characters. Discord, the strictest, takes 1024."""
PAGE = 8
"""Lines about faces on one page of an answer that can be turned."""
FEW = 2
"""Strangers in one picture up to which each has a line of its own; more of them share one."""

Result: TypeAlias = Analysis | Failure


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
class _Line:
    """What one line tells of: a face with its number, or, without a sighting, all strangers of a picture."""

    numbers: tuple[int, ...]
    sighting: Sighting | None = None

    def text(self, sentences: Sentences, *, runners_up: bool) -> str:
        if self.sighting is None:
            return sentences.strangers(self.numbers)
        return sentences.face(self.numbers[0], self.sighting, runners_up=runners_up)


@dataclass(frozen=True, slots=True)
class _Part:
    """What is told of one finding: some of its lines, and whether they are the last of them."""

    finding: Finding
    lines: tuple[_Line, ...]
    whole: bool = True


def count_pages(findings: Sequence[Finding]) -> int:
    """Return how many pages an answer has: one, where there are few faces."""
    return max(1, -(-sum(len(_lines_on(finding)) for finding in findings) // PAGE))


def give_away(findings: Sequence[Finding]) -> bool:
    """Tell whether the names of who was found would give away a picture that was hidden."""
    return any(finding.spoiler and _lines_on(finding) for finding in findings)


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
        lines = _lines_on(finding)
        shown = lines[max(0, first - start) : max(0, last - start)]
        start += len(lines)
        # What has no face to show is told on the first page.
        if shown or (not lines and page == 0):
            parts.append(_Part(finding, shown, whole=start <= last))
    return parts


def _whole(finding: Finding) -> _Part:
    return _Part(finding, _lines_on(finding))


def _lines_on(finding: Finding) -> tuple[_Line, ...]:
    """Return a line for each face of a picture, in their order; many strangers are one line, behind the others."""
    if not isinstance(finding.result, Analysis):
        return ()
    faces = list(enumerate(finding.result.sightings, 1))
    strangers = tuple(number for number, sighting in faces if sighting.unknown)
    if len(strangers) <= FEW:
        return tuple(_Line((number,), sighting) for number, sighting in faces)
    named = (_Line((number,), sighting) for number, sighting in faces if not sighting.unknown)
    return (*named, _Line(strangers))


def _count(lines: Sequence[_Line]) -> int:
    return sum(len(line.numbers) for line in lines)


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
    lines = _lines_on(finding)
    faces = [line.text(sentences, runners_up=False) for line in lines]
    count = _count(lines)
    shortened = ([*faces[:n], sentences.more_faces(_count(lines[n:]))] for n in range(len(lines) - 1, 0, -1))
    texts = (sentences.alt(count, listed) for listed in (faces, *shortened))
    return _first_fitting(texts, ALT_LIMIT) or sentences.alt_short(count)


def _text(sentences: Sentences, parts: Sequence[_Part], limit: int, notes: Sequence[str], *, headings: bool) -> str:
    texts = ("\n".join([*lines, *notes]) for lines in _versions(sentences, parts, headings))
    return _first_fitting(texts, limit) or sentences.too_long()


def _versions(sentences: Sentences, parts: Sequence[_Part], headings: bool) -> Iterator[list[str]]:
    """Yield the lines of the answer, with less and less detail."""
    most = max((len(part.lines) for part in parts), default=0)
    yield _lines(sentences, parts, most, runners_up=True, headings=headings)
    for count in range(most, 0, -1):
        yield _lines(sentences, parts, count, runners_up=False, headings=headings)
    for pictures in range(len(parts) - 1, 0, -1):
        lines = _lines(sentences, parts[:pictures], 1, runners_up=False, headings=True)
        yield [*lines, sentences.more_pictures(len(parts) - pictures)]


def _lines(sentences: Sentences, parts: Sequence[_Part], count: int, *, runners_up: bool, headings: bool) -> list[str]:
    lines: list[str] = []
    for part in parts:
        block = _block(sentences, part, count, runners_up)
        if not headings:
            lines += block
        elif part.lines:
            lines += [sentences.heading(part.finding.number), *block]
        else:
            lines.append(f"{sentences.heading(part.finding.number)} {' '.join(block)}")
    return lines


def _block(sentences: Sentences, part: _Part, count: int, runners_up: bool) -> list[str]:
    result = part.finding.result
    if not isinstance(result, Analysis):
        return [sentences.failure(result)]
    if not part.lines:
        return [sentences.no_face()]
    shown = [line.text(sentences, runners_up=runners_up) for line in part.lines[:count]]
    cut = _count(part.lines[count:])
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
