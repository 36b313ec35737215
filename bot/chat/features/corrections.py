"""What people say of an answer: it was right, it was wrong, and who it really is."""

from dataclasses import dataclass

from bot.chat.actions import Action, number, write
from bot.chat.answers import Answer, Answers
from bot.chat.context import Context
from bot.chat.features.answer_buttons import menu_of_faces, name_of_face
from bot.chat.features.lessons import Lessons, check_teacher, follow_up
from bot.chat.features.verdicts import Judgement, Judging, said_of
from bot.chat.memory import Memory
from bot.chat.model import OPTIONS_LIMIT, Button, Chat, Menu, Option, Placement, Prompt, Reply
from bot.chat.presses import AboutAnswer, OnItsOwn, covered, notice
from bot.chat.words import ButtonWords, TeachingWords
from bot.config import Limits
from bot.errors import Expired
from bot.recognition.backend import Backend
from bot.storage.store import Store
from bot.storage.values import Scope, Truth

CANDIDATES = 6
"""How many names are offered before somebody searches."""
CHOICE_BYTES = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """The names that a menu offers for a face of an answer."""

    chat: Chat
    answer: str
    place: int
    characters: tuple[str, ...]


class Corrections:
    """Asks who a face really is, and takes down what people say."""

    def __init__(self, answers: Answers, backend: Backend, store: Store, lessons: Lessons, limits: Limits) -> None:
        self._answers = answers
        self._backend = backend
        self._store = store
        self._lessons = lessons
        self._judging = Judging(backend, store, lessons)
        self._choices = Memory[Choice](
            entries=limits.remembered,
            size=limits.remembered_bytes,
            seconds=limits.remembered_seconds,
            cost=lambda choice: CHOICE_BYTES + sum(map(len, choice.characters)),
        )

    @property
    def about_answers(self) -> dict[str, AboutAnswer]:
        """What handles each verb of buttons under answers."""
        return {
            "right": self._right,
            "wrong": self._wrong,
            "search": self._search,
            "else": self._someone_else,
            "stranger": self._stranger,
            "noface": self._not_a_face,
        }

    @property
    def on_their_own(self) -> dict[str, OnItsOwn]:
        """What handles the other verbs."""
        return {"pick": self._pick}

    async def _right(self, context: Context, answer: Answer, _args: tuple[str, ...], _text: str | None) -> Reply:
        """Confirm every face of the answer that was named."""
        check_teacher(context)
        words = TeachingWords(context.catalogue)
        named = [(place, said) for place, seen in enumerate(answer.faces) if (said := said_of(seen.sighting))]
        if not named:
            raise Expired  # no button of ours says that
        judged = [await self._judging.judge(context, answer, place, Truth.CHARACTER, said) for place, said in named]
        kept = sum(judgement.kept for judgement in judged)
        return notice("\n".join([words.thanks_right(len(named)), *([words.kept(kept)] if kept else ())]))

    async def _wrong(self, context: Context, answer: Answer, args: tuple[str, ...], _text: str | None) -> Reply:
        """Ask who a face really is; ask first which one, where there are several."""
        check_teacher(context)
        if len(answer.faces) > 1 and not args:
            words = ButtonWords(context.catalogue)
            menus = (menu_of_faces(context, answer, "wrong"),)
            return _in_place(words.which_face(), ((_back(context, answer),),), menus)
        place = _face(answer, args)
        sighting = answer.faces[place].sighting
        offered = [guess.character for guess in sighting.guesses if guess.character != said_of(sighting)]
        return await self._ask(context, answer, place, tuple(offered[:CANDIDATES]))

    async def _search(self, context: Context, answer: Answer, args: tuple[str, ...], text: str | None) -> Reply:
        """Offer the names that match what was written."""
        check_teacher(context)
        place = _face(answer, args)
        taught = map(self._backend.characters.current, await self._store.taught(Scope.of(context.chat)))
        known = tuple(dict.fromkeys((*taught, *self._backend.roster)))
        characters = self._backend.characters.including_taught(known)
        found = characters.search(text or "", known) or characters.match(text or "", known).ids
        if not found:
            return notice(TeachingWords(context.catalogue).no_match(text or ""))
        return await self._ask(context, answer, place, found[:OPTIONS_LIMIT])

    async def _pick(self, context: Context, action: Action, _text: str | None) -> Reply:
        """Take down the name that was chosen from a menu."""
        choice = self._choices.get(action.token)
        if choice is None or choice.chat != context.chat:
            raise Expired
        answer = self._answers.recall(context, choice.answer)
        character = choice.characters[number(action.args, 0, below=len(choice.characters))]
        return covered(answer, await self._take_down(context, answer, choice.place, Truth.CHARACTER, character))

    async def _someone_else(self, context: Context, answer: Answer, args: tuple[str, ...], text: str | None) -> Reply:
        """Take down a name that was written."""
        character = await self._lessons.character_called(context, text or "")
        return await self._take_down(context, answer, _face(answer, args), Truth.CHARACTER, character)

    async def _stranger(self, context: Context, answer: Answer, args: tuple[str, ...], _text: str | None) -> Reply:
        """Take down that it is somebody else, whoever that is."""
        return await self._take_down(context, answer, _face(answer, args), Truth.STRANGER, None)

    async def _not_a_face(self, context: Context, answer: Answer, args: tuple[str, ...], _text: str | None) -> Reply:
        """Take down that there is no face."""
        return await self._take_down(context, answer, _face(answer, args), Truth.NOT_A_FACE, None)

    async def _take_down(
        self, context: Context, answer: Answer, place: int, truth: Truth, character: str | None
    ) -> Reply:
        """Store a verdict, say thanks, and let others agree where that is needed."""
        check_teacher(context)
        named = character is not None
        judged = await self._judging.judge(context, answer, place, truth, character, named=named)
        words = TeachingWords(context.catalogue)
        name = None if character is None else self._backend.characters.name(character)
        lines = [words.thanks() if name is None else words.thanks_name(name), *_consequence(words, judged)]
        if judged.lesson and character and (known := await self._lessons.written_alike(context, character)):
            lines.append(words.written_alike(character, known))
        buttons = (*(follow_up(context, judged.lesson) if judged.lesson else ()), _back(context, answer))
        return _in_place("\n".join(lines), (buttons,))

    async def _ask(self, context: Context, answer: Answer, place: int, characters: tuple[str, ...]) -> Reply:
        """Ask who a face is, with names to choose from and ways to answer without one."""
        words, token = TeachingWords(context.catalogue), answer.token
        choice = self._choices.keep(Choice(context.chat, token, place, characters))
        names = [self._backend.characters.name(character) for character in characters]
        options = tuple(Option(name, write("pick", choice, rank)) for rank, name in enumerate(names))
        rows = (
            (
                Button(words.search(), write("search", token, place), prompt=Prompt(words.search_title())),
                Button(words.someone_else(), write("else", token, place), prompt=Prompt(words.name_title())),
            ),
            (
                Button(words.stranger(), write("stranger", token, place)),
                Button(words.not_a_face(), write("noface", token, place)),
                _back(context, answer),
            ),
        )
        question = words.who_instead(name_of_face(context, answer, answer.faces[place]))
        text = f"{question}\n{await self._what_stays(context, answer, place)}"
        return _in_place(text, rows, (Menu(words.choose(), options),) if options else ())

    async def _what_stays(self, context: Context, answer: Answer, place: int) -> str:
        """Say whether the face will be kept, before somebody says who it is."""
        words = TeachingWords(context.catalogue)
        if await self._judging.keeps(context, answer, place, named=False):
            return words.kept(1)
        if await self._judging.keeps(context, answer, place, named=True):
            return words.kept_with_a_name()
        return words.nothing_kept()


def _consequence(words: TeachingWords, judged: Judgement) -> list[str]:
    """Say what comes of a verdict beside its being counted, where somebody may wonder."""
    if not judged.kept:
        return [words.not_kept()]
    return [words.waits()] if judged.lesson and not judged.lesson.counts else []


def _face(answer: Answer, args: tuple[str, ...]) -> int:
    return number(args, 0, below=len(answer.faces)) if args or len(answer.faces) != 1 else 0


def _back(context: Context, answer: Answer) -> Button:
    return Button(ButtonWords(context.catalogue).back(), write("page", answer.token, 0))


def _in_place(text: str, buttons: tuple[tuple[Button, ...], ...], menus: tuple[Menu, ...] = ()) -> Reply:
    return Reply(text, buttons=buttons, menus=menus, placement=Placement.EDIT)
