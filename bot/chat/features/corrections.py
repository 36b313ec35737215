"""What people say of an answer: it was right, it was wrong, and who it really is."""

from dataclasses import dataclass, replace

from bot.chat.access import Rights
from bot.chat.actions import Pressed, number, write
from bot.chat.answers import Answer
from bot.chat.context import Context
from bot.chat.features.answer_buttons import back_to, in_place_of, menu_of_faces, name_of_face, which_face
from bot.chat.lessons import MOST_CANDIDATES, follow_up
from bot.chat.model import OPTIONS_LIMIT, Button, ButtonStyle, Chat, Menu, Option, Prompt, Reply
from bot.chat.registry import ButtonHandler, Feature, Parts
from bot.chat.replies import notice
from bot.chat.verdicts import Judgement, Judging
from bot.chat.words import TeachingWords
from bot.errors import Expired, UnclearName
from bot.storage.values import Scope, Truth

CANDIDATES = 6
"""How many names are offered before a search."""
CHOICE_BYTES = 500
ANYWAY = "anyway"
"""Said with a name that was chosen although the face looks like somebody else."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The names that a menu offers for a face of an answer."""

    chat: Chat
    answer: str
    place: int
    characters: tuple[str, ...]


class Corrections:
    """Asks who a face really is, and takes down what people say."""

    def __init__(self, parts: Parts) -> None:
        self._answers = parts.answers
        self._backend = parts.backend
        self._store = parts.store
        self._lessons = parts.lessons
        self._judging = Judging(parts.backend, parts.store, parts.lessons)
        self._choices = parts.memories.memory("choices", _cost)

    async def right(self, context: Context, press: Pressed) -> Reply:
        """Confirm every face of the answer that was named."""
        answer = await self._answers.recall(context, press.token)
        words = TeachingWords(context.catalogue)
        named = [(place, said) for place, seen in enumerate(answer.faces) if (said := seen.sighting.named)]
        if not named:
            raise Expired  # no button of ours says that
        judged = [await self._judging.judge(context, answer, place, Truth.CHARACTER, said) for place, said in named]
        kept = sum(judgement.kept for judgement in judged)
        return notice("\n".join([words.thanks_right(len(named)), *([words.kept(kept)] if kept else ())]))

    async def wrong(self, context: Context, press: Pressed) -> Reply:
        """Ask who a face really is; ask first which one, where there are several."""
        answer = await self._answers.recall(context, press.token)
        if len(answer.faces) > 1 and not press.args:
            menus = (menu_of_faces(context, answer, "wrong"),)
            return in_place_of(answer, which_face(context), ((back_to(context, answer),),), menus)
        place = _face(answer, press)
        sighting = answer.faces[place].sighting
        offered = [guess.character for guess in sighting.guesses if guess.character != sighting.named]
        return await self._ask(context, answer, place, tuple(offered[:CANDIDATES]))

    async def name(self, context: Context, press: Pressed) -> Reply:
        """Ask who a face is that nobody knows; ask first which one, where there are several."""
        answer = await self._answers.recall(context, press.token)
        strangers = [place for place, seen in enumerate(answer.faces) if seen.sighting.named is None]
        if len(strangers) > 1 and not press.args:
            menus = (menu_of_faces(context, answer, "name", strangers),)
            return in_place_of(answer, which_face(context), ((back_to(context, answer),),), menus)
        place = _face(answer, press) if press.args or not strangers else strangers[0]
        offered = tuple(guess.character for guess in answer.faces[place].sighting.guesses[:CANDIDATES])
        return await self._ask(context, answer, place, offered)

    async def search(self, context: Context, press: Pressed) -> Reply:
        """Offer the names that match what was written."""
        answer = await self._answers.recall(context, press.token)
        place = _face(answer, press)
        taught = map(self._backend.characters.current, await self._store.taught(Scope.of(context.chat)))
        known = tuple(dict.fromkeys((*taught, *self._backend.roster)))
        characters = await self._lessons.characters(context, known)
        found = characters.search(press.text or "", known) or characters.match(press.text or "", known).ids
        if not found:
            return notice(TeachingWords(context.catalogue).no_match(press.text or ""))
        return await self._ask(context, answer, place, found[:OPTIONS_LIMIT])

    async def pick(self, context: Context, press: Pressed) -> Reply:
        """Take down the name that was chosen from a menu."""
        choice = await self._choices.get(press.token)
        if choice is None or choice.chat != context.chat:
            raise Expired
        answer = await self._answers.recall(context, choice.answer)
        character = choice.characters[number(press.args, 0, below=len(choice.characters))]
        return await self._called(context, answer, choice.place, character, anyway=press.args[1:] == (ANYWAY,))

    async def someone_else(self, context: Context, press: Pressed) -> Reply:
        """Take down a name that was written; ask whom it means where that is not clear."""
        answer = await self._answers.recall(context, press.token)
        place = _face(answer, press)
        try:
            character = await self._lessons.character_called(context, press.text or "")
        except UnclearName as unclear:
            return await self._ask_whom(context, answer, place, unclear)
        return await self._called(context, answer, place, character)

    async def _called(
        self, context: Context, answer: Answer, place: int, character: str, *, anyway: bool = False
    ) -> Reply:
        """Take a name down; where the face will be kept and looks like somebody else, ask first."""
        portrait = answer.faces[place].sighting.portrait
        if not anyway and portrait and await self._judging.keeps(context, answer, place, named=True):
            earlier = await self._lessons.earlier(context, character)
            if self._lessons.is_strange(character, [portrait], earlier):
                return await self._ask_anyway(context, answer, place, character)
        return await self._take_down(context, answer, place, Truth.CHARACTER, character)

    async def _ask_whom(self, context: Context, answer: Answer, place: int, unclear: UnclearName) -> Reply:
        """Ask whom a written name means: those who may be meant, or somebody new."""
        words, ids = TeachingWords(context.catalogue), unclear.ids[:MOST_CANDIDATES]
        names = tuple(map(self._backend.characters.name, ids))
        choice = await self._choices.keep(Choice(context.chat, answer.token, place, (*ids, unclear.name)))
        labels = (*names, words.somebody_new())
        rows = tuple((Button(label, write("pick", choice, rank)),) for rank, label in enumerate(labels))
        question = context.sentences.failure(replace(unclear, candidates=names, new=False))
        return in_place_of(answer, question, (*rows, (back_to(context, answer),)))

    async def _ask_anyway(self, context: Context, answer: Answer, place: int, character: str) -> Reply:
        """Ask whether a face is meant that looks nothing like the character."""
        words = TeachingWords(context.catalogue)
        choice = await self._choices.keep(Choice(context.chat, answer.token, place, (character,)))
        anyway = Button(words.add_anyway(), write("pick", choice, 0, ANYWAY), ButtonStyle.PRIMARY)
        cancel = Button(words.cancel(), back_to(context, answer).action)
        return in_place_of(answer, words.strange(self._backend.characters.name(character), 1), ((anyway, cancel),))

    async def stranger(self, context: Context, press: Pressed) -> Reply:
        """Take down that it is another character, without a name."""
        answer = await self._answers.recall(context, press.token)
        return await self._take_down(context, answer, _face(answer, press), Truth.STRANGER, None)

    async def not_a_face(self, context: Context, press: Pressed) -> Reply:
        """Take down that there is no face."""
        answer = await self._answers.recall(context, press.token)
        return await self._take_down(context, answer, _face(answer, press), Truth.NOT_A_FACE, None)

    async def _take_down(
        self, context: Context, answer: Answer, place: int, truth: Truth, character: str | None
    ) -> Reply:
        """Store a verdict, say thanks, and let others agree where that is needed."""
        named = character is not None
        judged = await self._judging.judge(context, answer, place, truth, character, named=named)
        words = TeachingWords(context.catalogue)
        name = None if character is None else self._backend.characters.name(character)
        lines = [words.thanks() if name is None else words.thanks_name(name), *_consequence(words, judged)]
        if judged.lesson and character and (known := await self._lessons.written_alike(context, character)):
            lines.append(words.written_alike(character, known))
        buttons = (*(follow_up(context, judged.lesson) if judged.lesson else ()), back_to(context, answer))
        return in_place_of(answer, "\n".join(lines), (buttons,))

    async def _ask(self, context: Context, answer: Answer, place: int, characters: tuple[str, ...]) -> Reply:
        """Ask who a face is, with names to choose from and ways to answer without one."""
        words, token = TeachingWords(context.catalogue), answer.token
        choice = await self._choices.keep(Choice(context.chat, token, place, characters))
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
                back_to(context, answer),
            ),
        )
        face = answer.faces[place]
        ask = words.who_is_it if face.sighting.named is None else words.who_instead
        question = ask(name_of_face(context, answer, face))
        text = f"{question}\n{await self._what_stays(context, answer, place)}"
        return in_place_of(answer, text, rows, (Menu(words.choose(), options),) if options else ())

    async def _what_stays(self, context: Context, answer: Answer, place: int) -> str:
        """Say whether the face will be kept, before the user says who it is."""
        words = TeachingWords(context.catalogue)
        if await self._judging.keeps(context, answer, place, named=False):
            return words.kept(1)
        if await self._judging.keeps(context, answer, place, named=True):
            return words.kept_with_a_name()
        return words.nothing_kept()


