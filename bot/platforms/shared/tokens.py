"""Whether a platform's token is right: by its shape, and by what the platform says of it."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot.finding import Finding, Status

if TYPE_CHECKING:
    import aiohttp

UNREACHABLE = "check this machine's connection, and any proxy or firewall"


def check_token(platform: str, token: SecretStr | None, shape: re.Pattern[str], source: str) -> Finding:
    """Look whether a token has the shape of the platform's tokens; `source` says where to get one."""
    if token is not None and shape.fullmatch(token.get_secret_value()):
        return Finding(platform, Status.OK, "the token looks right", "--online asks the platform")
    return Finding(platform, Status.FAIL, "the token does not look like one", f"copy it anew from {source}")


async def ask(session: "aiohttp.ClientSession", url: str, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON object of an answer; status 0 where there was none.

    Errors are dropped here, because theirs may be the address, and with it the token.
    """
    import aiohttp  # noqa: PLC0415 - only where a platform is asked

    try:
        async with session.get(url, headers=headers, allow_redirects=False) as response:
            content = await response.json() if response.content_type == "application/json" else {}
            return response.status, content if isinstance(content, dict) else {}
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return 0, {}


def refused(platform: str, status: int, advice: str) -> Finding:
    """Say why a platform did not tell whose the token is; `advice` is for a token that it refuses."""
    if status in (401, 403, 404):  # Telegram answers 404 to what is no token at all
        return Finding(platform, Status.FAIL, f"the platform refuses the token ({status})", advice)
    reason = f"the platform answers {status}" if status else "the platform cannot be reached"
    return Finding(platform, Status.FAIL, reason, UNREACHABLE)
