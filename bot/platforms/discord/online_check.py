"""Asks Discord whose the token is, and whether the bot may do what it needs to."""

import aiohttp

from bot.finding import Finding, Status
from bot.platforms.discord.platform import NAME, Discord
from bot.platforms.shared.tokens import ask, refused

API = "https://discord.com/api/v10"
MESSAGE_CONTENT = 1 << 18 | 1 << 19
"""Flags of an application that may read messages: in many servers, or while it is in few.

Source: https://docs.discord.com/developers/resources/application#application-object-application-flags
"""
PORTAL = "under Bot at https://discord.com/developers/applications"


async def check_online(settings: Discord, session: aiohttp.ClientSession, *, api: str = API) -> Finding:
    """Ask for the bot's name and for what it may read."""
    assert settings.token is not None  # noqa: S101 - it is on
    headers = {"Authorization": f"Bot {settings.token.get_secret_value()}"}
    status, user = await ask(session, f"{api}/users/@me", headers)
    if status != 200:
        return refused(NAME, status, f"make a new token {PORTAL}")
    _, application = await ask(session, f"{api}/applications/@me", headers)
    if not application.get("flags", 0) & MESSAGE_CONTENT:
        return Finding(
            NAME,
            Status.FAIL,
            f"logged in as {user.get('username')}, but it may not read messages",
            f"switch on Message Content Intent {PORTAL}",
        )
    return Finding(NAME, Status.OK, f"logged in as {user.get('username')}")
