"""Teaching picture by picture, as a page does that was given a whole folder."""

from bot.chat.access import Rights
from bot.chat.answers import faces_of
from bot.chat.context import Context
from bot.chat.model import Reply
from bot.chat.people import AddPicture, PictureTaken
from bot.chat.registry import Feature, Parts, Rate, RequestHandler
from bot.errors import CannotLearn, UserError
from bot.recognition.results import Analysis, Sighting
from bot.recognition.teaching import odd_ones, taught_before
from bot.storage.values import Origin, State

FAR_LARGER = 2.0
"""A face whose box is so many times as wide as any other's is the one that a picture is of."""
LEAST_SHARE = 0.005
"""Of the picture's width and height, that a drawn box has."""


class Adding:
    """Learns from one picture after the other, and says of each what came of it.

    A picture that was taught before is passed over: a folder that was interrupted is given once more.
    """

    def __init__(self, parts: Parts) -> None:
        self._analysis = parts.analysis
        self._backend = parts.backend
        self._lessons = parts.lessons

    async def add(self, context: Context, request: AddPicture) -> Reply:
        """Learn the face of a picture.

        Raises:
            BadName, ActiveName, UnclearName: of the name.
            CannotLearn: the bundle is not made for it.
            TooManyExamples: there is no room for another one.
            UserError: the picture may not or cannot be looked at.
        """
        if not self._backend.embeds:
            raise CannotLearn
        character = await self._lessons.character_called(context, request.name)
        boxes = () if request.box is None else (_within(request.box),)
        (finding,) = await self._analysis.analyse(context, request.pictures[:1], drawn=False, boxes=boxes)
        if isinstance(finding.result, UserError):
            raise finding.result
        if not isinstance(finding.result, Analysis):
            return Reply(context.sentences.failure(finding.result), failure=finding.result)
        t = context.catalogue
        sightings = sorted((seen.sighting for seen in faces_of([finding])), key=_width, reverse=True)
        if not sightings:
            return Reply(context.sentences.no_face(), shown=PictureTaken(taken=False))
        if len(sightings) > 1 and _width(sightings[0]) < FAR_LARGER * _width(sightings[1]):
            text = t.ngettext(
                "There is {n} face in it; draw a box round the one that is meant.",
                "There are {n} faces in it; draw a box round the one that is meant.",
                len(sightings),
            )
            return Reply(text.format(n=len(sightings)), shown=PictureTaken(taken=False))
        portrait = sightings[0].portrait
        if portrait is None:
            raise CannotLearn
        earlier = await self._lessons.earlier(context, character)
        known = [one.embedding for one in earlier if one.embedding is not None and one.bundle_id == portrait.bundle_id]
        if any(one.image == portrait.image for one in earlier) or taught_before(portrait.embedding, known):
            return Reply(t.gettext("Known already."), shown=PictureTaken(taken=False, known=True, person=character))
        origin = Origin.TAUGHT if request.box is None else Origin.DRAWN
        lesson = await self._lessons.learn(context, character, [portrait], origin=origin)
        counting = [one.embedding for one in earlier if one.embedding is not None and one.state is State.CONFIRMED]
        if odd_ones([portrait.embedding], counting, kinship=self._backend.kinship):
            text = t.gettext("Taken for {name}, but it looks little like them.")
        elif lesson.counts:
            text = t.gettext("Taken for {name}.")
        else:
            text = t.gettext("Taken for {name}; somebody has to confirm it.")
        return Reply(
            text.format(name=self._backend.characters.name(character)), shown=PictureTaken(taken=True, person=character)
        )


def _within(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return the part of a drawn box that lies in the picture, however it was drawn."""
    left, top, width, height = box
    left, top = min(max(left, 0.0), 1 - LEAST_SHARE), min(max(top, 0.0), 1 - LEAST_SHARE)
    return left, top, min(max(width, LEAST_SHARE), 1 - left), min(max(height, LEAST_SHARE), 1 - top)


def _width(sighting: Sighting) -> float:
    return max(sighting.face.box.width, sighting.face.box.height)


FEATURE = Feature(
    make=Adding,
    requests=(RequestHandler(AddPicture, Adding.add, rights=Rights.MANAGERS, rate=Rate.PAGES),),
)
