"""Who is this? What is looked at, what is refused before that, and what is met with silence."""

import asyncio
import re
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from typing import Any

import pytest

from bot.chat.features.my_data import OptOut
from bot.chat.features.settings import Configure, ShowSettings
from bot.chat.model import Ask, Capabilities, Chat, Help, Press, Progress, Request, Stage, Trigger, User
from bot.chat.service import Service
from bot.config import Limits
from bot.errors import Busy
from bot.storage.store import Store
from bot.storage.values import ChatSettings, Scope
from tests.support.service_harness import (
    BOB,
    CHAT,
    MANAGER,
    PRIVATE,
    WITH_BUTTONS,
    FakeBackend,
    Source,
    asking,
    incoming,
    logged_failures,
    teach,
)

# --- who is this? ----------------------------------------------------------------------------------------------------


async def test_a_picture_is_answered_with_names_and_an_image(service: Service, source: Source) -> None:
    reply = await service.handle(asking(source.picture("maki")))
    assert reply.text == "1. Nishikino Maki, 90 %"
    (image,) = reply.images
    assert image.data == b"jpeg"
    assert "Nishikino Maki" in image.alt
    assert not image.spoiler


async def test_an_unknown_face_is_answered_as_such(service: Service, source: Source) -> None:
    assert "Nobody I know" in (await service.handle(asking(source.picture("stranger")))).text


async def test_no_face_is_said_in_words(service: Service, source: Source) -> None:
    reply = await service.handle(asking(source.picture("landscape")))
    assert "no anime face" in reply.text
    assert not reply.images


async def test_several_pictures_get_one_answer_in_their_order(service: Service, source: Source) -> None:
    reply = await service.handle(asking(source.picture("maki"), source.picture("landscape"), source.picture("nico")))
    assert [line for line in reply.text.splitlines() if line[0] in "P1"] == [
        "Picture 1:",
        "1. Nishikino Maki, 90 %",
        "Picture 2: I found no anime face here. I see them best when they are large, upright and look towards you.",
        "Picture 3:",
        "1. Yazawa Nico, 90 %",
    ]
    assert [image.filename for image in reply.images] == ["1-whobot.jpg", "3-whobot.jpg"]


async def test_an_album_is_one_question_however_many_it_holds(service: Service, source: Source) -> None:
    reply = await service.handle(asking(*[source.picture()] * 10))
    assert reply.text.count("Nishikino Maki") == 10
    assert len(reply.images) == 10


async def test_one_bad_picture_does_not_spoil_the_rest(
    service: Service, source: Source, logs: list[MutableMapping[str, Any]]
) -> None:
    names = ("broken", "maki", "gone", "bug", "nico")
    reply = await service.handle(asking(*(source.picture(name) for name in names)))
    assert "Picture 1: This picture is damaged" in reply.text
    assert "Nishikino Maki" in reply.text
    assert "Picture 3: I could not fetch" in reply.text
    assert "Picture 4: Something went wrong" in reply.text
    assert "Yazawa Nico" in reply.text
    assert len(reply.images) == 2
    assert sorted(line["event"] for line in logged_failures(logs)) == ["failed", "refused", "refused"]


async def test_a_spoiler_is_answered_with_a_spoiler(service: Service, source: Source) -> None:
    reply = await service.handle(asking(source.picture("maki", spoiler=True), source.picture("nico")))
    assert [image.spoiler for image in reply.images] == [True, False]


async def test_a_spoiler_is_one_without_its_picture_and_on_every_page(service: Service, source: Source) -> None:
    wordy = replace(WITH_BUTTONS, images_limit=0)
    reply = await service.handle(asking(source.picture("maki", spoiler=True), capabilities=wordy))
    assert (reply.images, reply.spoiler) == ((), True)
    more = next(button.action for row in reply.buttons for button in row if button.action.startswith("more"))
    assert (await service.handle(incoming(Press(more), capabilities=wordy))).spoiler


@pytest.mark.parametrize(("name", "spoiler"), [("landscape", True), ("maki", False)])
async def test_what_gives_nothing_away_is_said_openly(
    service: Service, source: Source, name: str, spoiler: bool
) -> None:
    assert not (await service.handle(asking(source.picture(name, spoiler=spoiler)))).spoiler


