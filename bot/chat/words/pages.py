"""The words of the pages that whobot shows: help, about, privacy, one's own data, the roster."""

from collections.abc import Sequence
from datetime import timedelta
from gettext import NullTranslations

from bot.storage.values import EVERYWHERE, Keeping, Scope, UserData

SAMPLE = 5
"""How many characters the help names."""


class PageWords:
    """The words of pages in one language."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._catalogue = catalogue

    def help(self, lines: Sequence[str], names: Sequence[str]) -> str:
        """Explain how whobot is used in a chat.

        Args:
            lines: What there is to ask for.
            names: Of all characters it knows.
        """
        head = self._catalogue.gettext("I tell who is in an anime picture.")
        return "\n".join([head, "", *lines, "", self._known(names)])

    def _known(self, names: Sequence[str]) -> str:
        sample = ", ".join(names[:SAMPLE])
        if len(names) > SAMPLE:
            sample += ", …"
        t = self._catalogue
        return t.ngettext(
            "I know {n} character: {names} (/roster)", "I know {n} characters: {names} (/roster)", len(names)
        ).format(n=len(names), names=sample)

    def about(
        self, *, version: str, bundle: str, bundle_id: str, detector: str, roster: int, taught: int, everywhere: int
    ) -> str:
        """Say what this whobot is made of.

        Args:
            roster: How many characters the bundle knows.
            taught: How many were taught in this chat.
            everywhere: How many the operator has taught, for every chat.
        """
        t = self._catalogue
        lines = [
            t.gettext("whobot {version}").format(version=version),
            t.gettext("Characters from {bundle} ({id})").format(bundle=bundle, id=bundle_id),
            t.gettext("Faces found by {detector}").format(detector=detector),
            t.ngettext("I know {n} character.", "I know {n} characters.", roster).format(n=roster),
        ]
        if taught:
            lines.append(
                t.ngettext("{n} character was taught here.", "{n} characters were taught here.", taught).format(
                    n=taught
                )
            )
        if everywhere:
            lines.append(
                t.ngettext(
                    "{n} character was taught by whoever runs me, for every chat.",
                    "{n} characters were taught by whoever runs me, for every chat.",
                    everywhere,
                ).format(n=everywhere)
            )
        return "\n".join(lines)

    def privacy(self, *, remembered: timedelta, removed: timedelta, keep: Keeping) -> str:
        """Say in plain words what is kept, for how long, and where.

        Args:
            remembered: How long answers are remembered for the buttons under them.
            removed: How long what was forgotten can be put back.
            keep: Of which judgements this chat keeps the faces.
        """
        t = self._catalogue
        hours, days = max(1, round(remembered.total_seconds() / 3600)), removed.days
        return "\n".join(
            [
                t.gettext("Pictures are looked at on the machine that I run on, and passed on to nobody."),
                self._stored(keep),
                t.ngettext(
                    "For the buttons under an answer I remember its faces for {n} hour at most, in memory only.",
                    "For the buttons under an answer I remember its faces for {n} hours at most, in memory only.",
                    hours,
                ).format(n=hours),
                t.gettext(
                    "For two days I keep which of my answers belong to which messages, and who asked: by their ids "
                    "alone, so that an answer can be taken back."
                ),
                t.gettext(
                    "Who teaches me has me keep the cut-out face, the name, and who it was and when, in a database on "
                    "that machine, until it is forgotten. It counts in this chat, and in all channels of its server."
                ),
                self._judged(keep),
                t.ngettext(
                    "What was forgotten can be put back for {n} day; then it is gone.",
                    "What was forgotten can be put back for {n} days; then it is gone.",
                    days,
                ).format(n=days),
                t.gettext(
                    "I also keep how this chat is set, who has opted out, and who has taught and changed what. "
                    "When I am removed from a chat, all that I keep of it goes."
                ),
                t.gettext("/mydata shows what I keep about you and deletes it. /optout on: I ignore your pictures."),
            ]
        )

    def _stored(self, keep: Keeping) -> str:
        t = self._catalogue
        if keep is Keeping.JUDGED:
            return t.gettext(
                "Nothing of a picture is stored unless somebody teaches me with it, or, as this chat is set, tells me "
                "that I was right or wrong."
            )
        return t.gettext("Nothing of a picture is stored unless somebody teaches me with it.")

    def _judged(self, keep: Keeping) -> str:
        t = self._catalogue
        match keep:
            case Keeping.NOTHING:
                return t.gettext(
                    "Who tells me that I was right or wrong has me keep that, who it was and when, and nothing of the "
                    "picture."
                )
            case Keeping.NAMED:
                return t.gettext(
                    "Who tells me that I was right or wrong has me keep that, who it was and when. Who tells me whom a "
                    "face really shows teaches me with it, so that I keep the cut-out face as well."
                )
            case Keeping.JUDGED:
                return t.gettext(
                    "Who tells me that I was right or wrong has me keep that, who it was and when, and the cut-out "
                    "face."
                )

    # --- one's own data ----------------------------------------------------------------------------------------------

    def my_data(self, data: UserData) -> str:
        """Say what is kept about somebody."""
        t = self._catalogue
        lines = [
            t.gettext("You have opted out: I ignore your pictures.")
            if data.opted_out
            else t.gettext("You have not opted out: I look at your pictures when I am asked to.")
        ]
        for n, text in (
            (
                data.examples,
                t.ngettext("{n} face that you have taught me", "{n} faces that you have taught me", data.examples),
            ),
            (
                data.removed,
                t.ngettext(
                    "{n} face of yours that was forgotten and can still be put back",
                    "{n} faces of yours that were forgotten and can still be put back",
                    data.removed,
                ),
            ),
            (
                data.verdicts,
                t.ngettext("{n} answer that you have judged", "{n} answers that you have judged", data.verdicts),
            ),
            (
                data.crops,
                t.ngettext(
                    "{n} cut-out face that I keep with such a judgement",
                    "{n} cut-out faces that I keep with such judgements",
                    data.crops,
                ),
            ),
            (
                data.changes,
                t.ngettext(
                    "{n} entry of a history with your name", "{n} entries of histories with your name", data.changes
                ),
            ),
            (
                data.questions,
                t.ngettext(
                    "{n} question of the last two days: the ids of its messages, and yours",
                    "{n} questions of the last two days: the ids of their messages, and yours",
                    data.questions,
                ),
            ),
        ):
            if n:
                lines.append(f"• {text.format(n=n)}")
        if len(lines) == 1:
            lines.append(t.gettext("Nothing else is kept about you."))
        return "\n".join(lines)

    def learnt_before(self) -> str:
        """Say, to who opts out, what becomes of what was learnt from pictures before."""
        return self._catalogue.gettext(
            "Faces that I was taught with before stay: I do not note whose picture a face is from. /mydata deletes "
            "those that you have taught me; to have others gone, ask somebody who may teach in that chat to /forget "
            "them."
        )

    def delete_all(self) -> str:
        """Label the button that deletes somebody's data."""
        return self._catalogue.gettext("Delete my data")

    def really(self) -> str:
        """Ask once more."""
        return self._catalogue.gettext(
            "All that you have taught and said will be gone for good, in every chat. An opt-out stays. Shall I?"
        )

    def yes(self) -> str:
        """Label the button that does it."""
        return self._catalogue.gettext("Yes, delete it")

    def no(self) -> str:
        """Label the button that leaves it."""
        return self._catalogue.gettext("No, keep it")

    def deleted(self) -> str:
        """Confirm that somebody's data is gone."""
        return self._catalogue.gettext("It is gone. Your name is no longer in any history either.")

    def ask_in_private(self) -> str:
        """Refuse to show somebody's data to everybody."""
        return self._catalogue.gettext("Ask me that in a private chat: here, everybody could read it.")

    # --- the roster --------------------------------------------------------------------------------------------------

    def roster(self, count: int, query: str) -> str:
        """Head a list of characters, all or those that match."""
        t = self._catalogue
        if not count:
            return (
                t.gettext("I know nobody like “{query}”.").format(query=query)
                if query
                else t.gettext("I know nobody yet.")
            )
        if not query:
            return t.ngettext("I know {n} character:", "I know {n} characters:", count).format(n=count)
        return t.ngettext(
            "I know {n} character like “{query}”:", "I know {n} characters like “{query}”:", count
        ).format(n=count, query=query)

    def character(self, name: str, series: str | None, taught: Scope | None) -> str:
        """Name a character of the list; `taught` tells where it was, if it was."""
        t = self._catalogue
        line = t.gettext("{name} ({series})").format(name=name, series=series) if series else name
        if taught is None:
            return line
        if taught == EVERYWHERE:
            return t.gettext("{character}, taught by whoever runs me").format(character=line)
        return t.gettext("{character}, taught here").format(character=line)

    def more_characters(self, n: int) -> str:
        """Say that the list is cut here, and how to see the rest."""
        return self._catalogue.ngettext(
            "and {n} more. /roster with a part of a name finds them.",
            "and {n} more. /roster with a part of a name finds them.",
            n,
        ).format(n=n)
