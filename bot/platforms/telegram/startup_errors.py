"""Why Telegram cannot be used at all, in words for the operator."""

from urllib.parse import urlsplit

from telegram.error import Conflict, InvalidToken, TelegramError, TimedOut

from bot.errors import AdapterError, LoginRefused


def explain(error: TelegramError | OSError, api: str) -> AdapterError:
    """What an error means for whoever runs whobot, and what to do about it."""
    server = urlsplit(api).hostname
    match error:
        case InvalidToken():
            return LoginRefused(
                f"{server} refuses the Telegram token. Ask @BotFather for the right one (/mybots, then API Token) and"
                " set WHOBOT_TELEGRAM__TOKEN or telegram.token_file"
            )
        case Conflict():
            return AdapterError(
                "another program receives the updates of the same Telegram bot. Stop it, or give each a bot of its own"
            )
        case TimedOut():
            return AdapterError(f"the Telegram Bot API at {server} does not answer in time")
        case TelegramError():
            return AdapterError(f"the Telegram Bot API at {server} cannot be used: {error.message}")
        case _:
            return AdapterError(f"cannot listen for Telegram's webhook: {error.strerror or error}")
