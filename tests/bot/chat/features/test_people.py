"""What the people page is shown and has changed: by those who look after a chat, and nobody else."""

from dataclasses import replace
from typing import TypeVar

import pytest

from bot.chat.features.history import ShowHistory
from bot.chat.features.roster import Roster
from bot.chat.model import Chat, Reply, Request
from bot.chat.people import (
    ChangesShown,
    DescribePerson,
    Done,
    ForgetPerson,
    ListPeople,
    ListPlaces,
    MoveFaces,
    PeopleShown,
    PersonShown,
    PlacesShown,
    PromotePerson,
    RemoveFaces,
    RenamePerson,
    ShowChanges,
    ShowFace,
    ShowPerson,
    UndoChange,
)
from bot.chat.service import Service
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, Scope
from tests.support.learning_backend import LearningBackend, Member, refusal
from tests.support.service_harness import CHAT, MANAGER, Source

HERE = Scope.of(CHAT)
OPERATOR = replace(MANAGER, operator=True)
ALL_CHATS = Chat("", "", private=True)
T = TypeVar("T")


@pytest.fixture
def backend() -> LearningBackend:
    return LearningBackend()


@pytest.fixture
def ann(service: Service, source: Source) -> Member:
    return Member(service, source)


@pytest.fixture
def manager(service: Service, source: Source) -> Member:
    return Member(service, source, MANAGER)


@pytest.fixture
def operator(service: Service, source: Source) -> Member:
    return Member(service, source, OPERATOR)


def shown(reply: Reply, kind: type[T]) -> T:
    assert isinstance(reply.shown, kind), reply
    return reply.shown


async def people(member: Member, query: str = "") -> dict[str, int]:
    """Names, each with the number of pictures that show them."""
    found = shown(await member.say(ListPeople(query)), PeopleShown)
    return {one.name: one.pictures for one in found.people}


async def person(member: Member, id_: str) -> PersonShown:
    return shown(await member.say(ShowPerson(id_)), PersonShown)


async def faces(member: Member, id_: str) -> tuple[int, ...]:
    return tuple(one.id for one in (await person(member, id_)).faces)


async def undone(member: Member, reply: Reply) -> Reply:
    change = shown(reply, Done).change
    assert change is not None
    return await member.say(UndoChange(change))


async def test_those_who_were_taught_come_first_and_are_found_by_every_name(ann: Member, manager: Member) -> None:
    await ann.teach("Umi", "umi", "umi2")
    assert list((await people(manager)).items()) == [("Umi", 2), ("Nishikino Maki", 0), ("Yazawa Nico", 0)]
    assert await people(manager, "真姫") == {"Nishikino Maki": 0}
    assert await people(manager, "love live") == {"Nishikino Maki": 0, "Yazawa Nico": 0}
    only = shown(await manager.say(ListPeople(taught=True)), PeopleShown)
    assert [one.name for one in only.people] == ["Umi"]


async def test_a_character_is_shown_with_pictures_teachers_and_how_right_their_name_was(
    ann: Member, manager: Member
) -> None:
    await ann.teach("Umi", "umi", "umi2")
    await ann.press(await ann.ask("maki"), "Right!")
    wrong = await ann.press(await ann.ask("maki2"), "Wrong?")
    unlike = await ann.press(wrong, "Someone else…", "Umi")
    await ann.press(unlike, "Add anyway")
    umi = await person(manager, "Umi")
    assert (umi.person.pictures, len(umi.faces), umi.teachers) == (3, 3, ("Ann",))
    assert [(one.id, one.value) for one in umi.mistaken_for] == [("nishikino_maki", 1)]
    maki = await person(manager, "nishikino_maki")
    assert (maki.person.own, maki.faces, maki.confirmed, maki.corrected) == (True, (), 1, 1)
    assert [(one.name, one.value) for one in maki.taken_for] == [("Umi", 1)]
    assert refusal(await manager.say(ShowPerson("nobody"))) == "not_taught"


async def test_pictures_of_another_chat_are_not_shown(ann: Member, manager: Member, service: Service) -> None:
    await ann.teach("Umi", "umi")
    (face,) = await faces(manager, "Umi")
    assert refusal(await manager.say(ShowFace(face))) == "settled", "what the test teaches with is no picture"
    elsewhere = Member(service, Source(), MANAGER, Chat("discord", "elsewhere"))
    assert await people(elsewhere, "umi") == {}
    for request in (ShowFace(face), MoveFaces((face,), "Nico"), RemoveFaces((face,))):
        assert refusal(await elsewhere.say(request)) == "settled"
    assert refusal(await elsewhere.say(ForgetPerson("Umi"))) == "not_taught"
    assert await people(manager, "umi") == {"Umi": 1}


@pytest.mark.parametrize(
    "request_",
    [
        ListPeople(),
        ShowPerson("Umi"),
        ShowFace(1),
        ShowChanges(),
        RenamePerson("Umi", "Sea"),
        DescribePerson("Umi"),
        MoveFaces((1,), "Nico"),
        RemoveFaces((1,)),
        ForgetPerson("Umi"),
        UndoChange(1),
        PromotePerson("Umi"),
        ListPlaces(),
    ],
    ids=lambda request: type(request).__name__,
)
async def test_nobody_else_sees_or_changes_anything(ann: Member, manager: Member, request_: Request) -> None:
    await ann.teach("Umi", "umi")
    assert refusal(await ann.say(request_)) == "not_allowed"
    assert await people(manager, "umi") == {"Umi": 1}


