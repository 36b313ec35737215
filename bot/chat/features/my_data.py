"""What is kept about somebody: shown to them alone, and deleted when they say so twice."""

from collections.abc import Sequence

from bot.chat.actions import Action, write
from bot.chat.context import Context
from bot.chat.memory import Forgetful
from bot.chat.model import Button, ButtonStyle, OptOut, Reply
from bot.chat.presses import OnItsOwn, in_place
from bot.chat.words import PageWords
from bot.storage.store import Store
from bot.storage.values import UserData


class MyData:
    """Shows and deletes what is kept about the one who asks."""

    def __init__(self, store: Store, memories: Sequence[Forgetful]) -> None:
        self._store = store
        self._memories = memories

    @property
    def verbs(self) -> dict[str, OnItsOwn]:
        """What handles each verb. Whoever presses, it is about their own data."""
        return {"mydata": self._press}

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

    async def show(self, context: Context) -> Reply:
        """Tell what is kept about them, where nobody else reads it."""
        words = PageWords(context.catalogue)
        if not context.can_be_private:
            return Reply(words.ask_in_private())
        data = await self._store.data_of(context.user)
        text = words.my_data(data)
        buttons = ((_button(words.delete_all(), "ask"),),) if _is_deletable(context, data) else ()
        return Reply(text, buttons=buttons, private=True)

    async def _press(self, context: Context, action: Action, _text: str | None) -> Reply:
        words = PageWords(context.catalogue)
        match action.args:
            case ("ask",):
                sure = (_button(words.yes(), "delete"), Button(words.no(), write("mydata", "", "show")))
                return in_place(Reply(words.really(), buttons=(sure,)))
            case ("delete",):
                await self._store.remove_user(context.user)
                for memory in self._memories:
                    memory.forget_user(context.user)
                return in_place(Reply(words.deleted()))
            case _:
                return in_place(await self.show(context))


def _is_deletable(context: Context, data: UserData) -> bool:
    """Whether there is something to delete, and a platform that can ask about it."""
    return context.capabilities.buttons and any(
        (data.examples, data.removed, data.verdicts, data.changes, data.questions)
    )


def _button(label: str, step: str) -> Button:
    return Button(label, write("mydata", "", step), ButtonStyle.DANGER)
