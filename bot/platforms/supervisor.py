"""Keep adapters running: reconnect with backoff, give up on refused credentials, stop all together."""

import asyncio
import contextlib
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog

from bot.errors import AdapterError, LoginRefused
from bot.platforms.base import Adapter

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays in seconds that double from `shortest` to `longest`.

    A connection that held for `steady` seconds was a good one: the next failure starts again at the shortest delay.
    """

    shortest: float = 1.0
    longest: float = 300.0
    steady: float = 60.0

    def delays(self) -> Iterator[float]:
        """Yield the delays, each cut at random by up to a half, so that many bots do not come back at once."""
        delay = self.shortest
        while True:
            yield delay * random.uniform(0.5, 1.0)  # noqa: S311 -- no secret is made of it
            delay = min(delay * 2, self.longest)


async def supervise(
    adapters: Sequence[Adapter], stop: asyncio.Event, *, grace: float, backoff: Backoff | None = None
) -> None:
    """Run adapters side by side until `stop` is set or each of them was given up; none can stop another by failing.

    An `AdapterError`, and any exception that should not happen, is logged, and `Adapter.run` is called again after a
    delay. After `LoginRefused` an adapter is given up: platforms block those who go on knocking with credentials that
    they have refused, and new credentials need a restart anyway.

    Once `stop` is set, the adapters have `grace` seconds to finish what is in hand; then they are cancelled.
    """
    backoff = backoff or Backoff()
    tasks = [asyncio.create_task(_keep(adapter, stop, backoff), name=adapter.name) for adapter in adapters]
    all_given_up = asyncio.gather(*tasks)
    asked = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((all_given_up, asked), return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            tasks += [asyncio.create_task(_stop(adapter), name=adapter.name) for adapter in adapters]
            _, late = await asyncio.wait(tasks, timeout=grace)
            for name in sorted({task.get_name() for task in late}):
                log.warning("adapter_cut_off", platform=name, seconds=grace)
    finally:
        for task in (*tasks, asked):
            task.cancel()
        await asyncio.gather(*tasks, asked, all_given_up, return_exceptions=True)


async def _keep(adapter: Adapter, stop: asyncio.Event, backoff: Backoff) -> None:
    delays = backoff.delays()
    while not stop.is_set():
        started = time.monotonic()
        try:
            await adapter.run()
            problem = "it ended without being asked to"
        except LoginRefused as error:
            # No traceback: the operator has to act, not a programmer.
            advice = "correct its credentials and restart whobot"
            log.error("adapter_given_up", platform=adapter.name, problem=str(error), advice=advice)  # noqa: TRY400
            return
        except AdapterError as error:
            problem = str(error)
        except Exception as error:
            log.exception("adapter_bug", platform=adapter.name)
            problem = type(error).__name__
        if stop.is_set():
            return
        if time.monotonic() - started >= backoff.steady:
            delays = backoff.delays()
        delay = next(delays)
        log.warning("adapter_retry", platform=adapter.name, problem=problem, seconds=round(delay, 1))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), delay)


async def _stop(adapter: Adapter) -> None:
    try:
        await adapter.stop()
    except Exception:
        log.exception("adapter_bug_while_stopping", platform=adapter.name)