async def test_a_name_is_changed_and_changed_back(ann: Member, manager: Member) -> None:
    await ann.teach("Umi", "umi", "umi2")
    renamed = await manager.say(RenamePerson("Umi", "Sonoda Umi"))
    assert renamed.text == "Umi is called Sonoda Umi now."
    assert (await ann.ask("umi3")).text.startswith("1. Sonoda Umi")
    assert (await undone(manager, renamed)).text.startswith("Taken back")
    assert (await ann.ask("umi3")).text.startswith("1. Umi")


async def test_two_become_one_and_two_again(ann: Member, manager: Member) -> None:
    await ann.teach("Umi", "umi", "umi2")
    await ann.teach("Sea", "sea")
    merged = await manager.say(RenamePerson("Sea", "Umi"))
    assert merged.text == "Sea and Umi are one now: Umi."
    assert await people(manager, "umi") == {"Umi": 3}
    await undone(manager, merged)
    assert await people(manager, "") == {"Sea": 1, "Umi": 2, "Nishikino Maki": 0, "Yazawa Nico": 0}


async def test_faces_go_to_somebody_else_or_away_and_come_back(ann: Member, manager: Member) -> None:
    await ann.teach("Umi", "umi", "umi2", "nico9")
    first, _, last = await faces(manager, "Umi")
    moved = await manager.say(MoveFaces((last,), "Nico"))
    assert moved.text == "1 picture shows Yazawa Nico now."
    assert await people(manager, "nico") == {"Yazawa Nico": 1}
    removed = await manager.say(RemoveFaces((first,)))
    assert removed.text == "I have removed 1 picture of Umi."
    assert await people(manager, "umi") == {"Umi": 1}
    await undone(manager, removed)
    again = await undone(manager, moved)
    assert await people(manager, "umi") == {"Umi": 3}
    assert await people(manager, "nico") == {"Yazawa Nico": 0}
    await undone(manager, again)
    assert await people(manager, "nico") == {"Yazawa Nico": 1}, "an undo can be undone"


async def test_further_names_and_a_series_hold_in_the_chats_commands(ann: Member, manager: Member) -> None:
    await ann.teach("Umi", "umi")
    described = await manager.say(DescribePerson("Umi", "Love Live!", ("Sonoda", "海未")))
    assert (await ann.say(Roster("海未"))).text.splitlines()[1:] == ["Umi (Love Live!), taught here"]
    assert "I know Umi in this chat now, from 2 pictures" in (await ann.teach("sonoda", "umi2")).text
    taken = await manager.say(DescribePerson("Umi", aliases=("真姫",)))
    assert (refusal(taken), taken.text) == ("name_taken", "Nishikino Maki is called so already.")
    assert refusal(await manager.say(DescribePerson("Umi", aliases=("https://example.org",)))) == "active_name"
    await undone(manager, described)
    assert (await person(manager, "Umi")).person.aliases == ()


async def test_what_was_done_stands_in_the_history_of_page_and_chat(ann: Member, manager: Member) -> None:
    await ann.teach("Umi", "umi")
    await manager.say(RenamePerson("Umi", "Sea"))
    await manager.say(DescribePerson("Sea", "Ocean"))
    told = shown(await manager.say(ShowChanges()), ChangesShown)
    assert [one.what for one in told.changes] == [
        "Boss changed the aliases or the series of Sea",
        "Boss renamed Umi: Sea",
        "Ann taught Umi, 1 picture",
    ]
    assert "Boss renamed Umi: Sea" in (await manager.say(ShowHistory())).text


async def test_the_operator_sees_every_chat_and_lets_all_of_them_know(
    ann: Member, operator: Member, service: Service, store: Store
) -> None:
    await ann.teach("Umi", "umi", "umi2")
    await operator.say(DescribePerson("Umi", "Love Live!"))
    places = shown(await operator.say(ListPlaces()), PlacesShown).places
    assert [(one.platform, one.home, one.characters, one.pictures) for one in places] == [("discord", "room", 1, 2)]
    assert (await operator.say(PromotePerson("Umi"))).text == "Umi is known in all chats now"
    assert await store.taught_here(EVERYWHERE) == {"Umi": 2}
    everywhere = Member(service, Source(), OPERATOR, ALL_CHATS)
    assert (await person(everywhere, "Umi")).person.series == "Love Live!"
    forgotten = await everywhere.say(ForgetPerson("Umi"))
    assert await store.taught(HERE) == {}
    await undone(everywhere, forgotten)
    assert await store.taught(HERE) == {"Umi": 2}


async def test_what_is_said_of_characters_goes_with_the_chat(manager: Member, ann: Member, store: Store) -> None:
    await ann.teach("Umi", "umi")
    await manager.say(DescribePerson("Umi", "Love Live!"))
    await store.remove_chat(CHAT)
    assert await store.descriptions(HERE) == {}
