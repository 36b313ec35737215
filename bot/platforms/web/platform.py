"""The web chat as a platform: what can be set, what it can carry, how its adapter is made."""

import ipaddress
from pathlib import Path
from typing import Final, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from bot.chat.model import Capabilities
from bot.config import Section
from bot.finding import Finding, Status
from bot.platforms.base import Ability, Adapter, Host, Platform
from bot.platforms.shared.http import check_free, is_loopback
from bot.platforms.web.picture_store import MINUTES_KEPT

NAME: Final = "web"
CAPABILITIES: Final = Capabilities(
    text_limit=100_000,
    caption_limit=100_000,
    images_limit=20,
    image_bytes_limit=50_000_000,
    alt_text=True,
    buttons=True,
    thumbnails=True,
    private_replies=True,  # nobody but the asker ever sees an answer
    kept_minutes=MINUTES_KEPT,
    own=True,
)
ABILITIES: Final = frozenset({Ability.SPOILERS, Ability.EDITS, Ability.SEES_DELETIONS, Ability.COMPLETION})
SHORTEST_PASSWORD: Final = 8
UPLOAD_BYTES: Final = 100_000_000
"""What one message may hold, all its pictures together, unless one alone may be larger: until it is answered, all of
that is kept in memory."""


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
    operator_password: SecretStr | None = None
    """Whoever gives it on the people page sees to every chat. Only from WHOBOT_WEB__OPERATOR_PASSWORD or from
    operator_password_file. Without it, whoever sits at this machine does, where the page is open to nobody else."""
    operator_password_file: Path | None = Field(default=None, examples=["/run/secrets/operator_password"])
    """A file that holds that password and nothing else."""
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
        for name, password in (("password", self.password), ("operator_password", self.operator_password)):
            if password is not None and len(password) < SHORTEST_PASSWORD:
                raise ValueError(f"{name} must have at least {SHORTEST_PASSWORD} characters")
        return self

    @property
    def is_own(self) -> bool:
        """Whether nobody but who sits at this machine can reach the page: neither by name nor through a proxy."""
        return is_loopback(self.host) and not (self.password or self.allowed_hosts or self.trusted_proxies)


def _check(settings: Web) -> Finding:
    guarded = "with a password" if settings.password else "without a password"
    return Finding(NAME, Status.OK, f"http://{settings.host}:{settings.port}, {guarded}")


def _check_start(settings: Web) -> None:
    check_free("the web chat", NAME, settings.host, settings.port)


def _make(settings: Web, host: Host) -> Adapter:
    from bot.platforms.web.adapter import WebAdapter  # noqa: PLC0415 - its library, only where it runs

    limits = host.limits
    return WebAdapter(
        settings,
        host.handler,
        host.registry,
        health=host.health,
        metrics=host.metrics,
        max_upload=max(limits.bytes, min(limits.bytes * limits.pictures, UPLOAD_BYTES)),
        translations=host.catalogue,
        names=host.typed_names,
    )


PLATFORM = Platform(
    name=NAME,
    title="Web chat",
    section=Web,
    capabilities=CAPABILITIES,
    abilities=ABILITIES,
    is_on=lambda settings: settings.enabled,
    how_to_start="set enabled = true in [web]",
    check=_check,
    check_start=_check_start,
    make=_make,
)
