"""What a feature is, and the registry of all features: read this before you write one.

A feature is a module that declares one `Feature` and holds its sentences, written in English where they are said:
`context.catalogue` translates them. The service, the platforms, the help, the limits on requests and the table of
commands read the registry, so that a new feature is entered nowhere else but in `bot.chat.features.FEATURES`.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from bot.chat.access import Rights
from bot.chat.actions import Pressed, read
from bot.chat.analysis import PictureAnalysis
from bot.chat.answers import Answers
from bot.chat.commands import Arguments, Command, MessageMenu, Where, Words, help_line, plain
from bot.chat.context import Context
from bot.chat.lessons import Lessons
from bot.chat.memory import Memories
from bot.chat.model import Event, Misuse, Picture, PictureRequest, Press, Reply, Request
from bot.config import Limits
from bot.recognition.backend import Backend
from bot.storage.store import Store

S = TypeVar("S")
R = TypeVar("R", bound=Request)
E = TypeVar("E", bound=Event)


class Rate(StrEnum):
    """Which limit a request counts against."""

    REQUESTS = "requests"
    """Counted before anything else happens, so that refusals are limited too. A picture that nobody asked about is
    counted by its handler, once it turns out to be worth an answer."""
    PRESSES = "presses"
    PAGES = "pages"
    """What a page asks for by itself, for every picture on it."""
    RIGHTS = "rights"
    """What people may ask whatever else they have asked: how whobot is used, what it keeps, and to be left alone. It
    has a minute of its own, with as many requests."""


class Audience(StrEnum):
    """Who sees the answer, where a platform can show one to the asker alone."""

    ASKER = "asker"
    CHAT = "chat"
    """Everybody; a refusal is for the asker alone."""


@dataclass(frozen=True, slots=True)
class RequestHandler(Generic[S, R]):
    """What answers requests of a type.

    Args:
        handle: A method of the feature's class. It may raise a `UserError`, which the chat is told.
    """

    request: type[R]
    handle: Callable[[S, Context, R], Awaitable[Reply]]
    rights: Rights = Rights.ANYBODY
    rate: Rate = Rate.REQUESTS
    audience: Audience = Audience.ASKER


@dataclass(frozen=True, slots=True)
class ButtonHandler(Generic[S]):
    """What answers presses of buttons with a verb."""

    verb: str
    handle: Callable[[S, Context, Pressed], Awaitable[Reply]]
    rights: Rights = Rights.SHOWN
    rate: Rate = Rate.PRESSES


@dataclass(frozen=True, slots=True)
class EventHandler(Generic[S, E]):
    """What follows events of a type."""

    event: type[E]
    handle: Callable[[S, E], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What features are made of."""

    registry: "Registry"
    backend: Backend
    store: Store
    limits: Limits
    analysis: PictureAnalysis
    answers: Answers
    lessons: Lessons
    memories: Memories


@dataclass(frozen=True, slots=True)
class Feature(Generic[S]):
    """One thing that people can ask for, on every platform.

    Args:
        make: Makes, once, what the handlers are methods of.
        commands: As people give them.
        menus: Entries of the menu of a message.
        requests: What answers each request.
        buttons: What answers each press.
        events: What follows each event.
        help: Its lines of the help, for the one who asks in that chat; by default a line for each of its commands.
    """

    make: Callable[[Parts], S]
    commands: tuple[Command, ...] = ()
    menus: tuple[MessageMenu, ...] = ()
    requests: tuple[RequestHandler[S, Any], ...] = ()
    buttons: tuple[ButtonHandler[S], ...] = ()
    events: tuple[EventHandler[S, Any], ...] = ()
    help: Callable[[Parts, Context], Iterable[str]] | None = None

    def help_lines(self, parts: Parts, context: Context) -> Iterable[str]:
        """Yield its lines of the help, for the one who asks in that chat."""
        if self.help is not None:
            yield from self.help(parts, context)
            return
        for command in self.commands:
            if (context.manages or not command.managers) and not (
                context.chat.private and command.where is Where.GROUPS
            ):
                yield help_line(context.catalogue, command)


