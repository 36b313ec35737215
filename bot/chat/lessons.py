"""Learning from people: who may teach, what is kept, and the buttons to agree or to take it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.chat.actions import write
from bot.chat.context import Context
from bot.chat.model import Button, ButtonStyle, User
from bot.chat.words import TeachingWords
from bot.errors import Settled, TooManyExamples
from bot.recognition.backend import Backend
from bot.recognition.characters import Characters
from bot.recognition.gallery import Embedding
from bot.recognition.results import Portrait
from bot.recognition.teaching import character_of, unlike
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, Action, Change, Draft, Example, Origin, Scope, State

EXAMPLES_LIMIT = 2_000
"""Face crops that a chat, or a whole server, may teach."""

MOST_CANDIDATES = 3
"""Characters that are offered for a name that is not clear."""

MOST_CHANGES = 10**9
"""What the ids of changes on buttons stay below."""

ACTIONS = {
    Origin.TAUGHT: Action.TAUGHT,
    Origin.CORRECTED: Action.CORRECTED,
    Origin.CONFIRMED: Action.CONFIRMED,
    Origin.DRAWN: Action.TAUGHT,
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learnt, and whether it counts already."""

    change: Change
    counts: bool


class Lessons:
    """Keeps what people teach, in the scope of their chat."""

    def __init__(self, backend: Backend, store: Store) -> None:
        self._backend = backend
        self._store = store

    async def characters(self, context: Context, taught: Iterable[str]) -> Characters:
        """Return who is known, these taught ones included, as the chat describes them."""
        described = await self._store.descriptions(Scope.of(context.chat))
        return self._backend.characters.including_taught(taught, described)

    async def character_called(self, context: Context, name: str) -> str:
        """Return the id of the character that a name means in a chat; a new one for a name that is not known.

        Raises:
            BadName, ActiveName: no character can be called so.
            UnclearName: the name may mean several characters.
        """
        taught = await self._store.taught(Scope.of(context.chat), provisional=True)
        return character_of(name, await self.characters(context, taught))

    async def written_alike(self, context: Context, character: str) -> str | None:
        """Return the name of a known character that a taught name only looks like; None where there is none."""
        if character in self._backend.characters:
            return None
        taught = await self._store.taught(Scope.of(context.chat), provisional=True)
        others = (other for other in taught if other != character)
        return self._backend.characters.including_taught(others).lookalike(character)

    async def earlier(self, context: Context, character: str) -> list[Example]:
        """Return what shows a character in a chat, examples that wait for a second opinion included."""
        scope, characters = Scope.of(context.chat), self._backend.characters
        # A later bundle may know by itself, under an id of its own, who was taught before.
        taught = await self._store.taught(scope, provisional=True)
        return await self._store.examples_of(scope, [id_ for id_ in taught if characters.current(id_) == character])

    def is_strange(self, character: str, portraits: Sequence[Portrait], earlier: Iterable[Example]) -> bool:
        """Tell whether no face of a lesson looks like those by which its character is known already.

        Args:
            character: Whom the lesson teaches.
            portraits: Its faces, those that are new.
            earlier: What shows the character in the chat.
        """
        backend = self._backend
        known = [*counting(earlier, backend.bundle_id), *backend.prototypes(character)]
        return unlike([portrait.embedding for portrait in portraits], known, kinship=backend.kinship)

    async def learn(
        self,
        context: Context,
        character: str,
        portraits: Sequence[Portrait],
        *,
        origin: Origin = Origin.TAUGHT,
        denied: bool = False,
    ) -> Lesson:
        """Keep faces as examples of a character, or, where `denied`, as faces that are not the character.

        Raises:
            TooManyExamples: there is no room for them.
        """
        scope = Scope.of(context.chat)
        await _check_capacity(self._store, scope, len(portraits))
        counts = context.manages or not context.settings.confirm
        now = datetime.now(UTC)
        drafts = [
            Draft(
                scope,
                character,
                portrait.image,
                portrait.embedding,
                portrait.bundle_id,
                context.user,
                now,
                State.CONFIRMED if counts else State.PROVISIONAL,
                origin,
                denied,
            )
            for portrait in portraits
        ]
        return Lesson(await self._store.learn(drafts, ACTIONS[origin]), counts)

    async def agree(self, context: Context, example: Example) -> Lesson | None:
        """Let an example count because a second person says the same.

        Returns:
            None where it counts already, or still waits for another person.
        """
        own = example.by is not None and context.is_user(example.by)
        if example.state is State.CONFIRMED or (own and context.settings.confirm and not context.manages):
            return None
        change = await self._store.approve(example.scope, [example.id], context.user)
        return None if change is None else Lesson(change, counts=True)


def counting(examples: Iterable[Example], bundle_id: str) -> list[Embedding]:
    """Return the embeddings of examples that count, as a bundle sees them."""
    confirmed = (one for one in examples if one.state is State.CONFIRMED and one.bundle_id == bundle_id)
    return [one.embedding for one in confirmed if one.embedding is not None]


async def take_back(store: Store, change: Change, by: User) -> Change:
    """Take a change back, and return how that stands in the history.

    Raises:
        TooManyExamples: there is no room for what it had removed.
        Settled: there is nothing to take back any more.
    """
    if change.revertible and change.removed:
        await _check_capacity(store, change.scope, change.removed)
    undone = await store.revert(change.scope, change.id, by)
    if undone is None:
        raise Settled
    return undone


async def _check_capacity(store: Store, scope: Scope, count: int) -> None:
    if scope != EVERYWHERE and await store.kept_here(scope) + count > EXAMPLES_LIMIT:
        raise TooManyExamples(EXAMPLES_LIMIT)


def follow_up(context: Context, lesson: Lesson) -> tuple[Button, ...]:
    """Return the buttons that belong under a lesson: to take it back, or to agree to it."""
    if not context.capabilities.buttons:
        return ()
    words = TeachingWords(context.catalogue)
    if lesson.counts:
        return (undo_button(context, lesson.change),)
    return (
        Button(words.confirm(), write("approve", "", lesson.change.id), ButtonStyle.PRIMARY),
        Button(words.reject(), write("reject", "", lesson.change.id), ButtonStyle.DANGER),
    )


def undo_button(context: Context, change: Change) -> Button:
    """Return the button that takes a change back."""
    return Button(TeachingWords(context.catalogue).undo(), write("undo", "", change.id))
