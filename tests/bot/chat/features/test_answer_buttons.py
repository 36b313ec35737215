"""The buttons under an answer: they turn pages, tell more, take it away, and never fail."""

from collections.abc import Callable, MutableMapping
from typing import Any

import pytest

from bot.chat.model import ACTION_LIMIT, Capabilities, Placement, Press, Reply, Trigger, User
from bot.chat.service import Service
from bot.storage.store import Store
from tests.support.service_harness import (
    ANN,
    BOB,
    CHAT,
    MANAGER,
    NO_BUTTONS,
    PRIVATE,
    WITH_BUTTONS,
    FakeBackend,
    Source,
    actions,
    analysis,
    asking,
    incoming,
    logged_failures,
    press,
    sighting,
)

CROWD = analysis(*(sighting((f"girl_{n}", 0.9), ("boy", 0.05)) for n in range(1, 21)))


async def answered(service: Service, source: Source, *names: str, **details: Any) -> Reply:
    pictures = [source.picture(name) for name in names or ("maki",)]
    return await service.handle(asking(*pictures, **{"capabilities": WITH_BUTTONS, **details}))


async def test_an_answer_has_buttons_where_the_platform_has_them(service: Service, source: Source) -> None:
    reply = await answered(service, source)
    assert list(actions(reply)) == ["Right!", "Wrong?", "Other guesses", "Delete"]
    assert all(len(action) <= ACTION_LIMIT and action.isascii() for action in actions(reply).values())
    assert not (await answered(service, source, capabilities=NO_BUTTONS)).buttons


@pytest.mark.parametrize("picture", ["landscape", "broken"])
async def test_an_answer_without_faces_can_be_deleted(service: Service, source: Source, picture: str) -> None:
    reply = await answered(service, source, picture)
    assert list(actions(reply)) == ["Delete"]
    assert "Only the person who asked" in (await service.handle(press(reply, "Delete", user=BOB))).text
    assert (await service.handle(press(reply, "Delete"))).placement is Placement.DELETE
    assert not (await answered(service, source, picture, capabilities=NO_BUTTONS)).buttons


async def test_an_answer_without_names_cannot_be_confirmed(
    service: Service, backend: FakeBackend, source: Source
) -> None:
    assert list(actions(await answered(service, source, "stranger"))) == ["Name this face", "Other guesses", "Delete"]
    backend.results[b"both"] = analysis(sighting(("nico", 0.4), unknown=True), sighting(("maki", 0.9)))
    assert list(actions(await answered(service, source, "both"))) == [
        "Right!",
        "Wrong?",
        "Name this face",
        "Other guesses",
        "Delete",
    ]


async def test_an_unasked_answer_has_fewer_buttons(
    service: Service, store: Store, backend: FakeBackend, source: Source
) -> None:
    await store.change(CHAT, watch=True)
    assert list(actions(await answered(service, source, trigger=Trigger.POSTED))) == ["Right!", "Wrong?", "Delete"]

    backend.results[b"crowd"] = CROWD
    turned = await service.handle(press(await answered(service, source, "crowd", trigger=Trigger.POSTED), "Next ▶"))
    assert "Other guesses" not in actions(turned)


# --- pages -----------------------------------------------------------------------------------------------------------


async def test_many_faces_are_turned_page_by_page(service: Service, backend: FakeBackend, source: Source) -> None:
    backend.results[b"crowd"] = CROWD
    page = await answered(service, source, "crowd")
    assert page.images
    texts = [page.text]
    while "Next ▶" in actions(page):
        page = await service.handle(press(page, "Next ▶", user=BOB))
        assert page.placement is Placement.EDIT
        assert page.images == (), "the picture stays as it is"
        texts.append(page.text)
    assert [text.splitlines()[-1] for text in texts] == ["Page 1 of 3", "Page 2 of 3", "Page 3 of 3"]
    together = "\n".join(texts)
    assert all(together.count(f"Girl {n}, 90 %") == 1 for n in range(1, 21))
    for text in texts[-2::-1]:
        page = await service.handle(press(page, "◀ Back"))
        assert page.text == text
    assert "◀ Back" not in actions(page)


async def test_a_platform_without_buttons_gets_all_faces_at_once(
    service: Service, backend: FakeBackend, source: Source
) -> None:
    backend.results[b"crowd"] = CROWD
    reply = await answered(service, source, "crowd", capabilities=NO_BUTTONS)
    assert reply.text.count("Girl") == 20
    assert "Page" not in reply.text


async def test_a_page_keeps_to_the_room_beside_a_picture(
    service: Service, backend: FakeBackend, source: Source
) -> None:
    backend.results[b"crowd"] = CROWD
    narrow = Capabilities(
        4000,
        120,
        10,
        10_000_000,
        buttons=True,
    )
    reply = await answered(service, source, "crowd", capabilities=narrow)
    turned = await service.handle(press(reply, "Next ▶", capabilities=narrow))
    assert len(reply.text) <= 120
    assert len(turned.text) <= 120


# --- more like this --------------------------------------------------------------------------------------------------


async def test_more_like_this_tells_the_five_best_with_their_scores(
    service: Service, backend: FakeBackend, source: Source
) -> None:
    names = [("a", 0.5), ("b", 0.2), ("c", 0.1), ("d", 0.05), ("e", 0.004), ("f", 0.001)]
    backend.results[b"puzzle"] = analysis(sighting(*names))
    reply = await answered(service, source, "puzzle")
    more = await service.handle(press(reply, "Other guesses"))
    assert more.placement is Placement.EDIT
    assert more.text.splitlines() == [
        "Face 1 looks most like:",
        "1. A, 50 %",
        "2. B, 20 %",
        "3. C, 10 %",
        "4. D, 5 %",
        "5. E, under 1 %",
    ]
    assert not more.menus
    back = await service.handle(press(more, "◀ Back"))
    assert back.text == reply.text
    assert back.buttons == reply.buttons


