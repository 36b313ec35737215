"""Faces that nobody knew, for those who look after a chat: name one, and all that look like it are taught."""

from collections.abc import Sequence

from bot.chat.access import Rights
from bot.chat.context import Context
from bot.chat.model import Reply, ReplyImage
from bot.chat.people import (
    DismissStrangers,
    Done,
    GatherStrangers,
    GroupFacesShown,
    GroupShown,
    ListStrangers,
    NameStrangers,
    ShowStranger,
    ShowStrangers,
    SplitStrangers,
    StrangerShown,
    StrangersShown,
)
from bot.chat.registry import Feature, Parts, Rate, RequestHandler
from bot.chat.words import TeachingWords
from bot.errors import CannotLearn, Settled
from bot.recognition import formats
from bot.recognition.results import Portrait
from bot.recognition.teaching import taught_before
from bot.storage.values import UNKNOWN_KEPT, Gathering, Scope, Stranger, Truth, Verdict

GROUPS = 30
"""Groups on a page."""
FACES = 60
"""Faces of a group on a page."""


class Strangers:
    """Shows the faces that wait for a name, and does with them what people say."""

    def __init__(self, parts: Parts) -> None:
        self._backend = parts.backend
        self._store = parts.store
        self._lessons = parts.lessons

    async def list(self, context: Context, request: ListStrangers) -> Reply:
        """Show the groups, a page of them."""
        scope = Scope.of(context.chat)
        groups = await self._store.stranger_groups(scope, skip=max(0, request.skip), limit=GROUPS)
        count, faces = await self._store.count_strangers(scope)
        shown = tuple(GroupShown(one.id, one.count, one.at.isoformat(), one.covers) for one in groups)
        on = context.settings.gather is Gathering.UNKNOWN
        return Reply(shown=StrangersShown(shown, count, faces, on, UNKNOWN_KEPT.days))

    async def group(self, context: Context, request: ShowStrangers) -> Reply:
        """Show the faces of a group, a page of them."""
        start = max(0, request.skip)
        found = await self._store.strangers(Scope.of(context.chat), request.group, skip=start, limit=FACES + 1)
        faces = tuple(StrangerShown(one.id, one.by.name if one.by else "", one.at.isoformat()) for one in found[:FACES])
        return Reply(shown=GroupFacesShown(request.group, faces, len(found) > FACES))

    async def face(self, context: Context, request: ShowStranger) -> Reply:
        """Show a face.

        Raises:
            Settled: it is not there.
        """
        stranger = await self._store.stranger(Scope.of(context.chat), request.face)
        kind = None if stranger is None else formats.sniff(stranger.image)
        if stranger is None or kind is None or not kind.media_types:
            raise Settled
        media_type = kind.media_types[0]
        return Reply(images=(ReplyImage(stranger.image, media_type, f"face{formats.suffix_of(media_type)}"),))

    async def name(self, context: Context, request: NameStrangers) -> Reply:
        """Teach the faces of a group, and take them out of those that wait.

        Raises:
            BadName, ActiveName, UnclearName: of the name.
            CannotLearn: the bundle is not made for it.
            TooManyExamples: there is no room for them.
            Settled: they are not there.
        """
        if not self._backend.embeds:
            raise CannotLearn
        character = await self._lessons.character_called(context, request.name)
        faces = await self._chosen(context, request.group, request.faces)
        earlier = await self._lessons.earlier(context, character)
        known = [one.embedding for one in earlier if one.embedding is not None]
        new = [
            Portrait(one.image, one.embedding, one.bundle_id)
            for one in faces
            if not taught_before(one.embedding, (other for other in known if len(other) == len(one.embedding)))
        ]
        words, called = TeachingWords(context.catalogue), self._backend.characters.name(character)
        change = None
        if new:
            lesson = await self._lessons.learn(context, character, new)
            change = lesson.change.id
            text = words.learnt(called, len(earlier) + len(new)) if lesson.counts else words.waiting(called, len(new))
        else:
            text = words.known_before(called, len(faces))
        await self._store.drop_strangers(Scope.of(context.chat), [one.id for one in faces])
        return Reply(text, shown=Done(change, character))

    async def split(self, context: Context, request: SplitStrangers) -> Reply:
        """Make a group of its own of some faces.

        Raises:
            Settled: they are not there.
        """
        group = await self._store.split_strangers(Scope.of(context.chat), request.group, request.faces)
        if group is None:
            raise Settled
        n = len(request.faces)
        text = context.catalogue.ngettext("{n} face is a group of its own now.", "{n} faces are a group now.", n)
        return Reply(text.format(n=n), shown=Done())

    async def dismiss(self, context: Context, request: DismissStrangers) -> Reply:
        """Remove faces for good; where they are none, count that as a verdict.

        Raises:
            Settled: they are not there.
        """
        scope = Scope.of(context.chat)
        faces = await self._chosen(context, request.group, request.faces)
        if request.not_faces:
            for one in faces:
                await self._store.judge(_no_face(context, scope, one))
        removed = await self._store.drop_strangers(scope, [one.id for one in faces])
        text = context.catalogue.ngettext("{n} face is gone.", "{n} faces are gone.", removed)
        return Reply(text.format(n=removed), shown=Done())

    async def gather(self, context: Context, request: GatherStrangers) -> Reply:
        """Keep such faces in this chat from now on, or no longer; then those that are there go."""
        await self._store.change(context.chat, gather=Gathering.UNKNOWN if request.on else Gathering.NOTHING)
        if not request.on:
            await self._store.clear_strangers(context.chat)
        t = context.catalogue
        text = t.gettext("From now on I keep faces that I do not know.") if request.on else t.gettext("They are gone.")
        return Reply(text, shown=Done())

    async def _chosen(self, context: Context, group: int, faces: tuple[int, ...]) -> Sequence[Stranger]:
        found = await self._store.strangers(Scope.of(context.chat), group, faces)
        if not found:
            raise Settled
        return found


def _no_face(context: Context, scope: Scope, stranger: Stranger) -> Verdict:
    return Verdict(
        scope,
        f"stranger:{stranger.id}",
        None,
        0.0,
        stranger.bundle_id,
        Truth.NOT_A_FACE,
        None,
        context.user,
        stranger.at,
    )


FEATURE = Feature(
    make=Strangers,
    requests=(
        RequestHandler(ListStrangers, Strangers.list, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(ShowStrangers, Strangers.group, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(ShowStranger, Strangers.face, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(NameStrangers, Strangers.name, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(SplitStrangers, Strangers.split, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(DismissStrangers, Strangers.dismiss, rights=Rights.MANAGERS, rate=Rate.PAGES),
        RequestHandler(GatherStrangers, Strangers.gather, rights=Rights.MANAGERS, rate=Rate.PAGES),
    ),
)
