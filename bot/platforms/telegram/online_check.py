"""Asks Telegram whose the token is, and what the bot sees in groups."""

import aiohttp

from bot.finding import Finding, Status
from bot.platforms.shared.tokens import ask, refused
from bot.platforms.telegram.platform import NAME, Telegram


async def check_online(settings: Telegram, session: aiohttp.ClientSession) -> Finding:
    """Ask for the bot's name and its privacy mode."""
    assert settings.token is not None  # noqa: S101 - it is on
    status, answer = await ask(session, f"{settings.api}/bot{settings.token.get_secret_value()}/getMe", {})
    if status != 200:
        return refused(NAME, status, "ask @BotFather for a new token")
    user = answer.get("result", {})
    privacy = "" if user.get("can_read_all_group_messages") else "in groups it sees commands and replies only"
    advice = "watching a group needs privacy mode off: @BotFather, /setprivacy" if privacy else ""
    return Finding(NAME, Status.OK, ", ".join(filter(None, (f"logged in as @{user.get('username')}", privacy))), advice)
