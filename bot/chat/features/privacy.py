"""What whobot keeps, for how long, and where."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from gettext import NullTranslations

from bot.chat.commands import Command
from bot.chat.context import Context
from bot.chat.model import Reply, Request
from bot.chat.registry import Feature, Parts, Rate, RequestHandler
from bot.storage.values import REMOVED_KEPT, UNKNOWN_KEPT, Gathering, Keeping
from bot.texts import N_


@dataclass(frozen=True, slots=True)
class ShowPrivacy(Request):
    """What is kept?"""


class Privacy:
    """Tells what is kept."""

    def __init__(self, parts: Parts) -> None:
        self._remembered = timedelta(seconds=parts.limits.remembered_seconds)

    async def show(self, context: Context, _request: ShowPrivacy) -> Reply:
        """Tell it, as this chat is set."""
        keep = context.settings.keep
        t = context.catalogue
        hours, days = max(1, round(self._remembered.total_seconds() / 3600)), REMOVED_KEPT.days
        lines = [
            t.gettext("I analyse pictures on the machine that I run on, and pass them on to nobody."),
            _stored(t, keep),
            t.ngettext(
                "For the buttons under an answer I remember its faces for {n} hour at most, in memory only.",
                "For the buttons under an answer I remember its faces for {n} hours at most, in memory only.",
                hours,
            ).format(n=hours),
            *_conversation(t, context.capabilities.kept_minutes),
            _judged(t, keep),
            *_waiting(t, context.settings.gather),
            t.ngettext(
                "What was forgotten can be put back for {n} day; then it is gone.",
                "What was forgotten can be put back for {n} days; then it is gone.",
                days,
            ).format(n=days),
            _rest(t, page=context.capabilities.kept_minutes > 0),
            t.gettext("/mydata shows what I keep about you and deletes it. /optout on: I ignore your pictures."),
        ]
        return Reply("\n".join(lines), private=True)


def _conversation(t: NullTranslations, page_minutes: int) -> list[str]:
    """Say what is kept of a conversation itself, and of what was taught in it.

    Args:
        page_minutes: How long whobot keeps the pictures of the chat itself; 0 where a platform keeps them.
    """
    taught = t.gettext(
        "When somebody teaches me, I keep the cut-out face, the name, who taught it and when, in a database on that "
        "machine, until it is forgotten."
    )
    if not page_minutes:
        letters = t.gettext(
            "While I am answering I keep where it was asked, by whom and what, without the picture, so that "
            "the answer still comes after a crash. Of that a number stays for a day, so that nothing is answered "
            "twice."
        )
        links = t.gettext(
            "For two days I keep which of my answers belong to which messages, and who asked: by their ids "
            "alone, so that an answer can be taken back."
        )
        counts = t.gettext("It counts in this chat, and in all channels of its server.")
        return [letters, links, f"{taught} {counts}"]
    page = t.ngettext(
        "This page's messages are in memory only, until they are forgotten or I am restarted; its pictures for "
        "{n} minute at most.",
        "This page's messages are in memory only, until they are forgotten or I am restarted; its pictures for "
        "{n} minutes at most.",
        page_minutes,
    ).format(n=page_minutes)
    cookie = t.gettext(
        "A cookie in this browser finds what was set and taught here again, for a year. It is the only name that I "
        "have for you."
    )
    counts = t.gettext("It counts in this chat.")
    return [page, cookie, f"{taught} {counts}"]


def _rest(t: NullTranslations, *, page: bool) -> str:
    kept = t.gettext("I also keep how this chat is set, who has opted out, and who has taught and changed what.")
    if page:
        gone = t.gettext("“Forget” removes this chat, and all that I keep of it.")
    else:
        gone = t.gettext("When I am removed from a chat, all that I keep of it goes.")
    return f"{kept} {gone}"


def _stored(t: NullTranslations, keep: Keeping) -> str:
    if keep is Keeping.JUDGED:
        return t.gettext(
            "Nothing of a picture is stored unless somebody teaches me with it, or, as this chat is set, tells me "
            "that I was right or wrong."
        )
    return t.gettext("Nothing of a picture is stored unless somebody teaches me with it.")


def _waiting(t: NullTranslations, gather: Gathering) -> Iterator[str]:
    if gather is Gathering.UNKNOWN:
        days = UNKNOWN_KEPT.days
        yield t.ngettext(
            "As this chat is set, I keep cut-out faces that I do not know for {n} day, and who posted them, so that "
            "the people who manage this chat can name them.",
            "As this chat is set, I keep cut-out faces that I do not know for {n} days, and who posted them, so that "
            "the people who manage this chat can name them.",
            days,
        ).format(n=days)


def _judged(t: NullTranslations, keep: Keeping) -> str:
    match keep:
        case Keeping.NOTHING:
            return t.gettext(
                "When somebody tells me that I was right or wrong, I keep that, who said it and when, and nothing of "
                "the picture."
            )
        case Keeping.NAMED:
            return t.gettext(
                "When somebody tells me that I was right or wrong, I keep that, who said it and when. When they tell "
                "me who a face really is, that teaches me, and I keep the cut-out face as well."
            )
        case Keeping.JUDGED:
            return t.gettext(
                "When somebody tells me that I was right or wrong, I keep that, who said it and when, and the cut-out "
                "face."
            )


FEATURE = Feature(
    make=Privacy,
    commands=(Command("privacy", N_("What I keep, for how long, and where"), lambda _: ShowPrivacy()),),
    requests=(RequestHandler(ShowPrivacy, Privacy.show, rate=Rate.RIGHTS),),
)
