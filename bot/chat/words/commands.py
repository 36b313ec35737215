"""The words about commands."""

from gettext import NullTranslations

from bot.chat.commands import Command


class CommandWords:
    """The words about commands in one language."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._catalogue = catalogue

    def misuse(self, command: Command | None) -> str:
        """Say how a command is meant, or that there is none of this name."""
        if command is None:
            return self._catalogue.gettext("There is no such command. Try /help.")
        return self._catalogue.gettext("{description}: {usage}").format(
            description=self._catalogue.gettext(command.description), usage=command.usage
        )
