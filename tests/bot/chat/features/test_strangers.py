"""Faces that nobody knew: kept where a chat wants that, named in groups, and gone in time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import numpy as np
import pytest

from bot.chat.features.my_data import ShowMyData
from bot.chat.features.privacy import ShowPrivacy
from bot.chat.features.settings import Configure
from bot.chat.model import Chat, Reply, Trigger
from bot.chat.people import (
    DismissStrangers,
    Done,
    GatherStrangers,
    GroupFacesShown,
    ListStrangers,
    NameStrangers,
    ShowStranger,
    ShowStrangers,
    SplitStrangers,
    StrangersShown,
    UndoChange,
)
from bot.chat.service import Service
from bot.recognition.grouping import nearest_group
from bot.storage.reembedding import reembed
from bot.storage.store import Store
from bot.storage.values import Scope, StrangerDraft, Truth
from tests.support.learning_backend import LearningBackend, Member, embedding_of, refusal
from tests.support.service_harness import ANN, BOB, BUNDLE, CHAT, MANAGER, Source

HERE = Scope.of(CHAT)
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


def shown(reply: Reply, kind: type[T]) -> T:
    assert isinstance(reply.shown, kind), reply
    return reply.shown


async def groups(member: Member) -> list[int]:
    """How many faces each group has."""
    return [one.count for one in shown(await member.say(ListStrangers()), StrangersShown).groups]


async def first(member: Member) -> tuple[int, tuple[int, ...]]:
    """The largest group, and its faces."""
    group = shown(await member.say(ListStrangers()), StrangersShown).groups[0].id
    faces = shown(await member.say(ShowStrangers(group)), GroupFacesShown).faces
    return group, tuple(one.id for one in faces)


async def test_nothing_is_kept_where_nobody_wants_that(ann: Member, manager: Member) -> None:
    await ann.ask("umi")
    listed = shown(await manager.say(ListStrangers()), StrangersShown)
    assert (listed.groups, listed.on) == ((), False)
    assert "I keep cut-out faces that I do not know" not in (await ann.say(ShowPrivacy())).text


async def test_faces_that_look_alike_come_together_and_one_name_teaches_all(ann: Member, manager: Member) -> None:
    await manager.say(GatherStrangers(on=True))
    await ann.ask("umi", "maki+umi2")
    await ann.ask("kotori")
    await ann.ask("umi3", trigger=Trigger.MENTION)
    await ann.ask("umi3")
    assert await groups(manager) == [3, 1], "the same picture counts once, and known faces do not"
    group, _ = await first(manager)
    named = await manager.say(NameStrangers(group, "Sonoda Umi"))
    assert named.text == "Thank you! I know Sonoda Umi in this chat now, from 3 pictures."
    assert (await ann.ask("umi4")).text.startswith("1. Sonoda Umi")
    assert await groups(manager) == [1]
    change = shown(named, Done).change
    assert change is not None
    await manager.say(UndoChange(change))
    assert (await ann.ask("umi4")).text.startswith("1. Nobody I know")


async def test_some_are_split_off_named_alone_or_dismissed(ann: Member, manager: Member, store: Store) -> None:
    await manager.say(GatherStrangers(on=True))
    await ann.ask("umi", "umi2", "umi3", "umi4")
    group, faces = await first(manager)
    await manager.say(SplitStrangers(group, faces[:1]))
    assert await groups(manager) == [3, 1]
    await manager.say(NameStrangers(group, "Umi", faces[1:2]))
    assert await groups(manager) == [2, 1]
    assert (await manager.say(DismissStrangers(group, faces[2:3], not_faces=True))).text == "1 face is gone."
    assert [one.truth for one in await store.verdicts(HERE)] == [Truth.NOT_A_FACE]
    await manager.say(DismissStrangers(group))
    assert await groups(manager) == [1]
    assert refusal(await manager.say(DismissStrangers(group))) == "settled"


async def test_only_managers_of_that_chat_see_them(ann: Member, manager: Member, service: Service) -> None:
    await manager.say(GatherStrangers(on=True))
    await ann.ask("umi")
    group, (face,) = await first(manager)
    for request in (ListStrangers(), ShowStrangers(group), ShowStranger(face), NameStrangers(group, "Umi")):
        assert refusal(await ann.say(request)) == "not_allowed"
    elsewhere = Member(service, Source(), MANAGER, Chat("discord", "elsewhere"))
    assert await groups(elsewhere) == []
    assert refusal(await elsewhere.say(ShowStranger(face))) == "settled"
    assert refusal(await elsewhere.say(NameStrangers(group, "Umi"))) == "settled"


async def test_they_are_told_of_and_go_with_their_poster_the_chat_or_the_setting(
    ann: Member, manager: Member, store: Store
) -> None:
    await manager.say(GatherStrangers(on=True))
    await ann.ask("umi", "umi2", author=BOB)
    await ann.ask("kotori")
    assert "I keep cut-out faces that I do not know for 30 days" in (await ann.say(ShowPrivacy())).text
    assert "1 face in a picture of yours that I did not know" in (await ann.say(ShowMyData())).text
    await store.remove_user(BOB)
    assert await groups(manager) == [1]
    assert (await store.data_of(ANN)).strangers == 1
    await manager.say(Configure({"gather": "nothing"}))
    assert await groups(manager) == []
    await manager.say(GatherStrangers(on=True))
    await ann.ask("umi")
    await store.move_chat(CHAT, Chat("discord", "moved"))
    assert await store.count_strangers(Scope("discord", "moved")) == (1, 1)
    await store.remove_chat(Chat("discord", "moved"))
    assert await store.count_strangers(Scope("discord", "moved")) == (0, 0)


def draft(face: str, at: datetime, embedding: np.ndarray | None = None) -> StrangerDraft:
    vector = embedding_of(face) if embedding is None else embedding
    return StrangerDraft(CHAT, face.encode(), vector, BUNDLE, ANN, at)


async def test_what_has_waited_for_a_month_is_gone(store: Store) -> None:
    now = datetime.now(UTC)
    old = draft("umi", now - timedelta(days=31))
    await store.keep_strangers([old, draft("umi2", now), draft("kotori", now - timedelta(days=40))], kinship=0.5)
    assert await store.purge_strangers() == 2
    assert [one.count for one in await store.stranger_groups(HERE)] == [1]


async def test_another_bundle_sees_them_anew(store: Store) -> None:
    class Other(LearningBackend):
        bundle_id = "b2"

        async def embed(self, crops: Sequence[bytes]) -> list[np.ndarray]:
            return [embedding_of(crop.decode()[::-1]) for crop in crops]

    await store.keep_strangers([draft("umi", datetime.now(UTC))], kinship=0.5)
    assert await reembed(store, Other()) == 1
    (group,) = await store.stranger_groups(HERE)
    (stranger,) = await store.strangers(HERE, group.id)
    assert stranger.bundle_id == "b2"
    assert np.allclose(stranger.embedding, embedding_of("imu"))


def test_a_face_joins_the_nearest_group_that_is_like_enough() -> None:
    kin = np.array([1, 0, 0], np.float32)
    cousin = np.array([0.6, 0.8, 0], np.float32)
    stranger = np.array([0, 0, 1], np.float32)
    sums, counts = np.stack([kin, stranger]), np.array([1, 1])
    assert nearest_group(cousin, sums, counts, kinship=0.5) == 0
    assert nearest_group(cousin, sums, counts, kinship=0.7) is None
    assert nearest_group(cousin, np.empty((0, 3), np.float32), np.array([], int), kinship=0.5) is None
