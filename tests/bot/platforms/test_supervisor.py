"""Supervision: adapters come back, give up or stop, each by itself."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from bot.errors import AdapterError, LoginRefused
from bot.platforms.supervisor import Backoff, supervise

QUICK = Backoff(shortest=0.001, longest=0.004, steady=3600)


@dataclass
class FakeAdapter:
    """Raises what is in `failures`, one at each run, and then serves until it is stopped."""

    name: str
    failures: Sequence[BaseException] = ()
    finishes: bool = True
    connected: bool = False
    runs: int = 0
    stops: int = 0
    cancelled: bool = False
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    serving: asyncio.Event = field(default_factory=asyncio.Event)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        self.runs += 1
        self.tried.set()
        if self.runs <= len(self.failures):
            raise self.failures[self.runs - 1]
        self.serving.set()
        try:
            await self._stop.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise

    async def stop(self) -> None:
        self.stops += 1
        if self.finishes:
            self._stop.set()


async def test_adapters_run_until_they_are_stopped() -> None:
    adapters, stop = [FakeAdapter("a"), FakeAdapter("b")], asyncio.Event()
    running = asyncio.create_task(supervise(adapters, stop, grace=5, backoff=QUICK))
    await asyncio.gather(*(adapter.serving.wait() for adapter in adapters))
    assert not running.done()
    stop.set()
    await running
    assert [(adapter.runs, adapter.stops, adapter.cancelled) for adapter in adapters] == [(1, 1, False)] * 2


@pytest.mark.parametrize("failure", [AdapterError("the line is dead"), RuntimeError("a bug")])
async def test_a_failing_adapter_is_retried_and_disturbs_no_other(failure: Exception) -> None:
    poor, good, stop = FakeAdapter("poor", [failure] * 3), FakeAdapter("good"), asyncio.Event()
    with capture_logs() as logs:
        running = asyncio.create_task(supervise([poor, good], stop, grace=5, backoff=QUICK))
        await poor.serving.wait()
        stop.set()
        await running
    assert (poor.runs, good.runs) == (4, 1)
    retries = [entry for entry in logs if entry["event"] == "adapter_retry"]
    assert [entry["platform"] for entry in retries] == ["poor"] * 3
    assert "the line is dead" in retries[0]["problem"] or any(entry.get("exc_info") for entry in logs)


async def test_refused_credentials_are_not_tried_again() -> None:
    refused, good, stop = FakeAdapter("refused", [LoginRefused("no such token")]), FakeAdapter("good"), asyncio.Event()
    with capture_logs() as logs:
        running = asyncio.create_task(supervise([refused, good], stop, grace=5, backoff=QUICK))
        await good.serving.wait()
        assert not running.done()
        stop.set()
        await running
    assert (refused.runs, good.runs) == (1, 1)
    (entry,) = [entry for entry in logs if entry["log_level"] == "error"]
    assert (entry["platform"], entry["problem"]) == ("refused", "no such token")


async def test_it_ends_once_everybody_was_given_up() -> None:
    adapters = [FakeAdapter(name, [LoginRefused("no")]) for name in "ab"]
    stop = asyncio.Event()
    await supervise(adapters, stop, grace=5, backoff=QUICK)
    assert not stop.is_set()


async def test_stopping_does_not_wait_for_the_next_try() -> None:
    adapter, stop = FakeAdapter("far", [AdapterError("down")]), asyncio.Event()
    running = asyncio.create_task(supervise([adapter], stop, grace=5, backoff=Backoff(shortest=3600)))
    await adapter.tried.wait()
    stop.set()
    await running
    assert adapter.runs == 1


async def test_an_adapter_that_does_not_finish_in_time_is_cancelled() -> None:
    slow, quick, stop = FakeAdapter("slow", finishes=False), FakeAdapter("quick"), asyncio.Event()
    with capture_logs() as logs:
        running = asyncio.create_task(supervise([slow, quick], stop, grace=0.01, backoff=QUICK))
        await slow.serving.wait()
        stop.set()
        await running
    assert (slow.cancelled, quick.cancelled) == (True, False)
    assert [entry["platform"] for entry in logs] == ["slow"]


async def test_cancelling_the_supervisor_cancels_the_adapters() -> None:
    adapter = FakeAdapter("a")
    running = asyncio.create_task(supervise([adapter], asyncio.Event(), grace=5))
    await adapter.serving.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert adapter.cancelled


def test_delays_grow_to_the_longest_with_jitter() -> None:
    delays = list(itertools.islice(Backoff(shortest=1, longest=8).delays(), 6))
    for delay, whole in zip(delays, (1, 2, 4, 8, 8, 8), strict=True):
        assert whole / 2 <= delay <= whole
    assert len(set(delays)) == 6
