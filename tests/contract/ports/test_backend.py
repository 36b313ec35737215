"""What every backend of recognition does, wherever it runs: another implementation is another row of `BACKENDS`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest

from bot.errors import BrokenPicture, BundleError, Busy, Stopping, UnsupportedFormat
from bot.recognition.backend import Backend
from bot.recognition.local import LocalBackend
from bot.recognition.model_files import ModelFiles
from bot.recognition.options import AnalysisOptions, LocalOptions
from tests.support import tiny

PICTURE = tiny.encoded(tiny.picture(tiny.RED, tiny.BLUE))
PLAIN = AnalysisOptions()
QUEUE = 2

Start: TypeAlias = Callable[[ModelFiles], AbstractAsyncContextManager[Backend]]
"""Starts a backend with one worker, behind which `QUEUE` pictures may wait."""


def local(files: ModelFiles) -> LocalBackend:
    return LocalBackend(files, LocalOptions(threads=1, queue=QUEUE))


BACKENDS: dict[str, Start] = {"local": local}


@pytest.fixture(params=BACKENDS)
def start(request: pytest.FixtureRequest) -> Start:
    return BACKENDS[request.param]


@pytest.fixture
async def backend(start: Start, tmp_path: Path) -> AsyncIterator[Backend]:
    """One whose bundle gives embeddings."""
    tiny.tiny_base(tmp_path / "base.tflite", recognition=tiny.tiny_recognition())
    async with start(ModelFiles(tmp_path / "base.tflite", tiny.CASCADE)) as running:
        yield running


async def test_it_names_its_bundle_and_its_roster(backend: Backend) -> None:
    assert backend.roster == tiny.LABELS
    assert backend.characters.name("akane_hoshino") == "Akane Hoshino"
    assert (backend.bundle_name, backend.detector_name, backend.embeds) == ("base", tiny.CASCADE.stem, True)
    assert backend.bundle_id
    assert 0 < backend.kinship < 1
    (prototype, *_) = backend.prototypes("akane_hoshino")
    assert np.linalg.norm(prototype) == pytest.approx(1.0, abs=1e-2)
    assert list(backend.prototypes("somebody else")) == []


async def test_a_picture_is_analysed_as_the_options_say(backend: Backend) -> None:
    analysis = await backend.analyse(PICTURE, PLAIN)
    assert [sighting.guesses[0].character for sighting in analysis.sightings] == ["akane_hoshino", "aoi_umino"]
    assert analysis.drawing is not None
    strict = await backend.analyse(PICTURE, AnalysisOptions(threshold=1.0, annotate=False))
    assert all(sighting.unknown for sighting in strict.sightings)
    assert strict.drawing is None


async def test_a_crop_is_embedded_as_it_was_when_it_was_seen(backend: Backend) -> None:
    analysis = await backend.analyse(PICTURE, AnalysisOptions(portraits=True))
    portraits = [sighting.portrait for sighting in analysis.sightings if sighting.portrait]
    embeddings = await backend.embed([portrait.image for portrait in portraits])
    assert len(embeddings) == 2
    for portrait, embedding in zip(portraits, embeddings, strict=True):
        assert portrait.bundle_id == backend.bundle_id
        assert embedding.dtype == np.float32
        assert np.linalg.norm(embedding) == pytest.approx(1.0, abs=1e-3)
        assert embedding @ portrait.embedding > 0.99
    assert await backend.embed([]) == []


async def test_what_is_no_picture_is_refused_and_the_next_one_is_not(backend: Backend) -> None:
    with pytest.raises(UnsupportedFormat):
        await backend.analyse(b"<html>not a picture</html>", PLAIN)
    with pytest.raises(BrokenPicture):
        await backend.embed([PICTURE[: len(PICTURE) // 2]])
    assert (await backend.analyse(PICTURE, PLAIN)).sightings


async def test_a_bundle_that_cannot_be_taught_says_so(start: Start, tmp_path: Path) -> None:
    tiny.tiny_bundle(tmp_path / "tiny.tflite")
    async with start(ModelFiles(tmp_path / "tiny.tflite", tiny.CASCADE)) as backend:
        assert not backend.embeds
        with pytest.raises(BundleError):
            await backend.embed([tiny.encoded(tiny.picture(tiny.RED))])


async def test_more_than_may_wait_are_refused_and_the_rest_answered(backend: Backend) -> None:
    asked = [asyncio.create_task(backend.analyse(PICTURE, PLAIN)) for _ in range(8)]
    results = await asyncio.gather(*asked, return_exceptions=True)
    refused = [result for result in results if isinstance(result, BaseException)]
    assert {type(refusal) for refusal in refused} == {Busy}
    assert len(results) - len(refused) >= QUEUE
    assert (await backend.health()).waiting == backend.waiting == 0


async def test_whoever_gives_up_leaves_the_place_to_others(backend: Backend) -> None:
    asked = [asyncio.create_task(backend.analyse(PICTURE, PLAIN)) for _ in range(QUEUE)]
    await asyncio.sleep(0)
    for task in asked:
        task.cancel()
    await asyncio.wait(asked)
    assert (await backend.analyse(PICTURE, PLAIN)).sightings
    assert backend.waiting == 0


async def test_closing_finishes_what_was_taken_and_takes_nothing_new(backend: Backend) -> None:
    assert (await backend.health()).working
    taken = asyncio.create_task(backend.analyse(PICTURE, PLAIN))
    await asyncio.sleep(0)
    await backend.close()
    assert (await taken).sightings
    assert not (await backend.health()).working
    with pytest.raises(Stopping):
        await backend.analyse(PICTURE, PLAIN)
    with pytest.raises(Stopping):
        await backend.embed([PICTURE])
    await backend.close()
