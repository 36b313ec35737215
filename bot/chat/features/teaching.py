"""Teaching a character in a chat."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.chat.access import Rights
from bot.chat.actions import Pressed, number, write
from bot.chat.answers import AnsweredFace, faces_of
from bot.chat.commands import Arguments, Command, Kind, MessageMenu, Parameter
from bot.chat.context import Context
from bot.chat.features.answer_buttons import thumbnail
from bot.chat.lessons import MOST_CANDIDATES, counting, follow_up
from bot.chat.model import Button, ButtonStyle, Chat, PictureRequest, Prompt, Reply, User
from bot.chat.registry import Audience, ButtonHandler, Feature, Parts, RequestHandler
from bot.chat.replies import in_place
from bot.chat.words import Finding, TeachingWords, compose
from bot.errors import CannotLearn, Expired, OptedOut, UnclearName
from bot.recognition.results import Analysis, Portrait, Sighting
from bot.recognition.teaching import lookalikes, odd_ones, taught_before
from bot.storage.values import Example, Scope
from bot.texts import N_

A_ROW = 5
"""Buttons."""
MOST_FACES = 4 * A_ROW - 1
"""Faces to choose from: there are five rows, the last of which has what belongs to the other pictures."""


@dataclass(frozen=True, slots=True)
class Open:
    """A lesson that waits for a word: whom it means, whether its faces are meant, or which one of several is.

    Args:
        characters: Whom it teaches; where that is not clear, who may be meant, somebody new last; nobody where
            there was no name.
        faces: What it shows. Where several are of one picture, one of them is meant.
    """

    asker: User
    chat: Chat
    characters: tuple[str, ...]
    faces: tuple[AnsweredFace, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said to a lesson: what came of it, what is still to be answered, and the buttons for both."""

    lines: tuple[str, ...] = ()
    question: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()

    def text(self, failures: Sequence[str] = ()) -> str:
        """Return all of it, with what failed before the question."""
        return "\n".join([*self.lines, *failures, *([self.question] if self.question else ())])


