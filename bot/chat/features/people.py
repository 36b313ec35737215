"""Whom a chat knows, for the page that shows it: all of them, one of them, their pictures, and what was changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.chat.access import Rights
from bot.chat.context import Context
from bot.chat.model import Reply, ReplyImage
from bot.chat.people import (
    ChangeShown,
    ChangesShown,
    FaceShown,
    ListPeople,
    ListPlaces,
    Named,
    PeopleShown,
    Person,
    PersonShown,
    PlaceShown,
    PlacesShown,
    ShowChanges,
    ShowFace,
    ShowPerson,
)
from bot.chat.registry import Feature, Parts, Rate, RequestHandler
from bot.chat.words import told
from bot.errors import NotTaught, Settled
from bot.recognition import formats
from bot.recognition.characters import Characters
from bot.recognition.gallery import Gallery
from bot.storage.values import EVERYWHERE, Example, Known, Scope, State

PEOPLE = 60
"""Characters on a page."""
FACES = 60
"""Pictures of a character on a page."""
CHANGES = 20
NEAREST = 3
"""Characters that are told of as looking like one."""
LONGEST_QUERY = 64


@dataclass(frozen=True, slots=True)
class Roll:
    """Everybody who is known in a chat, and how they are called there."""

    characters: Characters
    people: Mapping[str, Person]

    @classmethod
    def of(cls, characters: Characters, roster: Iterable[str], known: Iterable[Known], scope: Scope) -> "Roll":
        """Put those of the bundle and those who were taught together, by their present ids."""
        own = frozenset(roster)
        taught: dict[str, list[Known]] = {}
        for one in known:
            taught.setdefault(characters.current(one.character), []).append(one)
        everyone = sorted({*own, *taught}, key=lambda id_: characters.name(id_).casefold())
        return cls(characters, {id_: _person(characters, id_, own, taught.get(id_, ()), scope) for id_ in everyone})


def _person(characters: Characters, id_: str, own: frozenset[str], known: Sequence[Known], scope: Scope) -> Person:
    # Whom a chat has taught itself, it shows by a picture of its own.
    pictured = ((one.scope != scope, one.cover) for one in known if one.cover is not None)
    first = min(pictured, default=(False, None))
    return Person(
        id_,
        characters.name(id_),
        characters.series(id_),
        characters.aliases(id_),
        sum(one.pictures for one in known),
        sum(one.waiting for one in known),
        id_ in own,
        any(one.scope == scope for one in known),
        any(one.scope == EVERYWHERE for one in known),
        first[1],
    )


class People:
    """Shows whom a chat knows."""

    def __init__(self, parts: Parts) -> None:
        self._backend = parts.backend
        self._store = parts.store
        self._lessons = parts.lessons

    async def list(self, context: Context, request: ListPeople) -> Reply:
        """Show those who match, a page of them."""
        roll = await self._roll(context)
        query = " ".join(request.query.split())[:LONGEST_QUERY]
        everyone = [id_ for id_, one in roll.people.items() if one.pictures or not request.taught]
        found = roll.characters.search(query, everyone) or roll.characters.match(query, everyone).ids
        # Those who were taught are what people look after: they come first.
        found = tuple(sorted(found, key=lambda id_: roll.people[id_].pictures == 0))
        start = max(0, request.skip)
        shown = tuple(roll.people[id_] for id_ in found[start : start + PEOPLE])
        taught = sum(one.pictures > 0 for one in roll.people.values())
        return Reply(shown=PeopleShown(shown, len(found), taught))

    async def person(self, context: Context, request: ShowPerson) -> Reply:
        """Show all about one of them.

        Raises:
            NotTaught: nobody is known by this id.
        """
        roll, scope = await self._roll(context), Scope.of(context.chat)
        person = roll.people.get(request.id)
        if person is None:
            raise NotTaught(request.id)
        taught = await self._store.taught(scope, provisional=True)
        ids = [id_ for id_ in taught if roll.characters.current(id_) == person.id]
        start = max(0, request.skip)
        examples = (await self._store.examples_of(scope, ids))[start : start + FACES]
        judged = None if scope == EVERYWHERE else scope
        score = next((one for one in await self._store.scores(judged) if one.character == person.id), None)
        mistakes = await self._store.mistakes(judged)
        gallery = (await self._store.gallery(scope, self._backend.bundle_id)).renamed(roll.characters.current)
        return Reply(
            shown=PersonShown(
                person,
                tuple(_face(one, scope) for one in examples),
                tuple(sorted({one.by.name for one in examples if one.by and one.by.name})),
                score.confirmed if score else 0,
                score.corrected if score else 0,
                _named(roll, ((one.said, one.count) for one in mistakes if one.character == person.id)),
                _named(roll, ((one.character, one.count) for one in mistakes if one.said == person.id)),
                _named(roll, _nearest(gallery, person.id)),
            )
        )

    async def face(self, context: Context, request: ShowFace) -> Reply:
        """Show a picture of an example that counts, or waits, in this chat.

        Raises:
            Settled: it is not there.
        """
        example = await self._store.example(Scope.of(context.chat), request.face)
        kind = None if example is None else formats.sniff(example.image)
        if example is None or kind is None or not kind.media_types:
            raise Settled
        media_type = kind.media_types[0]
        return Reply(images=(ReplyImage(example.image, media_type, f"face{formats.suffix_of(media_type)}"),))

    async def changes(self, context: Context, request: ShowChanges) -> Reply:
        """Show the last changes, a page of them."""
        scope = Scope.of(context.chat)
        found = await self._store.history(scope, skip=max(0, request.skip), limit=CHANGES + 1)
        characters = self._backend.characters
        shown = tuple(
            ChangeShown(
                one.id,
                told(context.catalogue, one, characters.name),
                one.at.isoformat(),
                one.revertible,
                one.reverted,
            )
            for one in found[:CHANGES]
        )
        return Reply(shown=ChangesShown(shown, len(found) > CHANGES))

    async def places(self, _context: Context, _request: ListPlaces) -> Reply:
        """Show the chats in which something was taught."""
        places = await self._store.places()
        return Reply(
            shown=PlacesShown(
                tuple(
                    PlaceShown(one.scope.platform, one.scope.home, one.characters, one.pictures)
                    for one in places
                    if one.scope != EVERYWHERE
                )
            )
        )

    async def _roll(self, context: Context) -> Roll:
        scope = Scope.of(context.chat)
        known = await self._store.known(scope)
        characters = await self._lessons.characters(context, {one.character for one in known})
        return Roll.of(characters, self._backend.roster, known, scope)


def _face(example: Example, scope: Scope) -> FaceShown:
    return FaceShown(
        example.id,
        example.by.name if example.by else "",
        example.at.isoformat(),
        example.origin,
        example.state is State.PROVISIONAL,
        example.scope == scope,
        bool(example.image),
    )


def _named(roll: Roll, values: Iterable[tuple[str, float]]) -> tuple[Named, ...]:
    return tuple(Named(id_, roll.characters.name(id_), value) for id_, value in list(values)[:NEAREST])


def _nearest(gallery: Gallery, id_: str) -> list[tuple[str, float]]:
    """Return the taught characters whose examples look most like one's, by the cosine of the means."""
    if id_ not in gallery.characters or not len(gallery.embeddings):
        return []
    sums = np.zeros((len(gallery.characters), gallery.embeddings.shape[1]), np.float32)
    np.add.at(sums, gallery.owners, gallery.embeddings)
    means = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    cosines = means @ means[gallery.characters.index(id_)]
    ranked = sorted(zip(gallery.characters, cosines.tolist(), strict=True), key=lambda pair: -pair[1])
    return [(other, cosine) for other, cosine in ranked if other != id_ and cosine > 0]


FEATURE = Feature(
    make=People,
    requests=(
        RequestHandler(ListPeople, People.list, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(ShowPerson, People.person, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(ShowFace, People.face, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(ShowChanges, People.changes, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(ListPlaces, People.places, rights=Rights.OPERATOR, rate=Rate.PAGES),
    ),
)
