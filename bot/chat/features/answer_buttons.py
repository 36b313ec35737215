"""The buttons under an answer: turning its pages, who else it may be, and taking it away."""

from bot.chat.actions import Action, number, write
from bot.chat.answers import Answer, AnsweredFace, Answers
from bot.chat.context import Context
from bot.chat.features.verdicts import said_of
from bot.chat.model import OPTIONS_LIMIT, Button, ButtonStyle, Menu, Option, Placement, Press, Reply, User
from bot.chat.presses import AboutAnswer, OnItsOwn, notice
from bot.chat.words import ButtonWords, TeachingWords, count_pages, turn_to
from bot.errors import Expired

CANDIDATES = 5
"""How many names "more like this" tells of a face."""


class UnderAnswers:
    """Places buttons under answers, and handles their presses."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    @property
    def about_answers(self) -> dict[str, AboutAnswer]:
        """What handles the verbs of buttons that need to know what was answered."""
        return {"page": self._turn, "more": self._more}

    @property
    def on_their_own(self) -> dict[str, OnItsOwn]:
        """What handles the other verbs."""
        return {"delete": self._delete}

    async def _turn(self, context: Context, answer: Answer, args: tuple[str, ...], _text: str | None) -> Reply:
        """Show a page of the answer, its first page again after something else was shown in its place."""
        page = number(args, 0, below=count_pages(answer.findings))
        text = turn_to(context.sentences, answer.findings, answer.text_limit(context), page)
        return Reply(text, buttons=rows(context, answer, page), placement=Placement.EDIT)

    async def _more(self, context: Context, answer: Answer, args: tuple[str, ...], _text: str | None) -> Reply:
        """Tell who else a face may be; ask which one where there are several."""
        words, faces = ButtonWords(context.catalogue), answer.faces
        place = number(args, 0, below=len(faces)) if args else 0 if len(faces) == 1 else None
        if place is None:
            text = words.which_face()
        else:
            guesses = faces[place].sighting.guesses[:CANDIDATES]
            text = words.candidates(context.sentences, name_of_face(context, answer, faces[place]), guesses)
        menus = (menu_of_faces(context, answer, "more", place),) if len(faces) > 1 else ()
        back = Button(words.back(), write("page", answer.token, 0))
        return Reply(text, buttons=((back,),), menus=menus, placement=Placement.EDIT)

    async def _delete(self, context: Context, action: Action, _text: str | None) -> Reply:
        """Take the answer away, for the one who asked and for those who manage the chat."""
        asker = self._asker(context, action.token)
        if not (context.manages or context.is_user(asker)):
            return notice(ButtonWords(context.catalogue).not_yours())
        self._answers.forget(action.token)
        return Reply(placement=Placement.DELETE)

    def _asker(self, context: Context, token: str) -> User:
        """Return who asked for an answer; of one that is forgotten, by the word of the platform.

        Raises:
            Expired: nobody knows.
        """
        try:
            return self._answers.recall(context, token).asker
        except Expired:
            press = context.incoming.request
            if isinstance(press, Press) and press.asker is not None:
                return press.asker
            raise


def rows(context: Context, answer: Answer, page: int = 0) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons that belong under a page of an answer; none where the platform has none."""
    if not context.capabilities.buttons:
        return ()
    words, token = ButtonWords(context.catalogue), answer.token
    turning = []
    if page > 0:
        turning.append(Button(words.back(), write("page", token, page - 1)))
    if page + 1 < count_pages(answer.findings):
        turning.append(Button(words.forward(), write("page", token, page + 1)))
    acting = [Button(words.delete(), write("delete", token), ButtonStyle.DANGER)]
    if answer.faces:
        acting.insert(0, Button(words.wrong(), write("wrong", token)))
        if any(said_of(seen.sighting) for seen in answer.faces):
            acting.insert(0, Button(TeachingWords(context.catalogue).right(), write("right", token)))
        if not answer.unasked:
            acting.insert(0, Button(words.more(), write("more", token)))
    return tuple(tuple(row) for row in (turning, acting) if row)


def menu_of_faces(context: Context, answer: Answer, verb: str, chosen: int | None = None) -> Menu:
    """Return a menu of an answer's faces, as many as a menu holds; choosing one presses `verb` with its place."""
    words = ButtonWords(context.catalogue)
    options = tuple(
        Option(_label(context, answer, seen), write(verb, answer.token, place), selected=place == chosen)
        for place, seen in enumerate(answer.faces[:OPTIONS_LIMIT])
    )
    return Menu(words.which_face(), options)


def _label(context: Context, answer: Answer, seen: AnsweredFace) -> str:
    name = name_of_face(context, answer, seen)
    sighting = seen.sighting
    return name if sighting.unknown or not sighting.guesses else f"{name}: {sighting.guesses[0].name}"


def name_of_face(context: Context, answer: Answer, seen: AnsweredFace) -> str:
    """Return what a face is called: its number, and that of its picture where there are several."""
    return ButtonWords(context.catalogue).face(seen.picture if len(answer.findings) > 1 else None, seen.number)
