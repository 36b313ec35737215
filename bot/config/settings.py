"""What can be set: every key is declared here with its type, its default and its meaning.

``config.example.toml`` is written from these declarations, and so are the explanations in error messages.
"""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

SHORTEST_PASSWORD = 8
MODELS = Path(__file__).resolve().parents[2] / "models"

Positive = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """A table of the TOML file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True)


def is_loopback(host: str) -> bool:
    """Whether a server that listens on `host` can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Discord(Section):
    """The Discord bot. It starts where there is a token."""

    token: SecretStr | None = None
    """The bot's token. Only from WHOBOT_DISCORD__TOKEN or from token_file."""
    token_file: Path | None = Field(default=None, examples=["/run/secrets/discord_token"])
    """A file that holds the token and nothing else."""


class Telegram(Section):
    """The Telegram bot. It starts where there is a token."""

    token: SecretStr | None = None
    """The bot's token. Only from WHOBOT_TELEGRAM__TOKEN or from token_file."""
    token_file: Path | None = Field(default=None, examples=["/run/secrets/telegram_token"])
    """A file that holds the token and nothing else."""
    api: str = "https://api.telegram.org"
    """Where the Bot API answers: another address for a Bot API server of your own."""
    webhook_url: str | None = Field(default=None, examples=["https://whobot.example.org/telegram"])
    """The public https address that Telegram calls. Without it the bot polls, which needs no open port."""
    webhook_secret: SecretStr | None = None
    """What Telegram must send along. Only from WHOBOT_TELEGRAM__WEBHOOK_SECRET or from webhook_secret_file."""
    webhook_secret_file: Path | None = Field(default=None, examples=["/run/secrets/telegram_webhook_secret"])
    """A file that holds the webhook's secret and nothing else."""
    webhook_host: str = "127.0.0.1"
    """The address that the webhook listens on, behind your reverse proxy."""
    webhook_port: int = Field(default=8081, ge=0, le=65535)
    """The port that the webhook listens on."""

    @model_validator(mode="after")
    def _webhook_is_safe(self) -> Self:
        if self.webhook_url is None:
            return self
        if not self.webhook_url.startswith("https://"):
            raise ValueError("webhook_url must begin with https://, Telegram calls nothing else")
        if self.webhook_secret is None:
            raise ValueError(
                "webhook_url needs a webhook_secret, or any program could pretend to be Telegram: set"
                " WHOBOT_TELEGRAM__WEBHOOK_SECRET or webhook_secret_file"
            )
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", self.webhook_secret.get_secret_value()):
            raise ValueError("webhook_secret may hold A-Z, a-z, 0-9, _ and - only, at most 256 of them")
        return self


class Web(Section):
    """The local web chat, with /healthz and /metrics."""

    enabled: bool = True
    """Whether the web chat runs."""
    host: str = "127.0.0.1"
    """The address to listen on. Any other than loopback needs a password."""
    port: int = Field(default=8080, ge=0, le=65535)
    """The port to listen on."""
    password: SecretStr | None = None
    """The page asks everyone for it. Only from WHOBOT_WEB__PASSWORD or from password_file."""
    password_file: Path | None = Field(default=None, examples=["/run/secrets/web_password"])
    """A file that holds the password and nothing else."""
    allowed_hosts: tuple[str, ...] = ()
    """Further names under which the page may be opened, for example "whobot.example.org" behind a reverse proxy."""
    trusted_proxies: tuple[str, ...] = Field(default=(), examples=[["127.0.0.1", "10.0.0.0/8"]])
    """Addresses and networks of reverse proxies. Their X-Forwarded-For tells apart who guesses passwords; that of
    others is ignored."""

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            try:
                ipaddress.ip_network(network, strict=False)
            except ValueError:
                raise ValueError(f'"{network}" is neither an address nor a network, as 10.0.0.0/8 is one') from None
        return networks

    @model_validator(mode="after")
    def _strangers_need_a_password(self) -> Self:
        if self.enabled and self.password is None and not is_loopback(self.host):
            raise ValueError(
                f"host {self.host} lets other machines in, so a password is needed: set WHOBOT_WEB__PASSWORD or"
                ' password_file, or take host = "127.0.0.1"'
            )
        if self.password is not None and len(self.password) < SHORTEST_PASSWORD:
            raise ValueError(f"password must have at least {SHORTEST_PASSWORD} characters")
        return self


class Models(Section):
    """Which networks answer."""

    directory: Path = Field(default=MODELS, examples=["models"])
    """Where the bundles lie. Without it, the folder that ships with whobot."""
    classifier: str = "characters-int8.tflite"
    """The classifier bundle. A new or changed file takes over without a restart."""
    detector: str = "face-detector.tflite"
    """The detector bundle, or "cascade" for the LBP cascade that ships with whobot."""
    reload_seconds: Seconds = 5.0
    """How often to look whether a bundle has changed."""


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
    """Requests of one user in a minute."""
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
    def _entries_name_a_platform(self) -> Self:
        for entry in (*self.allow, *self.block):
            if not re.fullmatch(r"(discord|telegram|web):\S+", entry):
                raise ValueError(f'"{entry}" must begin with a platform: discord:<id>, telegram:<id> or web:<id>')
        return self


class Workers(Section):
    """The threads that analyse pictures."""

    threads: int = Field(default=0, ge=0, le=64)
    """How many. 0 is one for each core, and no more than fit into the memory that whobot may take."""


class Store(Section):
    """The database: what chats have set, who has opted out, and what people have taught."""

    url: str = "sqlite+aiosqlite:///whobot.db"
    """An SQLAlchemy address; a relative SQLite file lies in the working directory."""


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
    """Everything that can be set, one section for each table of the TOML file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    discord: Discord = Discord()
    telegram: Telegram = Telegram()
    web: Web = Web()
    models: Models = Models()
    limits: Limits = Limits()
    answers: Answers = Answers()
    access: Access = Access()
    workers: Workers = Workers()
    store: Store = Store()
    log: Log = Log()
    sentry: Sentry = Sentry()
