"""Checks that ask the platforms whether they know the tokens."""

from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.cli.finding import Finding, Status
from bot.config import Settings

DISCORD_API = "https://discord.com/api/v10"
MESSAGE_CONTENT = 1 << 18 | 1 << 19
"""Flags of an application that may read messages: in many servers, or while it is in few.

Source: https://docs.discord.com/developers/resources/application#application-object-application-flags
"""
SECONDS = 15.0
UNREACHABLE = "check this machine's connection, and any proxy or firewall"


async def check_online(settings: Settings, *, discord_api: str = DISCORD_API) -> list[Finding]:
    """Ask each platform that has a token whose it is, and whether the bot may do there what it needs to."""
    findings = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS), trust_env=True) as session:
        if settings.discord.token is not None:
            findings.append(await _discord(session, settings.discord.token, discord_api))
        if settings.telegram.token is not None:
            findings.append(await _telegram(session, settings.telegram.token, settings.telegram.api))
    return findings


async def _discord(session: aiohttp.ClientSession, token: SecretStr, api: str) -> Finding:
    headers = {"Authorization": f"Bot {token.get_secret_value()}"}
    status, user = await _get(session, f"{api}/users/@me", headers)
    if status != 200:
        return _refused("discord", status, "make a new token under Bot at https://discord.com/developers/applications")
    _, application = await _get(session, f"{api}/applications/@me", headers)
    if not application.get("flags", 0) & MESSAGE_CONTENT:
        return Finding(
            "discord",
            Status.FAIL,
            f"logged in as {user.get('username')}, but it may not read messages",
            "switch on Message Content Intent under Bot at https://discord.com/developers/applications",
        )
    return Finding("discord", Status.OK, f"logged in as {user.get('username')}")


async def _telegram(session: aiohttp.ClientSession, token: SecretStr, api: str) -> Finding:
    status, answer = await _get(session, f"{api}/bot{token.get_secret_value()}/getMe", {})
    if status != 200:
        return _refused("telegram", status, "ask @BotFather for a new token")
    user = answer.get("result", {})
    privacy = "" if user.get("can_read_all_group_messages") else "in groups it sees commands and replies only"
    advice = "watching a group needs privacy mode off: @BotFather, /setprivacy" if privacy else ""
    return Finding(
        "telegram", Status.OK, ", ".join(filter(None, (f"logged in as @{user.get('username')}", privacy))), advice
    )


async def _get(session: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON object of an answer; status 0 where there was none.

    Errors are dropped here, because theirs may be the address, and with it the token.
    """
    try:
        async with session.get(url, headers=headers, allow_redirects=False) as response:
            content = await response.json() if response.content_type == "application/json" else {}
            return response.status, content if isinstance(content, dict) else {}
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return 0, {}


def _refused(subject: str, status: int, advice: str) -> Finding:
    if status in (401, 403, 404):  # Telegram answers 404 to what is no token at all
        return Finding(subject, Status.FAIL, f"the platform refuses the token ({status})", advice)
    reason = f"the platform answers {status}" if status else "the platform cannot be reached"
    return Finding(subject, Status.FAIL, reason, UNREACHABLE)