def _consequence(words: TeachingWords, judged: Judgement) -> list[str]:
    """Say what a verdict does beside being counted, where that is not obvious."""
    if not judged.kept:
        return [words.not_kept()]
    return [words.waits()] if judged.lesson and not judged.lesson.counts else []


def _face(answer: Answer, press: Pressed) -> int:
    return number(press.args, 0, below=len(answer.faces)) if press.args or len(answer.faces) != 1 else 0


def _cost(choice: Choice) -> int:
    return CHOICE_BYTES + sum(map(len, choice.characters))


FEATURE = Feature(
    make=Corrections,
    buttons=(
        ButtonHandler("right", Corrections.right, rights=Rights.TEACHERS),
        ButtonHandler("wrong", Corrections.wrong, rights=Rights.TEACHERS),
        ButtonHandler("name", Corrections.name, rights=Rights.TEACHERS),
        ButtonHandler("search", Corrections.search, rights=Rights.TEACHERS),
        ButtonHandler("pick", Corrections.pick, rights=Rights.TEACHERS),
        ButtonHandler("else", Corrections.someone_else, rights=Rights.TEACHERS),
        ButtonHandler("stranger", Corrections.stranger, rights=Rights.TEACHERS),
        ButtonHandler("noface", Corrections.not_a_face, rights=Rights.TEACHERS),
    ),
)