async def test_the_answer_keeps_to_what_the_platform_can_carry(service: Service, source: Source) -> None:
    small = Capabilities(text_limit=100, caption_limit=60, images_limit=1, image_bytes_limit=4)
    reply = await service.handle(asking(*[source.picture("maki")] * 3, capabilities=small))
    assert len(reply.images) == 1
    assert len(reply.text) <= 60
    tiny = Capabilities(text_limit=100, caption_limit=60, images_limit=1, image_bytes_limit=3)
    assert not (await service.handle(asking(source.picture("maki"), capabilities=tiny))).images


async def test_thresholds_come_from_the_chat_then_the_configuration_then_the_bundle(
    make: Callable[..., Service], backend: FakeBackend, store: Store, source: Source
) -> None:
    await make().handle(asking(source.picture()))
    await make(threshold=0.5).handle(asking(source.picture()))
    await store.change(CHAT, threshold=0.0)
    await make(threshold=0.5).handle(asking(source.picture()))
    assert [options.threshold for options in backend.calls] == [None, 0.5, 0.0]


# --- what is refused, before a byte is downloaded --------------------------------------------------------------------


async def test_no_picture_gets_a_hint(service: Service) -> None:
    assert "no picture" in (await service.handle(asking())).text


async def test_too_many_pictures_are_refused_unopened(make: Callable[..., Service], source: Source) -> None:
    reply = await make(pictures=2).handle(asking(*[source.picture()] * 3))
    assert "up to 2 pictures" in reply.text
    assert source.opened == []


async def test_a_picture_that_is_declared_too_large_is_refused_unopened(
    make: Callable[..., Service], source: Source
) -> None:
    service = make(bytes=1_000_000)
    assert "up to 1 MB" in (await service.handle(asking(source.picture(size=1_000_001)))).text
    assert source.opened == []
    reply = await service.handle(asking(source.picture(size=1_000_001), source.picture(size=999)))
    assert "Picture 1: This file is too large" in reply.text
    assert "Nishikino Maki" in reply.text
    assert source.opened == ["maki"]


async def test_a_picture_that_turns_out_too_large_is_refused(make: Callable[..., Service], source: Source) -> None:
    assert "too large" in (await make(bytes=3).handle(asking(source.picture(size=1)))).text


async def test_a_full_queue_refuses_before_the_download(service: Service, backend: FakeBackend, source: Source) -> None:
    backend.waiting = Limits().queue
    assert "hands full" in (await service.handle(asking(source.picture()))).text
    assert source.opened == []


async def test_a_queue_that_fills_up_meanwhile_is_reported(
    service: Service, backend: FakeBackend, source: Source
) -> None:
    backend.results[b"maki"] = Busy()
    assert "hands full" in (await service.handle(asking(source.picture()))).text


@pytest.mark.parametrize(("author", "origin"), [(None, BOB), (MANAGER, BOB), (BOB, MANAGER)])
async def test_what_was_forwarded_is_left_alone_for_the_sake_of_either(
    service: Service, source: Source, author: User | None, origin: User
) -> None:
    await service.handle(incoming(OptOut(True), user=BOB))
    forwarded = source.picture("maki", author=author, origin=origin)
    assert not (await service.handle(asking(forwarded))).images
    reply = await service.handle(asking(forwarded, source.picture("nico", author=MANAGER, origin=None)))
    assert "Maki" not in reply.text
    assert "Yazawa Nico" in reply.text
    assert source.opened == ["nico"]


async def test_a_user_who_asks_too_often_is_told_how_long_to_wait(make: Callable[..., Service], source: Source) -> None:
    service = make(user_requests=2)
    for _ in range(2):
        assert "Maki" in (await service.handle(asking(source.picture()))).text
    refusal = await service.handle(asking(source.picture()))
    assert re.search(r"ask again in [1-6]?\d seconds", refusal.text)
    assert len(source.opened) == 2
    assert "Maki" in (await service.handle(asking(source.picture(), user=BOB))).text


