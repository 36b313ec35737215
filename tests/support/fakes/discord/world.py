"""Who and what there is on the fake Discord: people, channels, what they post, and the server that they are in."""

import itertools
import time
from dataclasses import dataclass, field

SEND_MESSAGES = 1 << 11
SEND_MESSAGES_IN_THREADS = 1 << 38
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MANAGE_CHANNELS = 1 << 4
VIEW_CHANNEL = 1 << 10
MEMBER_PERMISSIONS = VIEW_CHANNEL | SEND_MESSAGES | SEND_MESSAGES_IN_THREADS | ATTACH_FILES | READ_MESSAGE_HISTORY

DISCORD_EPOCH = 1_420_070_400_000
_numbers = itertools.count()


def snowflake(*, age: float = 0.0) -> str:
    """Make an id that nothing else has. It holds the time at which it is made, less `age` in seconds."""
    milliseconds = int((time.time() - age) * 1000) - DISCORD_EPOCH
    return str((milliseconds << 22) + next(_numbers) % (1 << 22))


@dataclass(frozen=True)
class Person:
    """A user. `manager` may manage the channels of the guild."""

    name: str
    manager: bool = False
    bot: bool = False
    locale: str = "en-US"
    id: str = field(default_factory=snowflake)

    @property
    def permissions(self) -> int:
        """What they may do in every channel of the guild."""
        return MEMBER_PERMISSIONS | (MANAGE_CHANNELS if self.manager else 0)


@dataclass(frozen=True)
class Channel:
    """A text channel of the guild, a thread in one, or a private chat with a `friend`.

    `denied` to whobot are these permissions; a thread has those of the channel that it is `inside`.
    """

    name: str
    denied: int = 0
    friend: Person | None = None
    inside: "Channel | None" = None
    nsfw: bool = False
    id: str = field(default_factory=snowflake)


@dataclass(frozen=True)
class Upload:
    """A file to attach."""

    data: bytes = field(repr=False)
    filename: str = "picture.png"
    content_type: str | None = "image/png"
    spoiler: bool = False


@dataclass(frozen=True)
class Sticker:
    """A sticker of the guild; `format` is PNG (1), APNG (2), Lottie (3) or GIF (4)."""

    data: bytes = field(repr=False)
    name: str = "nico-nico-ni"
    format: int = 1
    id: str = field(default_factory=snowflake)


@dataclass(frozen=True)
class Guild:
    """The server that whobot is in; the manager's role lets its members manage channels."""

    name: str = "Anime club"
    locale: str = "en-US"
    id: str = field(default_factory=snowflake)
    manager_role: str = field(default_factory=snowflake)
