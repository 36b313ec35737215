"""Teaching a character in a chat."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.chat.access import Rights
from bot.chat.actions import Pressed, number, write
from bot.chat.answers import AnsweredFace, faces_of
from bot.chat.commands import Arguments, Command, Kind, MessageMenu, Parameter
from bot.chat.context import Context
from bot.chat.lessons import follow_up
from bot.chat.model import OPTIONS_LIMIT, Button, Chat, PictureRequest, Reply, User
from bot.chat.registry import Audience, ButtonHandler, Feature, Parts, RequestHandler
from bot.chat.replies import in_place
from bot.chat.words import Finding, TeachingWords, compose
from bot.errors import CannotLearn, Expired, OptedOut
from bot.recognition.gallery import Embedding
from bot.recognition.results import Analysis, Portrait, Sighting
from bot.recognition.teaching import lookalikes, odd_ones, taught_before
from bot.storage.values import Example, Scope, State
from bot.texts import N_

A_ROW = 5
"""Buttons."""


@dataclass(frozen=True, slots=True)
class Open:
    """Faces of pictures that show several: `asker` has yet to say which one is `character`."""

    asker: User
    chat: Chat
    character: str
    faces: tuple[AnsweredFace, ...]


@dataclass(frozen=True, slots=True)
class Teach(PictureRequest):
    """These pictures show `name`."""

    name: str


class Teaching:
    """Learns a character from pictures."""

    def __init__(self, parts: Parts) -> None:
        self._analysis = parts.analysis
        self._backend = parts.backend
        self._store = parts.store
        self._lessons = parts.lessons
        self._open = parts.memories.asker_memory("which face", _cost)

    async def teach(self, context: Context, request: Teach) -> Reply:
        """Learn from each picture with one face; ask which face it is in those with several.

        Raises:
            BadName, ActiveName: no character can be called so.
            UnclearName: it is not clear who is meant.
            CannotLearn: the bundle is not made for it.
            UserError: none of the pictures may or can be analysed.
        """
        if not self._backend.embeds:
            raise CannotLearn
        character = await self._lessons.character_called(context, request.name)
        findings = await self._analysis.analyse(context, request.pictures)
        faces = [faces_of([finding]) for finding in findings]
        clear = [seen[0] for seen in faces if len(seen) == 1]
        unclear = [(finding, seen) for finding, seen in zip(findings, faces, strict=True) if len(seen) > 1]
        lines, buttons = await self._learn(context, character, clear)
        lines += self._failures(context, findings)
        if not unclear:
            return Reply("\n".join(lines), buttons=buttons)
        choice = [seen for _, several in unclear for seen in several]
        question, choices = await self._ask(context, context.user, character, choice)
        marked = compose(context.sentences, [finding for finding, _ in unclear], context.capabilities)
        return replace(marked, text="\n".join([*lines, question]), buttons=(*choices, *buttons))

    async def _learn(
        self, context: Context, character: str, faces: Sequence[AnsweredFace]
    ) -> tuple[list[str], tuple[tuple[Button, ...], ...]]:
        """Learn what is clear and new; return what to say of it, and the buttons that go with that."""
        if not faces:
            return [], ()
        words, name = TeachingWords(context.catalogue), self._backend.characters.name(character)
        earlier = await self._lessons.earlier(context, character)
        new, again = _sort_out(faces, earlier)
        agreed = [lesson for example in again if example and (lesson := await self._lessons.agree(context, example))]
        lines: list[str] = []
        lesson = agreed[0] if agreed else None
        if new:
            lesson = await self._lessons.learn(context, character, [_portrait(seen.sighting) for seen in new])
        if lesson is not None:
            count = (await self._store.taught(Scope.of(context.chat))).get(character, 0) if lesson.counts else len(new)
            lines.append(words.learnt(name, count) if lesson.counts else words.waiting(name, count))
        if len(again) > len(agreed):
            lines.append(words.known_before(name, len(again) - len(agreed)))
        embeddings = [_portrait(seen.sighting).embedding for seen in new]
        if odd_ones(embeddings, _counting(earlier, self._backend.bundle_id), kinship=self._backend.kinship):
            lines.append(words.odd(name))
        if known := await self._lessons.written_alike(context, character):
            lines.append(words.written_alike(name, known))
        if others := lookalikes(character, [seen.sighting for seen in new]):
            lines.append(words.alike(name, [self._backend.characters.name(other) for other in others]))
        return lines, (() if lesson is None else (follow_up(context, lesson),))

    def _failures(self, context: Context, findings: Sequence[Finding]) -> list[str]:
        """Say what was wrong with each picture that shows no face or could not be analysed."""
        lines = []
        for finding in findings:
            if isinstance(finding.result, Analysis):
                text = "" if finding.result.sightings else context.sentences.no_face()
            else:
                text = context.sentences.failure(finding.result)
            if text:
                lines.append(f"{context.sentences.heading(finding.number)} {text}" if len(findings) > 1 else text)
        return lines

    async def _ask(
        self, context: Context, asker: User, character: str, faces: Sequence[AnsweredFace]
    ) -> tuple[str, tuple[tuple[Button, ...], ...]]:
        """Ask which of the faces it is; return the question and the buttons to answer it with."""
        words = TeachingWords(context.catalogue)
        if not context.capabilities.buttons:
            return words.one_face_only(), ()
        token = await self._open.keep(Open(asker, context.chat, character, tuple(faces)))
        several = len({seen.picture for seen in faces}) > 1
        buttons = [
            Button(f"{seen.picture}.{seen.number}" if several else f"{seen.number}", write("which", token, place))
            for place, seen in enumerate(faces[: OPTIONS_LIMIT - A_ROW])
        ]
        rows = tuple(tuple(buttons[start : start + A_ROW]) for start in range(0, len(buttons), A_ROW))
        return words.which_face(self._backend.characters.name(character)), rows

    async def choose(self, context: Context, press: Pressed) -> Reply:
        """Learn the face that was chosen, and ask on where other pictures have several as well."""
        question = await self._open.get(press.token)
        if question is None or question.chat != context.chat:
            raise Expired
        chosen = question.faces[number(press.args, 0, below=len(question.faces))]
        if await self._store.is_opted_out(chosen.author or question.asker):
            raise OptedOut
        if await self._open.take(press.token) is None:
            raise Expired  # another person was quicker
        lines, buttons = await self._learn(context, question.character, [chosen])
        rest = [seen for seen in question.faces if seen.picture != chosen.picture]
        if rest:
            text, choices = await self._ask(context, question.asker, question.character, rest)
            lines, buttons = [*lines, text], (*choices, *buttons)
        return in_place(Reply("\n".join(lines), buttons=buttons))


def _portrait(sighting: Sighting) -> Portrait:
    if sighting.portrait is None:
        raise CannotLearn
    return sighting.portrait


def _sort_out(
    faces: Sequence[AnsweredFace], earlier: Sequence[Example]
) -> tuple[list[AnsweredFace], list[Example | None]]:
    """Tell new faces from those that were taught before; of these return the examples, None within one lesson."""
    new: list[AnsweredFace] = []
    again: list[Example | None] = []
    for seen in faces:
        portrait = _portrait(seen.sighting)
        same = next((example for example in earlier if _is_same(portrait, example)), None)
        if same is not None or taught_before(portrait.embedding, (_portrait(one.sighting).embedding for one in new)):
            again.append(same)
        else:
            new.append(seen)
    return new, again


def _is_same(portrait: Portrait, example: Example) -> bool:
    if example.image == portrait.image:
        return True
    if example.embedding is None or example.bundle_id != portrait.bundle_id:
        return False
    return taught_before(portrait.embedding, [example.embedding])


def _counting(examples: Iterable[Example], bundle_id: str) -> list[Embedding]:
    """Return the embeddings of examples that count, as a bundle sees them."""
    counting = (one for one in examples if one.state is State.CONFIRMED and one.bundle_id == bundle_id)
    return [one.embedding for one in counting if one.embedding is not None]


def _cost(question: Open) -> int:
    return 1_000 + sum(
        len(portrait.image) + portrait.embedding.nbytes
        for seen in question.faces
        if (portrait := seen.sighting.portrait)
    )


def _read(arguments: Arguments) -> Teach | None:
    return Teach(arguments.pictures, arguments.text) if arguments.text else None


def _help(parts: Parts, context: Context) -> Iterator[str]:
    if parts.backend.embeds and context.teaches:
        yield context.catalogue.gettext("/teach with a name and a picture: I know that character in this chat at once.")


NAME = Parameter("name", N_("Who it is"), Kind.NAME)

FEATURE = Feature(
    make=Teaching,
    commands=(
        Command(
            "teach",
            N_("Teach me a character: I know them in this chat at once"),
            _read,
            (NAME, Parameter("pictures", N_("Pictures that show their face"), Kind.PICTURES)),
        ),
    ),
    menus=(
        MessageMenu(
            "teach",
            N_("Teach this face"),
            lambda arguments: Teach(arguments.pictures, arguments.text),
            prompt=NAME.description,
        ),
    ),
    requests=(RequestHandler(Teach, Teaching.teach, rights=Rights.TEACHERS, audience=Audience.CHAT),),
    buttons=(ButtonHandler("which", Teaching.choose, rights=Rights.TEACHERS),),
    help=_help,
)
