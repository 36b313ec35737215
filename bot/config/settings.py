"""What can be set: every key is declared with its type, its default and its meaning.

Each platform declares its own section, with its package; all others are here. ``config.example.toml`` is written from
these declarations, and so are the explanations in error messages.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, model_validator

MODELS = Path(__file__).resolve().parents[2] / "models"
PLATFORMS: Final = "platforms"
"""In the context of a validation: the names of all platforms."""

Positive = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """A table of the TOML file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True)


class Models(Section):
    """Which networks answer."""

    directory: Path = Field(default=MODELS, examples=["models"])
    """Where the bundles lie. Without it, the folder that ships with whobot."""
    classifier: str = "characters-int8.tflite"
    """The classifier bundle. A new or changed file takes over without a restart."""
    detector: str = "face-detector.tflite"
    """The detector bundle, or "cascade" for the LBP cascade that ships with whobot."""
    reload_seconds: Seconds = 5.0
    """How often to check whether a bundle has changed."""


class Limits(Section):
    """What a request may cost. Each limit is checked before the work that it saves."""

    bytes: Positive = 20_000_000
    """Size of one picture's file, counted while it is received."""
    pixels: Positive = 50_000_000
    """Width x height of one picture, read from its header before it is decoded."""
    frames: Positive = 2_000
    """Frames of an animated picture, counted before they are decoded."""
    video_seconds: Seconds = 60.0
    """Length of a video or of an animated sticker."""
    looks: int = Field(default=5, gt=0, le=12)
    """Frames of a video or an animation that are analysed, the clearest ones."""
    pictures: Positive = 10
    """Pictures in one message: an album, or a message's attachments, are up to ten."""
    faces: Positive = 20
    """Faces named in one picture, the best first."""
    download_seconds: Seconds = 20.0
    """Time to receive one picture."""
    analysis_seconds: Seconds = 30.0
    """Time to analyse one picture, waiting included."""
    queue: Positive = 32
    """Pictures that may wait for a worker. Beyond that whobot says that it is busy."""
    user_requests: Positive = 10
    """Requests of one user in a minute. /help, /privacy, /mydata and /optout have a minute of their own; in the web
    chat, which is one's own, requests count as lightly as presses."""
    chat_requests: Positive = 30
    """Requests in one chat in a minute."""
    user_presses: Positive = 60
    """Buttons that one user may press in a minute."""
    chat_presses: Positive = 200
    """Buttons that may be pressed in one chat in a minute."""
    remembered: Positive = 1_000
    """How many of the latest answers are remembered for the buttons under them, in memory only."""
    remembered_bytes: Positive = 64_000_000
    """Memory that the remembered answers may take, with the faces in them."""
    remembered_seconds: Seconds = 86_400.0
    """How long an answer is remembered. Older buttons say that they have expired."""


class Answers(Section):
    """How whobot answers."""

    threshold: Share | None = Field(default=None, examples=[0.5])
    """Probability below which a face is "unknown". Without it the bundle's own. A chat may set its own."""
    fonts: tuple[Path, ...] = ()
    """Font files for names in other scripts, tried in order before those of the system."""


class Access(Section):
    """Who may use whobot. An entry names a user, a chat or a server by its platform and id."""

    allow: tuple[str, ...] = Field(default=(), examples=[["discord:123456789012345678", "telegram:-1001234", "web:*"]])
    """If any are named, whobot answers only these; "web:*" is everyone there. It is silent to others."""
    block: tuple[str, ...] = Field(default=(), examples=[["telegram:123456"]])
    """whobot never answers these. This list outranks the other."""

    @model_validator(mode="after")
    def _entries_name_a_platform(self, info: ValidationInfo) -> Self:
        platforms = (info.context or {}).get(PLATFORMS, ())
        for entry in (*self.allow, *self.block):
            platform, _, id_ = entry.partition(":")
            if not re.fullmatch(r"\S+", id_) or (platforms and platform not in platforms):
                *others, last = [f"{name}:<id>" for name in platforms or ("<platform>",)]
                choice = f"{', '.join(others)} or {last}" if others else last
                raise ValueError(f'"{entry}" must begin with a platform: {choice}')
        return self


class Workers(Section):
    """The threads that analyse pictures."""

    threads: int = Field(default=0, ge=0, le=64)
    """How many. 0 is one for each core, and no more than fit into the memory that whobot may take."""


class Store(Section):
    """The database: what chats have set, who has opted out, and what people have taught."""

    url: str = "sqlite+aiosqlite:///whobot.db"
    """An SQLAlchemy address; a relative SQLite file lies in the working directory."""


class Inbox(Section):
    """Questions that a crash has left open."""

    seconds: Seconds = 600.0
    """How old such a question may be to be answered after the next start."""
    late: Literal["drop", "tell"] = "drop"
    """What becomes of an older one: nothing, or a word to who has asked."""


class Log(Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged."""
    format: Literal["console", "json"] = "console"
    """Lines for people, or one JSON object a line."""


class Sentry(Section):
    """Reports of errors to a Sentry server of yours: where in the code it was, nothing of people or pictures."""

    dsn: SecretStr | None = None
    """The project's DSN; needs whobot[sentry]. Only from WHOBOT_SENTRY__DSN or from dsn_file."""
    dsn_file: Path | None = Field(default=None, examples=["/run/secrets/sentry_dsn"])
    """A file that holds the DSN and nothing else."""


class Settings(BaseModel):
    """Everything that can be set, one section for each table of the TOML file.

    `platforms` has the section of each platform by the platform's name: see `bot.platforms.base.Platform.settings_in`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    platforms: Mapping[str, Section] = Field(default_factory=dict)
    models: Models = Models()
    limits: Limits = Limits()
    answers: Answers = Answers()
    access: Access = Access()
    workers: Workers = Workers()
    store: Store = Store()
    inbox: Inbox = Inbox()
    log: Log = Log()
    sentry: Sentry = Sentry()
