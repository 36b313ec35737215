"""A service, and what it is made of."""

from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from typing import Any

import pytest
import structlog

from bot.chat.service import Service
from bot.config import Access, Limits
from bot.metrics import Metrics
from bot.storage.store import Store
from tests.support.learning_backend import Member
from tests.support.service_harness import BOB, MANAGER, REGISTRY, FakeBackend, Source


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with Store("sqlite+aiosqlite://") as store:
        yield store


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def make(backend: FakeBackend, store: Store, metrics: Metrics) -> Callable[..., Service]:
    def make(threshold: float | None = None, access: Access | None = None, **limits: Any) -> Service:
        return Service(REGISTRY, backend, store, metrics, limits=Limits(**limits), access=access, threshold=threshold)

    return make


@pytest.fixture
def service(make: Callable[..., Service]) -> Service:
    return make()


@pytest.fixture
def ann(service: Service, source: Source) -> Member:
    return Member(service, source)


@pytest.fixture
def bob(service: Service, source: Source) -> Member:
    return Member(service, source, BOB)


@pytest.fixture
def manager(service: Service, source: Source) -> Member:
    return Member(service, source, MANAGER)


@pytest.fixture
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as logs:
        yield logs
