"""What was taught, ready for the network: loaded once a scope, and again when something has changed."""

from dataclasses import dataclass

from cachetools import LRUCache

from bot.recognition.backend import Backend
from bot.recognition.gallery import Gallery
from bot.storage.store import Store
from bot.storage.values import Scope

KEPT = 64
"""Scopes whose galleries are kept in memory, those that asked last."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    stamp: tuple[object, ...]
    gallery: Gallery


class Galleries:
    """Knows each scope's gallery.

    The store is asked each time whether it has changed: the operator teaches from a command line of their own.
    """

    def __init__(self, backend: Backend, store: Store) -> None:
        self._backend = backend
        self._store = store
        self._loaded: LRUCache[Scope, _Loaded] = LRUCache(KEPT)

    async def of(self, scope: Scope) -> Gallery:
        """Return what counts in a scope, as the running bundle sees it."""
        bundle_id = self._backend.bundle_id
        stamp = await self._store.gallery_stamp(scope, bundle_id)
        loaded = self._loaded.get(scope)
        if loaded is None or loaded.stamp != stamp:
            # A later bundle may know a taught character by itself, under the same name.
            characters = self._backend.characters
            gallery = (await self._store.gallery(scope, bundle_id)).renamed(characters.current)
            loaded = _Loaded(stamp, gallery)
        self._loaded[scope] = loaded
        return loaded.gallery