@dataclass(frozen=True, slots=True)
class Teach(PictureRequest):
    """These pictures show `name`; where that is empty, somebody who is still to be named."""

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
        """Learn from each picture with one face; ask what is not clear.

        Raises:
            BadName, ActiveName: no character can be called so.
            UnclearName: it is not clear who is meant, and there are no buttons to ask with.
            CannotLearn: the bundle is not made for it.
            UserError: none of the pictures may or can be analysed.
        """
        if not self._backend.embeds:
            raise CannotLearn
        if not request.name and not request.pictures:
            return Reply(TeachingWords(context.catalogue).how_to_teach(), private=True)
        unclear: UnclearName | None = None
        characters: tuple[str, ...] = ()
        if request.name or not context.capabilities.buttons:
            try:
                characters = (await self._lessons.character_called(context, request.name),)
            except UnclearName as error:
                if not context.capabilities.buttons:
                    raise
                unclear, characters = error, _who_may_be_meant(error)
        findings = await self._analysis.analyse(context, request.pictures)
        lesson = Open(context.user, context.chat, characters, faces_of(findings))
        failures = self._failures(context, findings)
        if not lesson.faces:
            return Reply("\n".join(failures))
        if unclear is not None:
            said = await self._ask_whom(context, lesson, unclear)
        elif characters:
            said = await self._go_on(context, lesson)
        else:
            said = await self._ask_name(context, lesson)
        reply = Reply(said.text(failures), buttons=said.buttons)
        marked = [finding for finding in findings if len(faces_of([finding])) > 1]
        if not marked:
            return reply
        return replace(compose(context.sentences, marked, context.capabilities), text=reply.text, buttons=reply.buttons)

    async def _go_on(self, context: Context, lesson: Open, *, anyway: bool = False) -> _Said:
        """Learn what is clear, and ask what is not.

        Args:
            anyway: Faces that look like somebody else are meant.
        """
        (character,) = lesson.characters
        faces_in = Counter(seen.picture for seen in lesson.faces)
        clear = [seen for seen in lesson.faces if faces_in[seen.picture] == 1]
        earlier = await self._lessons.earlier(context, character)
        new, again = _sort_out(clear, earlier)
        strange = self._lessons.is_strange(character, [_portrait(seen.sighting) for seen in new], earlier)
        if strange and not anyway and context.capabilities.buttons:
            return await self._ask_anyway(context, lesson, len(new))
        said = await self._learn(context, character, new, again, earlier, doubted=strange and anyway)
        rest = tuple(seen for seen in lesson.faces if faces_in[seen.picture] > 1)
        if not rest:
            return said
        asked = await self._ask_which(context, replace(lesson, faces=rest))
        return replace(said, question=asked.question, buttons=(*asked.buttons, *said.buttons))

    async def _learn(
        self,
        context: Context,
        character: str,
        new: Sequence[AnsweredFace],
        again: Sequence[Example | None],
        earlier: Sequence[Example],
        *,
        doubted: bool,
    ) -> _Said:
        """Learn new faces, and agree to those that were taught before.

        Args:
            again: Those taught before, None within the same lesson.
            earlier: What shows the character in this chat.
            doubted: Somebody was asked already whether these are the character.
        """
        words, name = TeachingWords(context.catalogue), self._backend.characters.name(character)
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
        known = counting(earlier, self._backend.bundle_id)
        if not doubted and odd_ones(embeddings, known, kinship=self._backend.kinship):
            lines.append(words.odd(name))
        if (new or again) and (looks_like := await self._lessons.written_alike(context, character)):
            lines.append(words.written_alike(name, looks_like))
        if others := lookalikes(character, [seen.sighting for seen in new]):
            lines.append(words.alike(name, [self._backend.characters.name(other) for other in others]))
        return _Said(tuple(lines), buttons=() if lesson is None else (follow_up(context, lesson),))

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

    async def _ask_name(self, context: Context, lesson: Open) -> _Said:
        """Ask who is in pictures that came without a name."""
        words, token = TeachingWords(context.catalogue), await self._open.keep(lesson)
        prompt = Prompt(words.name_title())
        say = Button(words.say_who(), write("called", token), ButtonStyle.PRIMARY, prompt)
        return _Said(question=words.name_title(), buttons=((say, _cancel(words, token)),))

    async def _ask_whom(self, context: Context, lesson: Open, unclear: UnclearName) -> _Said:
        """Ask who is meant by a name that several may have, or that is misspelt."""
        words, token = TeachingWords(context.catalogue), await self._open.keep(lesson)
        *candidates, _new = lesson.characters
        names = tuple(map(self._backend.characters.name, candidates))
        question = context.sentences.failure(replace(unclear, candidates=names, new=False))
        rows = [(Button(name, write("whom", token, place)),) for place, name in enumerate(names)]
        new = Button(words.somebody_new(), write("whom", token, len(candidates)))
        return _Said(question=question, buttons=(*rows, (new, _cancel(words, token))))

    async def _ask_anyway(self, context: Context, lesson: Open, count: int) -> _Said:
        """Ask whether faces that look like somebody else are meant."""
        words, token = TeachingWords(context.catalogue), await self._open.keep(lesson)
        question = words.strange(self._backend.characters.name(lesson.characters[0]), count)
        anyway = Button(words.add_anyway(), write("anyway", token), ButtonStyle.PRIMARY)
        return _Said(question=question, buttons=((anyway, _cancel(words, token)),))

    async def _ask_which(self, context: Context, lesson: Open) -> _Said:
        """Ask which of several faces is meant."""
        words = TeachingWords(context.catalogue)
        if not context.capabilities.buttons:
            return _Said(question=words.one_face_only())
        token = await self._open.keep(lesson)
        several = len({seen.picture for seen in lesson.faces}) > 1
        buttons = [
            Button(
                f"{seen.picture}.{seen.number}" if several else f"{seen.number}",
                write("which", token, place),
                picture=thumbnail(context, seen),
            )
            for place, seen in enumerate(lesson.faces[:MOST_FACES])
        ]
        buttons.append(Button(context.catalogue.gettext("None of them"), write("none", token)))
        rows = tuple(tuple(buttons[start : start + A_ROW]) for start in range(0, len(buttons), A_ROW))
        return _Said(question=words.which_face(self._backend.characters.name(lesson.characters[0])), buttons=rows)

    async def called(self, context: Context, press: Pressed) -> Reply:
        """Go on with the name that was written."""
        lesson = await self._recall(context, press)
        try:
            character = await self._lessons.character_called(context, press.text or "")
        except UnclearName as unclear:
            said = await self._ask_whom(context, replace(lesson, characters=_who_may_be_meant(unclear)), unclear)
            return in_place(Reply(said.text(), buttons=said.buttons))
        return await self._answered(context, press, replace(lesson, characters=(character,)))

    async def whom(self, context: Context, press: Pressed) -> Reply:
        """Go on with whom a name was said to mean."""
        lesson = await self._recall(context, press)
        character = lesson.characters[number(press.args, 0, below=len(lesson.characters))]
        return await self._answered(context, press, replace(lesson, characters=(character,)))

    async def anyway(self, context: Context, press: Pressed) -> Reply:
        """Add faces that look like somebody else."""
        return await self._answered(context, press, await self._recall(context, press), anyway=True)

    async def cancel(self, context: Context, press: Pressed) -> Reply:
        """Give a lesson up."""
        await self._recall(context, press)
        await self._open.take(press.token)
        return in_place(Reply(TeachingWords(context.catalogue).nothing_added()))

    async def choose(self, context: Context, press: Pressed) -> Reply:
        """Learn the face that was chosen, and ask on where other pictures have several as well."""
        lesson = await self._recall(context, press)
        chosen = lesson.faces[number(press.args, 0, below=len(lesson.faces))]
        if await self._store.is_opted_out(chosen.author or lesson.asker):
            raise OptedOut
        rest = (seen for seen in lesson.faces if seen.picture != chosen.picture)
        return await self._answered(context, press, replace(lesson, faces=(chosen, *rest)))

    async def none(self, context: Context, press: Pressed) -> Reply:
        """Learn none of the faces that were to choose from."""
        await self._recall(context, press)
        await self._open.take(press.token)
        return in_place(Reply(TeachingWords(context.catalogue).none_of_them()))

    async def _recall(self, context: Context, press: Pressed) -> Open:
        """Return the lesson that a button is about.

        Raises:
            Expired: it is not remembered, or of another chat.
        """
        lesson = await self._open.get(press.token)
        if lesson is None or lesson.chat != context.chat:
            raise Expired
        return lesson

    async def _answered(self, context: Context, press: Pressed, lesson: Open, *, anyway: bool = False) -> Reply:
        """Go on with a lesson in the place of what was asked about it.

        Raises:
            OptedOut: whose pictures these are has opted out meanwhile.
            Expired: somebody else was quicker.
        """
        posters = {seen.author or lesson.asker for seen in lesson.faces}
        gone = {poster for poster in posters if await self._store.is_opted_out(poster)}
        faces = tuple(seen for seen in lesson.faces if (seen.author or lesson.asker) not in gone)
        if not faces:
            raise OptedOut
        if await self._open.take(press.token) is None:
            raise Expired
        said = await self._go_on(context, replace(lesson, faces=faces), anyway=anyway)
        return in_place(Reply(said.text(), buttons=said.buttons))


def _who_may_be_meant(unclear: UnclearName) -> tuple[str, ...]:
    """Return those who are offered for a name, and last somebody new of that name."""
    return (*unclear.ids[:MOST_CANDIDATES], unclear.name)


def _cancel(words: TeachingWords, token: str) -> Button:
    return Button(words.cancel(), write("cancel", token))


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


def _cost(question: Open) -> int:
    return 1_000 + sum(
        len(portrait.image) + portrait.embedding.nbytes
        for seen in question.faces
        if (portrait := seen.sighting.portrait)
    )


def _read(arguments: Arguments) -> Teach:
    return Teach(arguments.pictures, arguments.text)


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
    buttons=(
        ButtonHandler("which", Teaching.choose, rights=Rights.TEACHERS),
        ButtonHandler("none", Teaching.none, rights=Rights.TEACHERS),
        ButtonHandler("called", Teaching.called, rights=Rights.TEACHERS),
        ButtonHandler("whom", Teaching.whom, rights=Rights.TEACHERS),
        ButtonHandler("anyway", Teaching.anyway, rights=Rights.TEACHERS),
        ButtonHandler("cancel", Teaching.cancel, rights=Rights.TEACHERS),
    ),
    help=_help,
)