async def test_a_chat_that_asks_too_often_is_told_how_long_to_wait(
    make: Callable[..., Service], source: Source
) -> None:
    service = make(chat_requests=1)
    assert "Maki" in (await service.handle(asking(source.picture()))).text
    assert "ask again" in (await service.handle(asking(source.picture(), user=BOB))).text
    assert "Maki" in (await service.handle(asking(source.picture(), user=BOB, chat=PRIVATE))).text


@pytest.mark.parametrize(
    ("first", "second"),
    [(Help(), Help()), (Help(), OptOut(True)), (ShowSettings(), Configure({"watch": True}))],
)
async def test_other_requests_are_limited_as_well(
    make: Callable[..., Service], store: Store, first: Request, second: Request
) -> None:
    service = make(user_requests=1)
    await service.handle(incoming(first, user=MANAGER))
    assert "ask again" in (await service.handle(incoming(second, user=MANAGER))).text
    assert not await store.is_opted_out(MANAGER)
    assert await store.chat_settings(CHAT) == ChatSettings()


# --- watched chats ---------------------------------------------------------------------------------------------------


async def test_a_posted_picture_is_answered_only_in_a_watched_chat(
    service: Service, store: Store, source: Source
) -> None:
    posted = asking(source.picture(), trigger=Trigger.POSTED)
    assert (await service.handle(posted)).silent
    assert source.opened == []
    await store.change(CHAT, watch=True)
    assert "Nishikino Maki" in (await service.handle(posted)).text
    await store.change(CHAT, watch=False)
    assert (await service.handle(posted)).silent


@pytest.mark.parametrize("name", ["landscape", "broken", "gone", "bug"])
async def test_a_posted_picture_that_leads_to_nothing_meets_silence(
    service: Service, store: Store, source: Source, name: str
) -> None:
    await store.change(CHAT, watch=True)
    assert (await service.handle(asking(source.picture(name), trigger=Trigger.POSTED))).silent
    assert source.opened == [name]


async def test_of_several_posted_pictures_only_those_with_faces_are_mentioned(
    service: Service, store: Store, source: Source
) -> None:
    await store.change(CHAT, watch=True)
    pictures = [source.picture(name) for name in ("landscape", "maki", "broken", "nico")]
    reply = await service.handle(asking(*pictures, trigger=Trigger.POSTED))
    assert reply.text.splitlines() == [
        "Picture 2:",
        "1. Nishikino Maki, 90 %",
        "Picture 4:",
        "1. Yazawa Nico, 90 %",
    ]


async def test_a_posted_picture_beyond_a_limit_meets_silence(
    make: Callable[..., Service], backend: FakeBackend, store: Store, source: Source
) -> None:
    await store.change(CHAT, watch=True)
    service = make(user_requests=1, pictures=1, bytes=1000)
    for pictures in ([source.picture()] * 2, [source.picture(size=1001)], [source.picture()], []):
        assert (await service.handle(asking(*pictures, trigger=Trigger.POSTED))).silent
    assert source.opened == []


async def test_a_silent_refusal_does_not_count_as_told(
    make: Callable[..., Service], store: Store, source: Source
) -> None:
    await store.change(CHAT, watch=True)
    service = make(user_requests=1)
    for _ in range(2):
        await service.handle(asking(source.picture(), trigger=Trigger.POSTED))
    assert "ask again" in (await service.handle(asking(source.picture()))).text


async def test_unwatched_pictures_do_not_use_up_anybodys_requests(make: Callable[..., Service], source: Source) -> None:
    service = make(user_requests=1)
    for _ in range(5):
        await service.handle(asking(source.picture(), trigger=Trigger.POSTED))
    assert "Maki" in (await service.handle(asking(source.picture()))).text


# --- progress --------------------------------------------------------------------------------------------------------


async def test_progress_is_reported_picture_by_picture(service: Service, source: Source) -> None:
    steps: list[Progress] = []

    async def note(progress: Progress) -> None:
        steps.append(progress)

    await service.handle(asking(source.picture("maki"), source.picture("nico"), progress=note))
    assert steps[0] == Progress(Stage.ACCEPTED, 1, 2)
    for number in (1, 2):
        stages = [step.stage for step in steps[1:] if step.picture == number]
        assert stages == [Stage.DOWNLOADING, Stage.ANALYSING]
    assert {step.pictures for step in steps} == {2}


