"""Every use case, with a real store and real replies; only the pictures' bytes and the eyes are made up."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from bot.config import Limits
from bot.domain import (
    Analysis,
    Ask,
    Box,
    Capabilities,
    Chat,
    Configure,
    Face,
    Guess,
    Incoming,
    Opener,
    OptOut,
    Page,
    Picture,
    Progress,
    ReplyImage,
    Request,
    Show,
    Sighting,
    Stage,
    Timings,
    Trigger,
    User,
)
from bot.errors import BrokenPicture, Busy, DownloadFailed
from bot.metrics import Metrics
from bot.service import Service
from bot.store import ChatSettings, Store

ROOM = Chat("discord", "room")
PRIVATE = Chat("discord", "dm", private=True)
ANN = User("discord", "ann")
BOB = User("discord", "bob")
MANAGER = User("discord", "boss", manager=True)
ROOMY = Capabilities(4000, 2000, 10, 10_000_000, spoilers=True, alt_text=True)
IMAGE = ReplyImage(b"jpeg", "image/jpeg", "whobot.jpg")


def seen(*names: str, unknown: bool = False) -> Analysis:
    sightings = tuple(Sighting(Face(Box(0, 0, 9, 9), 1.0), (Guess(name, 0.9),), unknown) for name in names)
    return Analysis(10, 10, sightings, Timings(1, 1, 1, 1), 0, IMAGE if names else None)


class Eyes:
    """Sees in a picture whatever its bytes are mapped to."""

    roster = ("nishikino_maki", "yazawa_nico")

    def __init__(self) -> None:
        self.waiting = 0
        self.sights: dict[bytes, Analysis | BaseException] = {
            b"maki": seen("nishikino_maki"),
            b"nico": seen("yazawa_nico"),
            b"stranger": seen("yazawa_nico", unknown=True),
            b"landscape": seen(),
            b"broken": BrokenPicture(),
            b"bug": ZeroDivisionError("token 123:S3CR3T"),
        }
        self.thresholds: list[float | None] = []

    async def analyse(self, data: bytes, *, threshold: float | None = None) -> Analysis:
        self.thresholds.append(threshold)
        sight = self.sights[data]
        if isinstance(sight, BaseException):
            raise sight
        return sight


class Source:
    """Makes pictures and knows which of them have been opened."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.openings = asyncio.Semaphore(0)
        self.gate: asyncio.Event | None = None
        self.open_now = 0
        self.most_open = 0

    def picture(self, content: str = "maki", **details: Any) -> Picture:
        return Picture(f"{content}.png", self._opener(content), **details)

    def _opener(self, content: str) -> Opener:
        async def chunks() -> AsyncIterator[bytes]:
            yield content.encode()[:2]
            if self.gate:
                await self.gate.wait()
            yield content.encode()[2:]

        @asynccontextmanager
        async def open_() -> AsyncIterator[AsyncIterator[bytes]]:
            self.opened.append(content)
            self.open_now += 1
            self.most_open = max(self.most_open, self.open_now)
            self.openings.release()
            try:
                if content == "gone":
                    raise DownloadFailed("the platform answered 404")
                yield chunks()
            finally:
                self.open_now -= 1

        return open_


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with Store("sqlite+aiosqlite://") as store:
        yield store


@pytest.fixture
def eyes() -> Eyes:
    return Eyes()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def make(eyes: Eyes, store: Store, metrics: Metrics) -> Callable[..., Service]:
    def make(threshold: float | None = None, **limits: Any) -> Service:
        return Service(eyes, store, metrics, limits=Limits(**limits), threshold=threshold)

    return make


@pytest.fixture
def service(make: Callable[..., Service]) -> Service:
    return make()


@pytest.fixture
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as logs:
        yield logs


def troubles(logs: list[MutableMapping[str, Any]]) -> list[MutableMapping[str, Any]]:
    return [line for line in logs if line["event"] != "answered"]


def incoming(request: Request, *, chat: Chat = ROOM, user: User = ANN, **details: Any) -> Incoming:
    return Incoming(chat, user, request, details.pop("capabilities", ROOMY), **details)


def asking(*pictures: Picture, trigger: Trigger = Trigger.COMMAND, **details: Any) -> Incoming:
    return incoming(Ask(pictures, trigger), **details)


def counted(metrics: Metrics) -> dict[tuple[str, ...], float]:
    samples = (s for family in text_string_to_metric_families(metrics.render().decode()) for s in family.samples)
    return {(s.name, *sorted(s.labels.values())): s.value for s in samples}


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
    assert sorted(line["event"] for line in troubles(logs)) == ["failed", "refused", "refused"]


