"""What is kept about somebody is theirs to ignore, to see and to delete."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.chat.features.my_data import OptOut, ShowMyData
from bot.chat.model import Incoming, Link, Placement, Press, Trigger
from bot.chat.service import Service
from bot.storage.store import Store
from bot.storage.values import Keeping, Scope, Truth, Verdict
from tests.support.service_harness import (
    ANN,
    BOB,
    CHAT,
    NO_BUTTONS,
    PRIVATE,
    WITH_BUTTONS,
    Source,
    actions,
    asking,
    incoming,
    press,
    teach,
)

# --- opting out ------------------------------------------------------------------------------------------------------


async def test_pictures_are_ignored_between_opt_out_and_opt_in(service: Service, source: Source) -> None:
    text = (await service.handle(incoming(OptOut(True)))).text
    assert "leave your pictures alone. /optout off changes that" in text
    assert "leave their pictures alone" in (await service.handle(asking(source.picture()))).text
    assert source.opened == []
    assert (await service.handle(incoming(OptOut(False)))).text == "I look at your pictures again."
    assert "Maki" in (await service.handle(asking(source.picture()))).text


async def test_other_people_may_not_ask_about_their_pictures(service: Service, source: Source) -> None:
    await service.handle(incoming(OptOut(True), user=BOB))
    reply = await service.handle(asking(source.picture(author=BOB), trigger=Trigger.REPLY))
    assert "leave their pictures alone" in reply.text
    assert source.opened == []


async def test_several_pictures_of_theirs_are_refused_once(service: Service, source: Source) -> None:
    await service.handle(incoming(OptOut(True)))
    reply = await service.handle(asking(source.picture("maki"), source.picture("nico")))
    assert reply.text.startswith("Whoever posted this picture")
    assert reply.text.count("Whoever posted") == 1


async def test_their_posted_pictures_do_not_use_up_the_chats_requests(
    make: Callable[..., Service], store: Store, source: Source
) -> None:
    service = make(chat_requests=1)
    await store.change(CHAT, watch=True)
    await store.opt_out(BOB, True)
    for _ in range(3):
        await service.handle(asking(source.picture(), user=BOB, trigger=Trigger.POSTED))
    assert "Maki" in (await service.handle(asking(source.picture()))).text


async def test_they_may_ask_about_the_pictures_of_others(service: Service, source: Source) -> None:
    await service.handle(incoming(OptOut(True), user=BOB))
    assert "Maki" in (await service.handle(asking(source.picture(author=ANN), user=BOB))).text


async def test_only_their_pictures_among_several_are_left_alone(service: Service, source: Source) -> None:
    await service.handle(incoming(OptOut(True), user=BOB))
    reply = await service.handle(asking(source.picture("maki", author=BOB), source.picture("nico")))
    assert "Picture 1: Whoever posted" in reply.text
    assert "Yazawa Nico" in reply.text
    assert source.opened == ["nico"]


async def test_their_posted_pictures_meet_silence(service: Service, store: Store, source: Source) -> None:
    await store.change(CHAT, watch=True)
    await service.handle(incoming(OptOut(True)))
    assert (await service.handle(asking(source.picture(), trigger=Trigger.POSTED))).silent
    assert source.opened == []


async def test_an_opt_out_says_what_happens_to_earlier_lessons(service: Service, store: Store) -> None:
    told = await service.handle(incoming(OptOut(True), capabilities=WITH_BUTTONS))
    assert "Faces that I was taught with before stay" in told.text
    assert "/mydata" in told.text
    assert "/forget" in told.text
    assert told.private
    assert not told.buttons, "there is nothing to delete"
    await teach(store, "Miku", by=ANN)
    await teach(store, "Luka", by=BOB)
    told = await service.handle(incoming(OptOut(True), capabilities=WITH_BUTTONS))
    question = await service.handle(press(told, "Delete my data"))
    await service.handle(press(question, "Yes, delete it"))
    assert await store.taught(Scope.of(CHAT)) == {"Luka": 1}
    assert await store.is_opted_out(ANN), "and it stays so"


async def test_an_opt_out_in_public_offers_no_button(service: Service, store: Store) -> None:
    await teach(store, "Miku", by=ANN)
    open_ = replace(WITH_BUTTONS, private_replies=False)
    told = await service.handle(incoming(OptOut(True), capabilities=open_))
    assert "/mydata" in told.text
    assert not told.buttons
    assert (await service.handle(incoming(OptOut(True), capabilities=open_, chat=PRIVATE))).buttons


async def test_opting_in_is_confirmed_and_nothing_more(service: Service, store: Store) -> None:
    await teach(store, "Miku", by=ANN)
    told = await service.handle(incoming(OptOut(False), capabilities=WITH_BUTTONS))
    assert told.text == "I look at your pictures again."
    assert not told.buttons


@pytest.mark.parametrize(
    ("step", "faces", "judged"),
    [
        (Keeping.NOTHING, None, "2 answers that you have judged"),
        (Keeping.NAMED, "1 face that you have taught me", "2 answers that you have judged"),
        (Keeping.JUDGED, "2 faces that you have taught me", "2 answers that you have judged"),
    ],
)
async def test_what_judging_has_left_is_shown_and_deleted_whatever_the_chat_keeps(
    service: Service, store: Store, source: Source, step: Keeping, faces: str | None, judged: str
) -> None:
    await store.change(CHAT, keep=step)
    first, second = [await service.handle(asking(source.picture(), capabilities=WITH_BUTTONS)) for _ in range(2)]
    await service.handle(press(first, "Right!"))
    asked = await service.handle(press(second, "Wrong?"))
    await service.handle(incoming(Press(actions(asked)["Someone else…"], "Umi"), capabilities=WITH_BUTTONS))
    page = await service.handle(my_data())
    assert judged in page.text
    assert faces in page.text if faces else "taught me" not in page.text
    await service.handle(press(await service.handle(press(page, "Delete my data")), "Yes, delete it"))
    assert "Nothing else is kept" in (await service.handle(my_data())).text
    assert await store.examples(Scope.of(CHAT), provisional=True) == []
    assert await store.verdicts(Scope.of(CHAT)) == []


# --- what is kept ----------------------------------------------------------------------------------------------------


def my_data(**details: Any) -> Incoming:
    return incoming(ShowMyData(), **{"capabilities": WITH_BUTTONS, **details})


async def test_mydata_says_when_nothing_is_kept(service: Service) -> None:
    reply = await service.handle(my_data())
    assert reply.private
    assert "You have not opted out" in reply.text
    assert "Nothing else is kept" in reply.text
    assert not reply.buttons


async def test_mydata_counts_the_users_own_lessons(service: Service, store: Store) -> None:
    await service.handle(incoming(OptOut(True)))
    for name, by in (("Miku", ANN), ("Rin", ANN), ("Luka", BOB)):
        await teach(store, name, by=by)
    reply = await service.handle(my_data())
    assert "You have opted out" in reply.text
    assert "2 faces that you have taught me" in reply.text


async def test_mydata_counts_the_users_verdicts_and_their_faces(service: Service, store: Store) -> None:
    for face, image in (("1", b"crop"), ("2", None)):
        now = datetime.now(UTC)
        await store.judge(Verdict(Scope.of(CHAT), face, "maki", 0.9, "b1", Truth.STRANGER, None, ANN, now, image))
    text = (await service.handle(my_data())).text
    assert "2 answers that you have judged" in text
    assert "1 cut-out face that I keep" in text


async def test_mydata_counts_the_users_questions_and_removes_them(service: Service, store: Store) -> None:
    now = datetime.now(UTC)
    await store.keep_link(Link(CHAT, "room", "1", ("2",), (("1",),), ANN.id, now))
    page = await service.handle(my_data())
    assert "1 question of the last two days" in page.text
    question = await service.handle(press(page, "Delete my data"))
    await service.handle(press(question, "Yes, delete it"))
    assert await store.links("discord") == []
    assert "Nothing else is kept" in (await service.handle(my_data())).text


async def test_it_is_deleted_only_after_a_second_press(service: Service, store: Store) -> None:
    await teach(store, "Miku", by=ANN)
    await teach(store, "Luka", by=BOB)
    page = await service.handle(my_data())
    question = await service.handle(press(page, "Delete my data"))
    assert question.placement is Placement.EDIT
    kept = await service.handle(press(question, "No, keep it"))
    assert kept.text == page.text
    assert len(await store.taught(Scope.of(CHAT))) == 2
    gone = await service.handle(press(question, "Yes, delete it"))
    assert gone.placement is Placement.EDIT
    assert "It is gone" in gone.text
    assert await store.taught(Scope.of(CHAT)) == {"Luka": 1}
    assert "Nothing else is kept" in (await service.handle(my_data())).text


async def test_whoever_presses_deletes_their_own_and_no_others(service: Service, store: Store) -> None:
    await teach(store, "Miku", by=ANN)
    question = await service.handle(press(await service.handle(my_data()), "Delete my data"))
    await service.handle(press(question, "Yes, delete it", user=BOB))
    assert await store.taught(Scope.of(CHAT)) == {"Miku": 1}


async def test_deleted_data_takes_the_remembered_answers_along(service: Service, store: Store, source: Source) -> None:
    await teach(store, "Miku", by=ANN)
    answer = await service.handle(asking(source.picture(), capabilities=WITH_BUTTONS))
    question = await service.handle(press(await service.handle(my_data()), "Delete my data"))
    await service.handle(press(question, "Yes, delete it"))
    assert "expired" in (await service.handle(press(answer, "Other guesses"))).text


async def test_it_is_not_told_where_everybody_reads_along(service: Service, store: Store) -> None:
    await teach(store, "Miku", by=ANN)
    assert "private chat" in (await service.handle(my_data(capabilities=NO_BUTTONS))).text
    assert "1 face that you" in (await service.handle(my_data(capabilities=NO_BUTTONS, chat=PRIVATE))).text
