"""Another base network sees again what was taught."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from bot.errors import Busy, StoreError
from bot.recognition.gallery import Embedding
from bot.recognition.local import LocalBackend
from bot.recognition.model_files import ModelFiles
from bot.recognition.options import AnalysisOptions, LocalOptions
from bot.storage import reembedding as module
from bot.storage.reembedding import keeping_in_step, reembed
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, Scope
from tests.support import tiny
from tests.support.service_harness import learn

HERE = Scope("discord", "1")
YELLOW = (240, 220, 20)


def crop(colour: tiny.Colour) -> bytes:
    return tiny.encoded(np.full((40, 40, 3), colour, np.uint8))


@pytest.fixture
def files(tmp_path: Path) -> ModelFiles:
    tiny.tiny_base(tmp_path / "base.tflite")
    return ModelFiles(tmp_path / "base.tflite", tiny.CASCADE)


@pytest.fixture
async def pipeline(files: ModelFiles) -> AsyncIterator[LocalBackend]:
    async with LocalBackend(files, LocalOptions(threads=1, reload_seconds=0.02)) as running:
        yield running


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with Store("sqlite+aiosqlite://") as store:
        yield store


async def taught(store: Store, pipeline: LocalBackend, name: str = "gelb", scope: Scope = HERE) -> None:
    analysis = await pipeline.analyse(crop(YELLOW), AnalysisOptions(face=True, portraits=True))
    (portrait,) = (sighting.portrait for sighting in analysis.sightings)
    assert portrait is not None
    await learn(store, scope, name, portrait.image, portrait.embedding, portrait.bundle_id)


async def until(condition: object) -> None:
    async with asyncio.timeout(30):
        while not await condition():  # type: ignore[operator]  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_what_one_bundle_was_taught_another_one_knows(
    store: Store, pipeline: LocalBackend, files: ModelFiles
) -> None:
    await taught(store, pipeline)
    await taught(store, pipeline, "everywhere", EVERYWHERE)
    before = await store.gallery(HERE, pipeline.bundle_id)
    assert await reembed(store, pipeline) == 0

    new = tiny.tiny_base(files.classifier, name="other", mean=40.0)

    async def reloaded() -> bool:
        return pipeline.bundle_id == new.id

    await until(reloaded)
    assert (await store.gallery(HERE, new.id)).characters == ()
    assert await reembed(store, pipeline) == 2
    after = await store.gallery(HERE, new.id)
    assert after.characters == ("gelb", "everywhere")
    assert not np.allclose(after.embeddings, before.embeddings, atol=0.05), "the two see colours differently"
    analysis = await pipeline.analyse(crop(YELLOW), AnalysisOptions(face=True, gallery=after, only_taught=True))
    assert analysis.sightings[0].guesses[0].character == "gelb"
    seen = (await pipeline.analyse(crop(YELLOW), AnalysisOptions(face=True, portraits=True))).sightings[0].portrait
    assert seen is not None
    assert after.embeddings[0] == pytest.approx(seen.embedding, abs=0.02)


async def test_it_happens_by_itself_when_a_bundle_takes_over(
    store: Store, pipeline: LocalBackend, files: ModelFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 0.01)
    await taught(store, pipeline)
    async with keeping_in_step(store, pipeline):
        new = tiny.tiny_base(files.classifier, name="other")

        async def in_step() -> bool:
            return bool((await store.gallery(HERE, new.id)).characters)

        await until(in_step)


async def test_an_unreadable_crop_does_not_stop_the_others(store: Store, pipeline: LocalBackend) -> None:
    await learn(store, HERE, "broken", b"no picture", np.zeros(3, np.float32), "old")
    await learn(store, HERE, "gelb", crop(YELLOW), np.zeros(3, np.float32), "old")
    with capture_logs() as logs:
        assert await reembed(store, pipeline) == 1
    assert [entry["event"] for entry in logs] == ["example_unreadable", "examples_embedded"]
    assert (await store.gallery(HERE, pipeline.bundle_id)).characters == ("gelb",)


async def test_a_bundle_without_embeddings_leaves_everything_as_it_is(store: Store, tmp_path: Path) -> None:
    tiny.tiny_bundle(tmp_path / "tiny.tflite")
    await learn(store, HERE, "gelb", crop(YELLOW), np.ones(3, np.float32), "old")
    async with LocalBackend(ModelFiles(tmp_path / "tiny.tflite", tiny.CASCADE), LocalOptions(threads=1)) as plain:
        assert await reembed(store, plain) == 0
    assert (await store.gallery(HERE, "old")).characters == ("gelb",)


async def test_a_repeated_failure_is_logged_once(
    store: Store, pipeline: LocalBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(module, "ANYWAY_SECONDS", 0.0)
    outcomes = ["down", "down", "down", "", "down", "full", "full"]
    tried: list[str] = []

    async def fail(*_: object) -> int:
        if len(tried) < len(outcomes):
            tried.append(outcomes[len(tried)])
            if tried[-1]:
                raise StoreError(tried[-1])
        return 0

    async with keeping_in_step(store, pipeline):
        monkeypatch.setattr(module, "reembed", fail)
        with capture_logs() as logs:

            async def all_tried() -> bool:
                return tried == outcomes

            await until(all_tried)
    assert [entry["reason"] for entry in logs] == ["down", "down", "full"]


class Changing:
    """Answers by a bundle that is replaced while it answers, and is busy once."""

    embeds = True

    def __init__(self) -> None:
        self.bundle_id = "one"
        self.asked = 0

    async def embed(self, crops: Sequence[bytes]) -> list[Embedding]:
        self.asked += 1
        if self.asked == 1:
            raise Busy
        if self.asked == 3:
            self.bundle_id = "two"
        return [np.array([0, 1], np.float32) for _ in crops]


async def test_another_change_and_a_full_queue_in_between_lose_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 0.01)
    for name in ("a", "b", "c"):
        await learn(store, HERE, name, b"crop", np.array([1, 0], np.float32), "old")
    changing = Changing()
    with pytest.raises(Busy):
        await reembed(store, changing)
    assert await reembed(store, changing) == 4, "one by the first bundle, then all by the second"
    assert (await store.gallery(HERE, "two")).embeddings.tolist() == [[0, 1]] * 3