async def test_a_spoiler_is_answered_with_a_spoiler(service: Service, source: Source) -> None:
    reply = await service.handle(asking(source.picture("maki", spoiler=True), source.picture("nico")))
    assert [image.spoiler for image in reply.images] == [True, False]


async def test_the_answer_keeps_to_what_the_platform_can_carry(service: Service, source: Source) -> None:
    small = Capabilities(text_limit=100, caption_limit=60, images_limit=1, image_bytes_limit=4)
    reply = await service.handle(asking(*[source.picture("maki")] * 3, capabilities=small))
    assert len(reply.images) == 1
    assert len(reply.text) <= 60
    tiny = Capabilities(text_limit=100, caption_limit=60, images_limit=1, image_bytes_limit=3)
    assert not (await service.handle(asking(source.picture("maki"), capabilities=tiny))).images


async def test_thresholds_come_from_the_chat_then_the_configuration_then_the_bundle(
    make: Callable[..., Service], eyes: Eyes, store: Store, source: Source
) -> None:
    await make().handle(asking(source.picture()))
    await make(threshold=0.5).handle(asking(source.picture()))
    await store.change(ROOM, threshold=0.0)
    await make(threshold=0.5).handle(asking(source.picture()))
    assert eyes.thresholds == [None, 0.5, 0.0]


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


async def test_a_full_queue_is_told_without_a_download(service: Service, eyes: Eyes, source: Source) -> None:
    eyes.waiting = Limits().queue
    assert "hands full" in (await service.handle(asking(source.picture()))).text
    assert source.opened == []


async def test_a_queue_that_fills_up_meanwhile_is_told_too(service: Service, eyes: Eyes, source: Source) -> None:
    eyes.sights[b"maki"] = Busy()
    assert "hands full" in (await service.handle(asking(source.picture()))).text


async def test_a_user_who_asks_too_often_is_told_how_long_to_wait(make: Callable[..., Service], source: Source) -> None:
    service = make(user_requests=2)
    for _ in range(2):
        assert "Maki" in (await service.handle(asking(source.picture()))).text
    assert "ask again in 60 seconds" in (await service.handle(asking(source.picture()))).text
    assert len(source.opened) == 2
    assert "Maki" in (await service.handle(asking(source.picture(), user=BOB))).text


async def test_a_chat_that_asks_too_often_is_told_too(make: Callable[..., Service], source: Source) -> None:
    service = make(chat_requests=1)
    assert "Maki" in (await service.handle(asking(source.picture()))).text
    assert "ask again" in (await service.handle(asking(source.picture(), user=BOB))).text
    assert "Maki" in (await service.handle(asking(source.picture(), user=BOB, chat=PRIVATE))).text


@pytest.mark.parametrize("request_", [Show(Page.HELP), OptOut(True), Configure(watch=True)])
async def test_other_requests_are_limited_as_well(
    make: Callable[..., Service], store: Store, request_: Request
) -> None:
    service = make(user_requests=1)
    await service.handle(incoming(Show(Page.HELP), user=MANAGER))
    assert "ask again" in (await service.handle(incoming(request_, user=MANAGER))).text
    assert not await store.is_opted_out(MANAGER)
    assert await store.chat_settings(ROOM) == ChatSettings()


# --- opting out ------------------------------------------------------------------------------------------------------


async def test_who_has_opted_out_is_left_alone_until_they_opt_in(service: Service, source: Source) -> None:
    assert "leave your pictures alone" in (await service.handle(incoming(OptOut(True)))).text
    assert "leave their pictures alone" in (await service.handle(asking(source.picture()))).text
    assert source.opened == []
    await service.handle(incoming(OptOut(False)))
    assert "Maki" in (await service.handle(asking(source.picture()))).text


async def test_nobody_else_may_ask_about_their_pictures(service: Service, source: Source) -> None:
    await service.handle(incoming(OptOut(True), user=BOB))
    reply = await service.handle(asking(source.picture(author=BOB), trigger=Trigger.REPLY))
    assert "leave their pictures alone" in reply.text
    assert source.opened == []


