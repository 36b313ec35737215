"""The words on the buttons under an answer, and what pressing them says."""

from collections.abc import Sequence
from gettext import NullTranslations

from bot.chat.words.sentences import Sentences
from bot.recognition.results import Guess


class ButtonWords:
    """The words of buttons in one language."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._catalogue = catalogue

    def back(self) -> str:
        """To the page before, or to where one came from."""
        return self._catalogue.gettext("◀ Back")

    def forward(self) -> str:
        """To the next page."""
        return self._catalogue.gettext("Next ▶")

    def more(self) -> str:
        """Who else looks like this?"""
        return self._catalogue.gettext("More like this")

    def wrong(self) -> str:
        """That is not who it is."""
        return self._catalogue.gettext("Wrong?")

    def delete(self) -> str:
        """Take the answer away."""
        return self._catalogue.gettext("Delete")

    def which_face(self) -> str:
        """Ask which of several faces is meant."""
        return self._catalogue.gettext("Which face?")

    def candidates(self, sentences: Sentences, heading: str, guesses: Sequence[Guess]) -> str:
        """List who a face may be, the likeliest first."""
        lines = [self._catalogue.gettext("{face} looks most like:").format(face=heading)]
        lines += [f"{rank}. {sentences.guess(guess)}" for rank, guess in enumerate(guesses, 1)]
        return "\n".join(lines)

    def face(self, picture: int | None, number: int) -> str:
        """Name a face by its number, and by that of its picture where there are several."""
        t = self._catalogue
        if picture is None:
            return t.gettext("Face {number}").format(number=number)
        return t.gettext("Picture {picture}, face {number}").format(picture=picture, number=number)

    def not_yours(self) -> str:
        """Refuse to take away an answer that somebody else asked for."""
        return self._catalogue.gettext("Only who asked, or who manages this chat, can delete this answer.")
