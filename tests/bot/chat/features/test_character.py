"""What is known of one character."""

from typing import Any

import numpy as np
import pytest

from bot.chat.features.character import ShowCharacter
from bot.chat.model import Chat, Reply
from bot.chat.service import Service
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, Scope, State, Teachers
from tests.support.service_harness import ANN, BUNDLE, CHAT, WITH_BUTTONS, incoming, learn, teach

WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 of no more than that"
HERE = Scope.of(CHAT)


async def shown(service: Service, name: str, **details: Any) -> Reply:
    return await service.handle(incoming(ShowCharacter(name), **{"capabilities": WITH_BUTTONS, **details}))


async def keep(store: Store, name: str, image: bytes = WEBP, **details: Any) -> None:
    crop = np.eye(8, dtype=np.float32)[0]
    await learn(store, details.pop("scope", HERE), name, image, crop, BUNDLE, by=ANN, **details)


async def test_a_character_of_the_bundle(service: Service) -> None:
    reply = await shown(service, "maki")
    assert reply.text.splitlines() == [
        "Nishikino Maki (Love Live!)",
        "Also called: 真姫",
        "Nobody has taught me pictures of them here.",
        "Everybody may add to these pictures, and forget them.",
    ]
    assert reply.private
    assert not reply.images


async def test_one_that_was_taught_here_comes_with_a_sample(service: Service, store: Store) -> None:
    for image in (WEBP, WEBP + b"2"):
        await keep(store, "Miku", image)
    await keep(store, "Miku", WEBP + b"3", state=State.PROVISIONAL)
    reply = await shown(service, "MIKU")
    assert reply.text.splitlines()[:2] == ["Miku, taught here", "2 pictures of them were taught here."]
    [sample] = reply.images
    assert (sample.data, sample.media_type, sample.filename) == (WEBP, "image/webp", "character.webp")
    assert sample.alt == "Miku"


async def test_what_others_have_taught_is_not_shown(service: Service, store: Store) -> None:
    await keep(store, "Miku", scope=EVERYWHERE)
    reply = await shown(service, "Miku")
    assert reply.text.splitlines()[:2] == [
        "Miku, taught by whoever runs me",
        "Nobody has taught me pictures of them here.",
    ]
    assert not reply.images


async def test_lessons_under_an_alias_of_the_bundles_character_count(service: Service, store: Store) -> None:
    await keep(store, "maki nishikino")
    assert "1 picture of them was taught here." in (await shown(service, "Nishikino Maki")).text


async def test_no_sample_where_it_cannot_or_must_not_be_shown(service: Service, store: Store) -> None:
    await keep(store, "Miku", b"no picture")
    await keep(store, "Rin")
    await store.change(CHAT, adults_only=True)
    assert not (await shown(service, "Miku")).images
    assert not (await shown(service, "Rin")).images
    grown_up = Chat(CHAT.platform, CHAT.id, age_restricted=True)
    assert (await shown(service, "Rin", chat=grown_up)).images


@pytest.mark.parametrize(
    ("teachers", "told"),
    [
        (Teachers.MANAGERS, "Those who manage this chat may add to these pictures, and forget them."),
        (Teachers.NOBODY, "Nobody may add to these pictures or forget them."),
    ],
)
async def test_it_says_who_may_change_the_examples(
    service: Service, store: Store, teachers: Teachers, told: str
) -> None:
    await store.change(CHAT, teachers=teachers)
    assert (await shown(service, "nico")).text.splitlines()[-1] == told


async def test_a_name_that_is_not_clear_or_not_known(service: Service, store: Store) -> None:
    await teach(store, "Nishikino Mari")
    assert "could be any of these: Nishikino Maki, Nishikino Mari" in (await shown(service, "nishikino")).text
    assert (await shown(service, "Kotori")).text == "I know nobody like “Kotori”."