async def test_where_all_pictures_are_theirs_that_is_said_once_and_costs_nothing(
    make: Callable[..., Service], source: Source
) -> None:
    service = make(user_requests=2)
    await service.handle(incoming(OptOut(True)))
    for _ in range(3):
        reply = await service.handle(asking(source.picture("maki"), source.picture("nico")))
        assert reply.text.startswith("Whoever posted this picture")
        assert reply.text.count("Whoever posted") == 1
    await service.handle(incoming(OptOut(False)))
    assert "Maki" not in (await service.handle(asking(source.picture()))).text, "the third request of two"


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
    await store.change(ROOM, watch=True)
    await service.handle(incoming(OptOut(True)))
    assert (await service.handle(asking(source.picture(), trigger=Trigger.POSTED))).silent
    assert source.opened == []


# --- watched chats ---------------------------------------------------------------------------------------------------


async def test_a_posted_picture_is_answered_only_in_a_watched_chat(
    service: Service, store: Store, source: Source
) -> None:
    posted = asking(source.picture(), trigger=Trigger.POSTED)
    assert (await service.handle(posted)).silent
    assert source.opened == []
    await store.change(ROOM, watch=True)
    assert "Nishikino Maki" in (await service.handle(posted)).text
    await store.change(ROOM, watch=False)
    assert (await service.handle(posted)).silent


@pytest.mark.parametrize("name", ["landscape", "broken", "gone", "bug"])
async def test_a_posted_picture_that_leads_to_nothing_meets_silence(
    service: Service, store: Store, source: Source, name: str
) -> None:
    await store.change(ROOM, watch=True)
    assert (await service.handle(asking(source.picture(name), trigger=Trigger.POSTED))).silent
    assert source.opened == [name]


async def test_of_several_posted_pictures_only_those_with_faces_are_mentioned(
    service: Service, store: Store, source: Source
) -> None:
    await store.change(ROOM, watch=True)
    pictures = [source.picture(name) for name in ("landscape", "maki", "broken", "nico")]
    reply = await service.handle(asking(*pictures, trigger=Trigger.POSTED))
    assert reply.text.splitlines() == [
        "Picture 2:",
        "1. Nishikino Maki, 90 %",
        "Picture 4:",
        "1. Yazawa Nico, 90 %",
    ]


async def test_a_posted_picture_beyond_a_limit_meets_silence(
    make: Callable[..., Service], eyes: Eyes, store: Store, source: Source
) -> None:
    await store.change(ROOM, watch=True)
    service = make(user_requests=1, pictures=1, bytes=1000)
    for pictures in ([source.picture()] * 2, [source.picture(size=1001)], [source.picture()], []):
        assert (await service.handle(asking(*pictures, trigger=Trigger.POSTED))).silent
    assert source.opened == []


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

    await store.change(ROOM, watch=True)
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

    monkeypatch.setattr("bot.service.looking.PROGRESS_SECONDS", 0.01)
    assert "Maki" in (await service.handle(asking(source.picture(), progress=hang))).text


# --- settings and help -----------------------------------------------------------------------------------------------


async def test_a_manager_changes_settings_and_is_told_all_of_them(service: Service, store: Store) -> None:
    reply = await service.handle(incoming(Configure(watch=True), user=MANAGER))
    assert "every picture that is posted" in reply.text
    reply = await service.handle(incoming(Configure(threshold=0.625), user=MANAGER))
    assert "every picture that is posted" in reply.text
    assert "62.5 %" in reply.text
    assert await store.chat_settings(ROOM) == ChatSettings(watch=True, threshold=0.625)


async def test_others_may_not(service: Service, store: Store) -> None:
    reply = await service.handle(incoming(Configure(watch=True)))
    assert "Only people who manage this chat" in reply.text
    assert await store.chat_settings(ROOM) == ChatSettings()


async def test_in_a_private_chat_everybody_may(service: Service, store: Store) -> None:
    await service.handle(incoming(Configure(watch=True), chat=PRIVATE))
    assert (await store.chat_settings(PRIVATE)).watch


@pytest.mark.parametrize("threshold", [-0.001, 1.001, float("nan"), float("inf")])
async def test_a_threshold_is_from_0_to_1(service: Service, store: Store, threshold: float) -> None:
    reply = await service.handle(incoming(Configure(watch=True, threshold=threshold), user=MANAGER))
    assert "from 0 to 1" in reply.text
    assert await store.chat_settings(ROOM) == ChatSettings()


async def test_a_language_must_be_one_that_is_spoken(service: Service, store: Store) -> None:
    assert "do not speak" in (await service.handle(incoming(Configure(language="tlh"), user=MANAGER))).text
    assert (await store.chat_settings(ROOM)).language is None
    await service.handle(incoming(Configure(language="en-GB"), user=MANAGER))
    assert (await store.chat_settings(ROOM)).language == "en"