class Registry:
    """All features, in the order in which they are shown.

    Raises:
        ValueError: two of them claim the same command, menu, request or verb.
    """

    def __init__(self, features: Iterable[Feature[Any]]) -> None:
        self.features = tuple(features)
        self.commands = tuple(command for feature in self.features for command in feature.commands)
        self.menus = tuple(menu for feature in self.features for menu in feature.menus)
        self._menus = {menu.key: menu for menu in self.menus}
        self._commands = {command.name: command for command in self.commands}
        requests = [handler for feature in self.features for handler in feature.requests]
        self._requests = {handler.request: handler for handler in requests}
        self._buttons = {handler.verb: handler for feature in self.features for handler in feature.buttons}
        names = [f"/{name}" for command in self.commands for name in (command.name, *command.aliases)]
        verbs = [handler.verb for feature in self.features for handler in feature.buttons]
        menus = [menu.name for menu in self.menus]
        _check_unique([*names, *verbs, *menus, *(handler.request.__name__ for handler in requests)])

    def command(self, name: str) -> Command | None:
        """Return the command of this name."""
        return self._commands.get(name)

    def typed_names(self, words: Words, tags: Iterable[str], contexts: Sequence[str]) -> dict[str, str]:
        """Return what may be typed for each command, as `split` gives it, with the name that `parse` takes.

        That is its name in English and, so that a name works wherever people have learnt it, its names in these
        languages on every platform.

        Args:
            words: Translates.
            tags: The languages.
            contexts: In which the catalogues translate names of commands.
        """
        names = {name: command.name for command in self.commands for name in (*command.aliases, command.name)}
        for tag in tags:
            for command in self.commands:
                for context in contexts:
                    names.setdefault(plain(words(command.name, tag, context) or command.name), command.name)
        return names

    def parse(self, name: str, text: str = "", pictures: Sequence[Picture] = ()) -> Request:
        """Return what a command asks for; a `Misuse` where there is no such command or its arguments make no sense.

        Args:
            name: Without the slash, in English; `typed_names` has it.
            text: What follows it; the words of its parameters.
            pictures: Those beside the command.
        """
        command = self._commands.get(name)
        request = command.read(Arguments(text, tuple(pictures))) if command else None
        return Misuse(name) if request is None else request

    def chosen(self, menu: str, text: str, pictures: Sequence[Picture]) -> Request:
        """Return what an entry of a message's menu asks for; a `Misuse` where there is none with this key.

        Args:
            menu: The entry's key.
            text: What was written where the entry asks for words.
            pictures: The message's.
        """
        chosen = self._menus.get(menu)
        return chosen.read(Arguments(text, tuple(pictures))) if chosen else Misuse(menu)

    def is_whispered(self, request: Request, *, manages: bool) -> bool:
        """Return whether the answer is for the asker alone, as far as that can be told before there is one.

        Args:
            manages: Whether the asker may change how the chat is set.
        """
        if isinstance(request, PictureRequest) and not request.pictures:
            return True  # only the asker need know that there is no picture
        handler = self._requests.get(type(request))
        if handler is None or handler.audience is Audience.ASKER or request.confidential:
            return True
        return handler.rights is Rights.MANAGERS and not manages

    def depends_on_rights(self, request: Request) -> bool:
        """Return whether the answer depends on what the asker may do in the chat."""
        handler: RequestHandler[Any, Any] | ButtonHandler[Any] | None
        if isinstance(request, Press):
            handler = self._buttons.get(read(request).verb)
        else:
            handler = self._requests.get(type(request))
        return handler is not None and handler.rights is not Rights.ANYBODY


def _check_unique(names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"two features claim {', '.join(twice)}")
