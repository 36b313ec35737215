"""Every sentence that whobot says.

They are written as gettext wants them: the English sentence is the key, values have names, plurals go through
``ngettext``.
"""

import math
from collections.abc import Sequence
from gettext import NullTranslations

from bot import errors
from bot.chat.model import Bug, Failure, Unstored
from bot.chat.words.languages import LANGUAGES, listed
from bot.recognition import formats
from bot.recognition.characters import Characters
from bot.recognition.results import Guess, Sighting

RUNNERS_UP = 2
"""How many further names follow the best one."""
SURE = 0.6
"""The probability below which a name is given as a "maybe"."""


class Sentences:
    """The sentences in one language; guesses below `least_guess` are no words.

    Args:
        characters: Know the names that characters have in the script of that language.
    """

    def __init__(
        self, catalogue: NullTranslations, least_guess: float = 0.0, characters: Characters | None = None
    ) -> None:
        self._catalogue = catalogue
        self._least_guess = least_guess
        self._characters = characters or Characters()

    def failure(self, failure: Failure) -> str:  # noqa: PLR0912, PLR0915 - a sentence for each kind
        """Say why there is no answer, and what may help."""
        t = self._catalogue
        match failure:
            case Unstored(id):
                text = t.gettext(
                    "I cannot use my database right now, so nothing has changed. Please try again later. Whoever runs "
                    "me finds the reason under {id} in the log."
                ).format(id=id)
            case Bug(id):
                text = t.gettext(
                    "Something went wrong on my side, sorry. Whoever runs me finds the reason under {id} in the log."
                ).format(id=id)
            case errors.NoPicture():
                text = t.gettext("I see no picture. Send one along with your question, or reply to one.")
            case errors.UnsupportedFormat():
                text = t.gettext(
                    "I cannot read this file. I know {pictures} pictures, {videos} videos and animated stickers."
                ).format(pictures=listed(formats.names("image"), t), videos=listed(formats.names("video"), t))
            case errors.BrokenPicture():
                text = t.gettext("This picture is damaged or incomplete. Could you send it again?")
            case errors.DecodingFailed():
                text = t.gettext(
                    "I could not read this picture to its end. A smaller version, or one in another format, may do."
                )
            case errors.TooManyBytes(limit):
                text = t.gettext("This file is too large. I take up to {size}.").format(size=_size(limit))
            case errors.TooManyPixels(pixels, limit):
                text = t.gettext(
                    "This picture has {pixels} megapixels, and I take up to {limit}. A smaller version will do."
                ).format(pixels=_megapixels(pixels), limit=_megapixels(limit))
            case errors.SideTooLong(limit):
                text = t.gettext(
                    "This picture is too wide or too tall. I take up to {limit} pixels on a side. A smaller version "
                    "will do."
                ).format(limit=limit)
            case errors.TooManyFrames(limit):
                text = t.ngettext(
                    "This animation is too long. I take up to {n} frame.",
                    "This animation is too long. I take up to {n} frames.",
                    limit,
                ).format(n=limit)
            case errors.TooLong(seconds):
                text = t.ngettext(
                    "This video is too long. I look at videos of up to {n} second.",
                    "This video is too long. I look at videos of up to {n} seconds.",
                    round(seconds),
                ).format(n=round(seconds))
            case errors.TooManyPictures(limit):
                text = t.ngettext(
                    "That is too much for me. I take {n} picture at a time.",
                    "That is too much for me. I take up to {n} pictures at a time.",
                    limit,
                ).format(n=limit)
            case errors.DownloadFailed():
                text = t.gettext("I could not fetch the picture. Could you send it again?")
            case errors.DownloadTimeout():
                text = t.gettext("Fetching the picture took too long. Please try again in a while.")
            case errors.AnalysisTimeout():
                text = t.gettext("Looking at the picture took too long. Try again later, or with a smaller version.")
            case errors.Busy():
                text = t.gettext("I have my hands full right now. Please ask again in a moment.")
            case errors.Stopping():
                text = t.gettext("I am being restarted. Please ask again in a minute.")
            case errors.RateLimited(retry_after):
                seconds = max(1, math.ceil(retry_after))
                text = t.ngettext(
                    "That was a lot at once. Please ask again in {n} second.",
                    "That was a lot at once. Please ask again in {n} seconds.",
                    seconds,
                ).format(n=seconds)
            case errors.NotAllowed():
                text = t.gettext("Only people who manage this chat may do that.")
            case errors.BadSetting("threshold"):
                text = t.gettext("The threshold must be a number from 0 to 1.")
            case errors.BadSetting("language"):
                text = t.gettext("I do not speak that language. I know {languages}.").format(
                    languages=", ".join(f"{name} ({tag})" for tag, name in LANGUAGES.items())
                )
            case errors.Expired():
                text = t.gettext("These buttons have expired. Ask again, and you get new ones.")
            case errors.AdultsOnly():
                text = t.gettext(
                    "I answer here only if this chat is marked as age-restricted. A manager can change that."
                )
            case errors.CannotLearn():
                text = t.gettext("The network that I run with cannot be taught in a chat, sorry.")
            case errors.TeachingOff():
                text = t.gettext("Teaching and correcting are switched off in this chat.")
            case errors.BadName(limit):
                text = t.ngettext(
                    "A name needs from 1 to {n} letter, and no control characters.",
                    "A name needs from 1 to {n} letters, and no control characters.",
                    limit,
                ).format(n=limit)
            case errors.ActiveName():
                text = t.gettext("A name cannot hold a link, a command or a mention. Write it without.")
            case errors.UnclearName(name, candidates, misspelt, new):
                form = (
                    t.gettext("I know nobody called {name}. Did you mean {names}?")
                    if misspelt
                    else t.gettext("{name} could be any of these: {names}. Which one do you mean?")
                )
                text = form.format(name=name, names=", ".join(candidates))
                if new:
                    text += " " + t.gettext(
                        "Please send it again with the whole name. In quotation marks, “{name}” is somebody new."
                    ).format(name=name)
            case errors.NotTaught(name):
                text = t.gettext("Nobody has taught me {name} in this chat.").format(name=name)
            case errors.TooManyExamples(limit):
                text = t.ngettext(
                    "This chat has taught me {n} picture, and that is all I keep. /forget somebody to make room.",
                    "This chat has taught me {n} pictures, and that is all I keep. /forget somebody to make room.",
                    limit,
                ).format(n=limit)
            case errors.NameTaken(name):
                text = t.gettext("{name} is called so already.").format(name=name)
            case errors.SecondPersonNeeded():
                text = t.gettext("That takes a second person, or somebody who manages this chat.")
            case errors.Settled():
                text = t.gettext("That has been settled already.")
            case errors.OptedOut():
                text = t.gettext(
                    "Whoever posted this picture has asked me to leave their pictures alone. "
                    "If that was you: /optout off changes it."
                )
            case _:
                text = t.gettext("That did not work.")
        return text

    def face(self, number: int, sighting: Sighting, *, runners_up: bool) -> str:
        """Say who the face with this number in the picture is."""
        t = self._catalogue
        guesses = sighting.likely(self._least_guess)
        if not guesses:
            return t.gettext("{number}. Nobody I know").format(number=number)
        best, *others = guesses
        if sighting.unknown:
            names = ", ".join(map(self._name, guesses[:RUNNERS_UP]))
            return t.gettext("{number}. Nobody I know (looks a little like {names})").format(number=number, names=names)
        form = t.gettext("{number}. {guess}") if best.probability >= SURE else t.gettext("{number}. Maybe {guess}")
        line = form.format(number=number, guess=self.guess(best, series=True))
        worth_telling = [self.guess(guess) for guess in others[:RUNNERS_UP] if _percent(guess.probability) >= 1]
        if runners_up and worth_telling:
            line += t.gettext(" (or {guesses})").format(guesses="; ".join(worth_telling))
        return line

    def strangers(self, numbers: Sequence[int]) -> str:
        """Say that nobody knows the faces with these numbers, which are in order."""
        return self._catalogue.gettext("{number}. Nobody I know").format(number=_spans(numbers))

    def unknown(self) -> str:
        """Return the word that is drawn on an unknown face."""
        return self._catalogue.gettext("unknown")

    def more_faces(self, n: int) -> str:
        """Say that the list of faces is cut here."""
        return self._catalogue.ngettext("and {n} more", "and {n} more", n).format(n=n)

    def page(self, number: int, count: int) -> str:
        """Say which page of an answer this is."""
        return self._catalogue.gettext("Page {number} of {count}").format(number=number, count=count)

    def faces_left_out(self, n: int) -> str:
        """Say that the picture holds more faces than were named."""
        return self._catalogue.ngettext(
            "There is {n} more face that I have not named.", "There are {n} more faces that I have not named.", n
        ).format(n=n)

    def no_face(self) -> str:
        """Say that no face was found, and what may help."""
        return self._catalogue.gettext(
            "I found no anime face here. I see them best when they are large, upright and look towards you."
        )

    def heading(self, number: int) -> str:
        """Head the lines on one of several pictures."""
        return self._catalogue.gettext("Picture {number}:").format(number=number)

    def more_pictures(self, n: int) -> str:
        """Say that the list of pictures is cut here."""
        return self._catalogue.ngettext("and {n} more picture", "and {n} more pictures", n).format(n=n)

    def images_left_out(self, n: int) -> str:
        """Say that some annotated pictures cannot be shown in this chat."""
        return self._catalogue.ngettext(
            "({n} picture with the faces marked is too much to send here.)",
            "({n} pictures with the faces marked are too much to send here.)",
            n,
        ).format(n=n)

    def too_long(self) -> str:
        """Stand in for an answer that the chat cannot carry in any form."""
        return self._catalogue.gettext("The answer is too long for this chat.")

    def alt(self, n: int, faces: Sequence[str]) -> str:
        """Describe an annotated picture with `n` faces for those who cannot see it."""
        return self._catalogue.ngettext(
            "The picture with {n} face marked. {faces}", "The picture with {n} faces marked. {faces}", n
        ).format(n=n, faces="; ".join(faces))

    def alt_short(self, n: int) -> str:
        """Describe an annotated picture that shows too many faces to name them here."""
        return self._catalogue.ngettext(
            "The picture with {n} face marked and named.", "The picture with {n} faces marked and named.", n
        ).format(n=n)

    def ask_in_private(self) -> str:
        """Refuse to show to everybody what is for one person alone."""
        return self._catalogue.gettext("Ask me that in a private chat: here, everybody could read it.")

    def back(self) -> str:
        """Label the button to the page before, or to where one came from."""
        return self._catalogue.gettext("◀ Back")

    def forward(self) -> str:
        """Label the button to the next page."""
        return self._catalogue.gettext("Next ▶")

    def guess(self, guess: Guess, *, series: bool = False) -> str:
        """Name a character, the series where that is wanted and known, and how sure that is."""
        name = self._name(guess, spelt=series)
        if series and guess.series:
            name = f"{name} ({guess.series})"
        percent = _percent(guess.probability)
        if percent < 1:
            return self._catalogue.gettext("{name}, under 1 %").format(name=name)
        # A reader of "100 %" would not expect a mistake.
        return self._catalogue.gettext("{name}, {percent} %").format(name=name, percent=min(99, percent))

    def _name(self, guess: Guess, *, spelt: bool = False) -> str:
        """Write a name in the reader's script where it is known; where `spelt`, as the picture has it as well."""
        own = self._characters.written_in(guess.character, _language(self._catalogue))
        if own is None:
            return guess.name
        return f"{own} / {guess.name}" if spelt else own


def _language(catalogue: NullTranslations) -> str:
    return catalogue.info().get("language", "en")


def _spans(numbers: Sequence[int]) -> str:
    """Write numbers in order as people do: "2, 5–8"."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    texts = (span if len(span) < 3 else [f"{span[0]}–{span[-1]}"] for span in spans)
    return ", ".join(str(part) for text in texts for part in text)


def _percent(probability: float) -> int:
    return round(probability * 100)


def _size(count: int) -> str:
    if count < 1_000_000:
        return f"{count / 1000:.3g} kB"
    return f"{count / 1_000_000:.3g} MB"


def _megapixels(pixels: int) -> str:
    millions = pixels / 1_000_000
    return f"{millions:.0f}" if millions >= 100 else f"{millions:.3g}"
