"""The words about how a chat is set."""

from collections.abc import Iterator, Sequence
from gettext import NullTranslations

from bot.chat.model import Chat
from bot.chat.words.languages import LANGUAGES
from bot.storage.values import ChatSettings, Keeping, Teachers

MOST_CHATS = 10
"""Watched chats of a server that are named at most."""


class SettingsWords:
    """The words about settings in one language."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._catalogue = catalogue

    def overview(self, settings: ChatSettings, chat: Chat, *, age_restricted_chats: bool) -> str:
        """Say how a chat is set, a line each.

        Args:
            age_restricted_chats: Its platform knows such.
        """
        lines = [self._naming(settings.threshold), self._speaking(settings.language), self._keeping(settings.keep)]
        if not chat.private:
            lines[:0] = self._watching(settings, hears_all=chat.hears_all)
            lines += self._learning(settings)
            if settings.adults_only and age_restricted_chats:
                lines.append(self._catalogue.gettext("I answer only while this chat is marked as age-restricted."))
        return "\n".join(lines)

    def _watching(self, settings: ChatSettings, *, hears_all: bool) -> Iterator[str]:
        t = self._catalogue
        if not settings.watch:
            yield t.gettext("I look at pictures when I am asked to. With /watch on I look at every one.")
            return
        yield t.gettext("I look at every picture that is posted here. /watch off ends that.")
        if not hears_all:
            yield t.gettext(
                "But this platform shows me only what is addressed to me. "
                "Make me an administrator here, or have whoever runs me turn that off."
            )
        if settings.quiet:
            yield t.gettext("Where nobody asked, I speak only when I know somebody.")
        else:
            yield t.gettext("Where nobody asked, I speak of every face. /quiet on limits that to those I know.")

    def watched(self, chats: Sequence[str]) -> str:
        """Say in which chats of this server every picture is looked at."""
        named = ", ".join(chats[:MOST_CHATS]) + (" …" if len(chats) > MOST_CHATS else "")
        return self._catalogue.gettext("On this server I look at every picture in: {chats}").format(chats=named)

    def _naming(self, threshold: float | None) -> str:
        if threshold is None:
            return self._catalogue.gettext("I name a face when I am sure enough.")
        return self._catalogue.gettext("I name a face from {percent} % on.").format(percent=f"{threshold * 100:.4g}")

    def _speaking(self, language: str | None) -> str:
        if language is None:
            return self._catalogue.gettext("I speak everybody's own language, where I know it.")
        return self._catalogue.gettext("I speak this language: {language}").format(language=LANGUAGES[language])

    def _keeping(self, keep: Keeping) -> str:
        t = self._catalogue
        match keep:
            case Keeping.NOTHING:
                return t.gettext("When I am corrected, I keep nothing of the picture.")
            case Keeping.NAMED:
                return t.gettext("When I am told who somebody really is, I keep the cut-out face to learn from it.")
            case Keeping.JUDGED:
                return t.gettext("When I am told that I was right or wrong, I keep the cut-out face to learn from it.")

    def _learning(self, settings: ChatSettings) -> Iterator[str]:
        t = self._catalogue
        match settings.teachers:
            case Teachers.EVERYONE:
                yield t.gettext("Everybody may teach and correct me.")
            case Teachers.MANAGERS:
                yield t.gettext("Only those who manage this chat may teach and correct me.")
            case Teachers.NOBODY:
                yield t.gettext("Nobody may teach or correct me here.")
        if settings.confirm and settings.teachers is not Teachers.NOBODY:
            yield t.gettext("What one person teaches counts when a second one, or a manager, has confirmed it.")

    # --- what to press -----------------------------------------------------------------------------------------------

    def watch(self, on: bool) -> str:
        """Label the switch of watching."""
        return self._switch(self._catalogue.gettext("Watch"), on)

    def quiet(self, on: bool) -> str:
        """Label the switch of quiet watching."""
        return self._switch(self._catalogue.gettext("Quiet"), on)

    def confirm(self, on: bool) -> str:
        """Label the switch of second opinions."""
        return self._switch(self._catalogue.gettext("Second opinion"), on)

    def adults_only(self, on: bool) -> str:
        """Label the switch of silence outside age-restricted chats."""
        return self._switch(self._catalogue.gettext("Age-restricted only"), on)

    def threshold_menu(self) -> str:
        """Head the choice of thresholds."""
        return self._catalogue.gettext("How sure must I be to name a face?")

    def threshold(self, percent: int | None) -> str:
        """Label a threshold; None is the network's own."""
        if percent is None:
            return self._catalogue.gettext("As I see fit")
        return self._catalogue.gettext("{percent} %").format(percent=percent)

    def language_menu(self) -> str:
        """Head the choice of languages."""
        return self._catalogue.gettext("Which language shall I speak?")

    def everybodys_own(self) -> str:
        """Label the choice of no language for all."""
        return self._catalogue.gettext("Everybody's own")

    def teachers_menu(self) -> str:
        """Head the choice of who may teach."""
        return self._catalogue.gettext("Who may teach and correct me?")

    def teachers(self, teachers: Teachers) -> str:
        """Label a choice of who may teach."""
        t = self._catalogue
        match teachers:
            case Teachers.EVERYONE:
                return t.gettext("Everybody")
            case Teachers.MANAGERS:
                return t.gettext("Those who manage this chat")
            case Teachers.NOBODY:
                return t.gettext("Nobody")

    def keep_menu(self) -> str:
        """Head the choice of what stays of a picture."""
        return self._catalogue.gettext("What shall I keep when I am corrected?")

    def keep(self, keep: Keeping) -> str:
        """Label a choice of what stays of a picture."""
        t = self._catalogue
        match keep:
            case Keeping.NOTHING:
                return t.gettext("Nothing of the picture")
            case Keeping.NAMED:
                return t.gettext("Faces that are named")
            case Keeping.JUDGED:
                return t.gettext("Every face that is judged")

    def _switch(self, name: str, on: bool) -> str:
        state = self._catalogue.gettext("on") if on else self._catalogue.gettext("off")
        return self._catalogue.gettext("{name}: {state}").format(name=name, state=state)
