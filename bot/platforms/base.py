"""What a platform is, what its adapter is, and what the bot hands it.

A platform is a package of `bot/platforms/`, and a line in `bot.platforms.registry`.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from gettext import NullTranslations
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from bot.chat.commands import Words, english_only
from bot.chat.inbox import Inbox, LocalInbox
from bot.chat.links import Links, NoLinks
from bot.chat.model import Capabilities, Chat, Handler
from bot.chat.tokens import NoTokens, TokenBook
from bot.config import Limits, Section, Settings
from bot.finding import Finding, Status
from bot.platforms.shared.prompts import LocalPrompts, Prompts

if TYPE_CHECKING:
    # Whoever only reads what a platform is need not wait for these.
    import aiohttp

    from bot.chat.registry import Registry

S = TypeVar("S", bound=Section)

ENGLISH = NullTranslations()


async def _none(_platform: str) -> Sequence[Chat]:
    return ()


class Adapter(Protocol):
    """One platform's life: `run` serves until `stop` is asked for."""

    name: str

    @property
    def connected(self) -> bool:
        """Whether events of the platform are arriving now."""
        ...

    async def run(self) -> None:
        """Connect and serve until `stop`.

        Raises:
            AdapterError: the platform cannot be reached, or the connection is lost for good; `run` may be called again.
            LoginRefused: the platform refuses the credentials.
        """
        ...

    async def stop(self) -> None:
        """Take no new events, finish what is in hand, disconnect; `run` returns then. Safe to call at any time."""
        ...


@dataclass(frozen=True, slots=True)
class Health:
    """Which parts of the running bot work (the workers, the store), and which platforms are connected.

    `decoders_replaced` counts the decoder processes that came to an end over a picture: others took their places.
    """

    parts: Mapping[str, bool]
    platforms: Mapping[str, bool] = field(default_factory=dict)
    decoders_replaced: int = 0

    @property
    def ok(self) -> bool:
        """Whether every part works and a platform is connected: one that is down leaves the others useful."""
        return all(self.parts.values()) and (not self.platforms or any(self.platforms.values()))

    def report(self) -> dict[str, Any]:
        """What is told of it, as JSON."""
        return {
            "ok": self.ok,
            "parts": dict(self.parts),
            "platforms": dict(self.platforms),
            "decoders_replaced": self.decoders_replaced,
        }


@dataclass(frozen=True, slots=True)
class Host:
    """What the bot hands the adapters of its platforms.

    Args:
        handler: Answers what people ask.
        registry: All that they can ask for.
        health: How the whole bot is.
        metrics: Its figures, as Prometheus reads them.
        limits: What a request may cost.
        links: Keeps which answers belong to which questions, beyond a restart.
        inbox: Keeps what was accepted until it is answered, beyond a crash.
        watched: Knows the chats of a platform in which every picture is looked at.
        prompts: Remembers which buttons ask for words before they count.
        tokens: Knows the programs that may ask, by their tokens.
        words: Says texts of the code in other languages than English.
        languages: What can be chosen for a chat, each by its own name, by tag.
        translated: The tags of those that have a catalogue.
        name_contexts: In which the catalogues translate names of commands, for all platforms.
        catalogue: The catalogue for a language's tag.
    """

    handler: Handler
    registry: "Registry"
    health: Callable[[], Awaitable[Health]]
    metrics: Callable[[], bytes]
    limits: Limits = field(default_factory=Limits)
    links: Links = field(default_factory=NoLinks)
    inbox: Inbox = field(default_factory=LocalInbox)
    watched: Callable[[str], Awaitable[Sequence[Chat]]] = _none
    prompts: Prompts = field(default_factory=LocalPrompts)
    tokens: TokenBook = field(default_factory=NoTokens)
    words: Words = english_only
    languages: Mapping[str, str] = field(default_factory=dict)
    translated: Sequence[str] = ()
    name_contexts: Sequence[str] = ()
    catalogue: Callable[[str | None], NullTranslations] = lambda _tag: ENGLISH

    @property
    def typed_names(self) -> Mapping[str, str]:
        """What may be typed for each command, in every language, with its name in English."""
        return self.registry.typed_names(self.words, self.translated, self.name_contexts)


@dataclass(frozen=True, slots=True)
class CommandNames:
    """What a platform takes for the names of commands and their options in other languages than English.

    Args:
        command: The context in the catalogues under which names of commands are translated for it.
        pattern: What matches the whole of a name.
        option: The context for names of options; None where people never see those.
    """

    command: str
    pattern: re.Pattern[str]
    option: str | None = None

    def accept(self, name: str) -> bool:
        """Whether the platform takes this name."""
        return self.pattern.fullmatch(name) is not None and name == name.lower()


class Ability(StrEnum):
    """What a platform lets its adapter do, and no reply depends on: it is what the README's table says of it."""

    SPOILERS = "A spoilered picture gets a spoilered answer"
    EDITS = "A press changes the answer in its place"
    SEES_DELETIONS = "The picture is deleted: its answer goes, too"
    SEES_EDITS = "The picture is edited: it is answered anew"
    COMPLETION = "Names are suggested while you type"
    SHARED_CHATS = "Chats of many people, which it can watch"
    PREVIEWS = "The pictures in the previews of links"
    REACTIONS = "A reaction of the asker's takes an answer away (on Telegram where whobot is an administrator)"


def _always(_settings: Section) -> bool:
    return True


def _start(_settings: Section) -> None:
    """Find nothing that would keep it from running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform(Generic[S]):
    """A platform that whobot can run on: all that the app, the settings, `whobot check` and the README know of it.

    Its library is imported only where `make` or `check_online` is called.

    Args:
        name: What it is called in settings, logs and the ids of chats: letters of a-z.
        title: What people call it.
        capabilities: What a reply may carry there.
        make: Makes its adapter, which does not run yet.
        section: Declares what can be set about it.
        abilities: What else it can do.
        command_names: What it takes for names of commands; None where it has no rules of its own.
        is_on: Whether the settings want it to run.
        how_to_start: What the operator sets so that it runs.
        check: Looks at the settings of one that is on, without a network.
        check_online: Asks the platform about the credentials.
        check_start: Called where it is the only platform: raises `ConfigError` where it could not run.
    """

    name: str
    title: str
    capabilities: Capabilities
    make: Callable[[S, Host], Adapter]
    section: type[S]
    abilities: frozenset[Ability] = frozenset()
    command_names: CommandNames | None = None
    is_on: Callable[[S], bool] = _always
    how_to_start: str = ""
    check: Callable[[S], Finding] | None = None
    check_online: "Callable[[S, aiohttp.ClientSession], Awaitable[Finding]] | None" = None
    check_start: Callable[[S], None] = _start

    def settings_in(self, settings: Settings) -> S:
        """Return its own section; the defaults where there is none."""
        section = settings.platforms.get(self.name)
        return section if isinstance(section, self.section) else self.section()

    def runs_with(self, settings: Settings) -> bool:
        """Whether these settings want it to run."""
        return self.is_on(self.settings_in(settings))

    def checked(self, settings: Settings) -> Finding:
        """Say whether it will run and whether its settings look right."""
        section = self.settings_in(settings)
        if not self.is_on(section):
            return Finding(self.name, Status.OK, "off", f"to use it, {self.how_to_start}")
        return self.check(section) if self.check else Finding(self.name, Status.OK, "on")

    def made(self, settings: Settings, host: Host) -> Adapter:
        """Make its adapter."""
        return self.make(self.settings_in(settings), host)
