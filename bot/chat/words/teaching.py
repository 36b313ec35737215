"""What whobot says of what it is taught: thanks, doubts, and who else has to agree."""

from collections.abc import Sequence
from gettext import NullTranslations


class TeachingWords:
    """The words of teaching, correcting and forgetting in one language."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._catalogue = catalogue

    # --- teaching ----------------------------------------------------------------------------------------------------

    def learnt(self, name: str, n: int) -> str:
        """Say that a character is known now, from so many pictures in all."""
        return self._catalogue.ngettext(
            "Thank you! I know {name} in this chat now, from {n} picture.",
            "Thank you! I know {name} in this chat now, from {n} pictures.",
            n,
        ).format(name=name, n=n)

    def waiting(self, name: str, n: int) -> str:
        """Say that what was taught does not count yet."""
        return self._catalogue.ngettext(
            "Thank you! {n} picture of {name} counts as soon as a second person, or somebody who manages this chat,"
            " confirms it.",
            "Thank you! {n} pictures of {name} count as soon as a second person, or somebody who manages this chat,"
            " confirms them.",
            n,
        ).format(name=name, n=n)

    def known_before(self, name: str, n: int) -> str:
        """Say that so many pictures were taught before."""
        return self._catalogue.ngettext(
            "I knew this picture of {name} already: it counts once.",
            "I knew {n} of these pictures of {name} already: each counts once.",
            n,
        ).format(name=name, n=n)

    def how_to_teach(self) -> str:
        """Say what to send to teach a character."""
        return self._catalogue.gettext(
            "Whom shall I learn? Send /teach with the name and a picture of the face, or reply to a picture with "
            "/teach and the name. Five pictures teach me much better than one."
        )

    def say_who(self) -> str:
        """Write who it is."""
        return self._catalogue.gettext("Say who it is…")

    def which_face(self, name: str) -> str:
        """Ask which of several faces is to be learnt."""
        return self._catalogue.gettext("There are several faces. Which one is {name}?").format(name=name)

    def none_of_them(self) -> str:
        """Say that none of several faces was learnt."""
        return self._catalogue.gettext("None of them, then: I have learnt none of these faces.")

    def one_face_only(self) -> str:
        """Ask for a picture of one face, where there is no button to choose one."""
        return self._catalogue.gettext("There are several faces. Cut out the one that you mean, and send that.")

    def strange(self, name: str, n: int) -> str:
        """Ask whether faces are meant that look nothing like the character."""
        return self._catalogue.ngettext(
            "This looks like somebody else, not like {name}. Add it anyway?",
            "These look like somebody else, not like {name}. Add them anyway?",
            n,
        ).format(name=name)

    def add_anyway(self) -> str:
        """They are meant."""
        return self._catalogue.gettext("Add anyway")

    def cancel(self) -> str:
        """Give up what was begun."""
        return self._catalogue.gettext("Cancel")

    def nothing_added(self) -> str:
        """Say that a lesson was given up."""
        return self._catalogue.gettext("I have added nothing.")

    def somebody_new(self) -> str:
        """Not one of those whom a name may mean: a character of that name."""
        return self._catalogue.gettext("A new character")

    def odd(self, name: str) -> str:
        """Doubt that the pictures show one character."""
        return self._catalogue.gettext(
            "Some of the pictures look like different characters to me. Are they all {name}? If not, undo it."
        ).format(name=name)

    def alike(self, name: str, others: Sequence[str]) -> str:
        """Warn that the character looks like others."""
        return self._catalogue.gettext(
            "{name} looks a lot like {others} to me. More pictures of {name} help me tell them apart."
        ).format(name=name, others=", ".join(others))

    def written_alike(self, name: str, known: str) -> str:
        """Warn that a new name only looks like one that is known."""
        return self._catalogue.gettext(
            "{name} only looks like {known}: it is written with other letters, so I take it for somebody else. If you "
            "meant {known}, undo it and type the name anew."
        ).format(name=name, known=known)

    def forgotten(self, name: str, n: int) -> str:
        """Say that a character is not known any more."""
        return self._catalogue.ngettext(
            "I have forgotten {name}, and {n} picture with it.",
            "I have forgotten {name}, and {n} pictures with it.",
            n,
        ).format(name=name, n=n)

    # --- agreeing ----------------------------------------------------------------------------------------------------

    def confirmed(self, name: str, who: str) -> str:
        """Say that somebody has confirmed what was taught."""
        return self._catalogue.gettext("{who} has confirmed {name}. It counts from now on.").format(who=who, name=name)

    def rejected(self, name: str, who: str) -> str:
        """Say that somebody has rejected what was taught."""
        return self._catalogue.gettext("{who} has rejected {name}. It does not count.").format(who=who, name=name)

    def reverted(self, name: str) -> str:
        """Say that a change was taken back."""
        return self._catalogue.gettext("Taken back: about {name}, I know what I knew before.").format(name=name)

    def undo(self) -> str:
        """Label the button that takes a change back."""
        return self._catalogue.gettext("Undo")

    def confirm(self) -> str:
        """Label the button that agrees to a lesson."""
        return self._catalogue.gettext("Confirm")

    def reject(self) -> str:
        """Label the button that disagrees with a lesson."""
        return self._catalogue.gettext("Reject")

    # --- correcting --------------------------------------------------------------------------------------------------

    def who_is_it(self, face: str) -> str:
        """Ask who a face is that nobody knows."""
        return self._catalogue.gettext("{face}: who is it?").format(face=face)

    def who_instead(self, face: str) -> str:
        """Ask who a face really is."""
        return self._catalogue.gettext("{face}: who is it really?").format(face=face)

    def kept_with_a_name(self) -> str:
        """Say that the face is kept if the user says who it is."""
        return self._catalogue.gettext("If you say who, I keep the cut-out face to learn from it.")

    def kept(self, n: int) -> str:
        """Say that faces stay, whatever is said of them."""
        return self._catalogue.ngettext(
            "I keep the cut-out face to learn from it.", "I keep the cut-out faces to learn from them.", n
        )

    def nothing_kept(self) -> str:
        """Say that no face stays, whatever is said of it."""
        return self._catalogue.gettext("I keep nothing of the picture.")

    def choose(self) -> str:
        """Stand on a menu of names."""
        return self._catalogue.gettext("Choose a name")

    def search(self) -> str:
        """Look for a name that is not among the first."""
        return self._catalogue.gettext("Search…")

    def search_title(self) -> str:
        """Ask what to look for."""
        return self._catalogue.gettext("A part of the name or series")

    def someone_else(self) -> str:
        """Label the button for a name that is not offered."""
        return self._catalogue.gettext("Someone else…")

    def name_title(self) -> str:
        """Ask for a name."""
        return self._catalogue.gettext("Who is it?")

    def stranger(self) -> str:
        """Label the button for another character without a name."""
        return self._catalogue.gettext("I don't know who")

    def not_a_face(self) -> str:
        """Label the button for a box that shows no face."""
        return self._catalogue.gettext("Not a face")

    def no_match(self, text: str) -> str:
        """Say that a search found nothing."""
        return self._catalogue.gettext("I know nobody called {text}. “Someone else…” takes a new name.").format(
            text=text
        )

    def thanks_right(self, n: int) -> str:
        """Thank for confirming so many faces."""
        return self._catalogue.ngettext(
            "Thank you! I am glad that I was right.", "Thank you! I am glad that I was right {n} times.", n
        ).format(n=n)

    def thanks_name(self, name: str) -> str:
        """Thank for the name of a face."""
        return self._catalogue.gettext("Thank you! So that is {name}.").format(name=name)

    def thanks(self) -> str:
        """Thank for a correction without a name."""
        return self._catalogue.gettext("Thank you! I have taken note.")

    def not_kept(self) -> str:
        """Say that a correction only counts in the figures."""
        return self._catalogue.gettext("It counts in /stats only; I keep nothing of the picture.")

    def waits(self) -> str:
        """Say that a correction does not count as an example yet."""
        return self._catalogue.gettext(
            "I learn from it as soon as a second person, or somebody who manages this chat, confirms it."
        )

    def someone(self) -> str:
        """Name a person without a name."""
        return self._catalogue.gettext("Somebody")