async def test_nothing_is_reported_where_no_answer_may_follow(service: Service, store: Store, source: Source) -> None:
    steps: list[Progress] = []

    async def note(progress: Progress) -> None:
        steps.append(progress)

    await store.change(CHAT, watch=True)
    await service.handle(asking(source.picture(), trigger=Trigger.POSTED, progress=note))
    await service.handle(asking(progress=note))
    assert steps == []


async def test_a_platform_that_cannot_show_progress_still_gets_the_answer(service: Service, source: Source) -> None:
    async def fail(_: Progress) -> None:
        raise RuntimeError("no typing indicator today")

    assert "Maki" in (await service.handle(asking(source.picture(), progress=fail))).text


async def test_a_platform_that_hangs_showing_progress_still_gets_the_answer(
    service: Service, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_: Progress) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.chat.analysis.PROGRESS_SECONDS", 0.01)
    assert "Maki" in (await service.handle(asking(source.picture(), progress=hang))).text


async def test_a_quiet_chat_hears_only_of_those_that_are_known(service: Service, store: Store, source: Source) -> None:
    await store.change(CHAT, watch=True, quiet=True)
    posted = [source.picture(name) for name in ("stranger", "nico", "landscape")]
    assert (await service.handle(asking(posted[0], trigger=Trigger.POSTED))).silent
    reply = await service.handle(asking(*posted, trigger=Trigger.POSTED))
    assert reply.text == "1. Yazawa Nico, 90 %"
    assert "Nobody I know" in (await service.handle(asking(posted[0]))).text, "whoever asks gets an answer"


async def test_characters_taught_in_a_chat_are_named_there(
    service: Service, store: Store, backend: FakeBackend, source: Source
) -> None:
    await service.handle(asking(source.picture()))
    await teach(store, "Miku")
    for chat in (CHAT, CHAT, Chat("discord", "elsewhere")):
        await service.handle(asking(source.picture(), chat=chat))
    assert [options.gallery.characters for options in backend.calls] == [(), ("Miku",), ("Miku",), ()]
    assert backend.calls[1].gallery is backend.calls[2].gallery, "loaded once"
    await store.forget(Scope.of(CHAT), "Miku", None)
    await service.handle(asking(source.picture()))
    assert backend.calls[-1].gallery.characters == ()


# --- answers for some ------------------------------------------------------------------------------------------------


async def test_a_private_question_gets_a_private_answer(service: Service, source: Source) -> None:
    ask = Ask((source.picture(),), Trigger.COMMAND, private=True)
    assert (await service.handle(incoming(ask, capabilities=WITH_BUTTONS))).private
    assert (await service.handle(incoming(ask, chat=PRIVATE))).private
    assert not (await service.handle(asking(source.picture()))).private


async def test_nothing_is_answered_in_public_that_was_asked_in_private(service: Service, source: Source) -> None:
    reply = await service.handle(incoming(Ask((source.picture(),), Trigger.COMMAND, private=True)))
    assert "Ask me that in a private chat" in reply.text
    assert source.opened == []


async def test_a_chat_for_adults_only_is_answered_only_while_it_is_one(
    service: Service, store: Store, source: Source
) -> None:
    await store.change(CHAT, watch=True, adults_only=True)
    restricted = Chat("discord", "room", age_restricted=True)
    picture = source.picture()
    reply = await service.handle(asking(picture, capabilities=WITH_BUTTONS))
    assert "marked as age-restricted" in reply.text
    assert (await service.handle(asking(picture, capabilities=WITH_BUTTONS, trigger=Trigger.POSTED))).silent
    assert source.opened == []
    assert "Maki" in (await service.handle(asking(picture, chat=restricted, capabilities=WITH_BUTTONS))).text
    assert "Maki" in (await service.handle(asking(picture))).text, "a platform that knows no such chats"
    assert "Only" in (await service.handle(incoming(Configure({"adults_only": False}), capabilities=WITH_BUTTONS))).text
    await service.handle(incoming(Configure({"adults_only": False}), user=MANAGER, capabilities=WITH_BUTTONS))
    assert "Maki" in (await service.handle(asking(picture, capabilities=WITH_BUTTONS))).text
