"""Pages to read: help, about, privacy."""

from datetime import timedelta
from importlib.metadata import version

from bot.chat.context import Context
from bot.chat.model import Reply
from bot.chat.words import PageWords
from bot.config import Limits
from bot.recognition.backend import Backend
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, REMOVED_KEPT, Scope


class Pages:
    """Explains whobot."""

    def __init__(self, backend: Backend, store: Store, limits: Limits) -> None:
        self._backend = backend
        self._store = store
        self._limits = limits

    async def help(self, context: Context) -> Reply:
        """Tell how to ask in this chat."""
        characters = self._backend.characters
        taught = map(characters.current, await self._store.taught(Scope.of(context.chat)))
        names = [characters.name(id_) for id_ in dict.fromkeys((*self._backend.roster, *taught))]
        words = PageWords(context.catalogue)
        text = words.help(
            names,
            context.capabilities,
            private=context.chat.private,
            manages=context.manages,
            teaches=self._backend.embeds and context.teaches,
        )
        return Reply(text, private=True)

    async def about(self, context: Context) -> Reply:
        """Tell which whobot this is."""
        text = PageWords(context.catalogue).about(
            version=version("whobot"),
            bundle=self._backend.bundle_name,
            bundle_id=self._backend.bundle_id,
            detector=self._backend.detector_name,
            roster=len(self._backend.roster),
            taught=len(await self._store.taught_here(Scope.of(context.chat), provisional=False)),
            everywhere=len(await self._store.taught(EVERYWHERE)),
        )
        return Reply(text, private=True)

    async def privacy(self, context: Context) -> Reply:
        """Tell what is kept."""
        remembered = timedelta(seconds=self._limits.remembered_seconds)
        words = PageWords(context.catalogue)
        return Reply(
            words.privacy(remembered=remembered, removed=REMOVED_KEPT, keep=context.settings.keep), private=True
        )
