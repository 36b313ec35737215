"""Pages to read: help, about, privacy."""

from datetime import timedelta
from importlib.metadata import version

from bot.chat.context import Case
from bot.chat.model import Reply
from bot.chat.words import PageWords
from bot.config import Limits
from bot.recognition.backend import Analyser
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, REMOVED_KEPT, Scope


class Pages:
    """Explains whobot."""

    def __init__(self, pipeline: Analyser, store: Store, limits: Limits) -> None:
        self._pipeline = pipeline
        self._store = store
        self._limits = limits

    async def help(self, case: Case) -> Reply:
        """Tell how to ask in this chat."""
        characters = self._pipeline.characters
        taught = map(characters.current, await self._store.taught(Scope.of(case.chat)))
        names = [characters.name(id_) for id_ in dict.fromkeys((*self._pipeline.roster, *taught))]
        words = PageWords(case.catalogue)
        text = words.help(
            names,
            case.capabilities,
            private=case.chat.private,
            manages=case.manages,
            teaches=self._pipeline.embeds and case.teaches,
        )
        return Reply(text, private=True)

    async def about(self, case: Case) -> Reply:
        """Tell which whobot this is."""
        text = PageWords(case.catalogue).about(
            version=version("whobot"),
            bundle=self._pipeline.bundle_name,
            bundle_id=self._pipeline.bundle_id,
            detector=self._pipeline.detector_name,
            roster=len(self._pipeline.roster),
            taught=len(await self._store.taught_here(Scope.of(case.chat), provisional=False)),
            everywhere=len(await self._store.taught(EVERYWHERE)),
        )
        return Reply(text, private=True)

    async def privacy(self, case: Case) -> Reply:
        """Tell what is kept."""
        remembered = timedelta(seconds=self._limits.remembered_seconds)
        words = PageWords(case.catalogue)
        return Reply(words.privacy(remembered=remembered, removed=REMOVED_KEPT, keep=case.settings.keep), private=True)
