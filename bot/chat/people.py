"""What the people page asks for and is shown: requests as every other, answered with values instead of words.

Whoever asks looks after the chat of the request: they manage it, or run the whole bot. A platform that has such a page
fills in a request from what its page sends, and hands the page the fields of `bot.chat.model.Reply.shown` as they are:
they hold nothing but texts, numbers, booleans, None, and tuples and values of these.
"""

from dataclasses import dataclass

from bot.chat.model import PictureRequest, Request

# --- looking ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListPeople(Request):
    """Whom does this chat know? `query` is a part of a name, an alias or a series; `skip` leaves out the first."""

    query: str = ""
    skip: int = 0
    taught: bool = False
    """Only those who were taught."""


@dataclass(frozen=True, slots=True)
class ShowPerson(Request):
    """All about the character with this id; `skip` leaves out its first pictures."""

    id: str
    skip: int = 0


@dataclass(frozen=True, slots=True)
class ShowFace(Request):
    """The picture of an example."""

    face: int


@dataclass(frozen=True, slots=True)
class ShowChanges(Request):
    """Who has taught and changed what?"""

    skip: int = 0


@dataclass(frozen=True, slots=True)
class ListPlaces(Request):
    """In which chats was something taught? For whoever runs whobot."""


# --- mending ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RenamePerson(Request):
    """A taught character shall be called otherwise. Where somebody is called so already, the two become one."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DescribePerson(Request):
    """What else a character is called, and where they are from."""

    id: str
    series: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveFaces(Request):
    """These pictures show somebody else, who is called `name`."""

    faces: tuple[int, ...]
    name: str


@dataclass(frozen=True, slots=True)
class RemoveFaces(Request):
    """These pictures are of no use."""

    faces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ForgetPerson(Request):
    """Unlearn a character that was taught."""

    id: str


@dataclass(frozen=True, slots=True)
class PromotePerson(Request):
    """A character that was taught here shall be known in all chats."""

    id: str


@dataclass(frozen=True, slots=True)
class UndoChange(Request):
    """Take a change back."""

    change: int


@dataclass(frozen=True, slots=True)
class AddPicture(PictureRequest):
    """This picture shows `name`: one face of it, the only one or one that is far larger than the others.

    `box` is where the face is, if somebody has drawn it: left, top, width and height as shares of the picture's.
    """

    name: str
    box: tuple[float, float, float, float] | None = None


# --- who is this? ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListStrangers(Request):
    """Which faces does nobody know? Those that look alike come together; `skip` leaves out the first groups."""

    skip: int = 0


@dataclass(frozen=True, slots=True)
class ShowStrangers(Request):
    """The faces of a group; `skip` leaves out the first."""

    group: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class ShowStranger(Request):
    """The picture of a face that nobody knows."""

    face: int


@dataclass(frozen=True, slots=True)
class NameStrangers(Request):
    """All faces of a group, or only some of them, are `name`."""

    group: int
    name: str
    faces: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SplitStrangers(Request):
    """These faces of a group are somebody else than the others."""

    group: int
    faces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DismissStrangers(Request):
    """Nobody needs to know these faces, all of a group or some; `not_faces`: they are none."""

    group: int
    faces: tuple[int, ...] = ()
    not_faces: bool = False


@dataclass(frozen=True, slots=True)
class GatherStrangers(Request):
    """From now on faces that nobody knows shall be kept here, or no longer."""

    on: bool


# --- what is shown ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """A character on a card.

    Args:
        pictures: How many examples show them, of this chat and of those that hold in all chats.
        waiting: How many of those wait for a second opinion.
        own: Whether the bundle knows them by itself.
        here: Whether this chat has taught them.
        everywhere: Whether they were taught for all chats.
        cover: An example to show, None where no picture is kept.
    """

    id: str
    name: str
    series: str | None
    aliases: tuple[str, ...]
    pictures: int
    waiting: int
    own: bool
    here: bool
    everywhere: bool
    cover: int | None


@dataclass(frozen=True, slots=True)
class PeopleShown:
    """A part of those who are known: `count` of them match, `taught` were taught."""

    people: tuple[Person, ...]
    count: int
    taught: int


@dataclass(frozen=True, slots=True)
class FaceShown:
    """An example: who taught it and when (ISO 8601), whether it waits, and whether it can be changed here."""

    id: int
    by: str
    at: str
    origin: str
    waiting: bool
    here: bool
    pictured: bool


@dataclass(frozen=True, slots=True)
class Named:
    """Another character, and how often or how much."""

    id: str
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class PersonShown:
    """All about a character.

    Args:
        faces: A part of its `person.pictures` examples.
        teachers: Who has taught them, those of these faces.
        confirmed: How often people said that the name was right.
        corrected: How often that it was wrong.
        mistaken_for: Who was named in their place, and how often.
        taken_for: In whose place they were named, and how often.
        alike: Taught characters whose pictures look most like theirs, by the cosine of the means.
    """

    person: Person
    faces: tuple[FaceShown, ...]
    teachers: tuple[str, ...]
    confirmed: int
    corrected: int
    mistaken_for: tuple[Named, ...]
    taken_for: tuple[Named, ...]
    alike: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """An entry of the history, in words without its time."""

    id: int
    what: str
    at: str
    revertible: bool
    reverted: bool


@dataclass(frozen=True, slots=True)
class ChangesShown:
    """A part of the history, and whether there are older ones."""

    changes: tuple[ChangeShown, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A chat or server in which something was taught."""

    platform: str
    home: str
    characters: int
    pictures: int


@dataclass(frozen=True, slots=True)
class PlacesShown:
    """Those places."""

    places: tuple[PlaceShown, ...]


@dataclass(frozen=True, slots=True)
class GroupShown:
    """Faces that look alike: how many, when the last one came (ISO 8601), and some of them."""

    id: int
    count: int
    at: str
    covers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StrangersShown:
    """A part of the groups, the largest first; whether this chat keeps such faces at all, and for how many days."""

    groups: tuple[GroupShown, ...]
    count: int
    faces: int
    on: bool
    days: int


@dataclass(frozen=True, slots=True)
class StrangerShown:
    """A face that nobody knows: whose picture it was in, and when (ISO 8601)."""

    id: int
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class GroupFacesShown:
    """A part of the faces of a group."""

    id: int
    faces: tuple[StrangerShown, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, which the reply says in words: the id of the change, and whom it is about now."""

    change: int | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class PictureTaken:
    """What came of a picture: whether its face was taken, and whether it was known before."""

    taken: bool
    known: bool = False
    person: str | None = None


REQUESTS: dict[str, type[Request]] = {
    "list": ListPeople,
    "person": ShowPerson,
    "changes": ShowChanges,
    "places": ListPlaces,
    "rename": RenamePerson,
    "describe": DescribePerson,
    "move": MoveFaces,
    "remove": RemoveFaces,
    "forget": ForgetPerson,
    "promote": PromotePerson,
    "undo": UndoChange,
    "strangers": ListStrangers,
    "group": ShowStrangers,
    "name": NameStrangers,
    "split": SplitStrangers,
    "dismiss": DismissStrangers,
    "gather": GatherStrangers,
}
"""What a page may ask for without a picture, by the word that it says."""
