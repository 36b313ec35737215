"""Every request gets an answer: what goes wrong, who is let in, and chats that come and go."""

import asyncio
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from gettext import NullTranslations
from typing import Any

import pytest

from bot.chat.features.about import ShowAbout
from bot.chat.features.forgetting import Forget
from bot.chat.features.history import ShowHistory
from bot.chat.features.my_data import OptOut, ShowMyData
from bot.chat.features.privacy import ShowPrivacy
from bot.chat.features.settings import Configure
from bot.chat.features.teaching import Teach
from bot.chat.model import Ask, Chat, Help, Left, Misuse, Moved, Press, Request, Suggest, Trigger
from bot.chat.service import Service
from bot.config import Access, Limits
from bot.metrics import Metrics
from bot.storage.store import Store
from bot.storage.values import ChatSettings, Scope
from tests.support.service_harness import (
    BOB,
    CHAT,
    PRIVATE,
    REGISTRY,
    WITH_BUTTONS,
    FakeBackend,
    Source,
    asking,
    counted,
    incoming,
    logged_failures,
    press,
    teach,
)

# --- when things go wrong --------------------------------------------------------------------------------------------


async def test_a_bug_is_logged_with_the_id_that_the_chat_gets(
    service: Service, metrics: Metrics, source: Source, logs: list[MutableMapping[str, Any]]
) -> None:
    reply = await service.handle(asking(source.picture("bug")))
    (line,) = logged_failures(logs)
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
    (line,) = logged_failures(logs)
    assert line["log_level"] == "info"
    assert line["kind"] == "download_failed"
    assert line["reason"] == "the platform answered 404"
    assert line["request"]
    assert counted(metrics)["whobot_errors_total", "discord", "download_failed"] == 1


async def test_a_failing_store_is_answered_with_an_id_and_nothing_is_analysed(
    backend: FakeBackend, metrics: Metrics, source: Source, logs: list[MutableMapping[str, Any]]
) -> None:
    store = Store("sqlite+aiosqlite:////dev/null")
    service = Service(REGISTRY, backend, store, metrics, limits=Limits())
    reply = await service.handle(asking(source.picture()))
    await store.__aexit__(None, None, None)
    (line,) = logged_failures(logs)
    assert line["request"] in reply.text
    assert line["log_level"] == "error"
    assert "cannot be used" in line["problem"]
    assert "exc_info" not in line
    assert "cannot be used" not in reply.text
    assert counted(metrics)["whobot_errors_total", "discord", "installation"] == 1
    assert source.opened == [], "whoever has opted out cannot be known"


async def test_failures_of_different_requests_have_different_ids(
    service: Service, source: Source, logs: list[MutableMapping[str, Any]]
) -> None:
    await asyncio.gather(*(service.handle(asking(source.picture("bug"))) for _ in range(5)))
    assert len({line["request"] for line in logged_failures(logs)}) == 5


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


async def test_transfers_run_side_by_side_and_one_chat_has_half_of_their_places(
    make: Callable[..., Service], source: Source
) -> None:
    service = make(user_requests=100, chat_requests=100)
    source.gate = asyncio.Event()
    requests = [asyncio.create_task(service.handle(asking(*[source.picture()] * 5))) for _ in range(10)]
    for _ in range(4):
        await source.openings.acquire()
    for _ in range(50):
        await asyncio.sleep(0)
    assert source.most_open == 4
    source.gate.set()
    replies = await asyncio.gather(*requests)
    assert all(reply.text.count("Nishikino Maki") == 5 for reply in replies)
    assert source.most_open == 4


async def test_what_happens_is_counted(service: Service, metrics: Metrics, source: Source) -> None:
    await service.handle(asking(source.picture("maki"), source.picture("stranger"), source.picture("landscape")))
    await service.handle(incoming(Help()))
    await service.handle(asking(source.picture(), trigger=Trigger.POSTED))
    counts = counted(metrics)
    assert counts["whobot_pictures_total", "discord"] == 3
    assert counts["whobot_faces_total", "discord", "yes"] == 1
    assert counts["whobot_faces_total", "discord", "no"] == 1
    assert counts["whobot_requests_total", "ask", "discord"] == 2
    assert counts["whobot_requests_total", "discord", "help"] == 1
    assert counts["whobot_answers_total", "discord"] == 2
    assert counts["whobot_stage_seconds_count", "discord", "download"] == 3
    assert counts["whobot_stage_seconds_count", "analysis", "discord"] == 3
    assert counts["whobot_stage_seconds_count", "detect", "discord"] == 3


async def test_an_answer_is_logged_without_what_was_in_it(
    service: Service, source: Source, logs: list[MutableMapping[str, Any]]
) -> None:
    await service.handle(asking(source.picture("maki")))
    await service.handle(asking(source.picture("maki"), trigger=Trigger.POSTED))
    (line,) = logs
    assert (line["event"], line["log_level"], line["to"], line["images"]) == ("answered", "info", "Ask", 1)
    assert "aki" not in repr(line)


async def test_a_refusal_is_logged_without_the_users_words(
    service: Service, logs: list[MutableMapping[str, Any]]
) -> None:
    assert "Ann's secret" in (await service.handle(incoming(Forget("Ann's secret")))).text
    assert "secret" not in repr(logs)
    assert logs[0]["kind"] == "not_taught"


# --- who asks too often ----------------------------------------------------------------------------------------------


