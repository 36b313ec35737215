"""The buttons under an answer: turning its pages, who else it may be, and taking it away."""

from collections.abc import Sequence

from bot.chat.actions import Pressed, number, write
from bot.chat.answers import Answer, AnsweredFace
from bot.chat.context import Context
from bot.chat.model import OPTIONS_LIMIT, Button, ButtonStyle, Menu, Option, Placement, Reply, User
from bot.chat.registry import ButtonHandler, Feature, Parts
from bot.chat.replies import notice
from bot.chat.words import count_pages, turn_to
from bot.errors import Expired
from bot.recognition.results import Guess

CANDIDATES = 5
"""How many names are told as other guesses of a face."""


class UnderAnswers:
    """Handles the presses of buttons under answers."""

    def __init__(self, parts: Parts) -> None:
        self._answers = parts.answers

    async def turn(self, context: Context, press: Pressed) -> Reply:
        """Show a page of the answer, its first page again after something else was shown in its place."""
        answer = await self._answers.recall(context, press.token)
        page = number(press.args, 0, below=count_pages(answer.findings))
        text = turn_to(context.sentences, answer.findings, answer.text_limit(context), page)
        return in_place_of(answer, text, rows(context, answer, page))

    async def more(self, context: Context, press: Pressed) -> Reply:
        """Tell who else a face may be; ask which one where there are several."""
        answer = await self._answers.recall(context, press.token)
        faces = answer.faces
        place = number(press.args, 0, below=len(faces)) if press.args else 0 if len(faces) == 1 else None
        if place is None:
            text = which_face(context)
        else:
            guesses = faces[place].sighting.guesses[:CANDIDATES]
            text = _candidates(context, name_of_face(context, answer, faces[place]), guesses)
        menus = (menu_of_faces(context, answer, "more", chosen=place),) if len(faces) > 1 else ()
        return in_place_of(answer, text, ((back_to(context, answer),),), menus)

    async def delete(self, context: Context, press: Pressed) -> Reply:
        """Take the answer away, for the one who asked and for those who manage the chat."""
        asker = await self._asker(context, press)
        if not (context.manages or context.is_user(asker)):
            text = context.catalogue.gettext(
                "Only the person who asked, or somebody who manages this chat, can delete this answer."
            )
            return notice(text)
        await self._answers.forget(press.token)
        return Reply(placement=Placement.DELETE)

    async def _asker(self, context: Context, press: Pressed) -> User:
        """Return who asked for an answer; where it is forgotten, who asked according to the platform.

        Raises:
            Expired: neither knows.
        """
        try:
            return (await self._answers.recall(context, press.token)).asker
        except Expired:
            if press.asker is None:
                raise
            return press.asker


def rows(context: Context, answer: Answer, page: int = 0) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons that belong under a page of an answer; none where the platform has none."""
    if not context.capabilities.buttons:
        return ()
    t, token = context.catalogue, answer.token
    turning = []
    if page > 0:
        turning.append(Button(context.sentences.back(), write("page", token, page - 1)))
    if page + 1 < count_pages(answer.findings):
        turning.append(Button(context.sentences.forward(), write("page", token, page + 1)))
    judging = []
    named = [seen.sighting.named is not None for seen in answer.faces]
    if any(named):
        judging.append(Button(t.gettext("Right!"), write("right", token)))
        judging.append(Button(t.gettext("Wrong?"), write("wrong", token)))
    if not all(named):
        judging.append(Button(t.gettext("Name this face"), write("name", token), ButtonStyle.PRIMARY))
    acting = [Button(t.gettext("Delete"), write("delete", token), ButtonStyle.DANGER)]
    if answer.faces and not answer.unasked:
        acting.insert(0, Button(t.gettext("Other guesses"), write("more", token)))
    return tuple(tuple(row) for row in (turning, judging, acting) if row)


def back_to(context: Context, answer: Answer) -> Button:
    """Return the button that shows an answer again, in the place of what was shown instead."""
    return Button(context.sentences.back(), write("page", answer.token, 0))


def in_place_of(
    answer: Answer, text: str, buttons: tuple[tuple[Button, ...], ...], menus: tuple[Menu, ...] = ()
) -> Reply:
    """Return what is shown in the place of an answer, hidden where that is."""
    return Reply(text, buttons=buttons, menus=menus, placement=Placement.EDIT, spoiler=answer.spoiler)


def menu_of_faces(
    context: Context, answer: Answer, verb: str, places: Sequence[int] | None = None, *, chosen: int | None = None
) -> Menu:
    """Return a menu of an answer's faces, as many as a menu holds; choosing one presses `verb` with its place.

    Args:
        places: Of the faces to choose from; all by default.
        chosen: The place of the one that is chosen already.
    """
    options = tuple(
        Option(
            _label(context, answer, answer.faces[place]),
            write(verb, answer.token, place),
            place == chosen,
            thumbnail(context, answer.faces[place]),
        )
        for place in (range(len(answer.faces)) if places is None else places)[:OPTIONS_LIMIT]
    )
    return Menu(which_face(context), options)


def thumbnail(context: Context, seen: AnsweredFace) -> bytes:
    """Return a face as a small picture, where the platform shows some and there is one."""
    portrait = seen.sighting.portrait
    return portrait.image if context.capabilities.thumbnails and portrait else b""


def which_face(context: Context) -> str:
    """Ask which of several faces is meant."""
    return context.catalogue.gettext("Which face?")


def _candidates(context: Context, face: str, guesses: Sequence[Guess]) -> str:
    """List who a face may be, the likeliest first."""
    lines = [context.catalogue.gettext("{face} looks most like:").format(face=face)]
    lines += [f"{rank}. {context.sentences.guess(guess)}" for rank, guess in enumerate(guesses, 1)]
    return "\n".join(lines)


def _label(context: Context, answer: Answer, seen: AnsweredFace) -> str:
    name = name_of_face(context, answer, seen)
    sighting = seen.sighting
    return name if sighting.unknown or not sighting.guesses else f"{name}: {sighting.guesses[0].name}"


def name_of_face(context: Context, answer: Answer, seen: AnsweredFace) -> str:
    """Return what a face is called: its number, and that of its picture where there are several."""
    t = context.catalogue
    if len(answer.findings) == 1:
        return t.gettext("Face {number}").format(number=seen.number)
    return t.gettext("Picture {picture}, face {number}").format(picture=seen.picture, number=seen.number)


FEATURE = Feature(
    make=UnderAnswers,
    buttons=(
        ButtonHandler("page", UnderAnswers.turn),
        ButtonHandler("more", UnderAnswers.more),
        ButtonHandler("delete", UnderAnswers.delete),
    ),
)
