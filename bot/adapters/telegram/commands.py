"""The menu of commands that Telegram shows beside the text field."""

from telegram import Bot, BotCommand, BotCommandScopeAllChatAdministrators

_EVERYBODY = (
    BotCommand("who", "Who is in this picture? Send along, in reply to it, or before it"),
    BotCommand("optout", "on or off: ignore my pictures"),
    BotCommand("help", "How to ask"),
)
_ADMINISTRATORS = (*_EVERYBODY, BotCommand("watch", "on or off: look at every picture posted here"))


async def register(bot: Bot) -> None:
    """Tell Telegram which commands there are.

    Raises:
        TelegramError: it did not take them.
    """
    await bot.set_my_commands(_EVERYBODY)
    await bot.set_my_commands(_ADMINISTRATORS, scope=BotCommandScopeAllChatAdministrators())
