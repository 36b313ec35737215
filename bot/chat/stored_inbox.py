"""The inbox in the store: satisfies `bot.chat.inbox.Inbox` for every process that uses the same database."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from bot.background import beside
from bot.chat.inbox import Fate, LeftOpen, LocalInbox
from bot.chat.model import Letter
from bot.config import Inbox as InboxSettings
from bot.errors import StoreError, StoreOutgrown
from bot.storage.inbox import LEASE, Batch
from bot.storage.presence import Presence
from bot.storage.store import Store
from bot.storage.values import LetterKey

FAREWELL = 2.0
"""Seconds to write down the last of it."""
PAUSE = 1.0
"""Seconds after which what could not be written down is tried again."""
TRIES = 5
"""How often a letter is taken on: one that ends every process that does shall not go on doing so."""
AT_ONCE = 500
"""Letters that are written down together, and a limit for what one statement carries."""

log = structlog.get_logger(__name__)


@asynccontextmanager
async def keeping_inbox(store: Store, settings: InboxSettings | None = None) -> AsyncIterator["StoredInbox"]:
    """Within the block, keep an inbox in the store. What is open at its end is anybody's."""
    inbox = StoredInbox(store, settings or InboxSettings())
    with inbox.presence.announced(inbox.holder):
        async with beside(inbox.write()), beside(inbox.hold_on()):
            yield inbox
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL):
                    await inbox.written()
        with suppress(StoreError):
            await store.let_go(inbox.holder)


@dataclass(slots=True)
class _Pending:
    """What waits to be written down, and who waits for it."""

    batch: Batch = field(default_factory=Batch)
    waiting: list[tuple[Sequence[Letter], asyncio.Future[list[Letter]]]] = field(default_factory=list)


