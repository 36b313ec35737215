"""The pipeline: real pictures through real threads, deadlines, cancellation, stopping, and models that change."""

import asyncio
import gc
import io
import os
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from structlog.testing import capture_logs

from bot.errors import (
    AnalysisTimeout,
    BrokenPicture,
    BundleError,
    Busy,
    ConfigError,
    DecodingFailed,
    Stopping,
    TooManyFrames,
    TooManyPixels,
    UnsupportedFormat,
)
from bot.recognition.bundle import Teaching
from bot.recognition.decoding import decoders
from bot.recognition.engine import Engine
from bot.recognition.gallery import Gallery
from bot.recognition.local import LocalBackend
from bot.recognition.model_files import ModelFiles
from bot.recognition.options import AnalysisOptions, LocalOptions
from bot.recognition.results import Analysis
from tests.support import tiny
from tests.support.hostile_decoder import CRASHES, EATS, HANGS, PROGRAM

PICTURE = tiny.encoded(tiny.picture(tiny.RED, tiny.BLUE))
QUICK = 0.02
"""Seconds between two looks at the model files."""
LONG = 30.0


@pytest.fixture
def files(tmp_path: Path) -> ModelFiles:
    tiny.tiny_bundle(tmp_path / "tiny.tflite")
    return ModelFiles(tmp_path / "tiny.tflite", tiny.CASCADE)


@pytest.fixture
async def backend(files: ModelFiles) -> AsyncIterator[LocalBackend]:
    async with LocalBackend(files, LocalOptions(threads=2, reload_seconds=QUICK)) as running:
        yield running


async def soon(condition: Callable[[], bool]) -> None:
    """Wait until something that another thread does has happened."""
    async with asyncio.timeout(LONG):
        while not condition():  # noqa: ASYNC110 - what happens in a worker thread sets no event
            await asyncio.sleep(0.005)


class Stage:
    """Holds engines back in the middle of a picture, and counts those who got there."""

    def __init__(self) -> None:
        self.started = 0
        self.curtain = threading.Event()

    def analyse(self, engine: Engine, data: bytes, options: AnalysisOptions) -> Analysis:
        self.started += 1
        assert self.curtain.wait(LONG)
        return self._analyse(engine, data, options)

    _analyse = staticmethod(Engine.analyse)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    stage = Stage()

    # A function, not a bound method: it must be bound to each engine.
    def analyse(engine: Engine, data: bytes, options: AnalysisOptions) -> Analysis:
        return stage.analyse(engine, data, options)

    monkeypatch.setattr(Engine, "analyse", analyse)
    yield stage
    stage.curtain.set()


async def test_a_picture_is_analysed(backend: LocalBackend) -> None:
    analysis = await backend.analyse(PICTURE)
    assert [s.guesses[0].character for s in analysis.sightings] == ["akane_hoshino", "aoi_umino"]
    assert analysis.drawing is not None
    assert (await backend.health()).working
    assert backend.roster == tiny.LABELS
    assert backend.bundle_id


async def test_options_reach_the_engine(backend: LocalBackend) -> None:
    assert (await backend.analyse(PICTURE, AnalysisOptions(threshold=0.99999))).sightings[0].unknown
    whole = await backend.analyse(PICTURE, AnalysisOptions(face=True, annotate=False))
    assert whole.drawing is None
    assert whole.sightings[0].face.box.width == whole.width


async def test_what_was_taught_is_known_and_portraits_embed_as_they_were(files: ModelFiles) -> None:
    tiny.tiny_base(files.classifier, recognition=tiny.tiny_recognition())
    purple = tiny.encoded(np.full((300, 200, 3), (130, 10, 130), np.uint8))
    async with LocalBackend(files, LocalOptions(threads=1)) as backend:
        assert backend.embeds
        (before,) = (await backend.analyse(purple, AnalysisOptions(face=True, portraits=True))).sightings
        assert before.unknown
        assert before.unknown_probability > 0.5
        portrait = before.portrait
        assert portrait is not None
        assert portrait.bundle_id == backend.bundle_id
        with Pillow.open(io.BytesIO(portrait.image)) as kept:
            assert (kept.format, kept.size) == ("WEBP", (128, 192))
        (embedding,) = await backend.embed([portrait.image])
        assert embedding == pytest.approx(portrait.embedding, abs=0.05)
        gallery = Gallery.of([("Murasaki", portrait.embedding)])
        (after,) = (await backend.analyse(purple, AnalysisOptions(face=True, gallery=gallery))).sightings
        assert (after.guesses[0].character, after.unknown, after.portrait) == ("Murasaki", False, None)
        (only,) = (
            await backend.analyse(purple, AnalysisOptions(face=True, gallery=gallery, only_taught=True))
        ).sightings
        assert [guess.character for guess in only.guesses] == ["Murasaki"]
        with pytest.raises(BrokenPicture):
            await backend.embed([PICTURE[:100]])


