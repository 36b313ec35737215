"""What is kept about somebody: shown to them alone, and deleted when they say so twice."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.chat.actions import Pressed, write
from bot.chat.commands import SWITCH, Arguments, Command, Kind, Parameter
from bot.chat.context import Context
from bot.chat.model import Button, ButtonStyle, Reply, Request
from bot.chat.registry import ButtonHandler, Feature, Parts, RequestHandler
from bot.chat.replies import in_place
from bot.chat.words import PageWords
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
        """Ignore somebody's pictures from now on, or no longer; offer to delete what they have taught before."""
        await self._store.opt_out(context.user, request.out)
        text = context.sentences.opted_out(request.out)
        if not request.out:
            return Reply(text, private=True)
        words = PageWords(context.catalogue)
        # Where everybody reads along, a button would tell that there is something to delete.
        offered = context.can_be_private and _is_deletable(context, await self._store.data_of(context.user))
        buttons = ((_button(words.delete_all(), "ask"),),) if offered else ()
        return Reply(f"{text}\n{words.learnt_before()}", buttons=buttons, private=True)

    async def show(self, context: Context, _request: Request) -> Reply:
        """Tell what is kept about them, where nobody else reads it."""
        words = PageWords(context.catalogue)
        if not context.can_be_private:
            return Reply(words.ask_in_private())
        data = await self._store.data_of(context.user)
        text = words.my_data(data)
        buttons = ((_button(words.delete_all(), "ask"),),) if _is_deletable(context, data) else ()
        return Reply(text, buttons=buttons, private=True)

    async def press(self, context: Context, press: Pressed) -> Reply:
        """Delete it, once they have said so twice. Whoever presses, it is about their own data."""
        words = PageWords(context.catalogue)
        match press.args:
            case ("ask",):
                sure = (_button(words.yes(), "delete"), Button(words.no(), write("mydata", "", "show")))
                return in_place(Reply(words.really(), buttons=(sure,)))
            case ("delete",):
                await self._store.remove_user(context.user)
                await self._memories.forget_user(context.user)
                return in_place(Reply(words.deleted()))
            case _:
                return in_place(await self.show(context, press))


def _is_deletable(context: Context, data: UserData) -> bool:
    """Whether there is something to delete, and a platform that can ask about it."""
    return context.capabilities.buttons and any(
        (data.examples, data.removed, data.verdicts, data.changes, data.questions)
    )


def _button(label: str, step: str) -> Button:
    return Button(label, write("mydata", "", step), ButtonStyle.DANGER)


def _read_opt_out(arguments: Arguments) -> OptOut | None:
    if arguments.words and arguments.words not in SWITCH:
        return None
    return OptOut(SWITCH.get(arguments.words, True))


def _help(_parts: Parts, context: Context) -> Iterator[str]:
    yield context.catalogue.gettext("/optout on: I leave your pictures alone, until /optout off.")


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
    requests=(RequestHandler(OptOut, MyData.opt_out), RequestHandler(ShowMyData, MyData.show)),
    buttons=(ButtonHandler("mydata", MyData.press),),
    help=_help,
)