class StoredInbox:
    """Writes down together whatever comes while it is writing, so that a question costs no commits of its own.

    Args:
        store: Has the letters of all processes.
        settings: What becomes of those that were left open.
    """

    def __init__(self, store: Store, settings: InboxSettings) -> None:
        self.holder = secrets.token_hex(8)
        """What this process calls itself."""
        self.presence = Presence(store.file)
        self.outgrown: StoreOutgrown | None = None
        """What says that a newer whobot uses the store, once it does: this process is to end."""
        self._outgrown = asyncio.Event()
        self._store = store
        self._settings = settings
        self._unwritten = LocalInbox()
        self._pending = _Pending()
        self._due = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._held: set[LetterKey] = set()

    async def accept(self, letters: Sequence[Letter]) -> list[Letter]:
        """Write letters down; return those whose events nobody has accepted before."""
        new: list[Letter] = []
        for begin in range(0, len(letters), AT_ONCE):
            part = letters[begin : begin + AT_ONCE]
            self._pending.batch.accepted += part
            try:
                new += await self._written(part)
            except StoreOutgrown:
                raise
            except StoreError:
                # Whoever asks shall be answered all the same: only a crash is not outlived then.
                new += await self._unwritten.accept(part)
        return new

    async def sending(self, letters: Sequence[Letter]) -> None:
        """Note that an answer is about to be sent."""
        keys = [letter.key for letter in letters if letter.key in self._held]
        if not keys:
            return
        self._pending.batch.sending += keys
        # Whoever waits for an answer gets it all the same; a crash now would have it sent twice.
        with suppress(StoreError):
            await self._written(())

    def close(self, letters: Sequence[Letter]) -> None:
        """Have these letters answered."""
        self._pending.batch.closed += self._put_down(letters)
        self._call()

    def give_back(self, letters: Sequence[Letter]) -> None:
        """Leave these letters open for whoever takes them over."""
        self._pending.batch.given_back += self._put_down(letters)
        self._call()

    async def take_over(self, platform: str, account: str) -> Sequence[LeftOpen]:
        """Return what nobody holds any more of an account; what is too old is dropped, if that is how it is set."""
        try:
            holders = await self._store.holders() - {self.holder}
            dead = self.presence.ended(holders)
            letters = await self._store.take_over(platform, account, self.holder, dead)
        except StoreError as error:
            self._hear(error)
            return ()
        self._held |= {letter.key for letter in letters}
        left = [LeftOpen(letter, self._fate(letter)) for letter in letters]
        dropped = [one.letter for one in left if one.fate is Fate.LATE and self._settings.late == "drop"]
        self.close(dropped)
        if left:
            log.info("questions_taken_over", platform=platform, questions=len(left), dropped=len(dropped))
        return [one for one in left if one.letter not in dropped]

    async def missed_since(self, platform: str, account: str) -> datetime | None:
        """Return since when events of an account may have been missed.

        That later events were handled says nothing of earlier ones: whobot may have ended while it was catching up.
        """
        try:
            first = await self._store.first_handled(platform, account)
        except StoreError as error:
            self._hear(error)
            return None
        oldest = datetime.now(UTC) - timedelta(seconds=self._settings.seconds)
        return None if first is None else max(first, oldest)

    async def until_outgrown(self) -> None:
        """Wait until a newer whobot uses the store."""
        await self._outgrown.wait()

    async def written(self) -> None:
        """Wait until all is written down."""
        await self._idle.wait()

    async def write(self) -> None:
        """Write down what comes, for ever."""
        while True:
            await self._due.wait()
            self._due.clear()
            pending, self._pending = self._pending, _Pending()
            try:
                await self._write(pending)
            except StoreError as error:
                self._hear(error)
                self._keep_for_later(pending.batch)
                for _, future in pending.waiting:
                    if not future.done():
                        future.set_exception(error)
                await asyncio.sleep(PAUSE)
            if not self._due.is_set():
                self._idle.set()

    async def hold_on(self) -> None:
        """Prolong the leases of what is in hand, for ever, and look whether the store is still this version's."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                # What is not in hand is not held on to, whatever the store says: somebody else shall have it.
                held = tuple(self._held)
                for begin in range(0, max(1, len(held)), AT_ONCE):
                    part = held[begin : begin + AT_ONCE]
                    await self._store.hold_on(self.holder, part)
            except StoreError as error:
                self._hear(error)

    async def _write(self, pending: _Pending) -> None:
        new = await self._store.write_letters(pending.batch, self.holder)
        for letters, future in pending.waiting:
            mine = [letter for letter in letters if letter.key in new]
            # The same event may have come twice in one moment: it is answered once.
            new -= {letter.key for letter in mine}
            kept = [letter for letter in mine if letter.content is not None]
            self._held |= {letter.key for letter in kept}
            if future.cancelled():
                self.give_back(kept)
            else:
                future.set_result(mine)

    def _written(self, letters: Sequence[Letter]) -> asyncio.Future[list[Letter]]:
        future: asyncio.Future[list[Letter]] = asyncio.get_running_loop().create_future()
        self._pending.waiting.append((letters, future))
        self._call()
        return future

    def _call(self) -> None:
        self._idle.clear()
        self._due.set()

    def _put_down(self, letters: Sequence[Letter]) -> list[LetterKey]:
        keys = [letter.key for letter in letters if letter.key in self._held]
        self._held -= set(keys)
        return keys

    def _keep_for_later(self, batch: Batch) -> None:
        """Write down later what has been answered; what could not be accepted comes again."""
        waiting = self._pending.batch
        waiting.closed = batch.closed + waiting.closed
        waiting.given_back = batch.given_back + waiting.given_back
        if waiting.closed or waiting.given_back:
            self._due.set()

    def _fate(self, letter: Letter) -> Fate:
        if letter.sending or letter.tries > TRIES:
            return Fate.UNSURE
        late = datetime.now(UTC) - letter.at > timedelta(seconds=self._settings.seconds)
        return Fate.LATE if late else Fate.ANSWER

    def _hear(self, error: StoreError) -> None:
        if not isinstance(error, StoreOutgrown):
            log.warning("inbox_not_written", reason=str(error))
        elif self.outgrown is None:
            log.error("store_outgrown", problem=str(error))
            self.outgrown = error
            self._outgrown.set()
