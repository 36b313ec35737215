"""How a chat is set."""

from dataclasses import asdict
from typing import Any

from bot.domain import Configure, Reply
from bot.errors import BadSetting, NotAllowed
from bot.rates import Rates
from bot.replies import Sentences, find_language, translations_for
from bot.service.case import Case
from bot.store import Store


class ChangingSettings:
    """Changes how a chat is set, for those who manage it."""

    def __init__(self, store: Store, rates: Rates) -> None:
        self._store = store
        self._rates = rates

    async def answer(self, case: Case, wish: Configure) -> Reply:
        """Change what the wish names, and tell all settings."""
        if not case.manages:
            raise NotAllowed
        language = find_language(wish.language)
        if wish.language is not None and language is None:
            raise BadSetting("language")
        if wish.threshold is not None and not 0 <= wish.threshold <= 1:  # refuses "not a number" as well
            raise BadSetting("threshold")
        self._rates.admit(case.user, case.chat)
        given = {**asdict(wish), "language": language}
        changes: Any = {name: value for name, value in given.items() if value is not None}
        settings = await self._store.change(case.chat, **changes)
        sentences = Sentences(translations_for(settings.language or case.incoming.locale))
        return Reply(sentences.settings(watch=settings.watch, threshold=settings.threshold))