async def test_help_tells_how_to_ask_and_what_is_kept(service: Service) -> None:
    text = (await service.handle(incoming(Show(Page.HELP)))).text
    assert "/who" in text
    assert "Nishikino Maki, Yazawa Nico" in text
    assert "Nothing of a picture is stored" in text


# --- when things go wrong --------------------------------------------------------------------------------------------


async def test_a_bug_is_logged_with_the_id_that_the_chat_gets(
    service: Service, metrics: Metrics, source: Source, logs: list[MutableMapping[str, Any]]
) -> None:
    reply = await service.handle(asking(source.picture("bug")))
    (line,) = troubles(logs)
    assert line["request"] in reply.text
    assert line["log_level"] == "error"
    assert line["platform"] == "discord"
    assert isinstance(line["exc_info"], ZeroDivisionError)
    assert "S3CR3T" not in reply.text
    assert "Zero" not in reply.text
    assert counted(metrics)["whobot_errors_total", "discord", "internal"] == 1


async def test_what_a_user_can_mend_is_no_error_in_the_log(
    service: Service, metrics: Metrics, source: Source, logs: list[MutableMapping[str, Any]]
) -> None:
    await service.handle(asking(source.picture("gone")))
    (line,) = troubles(logs)
    assert line["log_level"] == "info"
    assert line["kind"] == "download_failed"
    assert line["reason"] == "the platform answered 404"
    assert line["request"]
    assert counted(metrics)["whobot_errors_total", "discord", "download_failed"] == 1


async def test_a_store_that_fails_is_answered_with_an_id_and_nothing_is_looked_at(
    eyes: Eyes, metrics: Metrics, source: Source, logs: list[MutableMapping[str, Any]]
) -> None:
    service = Service(eyes, Store("sqlite+aiosqlite:////dev/null"), metrics, limits=Limits())
    reply = await service.handle(asking(source.picture()))
    assert logs[0]["request"] in reply.text
    assert source.opened == [], "whoever has opted out cannot be known"


async def test_failures_of_different_requests_have_different_ids(
    service: Service, source: Source, logs: list[MutableMapping[str, Any]]
) -> None:
    await asyncio.gather(*(service.handle(asking(source.picture("bug"))) for _ in range(5)))
    assert len({line["request"] for line in troubles(logs)}) == 5


async def test_cancellation_passes_and_stops_the_transfers(service: Service, source: Source) -> None:
    source.gate = asyncio.Event()
    task = asyncio.create_task(service.handle(asking(source.picture("maki"), source.picture("nico"))))
    for _ in range(2):
        await source.openings.acquire()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert source.open_now == 0


# --- many at once ----------------------------------------------------------------------------------------------------


async def test_transfers_run_side_by_side_but_not_without_limit(make: Callable[..., Service], source: Source) -> None:
    service = make(user_requests=100, chat_requests=100)
    source.gate = asyncio.Event()
    requests = [asyncio.create_task(service.handle(asking(*[source.picture()] * 5))) for _ in range(10)]
    for _ in range(8):
        await source.openings.acquire()
    for _ in range(50):
        await asyncio.sleep(0)
    assert source.most_open == 8
    source.gate.set()
    replies = await asyncio.gather(*requests)
    assert all(reply.text.count("Nishikino Maki") == 5 for reply in replies)
    assert source.most_open == 8


async def test_what_happens_is_counted(service: Service, metrics: Metrics, source: Source) -> None:
    await service.handle(asking(source.picture("maki"), source.picture("stranger"), source.picture("landscape")))
    await service.handle(incoming(Show(Page.HELP)))
    await service.handle(asking(source.picture(), trigger=Trigger.POSTED))
    counts = counted(metrics)
    assert counts["whobot_pictures_total", "discord"] == 3
    assert counts["whobot_faces_total", "yes"] == 1
    assert counts["whobot_faces_total", "no"] == 1
    assert counts["whobot_answers_total", "discord"] == 2
    assert counts["whobot_stage_seconds_count", "download"] == 3
    assert counts["whobot_stage_seconds_count", "analysis"] == 3
    assert counts["whobot_stage_seconds_count", "detect"] == 3


async def test_an_answer_is_logged_without_what_was_in_it(
    service: Service, source: Source, logs: list[MutableMapping[str, Any]]
) -> None:
    await service.handle(asking(source.picture("maki")))
    await service.handle(asking(source.picture("maki"), trigger=Trigger.POSTED))
    (line,) = logs
    assert (line["event"], line["log_level"], line["to"], line["images"]) == ("answered", "info", "Ask", 1)
    assert "aki" not in repr(line)