async def test_a_bundle_without_embeddings_says_what_to_do_about_it(backend: LocalBackend) -> None:
    assert not backend.embeds
    (sighting,) = (
        await backend.analyse(tiny.encoded(tiny.picture(tiny.RED)), AnalysisOptions(portraits=True))
    ).sightings
    assert sighting.portrait is None
    with pytest.raises(BundleError, match=r"characters-int8\.tflite"):
        await backend.embed([PICTURE])


async def test_many_at_once_each_get_their_own_answer(backend: LocalBackend) -> None:
    colours = [tiny.RED, tiny.GREEN, tiny.BLUE]
    pictures = [tiny.encoded(tiny.picture(colours[i % 3])) for i in range(24)]
    analyses = await asyncio.gather(*(backend.analyse(picture) for picture in pictures))
    assert [a.sightings[0].guesses[0].character for a in analyses] == [tiny.LABELS[i % 3] for i in range(24)]


@pytest.mark.parametrize(
    ("data", "error"),
    [(b"hello", UnsupportedFormat), (PICTURE[:200], BrokenPicture), (b"", BrokenPicture)],
)
async def test_errors_of_the_picture_reach_the_asker(
    backend: LocalBackend, data: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await backend.analyse(data)
    assert (await backend.analyse(PICTURE)).sightings


async def test_the_limits_of_the_config_hold(files: ModelFiles) -> None:
    how = LocalOptions(pixels=40_000, faces=1, frames=1, threads=1)
    async with LocalBackend(files, how) as backend:
        assert (await backend.analyse(PICTURE)).faces_left_out == 1
        with pytest.raises(TooManyPixels):
            await backend.analyse(tiny.encoded(tiny.picture(*[tiny.RED] * 5)))
        with pytest.raises(TooManyFrames):
            await backend.analyse(animation())


def animation() -> bytes:
    frames = [Pillow.new("RGB", (20, 20), colour) for colour in (tiny.RED, tiny.BLUE)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


# --- the waiting room ------------------------------------------------------------------------------------------------


async def test_a_full_queue_is_busy_at_once(files: ModelFiles, stage: Stage) -> None:
    async with LocalBackend(files, LocalOptions(queue=2, threads=1)) as backend:
        tasks = [asyncio.create_task(backend.analyse(PICTURE)) for _ in range(3)]
        await soon(lambda: stage.started == 1 and backend.waiting == 2)
        with pytest.raises(Busy):
            await backend.analyse(PICTURE)
        stage.curtain.set()
        assert all(analysis.sightings for analysis in await asyncio.gather(*tasks))
        assert (await backend.analyse(PICTURE)).sightings


async def test_waiting_counts_towards_the_deadline(files: ModelFiles, stage: Stage) -> None:
    """One picture hangs; the one behind it times out without ever being started, and its place is free again."""
    async with LocalBackend(files, LocalOptions(analysis_seconds=0.2, queue=1, threads=1)) as backend:
        tasks = [asyncio.create_task(backend.analyse(PICTURE)) for _ in range(2)]
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(result) for result in results] == [AnalysisTimeout] * 2
        assert stage.started == 1
        assert backend.waiting == 0
        assert not (await backend.health()).working, "the only worker is stuck"
        stage.curtain.set()
        async with asyncio.timeout(LONG):
            while not (await backend.health()).working:  # noqa: ASYNC110 - a worker thread sets no event
                await asyncio.sleep(0.005)
        assert stage.started == 1


async def test_a_timed_out_picture_keeps_its_worker_until_it_is_done(files: ModelFiles, stage: Stage) -> None:
    async with LocalBackend(files, LocalOptions(analysis_seconds=0.1, queue=1, threads=1)) as backend:
        with pytest.raises(AnalysisTimeout) as caught:
            await backend.analyse(PICTURE)
        assert caught.value.seconds == 0.1
        waiting = asyncio.create_task(backend.analyse(PICTURE))
        await soon(lambda: backend.waiting == 1)
        with pytest.raises(Busy):
            await backend.analyse(PICTURE)
        with pytest.raises(AnalysisTimeout):
            await waiting
        stage.curtain.set()


async def test_cancelling_while_waiting_frees_the_place(files: ModelFiles, stage: Stage) -> None:
    async with LocalBackend(files, LocalOptions(queue=1, threads=1)) as backend:
        running = asyncio.create_task(backend.analyse(PICTURE))
        await soon(lambda: stage.started == 1)
        for _ in range(5):
            waiting = asyncio.create_task(backend.analyse(PICTURE))
            await soon(lambda: backend.waiting == 1)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert backend.waiting == 0
        stage.curtain.set()
        assert (await running).sightings
        assert stage.started == 1


async def test_cancelling_while_running_frees_the_worker_when_it_is_done(files: ModelFiles, stage: Stage) -> None:
    async with LocalBackend(files, LocalOptions(queue=1, threads=1)) as backend:
        running = asyncio.create_task(backend.analyse(PICTURE))
        await soon(lambda: stage.started == 1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        stage.curtain.set()
        assert (await backend.analyse(PICTURE)).sightings


async def test_the_event_loop_runs_while_a_picture_is_analysed(files: ModelFiles, stage: Stage) -> None:
    async with LocalBackend(files, LocalOptions(threads=1)) as backend:
        task = asyncio.create_task(backend.analyse(PICTURE))
        await soon(lambda: stage.started == 1)
        assert not task.done()
        stage.curtain.set()
        await task


# --- the end ---------------------------------------------------------------------------------------------------------


async def test_leaving_finishes_what_is_in_hand_and_refuses_the_rest(
    files: ModelFiles, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.recognition.local.DRAIN_SECONDS", LONG)
    backend = LocalBackend(files, LocalOptions(threads=1))
    with pytest.raises(Stopping):
        await backend.analyse(PICTURE)
    assert not (await backend.health()).working
    await backend.__aenter__()
    tasks = [asyncio.create_task(backend.analyse(PICTURE)) for _ in range(3)]
    await soon(lambda: stage.started == 1)
    leaving = asyncio.create_task(backend.__aexit__(None, None, None))
    await asyncio.sleep(0.05)
    with pytest.raises(Stopping):
        await backend.analyse(PICTURE)
    stage.curtain.set()
    await leaving
    assert all(analysis.sightings for analysis in await asyncio.gather(*tasks))
    assert not (await backend.health()).working


async def test_leaving_does_not_wait_for_a_hanging_worker(
    files: ModelFiles, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.recognition.local.DRAIN_SECONDS", 0.05)
    async with LocalBackend(files, LocalOptions(threads=1)) as backend:
        tasks = [asyncio.create_task(backend.analyse(PICTURE)) for _ in range(2)]
        await soon(lambda: stage.started == 1)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [Stopping] * 2


async def test_no_thread_is_left_behind(files: ModelFiles) -> None:
    before = {thread.ident for thread in threading.enumerate()}
    async with LocalBackend(files, LocalOptions(threads=3)) as backend:
        await backend.analyse(PICTURE)
    left = [t.name for t in threading.enumerate() if t.ident not in before and t.name.startswith("vision")]
    assert left == []


@pytest.mark.parametrize("hostile", [CRASHES, EATS])
async def test_a_picture_that_ends_its_decoder_is_refused_and_others_are_answered(
    files: ModelFiles, monkeypatch: pytest.MonkeyPatch, hostile: bytes
) -> None:
    monkeypatch.setattr(decoders, "PROGRAM", PROGRAM)
    async with LocalBackend(files, LocalOptions(threads=2, analysis_seconds=LONG)) as backend:
        asked = [backend.analyse(data) for data in (PICTURE, hostile, PICTURE, PICTURE)]
        one, refused, *others = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(refused, DecodingFailed)
        for answer in (one, *others, await backend.analyse(PICTURE)):
            assert isinstance(answer, Analysis)
            assert len(answer.sightings) == 2
        health = await backend.health()
        assert (health.working, health.replaced) == (True, 1)


async def test_a_picture_that_hangs_its_decoder_holds_no_worker_for_good(
    files: ModelFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoders, "PROGRAM", PROGRAM)
    async with LocalBackend(files, LocalOptions(threads=1, analysis_seconds=LONG)) as backend:
        assert (await backend.analyse(PICTURE)).sightings
        backend._decoders._seconds = 0.1
        with pytest.raises(AnalysisTimeout):
            await backend.analyse(HANGS)
        backend._decoders._seconds = LONG
        assert (await backend.analyse(PICTURE)).sightings
        assert (await backend.health()).replaced == 1


async def test_no_decoder_is_left_behind(files: ModelFiles) -> None:
    async with LocalBackend(files, LocalOptions(threads=2)) as backend:
        await backend.analyse(PICTURE)
        processes = [one._process for one in backend._decoders._all]
        assert len(processes) == 2
    assert all(process.returncode is not None for process in processes)
    lost = LocalBackend(replace(files, classifier=files.classifier.with_name("nowhere.tflite")), LocalOptions())
    with pytest.raises(BundleError):
        await lost.__aenter__()
    assert not lost._decoders._all


# --- models ----------------------------------------------------------------------------------------------------------


async def test_it_does_not_start_without_its_models(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"nowhere\.tflite"):
        await LocalBackend(ModelFiles(tmp_path / "nowhere.tflite", tiny.CASCADE), LocalOptions()).__aenter__()


async def test_it_does_not_start_with_a_font_that_cannot_be_read(files: ModelFiles, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.ttf"):
        await LocalBackend(files, LocalOptions(fonts=[tmp_path / "nowhere.ttf"])).__aenter__()


async def test_a_changed_bundle_takes_over(backend: LocalBackend, files: ModelFiles) -> None:
    before = backend.bundle_id
    assert (await backend.analyse(PICTURE)).sightings[0].guesses[0].character == "akane_hoshino"
    tiny.tiny_bundle(files.classifier, ("rin", "len", "miku"))
    await soon(lambda: backend.roster == ("rin", "len", "miku"))
    assert backend.bundle_id != before
    characters = {(await backend.analyse(PICTURE)).sightings[0].guesses[0].character for _ in range(6)}
    assert characters == {"rin"}, "every worker has the new bundle"


async def test_a_broken_bundle_is_logged_once_and_the_old_one_goes_on(backend: LocalBackend, files: ModelFiles) -> None:
    before = backend.bundle_id
    with capture_logs() as logs:
        content = files.classifier.read_bytes()
        files.classifier.write_bytes(content[:-40])
        await soon(lambda: bool(logs))
        await asyncio.sleep(10 * QUICK)
        assert [entry["event"] for entry in logs] == ["models_not_reloaded"]
        assert "tiny.tflite" in logs[0]["reason"]
        assert (await backend.analyse(PICTURE)).sightings[0].guesses[0].character == "akane_hoshino"
        assert backend.bundle_id == before
        tiny.tiny_bundle(files.classifier, ("rin", "len", "miku"))
        await soon(lambda: backend.roster == ("rin", "len", "miku"))


async def test_a_bundle_that_vanishes_leaves_the_old_one_at_work(backend: LocalBackend, files: ModelFiles) -> None:
    with capture_logs() as logs:
        files.classifier.unlink()
        await soon(lambda: bool(logs))
        assert (await backend.analyse(PICTURE)).sightings


async def test_a_bug_while_reloading_does_not_end_the_watching(
    backend: LocalBackend, files: ModelFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def buggy(*_: object) -> None:
        raise KeyError("a bug")

    with capture_logs() as logs, monkeypatch.context() as patch:
        patch.setattr(ModelFiles, "load", buggy)
        os.utime(files.classifier, ns=(1, 1))
        await soon(lambda: bool(logs))
    tiny.tiny_bundle(files.classifier, ("rin", "len", "miku"))
    await soon(lambda: backend.roster == ("rin", "len", "miku"))


async def test_an_unchanged_bundle_is_not_loaded_again(backend: LocalBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[float] = []
    monkeypatch.setattr(ModelFiles, "load", lambda *_: loads.append(time.monotonic()))
    await asyncio.sleep(10 * QUICK)
    assert loads == []


async def test_a_refused_picture_is_gone_when_its_error_is(backend: LocalBackend) -> None:
    async def refused() -> weakref.ref[BrokenPicture]:
        try:
            await backend.analyse(PICTURE[:200])
        except BrokenPicture as error:
            return weakref.ref(error)
        raise AssertionError("it was taken")

    gc.collect()
    gc.disable()
    try:
        left = [await refused() for _ in range(5)]
        await soon(lambda: all(reference() is None for reference in left))
    finally:
        gc.enable()


async def test_the_kinship_is_the_bundles_own(files: ModelFiles, tmp_path: Path) -> None:
    async with LocalBackend(files, LocalOptions(threads=1)) as backend:
        assert backend.kinship == Teaching().kinship, "a bundle that says nothing"
    recognition = replace(tiny.tiny_recognition(), teaching=Teaching(kinship=0.31))
    tiny.tiny_base(tmp_path / "base.tflite", recognition=recognition)
    async with LocalBackend(replace(files, classifier=tmp_path / "base.tflite"), LocalOptions(threads=1)) as backend:
        assert backend.kinship == pytest.approx(0.31)
