"""Every sentence of the page itself, and of the server to it, as gettext wants them: the English one is the key.

What whobot answers is worded elsewhere; this is the paper that it is written on.
"""

from gettext import NullTranslations

from bot.platforms.web.picture_store import MINUTES_KEPT
from bot.platforms.web.refusal import Refusal
from bot.platforms.web.uploads import MAX_FILES


def page_phrases(t: NullTranslations) -> dict[str, str]:
    """What the page says, by the names under which index.html and the scripts ask for it."""
    return {
        "about": t.gettext("Who is this? Drop a picture and whobot names the faces in it."),
        "add": t.gettext("Add pictures"),
        "cancel": t.gettext("Cancel"),
        "choose": t.gettext("Choose…"),
        "choose-picture": t.gettext("Choose a picture"),
        "close": t.gettext("Close"),
        "commands": t.gettext("Suggestions"),
        "conversation": t.gettext("Conversation"),
        "delete": t.gettext("Delete"),
        "delete-question": t.gettext("Delete this message and its answer?"),
        "download": t.gettext("Download"),
        "download-one": t.gettext("Download {name}"),
        "drop": t.gettext("Drop to ask who this is"),
        "empty-art": t.gettext("A picture with a boxed face, and beside it three names with their scores"),
        "empty-how": t.gettext("or drop one anywhere, or paste it with Ctrl V"),
        "empty-private": t.ngettext(
            "Pictures never leave whobot’s machine. It forgets them after {n} minute.",
            "Pictures never leave whobot’s machine. It forgets them after {n} minutes.",
            MINUTES_KEPT,
        ).format(n=MINUTES_KEPT),
        "empty-title": t.gettext("Who is this?"),
        "empty-what": t.gettext(
            "Give whobot an anime picture. It boxes every face, says who it may be, and how sure it is."
        ),
        "enlarge": t.gettext("Enlarge: {name}"),
        "enter": t.gettext("Come in"),
        "failed": t.gettext("Something went wrong on the way. Try again."),
        "forget": t.gettext("Forget chat"),
        "forget-button": t.gettext("Forget"),
        "forget-hint": t.gettext("Forget this chat and its pictures"),
        "forget-question": t.gettext(
            "Forget this chat: its messages and pictures, its settings and the characters it was taught?"
        ),
        "link": t.gettext("That was only a link. Copy the picture itself and paste it here, or save it first."),
        "looking": t.gettext("whobot is looking."),
        "message": t.gettext("Message"),
        "new-message": t.gettext("New message"),
        "newest": t.gettext("Newest message"),
        "no-script": t.gettext("The chat needs JavaScript. All of it comes from this whobot, none from elsewhere."),
        "not-a-picture": t.gettext("{name} is not a picture that whobot can read."),
        "not-kept": t.gettext("{name} is damaged, or no longer kept."),
        "not-shown": t.gettext("{name} cannot be shown."),
        "password": t.gettext("Password"),
        "people": t.gettext("People"),
        "people-hint": t.gettext("Whom I know, and what puts it right"),
        "photo": t.gettext("Take a photo"),
        "picture": t.gettext("Picture"),
        "placeholder": t.gettext("Add a picture, or type /"),
        "previews": t.gettext("Pictures to send"),
        "private": t.gettext("This whobot is private"),
        "progress": t.gettext("Progress"),
        "reconnecting": t.gettext("Reconnecting…"),
        "remove": t.gettext("Remove {name}"),
        "send": t.gettext("Send"),
        "send-hint": t.gettext("Send (Enter)"),
        "sending": t.gettext("Sending"),
        "skip": t.gettext("Skip to the message field"),
        "spoiler": t.gettext("Spoiler"),
        "spoiler-mark": t.gettext("Mark {name} as a spoiler"),
        "spoiler-show": t.gettext("Spoiler: show it"),
        "stage-accepted": t.gettext("Got it…"),
        "stage-analysing": t.gettext("Looking at the picture…"),
        "stage-analysing-many": t.gettext("Looking at picture {picture} of {pictures}…"),
        "stage-downloading": t.gettext("Fetching the picture…"),
        "stage-downloading-many": t.gettext("Fetching picture {picture} of {pictures}…"),
        "too-large": t.gettext("{name} is too much: {limit} MB fit in one message."),
        "too-many-files": t.ngettext(
            "At most {n} picture fits in one message.", "At most {n} pictures fit in one message.", MAX_FILES
        ).format(n=MAX_FILES),
        "unreachable": t.gettext("whobot cannot be reached right now. Is it still running?"),
        "you": t.gettext("You"),
        "zoom": t.gettext("Zoom in"),
    }


def sentence(refusal: Refusal, t: NullTranslations) -> str:
    """Say why a request is not taken, and what may help."""
    sentences = {
        "button": t.gettext("That button is no longer there."),
        "busy": t.gettext("Many pictures are being sent right now. Try again."),
        "crowded": t.gettext("Too many people are chatting here right now. Try again later."),
        "empty": t.gettext("Add a picture or write something first."),
        "form": t.gettext("The upload was damaged on its way. Try again."),
        "gone": t.gettext("This picture is no longer kept."),
        "host": t.gettext("This whobot does not answer under that name. Its operator can add it to web.allowed_hosts."),
        "json": t.gettext("That is not JSON."),
        "long_text": t.gettext("That text is too long."),
        "message": t.gettext("That message is no longer there."),
        "not_here": t.gettext("This whobot does not let you look after that chat."),
        "not_operator": t.gettext("Only whoever runs this whobot may do that."),
        "origin": t.gettext("Only whobot's own page may do this."),
        "password": t.gettext("This whobot asks for its password."),
        "session": t.gettext("This conversation has ended. Reload the page to begin a new one."),
        "slow": t.gettext("The upload took too long."),
        "slow_down": t.gettext("Too many wrong passwords. Try again in {seconds} s."),
        "stopping": t.gettext("whobot is shutting down. Try again in a moment."),
        "streams": t.gettext("This conversation is open in too many tabs. Close some."),
        "too_large": t.gettext("That is too much at once: {megabytes} MB fit in one message."),
        "too_many_files": t.gettext("At most {limit} pictures fit in one message."),
        "wait": t.gettext("One moment: whobot is still at your last questions."),
        "wrong_password": t.gettext("That is not the password."),
    }
    return sentences[refusal.kind].format(**refusal.facts)