async def test_a_user_over_the_limit_is_told_once_and_then_ignored(
    make: Callable[..., Service], source: Source
) -> None:
    service = make(user_requests=1)
    await service.handle(asking(source.picture()))
    assert "ask again" in (await service.handle(asking(source.picture()))).text
    for request in (ShowAbout(), Misuse("xyzzy"), Ask((source.picture(),), Trigger.MENTION)):
        assert (await service.handle(incoming(request))).silent
    assert "ask again" in (await service.handle(asking(source.picture(), chat=PRIVATE))).text, "another chat"
    assert "Maki" in (await service.handle(asking(source.picture(), user=BOB))).text


async def test_help_and_what_is_kept_answer_beyond_the_limit(make: Callable[..., Service], source: Source) -> None:
    service = make(user_requests=4)
    for _ in range(4):
        await service.handle(asking(source.picture()))
    assert "ask again" in (await service.handle(asking(source.picture()))).text
    for request in (Help(), ShowPrivacy(), ShowMyData(), OptOut(True)):
        reply = await service.handle(incoming(request))
        assert reply.text
        assert "ask again" not in reply.text
    assert "ask again" in (await service.handle(incoming(Help()))).text, "they have a limit as well"


async def test_requests_count_as_lightly_as_presses_on_a_page_of_ones_own(
    make: Callable[..., Service], source: Source
) -> None:
    service = make(user_requests=1, user_presses=5)
    own = replace(WITH_BUTTONS, own=True)
    for _ in range(5):
        assert "Maki" in (await service.handle(asking(source.picture(), capabilities=own))).text
    assert "ask again" in (await service.handle(asking(source.picture(), capabilities=own))).text


@pytest.mark.parametrize(
    "request_",
    [
        Ask((), Trigger.COMMAND),
        Ask((Source().picture(),), Trigger.COMMAND, private=True),
        Teach((Source().picture(),), ""),
        Forget("nobody"),
        ShowHistory(),
        Misuse("xyzzy"),
        Configure({"watch": True}),
        Configure({"threshold": 7}),
    ],
)
async def test_a_user_refused_repeatedly_is_told_as_often_as_others(
    make: Callable[..., Service], request_: Request
) -> None:
    service = make(user_requests=2)
    told = [(await service.handle(incoming(request_))).text for _ in range(9)]
    assert [bool(text) for text in told] == [True] * 3 + [False] * 6
    assert told[0] == told[1]
    assert "ask again" in told[2]


# --- who is let in ---------------------------------------------------------------------------------------------------

CHANNEL = Chat("discord", "channel", home="server")


@pytest.mark.parametrize(
    ("access", "admitted"),
    [
        (Access(), True),
        (Access(block=("discord:ann",)), False),
        (Access(block=("discord:channel",)), False),
        (Access(block=("discord:server",)), False),
        (Access(block=("discord:*",)), False),
        (Access(block=("telegram:ann", "discord:bob")), True),
        (Access(allow=("discord:server",)), True),
        (Access(allow=("discord:ann",)), True),
        (Access(allow=("discord:*",)), True),
        (Access(allow=("telegram:ann", "web:*")), False),
        (Access(allow=("discord:server",), block=("discord:ann",)), False),
    ],
)
async def test_the_operator_chooses_who_is_answered(
    make: Callable[..., Service], source: Source, access: Access, admitted: bool
) -> None:
    service = make(access=access)
    for request in (Ask((source.picture(),), Trigger.COMMAND), Help(), Press("page:x:1"), Suggest("maki")):
        reply = await service.handle(incoming(request, chat=CHANNEL))
        assert bool(reply.text or reply.suggestions) is admitted
    assert bool(source.opened) is admitted


# --- chats that come and go ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("access", [Access(), Access(block=("discord:server",))])
async def test_a_server_that_whobot_has_left_is_forgotten(
    make: Callable[..., Service], store: Store, source: Source, access: Access
) -> None:
    service = make()
    await store.change(CHANNEL, watch=True)
    await teach(store, "Miku", chat=CHANNEL)
    answer = await service.handle(asking(source.picture(), chat=CHANNEL, capabilities=WITH_BUTTONS))
    server = Chat("discord", "server", home="server")
    assert (await service.handle(Left(server))).silent
    assert await store.chat_settings(CHANNEL) == ChatSettings()
    assert await store.taught(Scope.of(CHANNEL)) == {}
    assert "expired" in (await service.handle(press(answer, "Delete", chat=CHANNEL))).text
    await store.change(CHANNEL, watch=True)
    await make(access=access).handle(Left(server))
    assert await store.chat_settings(CHANNEL) == ChatSettings(), "blocked or not"


async def test_a_group_that_has_moved_is_the_same_group(service: Service, store: Store) -> None:
    old, new = Chat("telegram", "-1"), Chat("telegram", "-1001")
    await store.change(old, watch=True)
    await teach(store, "Miku", chat=old)
    assert (await service.handle(Moved(old, new))).silent
    assert (await store.chat_settings(new)).watch
    assert await store.taught(Scope.of(new)) == {"Miku": 1}


# --- languages -------------------------------------------------------------------------------------------------------


async def test_an_answer_is_in_the_chats_language_or_else_the_readers(
    service: Service, store: Store, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    class German(NullTranslations):
        def gettext(self, message: str) -> str:
            return f"auf Deutsch: {message}"

    def translations_for(tag: str | None) -> NullTranslations:
        return German() if tag and tag.startswith("de") else NullTranslations()

    monkeypatch.setattr("bot.chat.service.translations_for", translations_for)

    async def answer(locale: str) -> str:
        return (await service.handle(asking(source.picture("landscape"), locale=locale))).text

    assert await answer("en") != await answer("de-AT")
    german = await answer("de")
    await store.change(CHAT, language="en")
    assert await answer("de") == await answer("en") != german
