"""The API as a platform: what can be set, what it can carry, how its adapter is made."""

from typing import Final

from pydantic import Field, field_validator

from bot.chat.model import Capabilities
from bot.config import Section
from bot.finding import Finding, Status
from bot.platforms.base import Adapter, Host, Platform
from bot.platforms.shared.http import address, check_free, is_loopback

NAME: Final = "api"
CAPABILITIES: Final = Capabilities(
    text_limit=100_000,
    caption_limit=100_000,
    images_limit=1,
    image_bytes_limit=50_000_000,
    data=True,
)


class Api(Section):
    """The API for programs. `whobot token make NAME` makes the token that a program needs."""

    enabled: bool = False
    """Whether the API runs."""
    host: str = "127.0.0.1"
    """The address to listen on. Tokens travel in the clear: have a reverse proxy speak https to other machines."""
    port: int = Field(default=8082, ge=0, le=65535)
    """The port to listen on."""
    public_url: str = Field(default="", examples=["https://whobot.example.org"])
    """The address by which programs reach it, for its description, where that is another one."""

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("public_url must begin with https:// or http://")
        return url.rstrip("/")


def _check(settings: Api) -> Finding:
    where = f"{address(settings.host, settings.port)}/api/v1"
    if is_loopback(settings.host) or settings.public_url.startswith("https://"):
        return Finding(NAME, Status.OK, where, "whobot token list shows the tokens")
    advice = "put a reverse proxy with https before it, and name its address in public_url in [api]"
    return Finding(NAME, Status.WARN, f"{where}, where tokens travel in the clear", advice)


def _check_start(settings: Api) -> None:
    check_free("the API", NAME, settings.host, settings.port)


def _make(settings: Api, host: Host) -> Adapter:
    from bot.platforms.api.adapter import ApiAdapter  # noqa: PLC0415 - its library, only where it runs

    return ApiAdapter(settings, host)


PLATFORM = Platform(
    name=NAME,
    title="API",
    section=Api,
    capabilities=CAPABILITIES,
    is_on=lambda settings: settings.enabled,
    how_to_start="set enabled = true in [api]",
    check=_check,
    check_start=_check_start,
    make=_make,
)
