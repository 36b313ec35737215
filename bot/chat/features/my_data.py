"""What is kept about a person: shown to them alone, and deleted once they have confirmed it."""

from dataclasses import dataclass

from bot.chat.actions import Pressed, write
from bot.chat.commands import SWITCH, Arguments, Command, Kind, Parameter
from bot.chat.context import Context
from bot.chat.model import Button, ButtonStyle, Reply, Request
from bot.chat.registry import ButtonHandler, Feature, Parts, Rate, RequestHandler
from bot.chat.replies import in_place
from bot.storage.values import UserData
from bot.texts import N_


@dataclass(frozen=True, slots=True)
class OptOut(Request):
    """The user wants their pictures ignored from now on (`out`), or no longer ignored."""

    out: bool


@dataclass(frozen=True, slots=True)
class ShowMyData(Request):
    """What is kept about me?"""


class MyData:
    """Shows and deletes what is kept about the one who asks."""

    def __init__(self, parts: Parts) -> None:
        self._store = parts.store
        self._memories = parts.memories

    async def opt_out(self, context: Context, request: OptOut) -> Reply:
        """Ignore the asker's pictures from now on, or no longer; offer to delete what they have taught before."""
        await self._store.opt_out(context.user, request.out)
        t = context.catalogue
        if not request.out:
            return Reply(t.gettext("I look at your pictures again."), private=True)
        lines = [
            t.gettext("From now on I leave your pictures alone. /optout off changes that."),
            t.gettext(
                "Faces that I was taught with before stay: I do not note whose picture a face is from. /mydata "
                "deletes those that you have taught me; to have others gone, ask somebody who may teach in that chat "
                "to /forget them."
            ),
        ]
        # Where everybody reads along, a button would tell that there is something to delete.
        offered = context.can_be_private and _is_deletable(context, await self._store.data_of(context.user))
        return Reply("\n".join(lines), buttons=((_delete_button(context),),) if offered else (), private=True)

    async def show(self, context: Context, _request: Request) -> Reply:
        """Show what is kept about the asker, in private."""
        if not context.can_be_private:
            return Reply(context.sentences.ask_in_private())
        data = await self._store.data_of(context.user)
        buttons = ((_delete_button(context),),) if _is_deletable(context, data) else ()
        return Reply(_page(context, data), buttons=buttons, private=True)

    async def press(self, context: Context, press: Pressed) -> Reply:
        """Delete it, once they have said so twice. Whoever presses, it is about their own data."""
        t = context.catalogue
        match press.args:
            case ("ask",):
                text = t.gettext(
                    "Everything that you have taught and said will be gone for good, in every chat. An opt-out stays. "
                    "Do you want that?"
                )
                delete = Button(t.gettext("Yes, delete it"), write("mydata", "", "delete"), ButtonStyle.DANGER)
                keep = Button(t.gettext("No, keep it"), write("mydata", "", "show"))
                return in_place(Reply(text, buttons=((delete, keep),)))
            case ("delete",):
                await self._store.remove_user(context.user)
                await self._memories.forget_user(context.user)
                return in_place(Reply(t.gettext("It is gone. Your name is no longer in any history either.")))
            case _:
                return in_place(await self.show(context, press))


def _is_deletable(context: Context, data: UserData) -> bool:
    """Whether there is something to delete, and a platform that can ask about it."""
    return context.capabilities.buttons and any(
        (data.examples, data.removed, data.verdicts, data.changes, data.questions, data.strangers)
    )


def _delete_button(context: Context) -> Button:
    return Button(context.catalogue.gettext("Delete my data"), write("mydata", "", "ask"), ButtonStyle.DANGER)


def _page(context: Context, data: UserData) -> str:
    """Say what is kept about a person."""
    t = context.catalogue
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
        (
            # One of them is the one that this answers: it goes with the answer.
            data.open if data.open > 1 else 0,
            t.ngettext("{n} question that I am answering now", "{n} questions that I am answering now", data.open),
        ),
        (
            data.strangers,
            t.ngettext(
                "{n} face in a picture of yours that I did not know, and keep to be named",
                "{n} faces in pictures of yours that I did not know, and keep to be named",
                data.strangers,
            ),
        ),
    ):
        if n:
            lines.append(f"• {text.format(n=n)}")
    if len(lines) == 1:
        lines.append(t.gettext("Nothing else is kept about you."))
    return "\n".join(lines)


def _read_opt_out(arguments: Arguments) -> OptOut | None:
    if arguments.words and arguments.words not in SWITCH:
        return None
    return OptOut(SWITCH.get(arguments.words, True))


FEATURE = Feature(
    make=MyData,
    commands=(
        Command(
            "optout",
            N_("Have me ignore your pictures, or no longer ignore them"),
            _read_opt_out,
            (Parameter("state", N_("on: ignore my pictures. off: look at them again"), Kind.SWITCH, required=False),),
        ),
        Command("mydata", N_("See and delete what I keep about you"), lambda _: ShowMyData()),
    ),
    requests=(
        RequestHandler(OptOut, MyData.opt_out, rate=Rate.RIGHTS),
        RequestHandler(ShowMyData, MyData.show, rate=Rate.RIGHTS),
    ),
    buttons=(ButtonHandler("mydata", MyData.press, rate=Rate.RIGHTS),),
)