async def test_of_several_faces_one_is_chosen_first(service: Service, backend: FakeBackend, source: Source) -> None:
    backend.results[b"pair"] = analysis(sighting(("maki", 0.9)), sighting(("nico", 0.3), unknown=True))
    reply = await answered(service, source, "pair", "maki")
    question = await service.handle(press(reply, "Other guesses"))
    assert question.text == "Which face?"
    assert [option.label for option in question.menus[0].options] == [
        "Picture 1, face 1: Maki",
        "Picture 1, face 2",
        "Picture 2, face 1: Nishikino Maki",
    ]
    more = await service.handle(press(question, "Picture 1, face 2"))
    assert more.text.splitlines() == ["Picture 1, face 2 looks most like:", "1. Nico, 30 %"]
    assert [option.selected for option in more.menus[0].options] == [False, True, False]
    again = await service.handle(press(more, "Picture 1, face 1: Maki"))
    assert "1. Maki, 90 %" in again.text


async def test_a_menu_holds_what_platforms_can_show(service: Service, backend: FakeBackend, source: Source) -> None:
    backend.results[b"crowd"] = analysis(*(sighting((f"girl_{n}", 0.9)) for n in range(30)))
    question = await service.handle(press(await answered(service, source, "crowd"), "Other guesses"))
    assert len(question.menus[0].options) == 25


# --- taking it away --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", [ANN, User("discord", "ann", manager=True), MANAGER])
async def test_the_asker_or_a_manager_can_delete_the_answer(service: Service, source: Source, user: User) -> None:
    reply = await answered(service, source)
    assert (await service.handle(press(reply, "Delete", user=user))).placement is Placement.DELETE
    assert "expired" in (await service.handle(press(reply, "Other guesses"))).text


async def test_other_people_cannot_delete_the_answer(service: Service, source: Source) -> None:
    reply = await answered(service, source)
    for user in (BOB, User("telegram", "ann")):
        refusal = await service.handle(press(reply, "Delete", user=user))
        assert refusal.placement is Placement.NOTICE
        assert "Only the person who asked" in refusal.text
    assert (await service.handle(press(reply, "Delete"))).placement is Placement.DELETE


# --- what is gone, and what never was --------------------------------------------------------------------------------


async def test_a_button_of_an_earlier_life_says_that_it_has_expired(
    make: Callable[..., Service], source: Source
) -> None:
    reply = await answered(make(), source)
    for label in actions(reply):
        late = await make().handle(press(reply, label))
        assert late.placement is Placement.NOTICE
        assert "These buttons have expired" in late.text


async def test_an_answer_from_before_a_restart_can_be_deleted_where_the_platform_names_the_asker(
    make: Callable[..., Service], source: Source
) -> None:
    action = actions(await answered(make(), source))["Delete"]

    async def delete(user: User) -> Reply:
        return await make().handle(incoming(Press(action, asker=ANN), user=user, capabilities=WITH_BUTTONS))

    assert (await delete(ANN)).placement is Placement.DELETE
    assert (await delete(MANAGER)).placement is Placement.DELETE
    refusal = await delete(BOB)
    assert refusal.placement is Placement.NOTICE
    assert "Only the person who asked" in refusal.text


async def test_only_the_latest_answers_are_remembered(make: Callable[..., Service], source: Source) -> None:
    service = make(remembered=2)
    replies = [await answered(service, source) for _ in range(3)]
    texts = [(await service.handle(press(reply, "Other guesses"))).text for reply in replies]
    assert ["expired" in text for text in texts] == [True, False, False]


async def test_a_button_works_in_its_own_chat_only(service: Service, source: Source) -> None:
    reply = await answered(service, source)
    assert "expired" in (await service.handle(press(reply, "Delete", chat=PRIVATE))).text


@pytest.mark.parametrize(
    "action",
    ["", ":", "::", ":::::", "page", "nonsense:token:1", "more:{token}:99", "more:{token}:-1", "more:{token}:x",
     "page:{token}", "page:{token}:1", "page:{token}:²", "page:{token}:" + "9" * 40, "page:{token}::", "delete:wrong",
     "set", "set::", "set::watch", "set::watch:maybe", "set::nonsense:on", "set::threshold:nan", "set::language:tlh",
     "roster", "roster:gone:1", "roster::99", "roster::x", "😀", "a" * 5000],
)  # fmt: skip
async def test_an_action_that_makes_no_sense_is_answered_politely(
    service: Service, source: Source, action: str, logs: list[MutableMapping[str, Any]]
) -> None:
    reply = await answered(service, source)
    token = actions(reply)["Delete"].split(":")[1]
    asked = Press(action.replace("{token}", token))
    answer = await service.handle(incoming(asked, user=MANAGER, capabilities=WITH_BUTTONS))
    assert answer.placement is Placement.NOTICE
    assert "expired" in answer.text
    assert [line["event"] for line in logged_failures(logs)] == ["refused"]


async def test_endless_presses_are_refused_aloud_once(make: Callable[..., Service], source: Source) -> None:
    service = make(user_presses=2)
    reply = await answered(service, source)
    answers = [await service.handle(press(reply, "Other guesses")) for _ in range(4)]
    assert "ask again" in answers[2].text
    assert answers[2].placement is Placement.NOTICE
    assert answers[3].silent
    assert not (await service.handle(press(reply, "Other guesses", user=BOB))).silent
