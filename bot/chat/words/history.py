"""The words of the history and of the figures: who has taught what, and how often whobot was right."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from gettext import NullTranslations

from bot.storage.values import Action, Change, Score


class RecordWords:
    """The words of records in one language."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._catalogue = catalogue

    # --- history -----------------------------------------------------------------------------------------------------

    def history(self, page: int, lines: Sequence[str]) -> str:
        """Head a page of the history."""
        t = self._catalogue
        if not lines:
            return t.gettext("Nobody has taught me anything in this chat yet.")
        return "\n".join([t.gettext("What I was taught in this chat, page {page}:").format(page=page), *lines])

    def entry(self, number: int, change: Change, name: str) -> str:
        """Tell of one change."""
        t = self._catalogue
        who = change.by.name if change.by and change.by.name else t.gettext("somebody")
        when = change.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
        line = t.gettext("{number}. {when} UTC: {what}").format(
            number=number, when=when, what=self._what(change, name, who)
        )
        if change.reverted:
            line += " " + t.gettext("(taken back)")
        elif change.waiting:
            line += " " + t.gettext("(waits to be confirmed)")
        return line

    def _what(self, change: Change, name: str, who: str) -> str:
        t, added = self._catalogue, len(change.added)
        match change.action:
            case Action.TAUGHT:
                text = t.ngettext("{who} taught {name}, {n} picture", "{who} taught {name}, {n} pictures", added)
            case Action.CORRECTED:
                text = t.gettext("{who} corrected an answer about {name}")
            case Action.CONFIRMED:
                text = t.gettext("{who} confirmed an answer: {name}")
            case Action.APPROVED:
                text = t.gettext("{who} agreed to what was taught about {name}")
            case Action.REJECTED:
                text = t.gettext("{who} rejected what was taught about {name}")
            case Action.FORGOTTEN:
                text = t.gettext("{who} had me forget {name}")
            case Action.REVERTED:
                text = t.gettext("{who} took back a change about {name}")
            case Action.PROMOTED:
                text = t.gettext("{name} is known in all chats now")
        return text.format(who=who, name=name, n=added)

    def revert(self, number: int) -> str:
        """Take back the change with this number."""
        return self._catalogue.gettext("Revert {number}").format(number=number)

    def confirm(self, number: int) -> str:
        """Agree to the change with this number."""
        return self._catalogue.gettext("Confirm {number}").format(number=number)

    def older(self) -> str:
        """To the changes before these."""
        return self._catalogue.gettext("Older ▶")

    def newer(self) -> str:
        """To the changes after these."""
        return self._catalogue.gettext("◀ Newer")

    # --- figures -----------------------------------------------------------------------------------------------------

    def stats(self, scores: Sequence[Score], names: Mapping[str, str], taught: int, limit: int) -> list[str]:
        """Tell how often whobot was right, by character, those that come first, for as many as there is room."""
        t = self._catalogue
        lines = [
            t.ngettext("{n} character was taught here.", "{n} characters were taught here.", taught).format(n=taught)
        ]
        judged = sum(score.judged for score in scores)
        if not judged:
            return [*lines, t.gettext("Nobody has told me yet whether I was right.")]
        right = sum(score.confirmed for score in scores)
        lines.append(
            t.ngettext(
                "Of {n} name that people judged, I had {percent} % right:",
                "Of {n} names that people judged, I had {percent} % right:",
                judged,
            ).format(n=judged, percent=round(100 * right / judged))
        )
        figures = t.gettext("{name}: {percent} % ({confirmed} confirmed, {corrected} corrected)")
        lines += [
            figures.format(
                name=names[score.character],
                percent=round(100 * score.precision),
                confirmed=score.confirmed,
                corrected=score.corrected,
            )
            for score in scores[:limit]
        ]
        rest = len(scores) - limit
        return [*lines, t.ngettext("and {n} more", "and {n} more", rest).format(n=rest)] if rest > 0 else lines
