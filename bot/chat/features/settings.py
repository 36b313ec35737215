"""Shows how a chat is set, and lets those who manage it change that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.chat import chat_settings
from bot.chat.access import Rights
from bot.chat.actions import Pressed, number, write
from bot.chat.commands import Arguments, Command, Kind, Parameter, Where
from bot.chat.context import Context
from bot.chat.model import Button, Reply, Request
from bot.chat.registry import Audience, ButtonHandler, Feature, Parts, RequestHandler
from bot.chat.replies import in_place
from bot.chat.words import translations_for
from bot.storage.values import Gathering
from bot.texts import N_

MENUS = 4
"""Menus on a page of the view: Discord has five rows, and the switches are in one of them."""
MOST_CHATS = 10
"""Watched chats of a server that are named at most."""


@dataclass(frozen=True, slots=True)
class ShowSettings(Request):
    """How is this chat set?"""


@dataclass(frozen=True, slots=True)
class Configure(Request):
    """Change this chat's settings: some of `bot.storage.values.ChatSettings`, by name."""

    changes: Mapping[str, Any]


class SettingUp:
    """Tells and changes how chats are set."""

    def __init__(self, parts: Parts) -> None:
        self._store = parts.store

    async def configure(self, context: Context, wish: Configure) -> Reply:
        """Change what the wish names, and tell all settings.

        Raises:
            BadSetting: a value makes no sense; nothing is changed.
        """
        changes = {name: chat_settings.checked(name, value) for name, value in wish.changes.items()}
        return Reply(await self._overview(await self._change(context, changes)))

    async def show(self, context: Context, _request: ShowSettings) -> Reply:
        """Tell all settings, with what changes them for those who may."""
        return replace(await self._view(context, 0), private=True)

    async def press(self, context: Context, press: Pressed) -> Reply:
        """Change one setting, and show the others with it; or show another page of them."""
        names = [name for name, _ in chat_settings.menus(context)]
        if len(press.args) == 1:
            return in_place(await self._view(context, number(press.args, 0, below=-(-len(names) // MENUS))))
        changes = chat_settings.read_pressed(press.args)
        page = next((place // MENUS for place, name in enumerate(names) if name in changes), 0)
        return in_place(await self._view(await self._change(context, changes), page))

    async def _change(self, context: Context, changes: Mapping[str, Any]) -> Context:
        """Change settings; return the context as it is after that."""
        settings = await self._store.change(context.chat, **changes)
        if settings.gather is Gathering.NOTHING and context.settings.gather is not Gathering.NOTHING:
            await self._store.clear_strangers(context.chat)
        return replace(
            context, settings=settings, catalogue=translations_for(settings.language or context.incoming.locale)
        )

    async def _view(self, context: Context, page: int) -> Reply:
        text = await self._overview(context)
        if not (context.capabilities.buttons and context.manages):
            return Reply(text)
        menus = [menu for _, menu in chat_settings.menus(context)]
        sentences = context.sentences
        turning = [Button(sentences.back(), write(chat_settings.VERB, "", page - 1))] if page > 0 else []
        if len(menus) > (page + 1) * MENUS:
            turning.append(Button(sentences.forward(), write(chat_settings.VERB, "", page + 1)))
        row = (*(chat_settings.switches(context) if page == 0 else ()), *turning)
        return Reply(text, buttons=(row,) if row else (), menus=tuple(menus[page * MENUS : (page + 1) * MENUS]))

    async def _overview(self, context: Context) -> str:
        lines = [*chat_settings.told(context)]
        chat, link = context.chat, context.capabilities.chat_link
        if chat.home is not None and link:
            watched = await self._store.watched(chat.platform, chat.home)
            named = ", ".join(link.format(home=chat.home, id=id_) for id_ in watched[:MOST_CHATS])
            if named:
                text = context.catalogue.gettext("On this server I look at every picture in: {chats}")
                lines.append(text.format(chats=named + (" …" if len(watched) > MOST_CHATS else "")))
        return "\n".join(lines)


def _reads(name: str) -> Callable[[Arguments], Configure | None]:
    """Return what reads the command of a setting."""

    def read(arguments: Arguments) -> Configure | None:
        changes = chat_settings.read_typed(name, arguments.words)
        return None if changes is None else Configure(changes)

    return read


FEATURE = Feature(
    make=SettingUp,
    commands=(
        Command("settings", N_("See and change how I am set in this chat"), lambda _: ShowSettings(), managers=True),
        Command(
            "language",
            N_("Choose the language that I speak in this chat"),
            _reads("language"),
            (Parameter("tag", N_("A language, or auto for everybody's own"), Kind.LANGUAGE),),
            managers=True,
        ),
        Command(
            "watch",
            N_("Look at every picture posted here, or stop looking"),
            _reads("watch"),
            (Parameter("state", N_("on: answer every picture. off: only when asked"), Kind.SWITCH),),
            managers=True,
            where=Where.GROUPS,
        ),
        Command(
            "quiet",
            N_("While watching, speak only when I know somebody"),
            _reads("quiet"),
            (Parameter("state", N_("on: known characters only. off: every face"), Kind.SWITCH),),
            managers=True,
            where=Where.GROUPS,
        ),
        Command(
            "threshold",
            N_("Choose how sure I must be to name a face"),
            _reads("threshold"),
            (Parameter("percent", N_("From 0 to 100, or auto to leave it to me"), Kind.PERCENT),),
            managers=True,
        ),
    ),
    requests=(
        RequestHandler(ShowSettings, SettingUp.show, rights=Rights.SHOWN),
        # Everybody sees a change, since it is about their pictures.
        RequestHandler(Configure, SettingUp.configure, rights=Rights.MANAGERS, audience=Audience.CHAT),
    ),
    buttons=(ButtonHandler(chat_settings.VERB, SettingUp.press, rights=Rights.MANAGERS),),
)
